"""Rows of the house as values of the engine, and back.

The one place of plans where exact decimals become floats: an amount is rounded half up to the cent first, a share
stays as it is. Back, amounts of advice become decimals of four places, half up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from apps.clients.models import Relationship
from apps.compliance.selectors.risk_limits import RiskLimit as ClientLimit
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import in_cents
from apps.money.selectors.facts import KEPT, AccountFact, HouseholdFacts, IncomeFact, PersonFact
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.horizon import horizon_months
from apps.plans.engine.inputs import (
    STANDARD_WITHDRAWAL_ORDER,
    Account,
    Adult,
    Boundary,
    Contribution,
    CubeSpec,
    Growth,
    Income,
    IncomeKind,
    ProjectionInputs,
    Spending,
    TaxTreatment,
)
from apps.plans.engine.inputs import Goal as EngineGoal
from apps.plans.engine.inputs import GoalKind as EngineGoalKind
from apps.plans.engine.inputs import GoalPriority as EnginePriority
from apps.plans.engine.markets import LOG_NORMAL, MarketModel
from apps.plans.engine.policy import AdvicePolicy, RiskLimit
from apps.plans.engine.retirement_choices import BenefitClaim
from apps.plans.engine.state_tables import StateTable
from apps.plans.engine.tax_tables import FilingStatus, TaxTable
from apps.plans.models import Goal, GoalKind, Override, OverrideKind, Plan
from apps.plans.selectors.run_values import RunInputs
from apps.plans.services._deductions import debts_of, with_deductions
from apps.plans.services._earnings_test import with_exempt_earnings
from apps.plans.services._goal_times import CountedGoal, counted_goals
from apps.plans.services._grants import share_accounts, with_grants
from apps.plans.services._life_facts import children_of, events_of, untaken
from apps.plans.services._names import by_name, names_of
from apps.plans.services._other_records import record_caveats
from apps.plans.services._ownership import with_ownership
from apps.plans.services._plan_rules import as_stated
from apps.plans.services._retirement import (
    claims_of,
    medicare_of,
    odds_of_living,
    retirement_caveats,
    with_claim_ages,
)
from apps.plans.services._retiring import RETIRED_NOW, retirement_day
from apps.plans.services._roths import with_pools
from apps.plans.services._saving_places import limits_told, places_of, rest_of, surplus_of
from apps.plans.services._state_tax import state_caveats
from apps.plans.services.goal_means import means_of

CENT = Decimal("0.01")

# One set of markets for all households of an assumption set: plans then differ by households, not by dice.
SEED = 20_260_101
N_PATHS, N_BATCHES = 10_240, 10
# the first look at a plan in force
QUICK_PATHS, QUICK_BATCHES = 1_024, 8
# Horizons share scenarios by decades, so that a firm's plans need a handful of cubes.
CUBE_STEP_MONTHS = 120
EMERGENCY_FILL_MONTHS = 24

FILING = {
    "single": FilingStatus.SINGLE,
    "joint": FilingStatus.MARRIED_JOINT,
    "separate": FilingStatus.MARRIED_SEPARATE,
    "head": FilingStatus.HEAD_OF_HOUSEHOLD,
}
INCOMES = {
    "salary": IncomeKind.SALARY,
    "self_employment": IncomeKind.SALARY,
    "social_security": IncomeKind.SOCIAL_SECURITY,
    "pension": IncomeKind.PENSION,
    "rental": IncomeKind.OTHER_TAXABLE,
    "other_taxable": IncomeKind.OTHER_TAXABLE,
    "tax_free": IncomeKind.TAX_FREE,
}
GOALS = {
    GoalKind.RETIREMENT: EngineGoalKind.RETIREMENT,
    GoalKind.EDUCATION: EngineGoalKind.EDUCATION,
    GoalKind.HOME: EngineGoalKind.HOME,
    GoalKind.OTHER: EngineGoalKind.LIFE_EVENT,
}
# Classes that no public monthly history carries (docs/engine/capital_market_assumptions.md) are taken as the class
# whose risk comes nearest; the plan says so.
STAND_INS = {
    "international_equity": "us_equity",
    "government_bonds": "high_grade_bonds",
    "real_estate": "us_equity",
    "commodities": "us_small_equity",
    "other": "us_equity",
}


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a projection is made of, as the house keeps it."""

    plan: Plan
    facts: HouseholdFacts
    goals: Sequence[Goal]
    overrides: Sequence[Override]
    assumptions: AssumptionSet
    tax_table: TaxTable
    limit: ClientLimit | None
    starts_on: dt.date
    state_table: StateTable | None = None
    market: MarketModel = LOG_NORMAL


@dataclass(frozen=True, slots=True)
class Mapped:
    """The engine's question, the names behind its keys, and what had to be assumed."""

    question: RunInputs
    names: dict[str, str]
    caveats: list[dict[str, Any]]


def number(value: Decimal) -> float:
    """Return a value that an advisor typed as the engine computes with it, unrounded."""
    return float(value)


def exact(value: float) -> Decimal:
    """Return a number of the engine's advice as a decimal of four places, half up."""
    return Decimal(repr(value)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def proportion(value: float) -> Decimal:
    """Return a probability as a decimal of six places, half up."""
    return Decimal(repr(value)).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)


def mapped(situation: Situation) -> Mapped:
    """Return the engine's question. Raises the engine's InvalidInputError, by the names that people know."""
    try:
        return _Mapping(situation).whole()
    except InvalidInputError as wrong:
        raise by_name(wrong, names_of(situation.facts, situation.goals)) from wrong


@dataclass(slots=True)
class _Mapping:
    """One household on its way into the engine."""

    situation: Situation
    caveats: list[dict[str, Any]] = field(default_factory=list)

    def whole(self) -> Mapped:
        facts, plan = self.situation.facts, self.situation.plan
        adults = tuple(self._adult(person) for person in self._adult_facts())
        accounts = tuple(self._account(fact) for fact in facts.accounts)
        # at least a year, so that a plan that is over before it starts is refused at its age, not at its scenarios
        months = max(12, horizon_months(adults, self.situation.starts_on))
        incomes, claims = self._incomes(), self._claims(adults)
        medicare = medicare_of(incomes, self.situation.starts_on)
        children, told = children_of(facts.people, self.situation.starts_on, plan.horizon_age)
        inflation, keys = self.situation.assumptions.inflation.mean, [adult.key for adult in adults]
        events, expected = events_of(facts, keys, accounts, self.situation.starts_on, inflation)
        events, granted = with_grants(events, facts, keys, self.situation.assumptions)
        inputs = ProjectionInputs(
            start_date=self.situation.starts_on,
            currency=facts.currency,
            filing_status=FILING[facts.filing_status],
            adults=adults,
            accounts=(*accounts, *share_accounts(events)),
            contributions=self._contributions(),
            incomes=tuple(income for income in incomes if not claims or income.kind is not IncomeKind.SOCIAL_SECURITY),
            spending=Spending(self._spending(), float(plan.survivor_share), facts.currency),
            debts=debts_of(facts),
            goals=self._goals(months),
            withdrawal_order=STANDARD_WITHDRAWAL_ORDER,
            surplus_account=surplus_of(accounts),
            surplus_saved_share=float(plan.surplus_saved_share),
            tax_table=self.situation.tax_table,
            assumptions=self.situation.assumptions,
            simulation=self._scenarios(months),
            claims=claims,
            state_table=self.situation.state_table,
            medicare=medicare,
            children=children,
            events=events,
        )
        inputs, owned = with_ownership(inputs, facts)
        inputs, deducted = with_deductions(inputs, facts)
        inputs, of_iras = with_pools(inputs, facts, self._names())
        inputs, of_work = with_exempt_earnings(inputs, self._names())
        of_retirement = retirement_caveats(claims, self._incomes_of_adults(), self._names(), medicare)
        told += [*deducted, *of_iras, *of_work, *expected, *granted, *owned, *of_retirement]
        told += [*record_caveats(claims, facts, self._names()), *state_caveats(facts.state, self.situation.state_table)]
        policy = self._policy(accounts)
        places = places_of(inputs, facts, policy)
        inputs, cannot = as_stated(inputs, plan, self.situation.overrides, places, self._names())
        for message, params in told + untaken(facts) + limits_told(places) + cannot:
            self._note(message, **params)
        return Mapped(RunInputs(inputs, policy), self._names(), self.caveats)

    def _claims(self, adults: tuple[Adult, ...]) -> tuple[BenefitClaim, ...]:
        stated = claims_of(adults, self._incomes_of_adults(), self.situation.facts)
        own_ages = {adult.key: self._override(OverrideKind.CLAIM_AGE, UUID(adult.key)) for adult in adults}
        return with_claim_ages(stated, adults, own_ages)

    def _note(self, message: str, **params: str) -> None:
        caveat = {"message": message, "params": params}
        if caveat not in self.caveats:
            self.caveats.append(caveat)

    def _adult_facts(self) -> list[PersonFact]:
        deciders = {Relationship.HEAD, Relationship.PARTNER}
        return [person for person in self.situation.facts.people if person.relationship in deciders]

    def _override(self, kind: OverrideKind, person: UUID | None = None) -> Decimal | None:
        for row in self.situation.overrides:
            if row.kind == kind and (row.person.public_id if row.person else None) == person:
                return row.value
        return None

    def _adult(self, person: PersonFact) -> Adult:
        born, own = person.date_of_birth, self._override(OverrideKind.RETIREMENT_AGE, person.person_id)
        age = int(own) if own is not None else person.retirement_age
        if born is None or age is None:
            raise ValueError(f"{person.person_id} lacks a fact that the caller has checked")
        day = retirement_day(born, age, person.name)
        if own is not None and day <= self.situation.starts_on:
            self._note(RETIRED_NOW, name=person.name, age=str(age))
        odds = odds_of_living(born, self.situation.starts_on)
        return Adult(str(person.person_id), born, day, self.situation.plan.horizon_age, odds)

    def _scenarios(self, months: int) -> CubeSpec:
        reach = -(-months // CUBE_STEP_MONTHS) * CUBE_STEP_MONTHS
        return CubeSpec(SEED, N_PATHS, N_BATCHES, reach, self.situation.market)

    def _account(self, fact: AccountFact) -> Account:
        basis = fact.balance if fact.cost_basis is None else fact.cost_basis
        if fact.treatment == TaxTreatment.TAXABLE and fact.cost_basis is None:
            self._note(
                gettext_noop("What %(name)s was bought for is not known: no gain is taxed when it is sold."),
                name=fact.name,
            )
        is_cash = fact.treatment == TaxTreatment.CASH
        adults = {person.person_id for person in self._adult_facts()}
        return Account(
            key=fact.key,
            owner=str(fact.owner_id) if fact.owner_id in adults else "",
            treatment=TaxTreatment(fact.treatment),
            balance=in_cents(fact.balance),
            cost_basis=in_cents(basis),
            allocation=self._weights(fact),
            annual_fee=0.0 if is_cash else float(self.situation.plan.annual_fee),
            currency=self.situation.facts.currency,
        )

    def _weights(self, fact: AccountFact) -> tuple[tuple[str, float], ...]:
        """Shares by asset of the set, adding up to 1: the largest takes the residue."""
        known = self.situation.assumptions.asset_keys
        shares: dict[str, Decimal] = {}
        for asset, share in fact.allocation or (("cash", Decimal(1)),):
            taken = asset if asset in known else STAND_INS.get(asset, known[0])
            if taken != asset:
                self._note(
                    gettext_noop("There is no history for %(asset)s: it is taken to behave as %(stand_in)s."),
                    asset=asset,
                    stand_in=taken,
                )
            shares[taken] = shares.get(taken, Decimal(0)) + share
        weights = {key: round(float(share), 6) for key, share in sorted(shares.items())}
        largest = max(weights, key=lambda key: weights[key])
        weights[largest] = round(1.0 - sum(weight for key, weight in weights.items() if key != largest), 6)
        return tuple(weights.items())

    def _contributions(self) -> tuple[Contribution, ...]:
        facts = self.situation.facts
        accounts = {account.key for account in facts.accounts}
        return tuple(
            Contribution(
                key=fact.key,
                account=fact.account_key,
                monthly_amount=in_cents(fact.monthly_amount),
                growth=Growth(0.0, inflation_linked=True),
                start=Boundary.PLAN_START,
                end=fact.ends_on or Boundary.RETIREMENT,
                by_employer=fact.is_by_employer,
                currency=facts.currency,
            )
            for fact in facts.savings
            if fact.account_key in accounts
        )

    def _incomes_of_adults(self) -> list[IncomeFact]:
        adults = {person.person_id for person in self._adult_facts()}
        return [fact for fact in self.situation.facts.incomes if fact.person_id in adults]

    def _incomes(self) -> tuple[Income, ...]:
        replaced: dict[UUID, IncomeFact] = {}
        incomes = []
        for fact in self._incomes_of_adults():
            own = self._override(OverrideKind.ANNUAL_INCOME, fact.person_id) if _is_earned(fact) else None
            if own is not None:
                first = replaced.setdefault(fact.person_id, fact)
                if first.key != fact.key.removesuffix(KEPT):
                    continue
                own *= fact.annual_amount / first.annual_amount if first.annual_amount else 1
            incomes.append(self._income(fact, fact.annual_amount if own is None else own))
        return tuple(incomes)

    def _income(self, fact: IncomeFact, annual_amount: Decimal) -> Income:
        return Income(
            key=fact.key,
            owner=str(fact.person_id),
            kind=INCOMES[fact.kind],
            monthly_amount=in_cents(annual_amount / 12),
            growth=Growth(float(fact.annual_growth), inflation_linked=fact.is_inflation_linked),
            start=fact.starts_on or Boundary.PLAN_START,
            end=fact.ends_on or (Boundary.RETIREMENT if _is_earned(fact) else Boundary.HORIZON),
            currency=self.situation.facts.currency,
        )

    def _spending(self) -> float:
        own, stated = self._override(OverrideKind.MONTHLY_SPENDING), self.situation.facts.spending
        if own is None and stated is None:
            raise ValueError("spending is a fact that the caller has checked")
        return in_cents(own if own is not None else stated.monthly_amount)  # type: ignore[union-attr]

    def _goals(self, n_months: int) -> tuple[EngineGoal, ...]:
        counted, told = counted_goals(self.situation.goals, self.situation.starts_on, n_months)
        for message, params in told:
            self._note(message, **params)
        return tuple(self._goal(each) for each in counted)

    def _goal(self, counted: CountedGoal) -> EngineGoal:
        goal = counted.goal
        means, told = means_of(goal, self.situation.facts.accounts)
        for message, params in told:
            self._note(message, **params)
        return EngineGoal(
            key=str(goal.public_id),
            kind=GOALS[GoalKind(goal.kind)],
            priority=EnginePriority(goal.priority),
            annual_amount=in_cents(goal.annual_amount),
            start=counted.starts_on or Boundary.RETIREMENT,
            years=counted.years,
            means=means,
            currency=self.situation.facts.currency,
        )

    def _policy(self, accounts: tuple[Account, ...]) -> AdvicePolicy:
        plan, limit = self.situation.plan, self.situation.limit
        return AdvicePolicy(
            target=float(plan.target_success),
            saving_account=rest_of(accounts),
            max_savings_rate=float(plan.max_savings_rate),
            latest_retirement_age=plan.latest_retirement_age,
            risk_limit=RiskLimit(
                level=str(limit.level),
                max_volatility=limit.max_volatility,
                max_equity_share=limit.max_equity_share,
                max_weights=(),
                min_weights=(),
            )
            if limit is not None
            else None,
            debt_payment=in_cents(plan.extra_debt_payment),
            emergency_months=plan.emergency_months,
            emergency_fill_months=EMERGENCY_FILL_MONTHS,
        )

    def _names(self) -> dict[str, str]:
        return names_of(self.situation.facts, self.situation.goals)


def _is_earned(fact: IncomeFact) -> bool:
    return INCOMES[fact.kind] is IncomeKind.SALARY
