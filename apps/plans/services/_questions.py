"""A household's situation gathered and put to the engine as a question; refused where facts are missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from apps.compliance.selectors.risk_limits import RiskLimit, risk_limit
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.selectors.facts import HouseholdFacts, MissingFact
from apps.money.selectors.situations import household_facts
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.levers import invested_mix, with_allocation
from apps.plans.engine.markets import LOG_NORMAL, MarketModel
from apps.plans.engine.mixes import ChosenMix, MixKind
from apps.plans.engine.tax_tables import TaxTable
from apps.plans.models import Override, Plan
from apps.plans.selectors.assumptions import assumption_set
from apps.plans.selectors.markets import can_draw, chosen_market, other_markets
from apps.plans.selectors.mixes import chosen_weights
from apps.plans.selectors.plan_pages import taken_instead
from apps.plans.services._advice_facts import advice_facts
from apps.plans.services._mapping import Mapped, Situation, mapped
from apps.plans.services._state_tax import state_table_of
from apps.plans.services._tables import tax_table_on
from apps.plans.services.errors import FactsMissingError


def question_of(
    plan: Plan, day: dt.date, market: MarketModel | None = None
) -> tuple[Mapped, HouseholdFacts, RiskLimit | None]:
    """Return the engine's question with the facts and the risk limit it rests on.

    Raises FactsMissingError that lists what is missing, NoTableError, and the engine's InvalidInputError with the
    fact at fault as field.
    """
    facts, limit = facts_for(plan, household_facts(plan.household, day)), risk_limit(plan.household, day)
    assumptions, market = assumption_set(plan.assumptions), market or chosen_market()
    check_markets(assumptions, market)
    basis = Basis(assumptions, tax_table_on(day), day.replace(day=1), limit, market)
    found = _with_advice_facts(asked_of(plan, facts, basis), plan, facts)
    question = replace(found.question, other_markets=other_markets(assumptions, market))
    return replace(found, question=question), facts, limit


def _with_advice_facts(found: Mapped, plan: Plan, facts: HouseholdFacts) -> Mapped:
    """Let advice be made of what a projection does not count; nights, which make no advice, go without."""
    question = found.question
    policy = replace(question.policy, facts=advice_facts(plan.household, facts, question.inputs))
    return replace(found, question=replace(question, policy=policy))


@dataclass(frozen=True, slots=True)
class Basis:
    """What a question rests on besides the household: assumptions, law, the first month, the risk limit, markets."""

    assumptions: AssumptionSet
    tax_table: TaxTable
    starts_on: dt.date
    limit: RiskLimit | None
    market: MarketModel = LOG_NORMAL


def asked_of(plan: Plan, facts: HouseholdFacts, basis: Basis) -> Mapped:
    """Return the engine's question. Raises FactsMissingError and the engine's InvalidInputError."""
    check_facts(facts)
    situation = Situation(
        plan=plan,
        facts=facts,
        goals=list(plan.goals.all()),
        overrides=_overrides(plan),
        assumptions=basis.assumptions,
        tax_table=basis.tax_table,
        limit=basis.limit,
        starts_on=basis.starts_on,
        state_table=state_table_of(facts.state),
        market=basis.market,
    )
    return _with_chosen_mix(mapped(situation), plan)


def _with_chosen_mix(found: Mapped, plan: Plan) -> Mapped:
    """Let the invested accounts hold the mix that was chosen for the plan, and say so."""
    weights = chosen_weights(plan)
    if weights is None or plan.chosen_mix is None:
        return found
    inputs = found.question.inputs
    chosen = ChosenMix(MixKind(plan.chosen_mix["kind"]), weights, invested_mix(inputs))
    question = replace(found.question, inputs=with_allocation(inputs, weights), chosen=chosen)
    told = gettext_noop(
        "The plan invests in the chosen mix from its first month on; taxes on the way there are not counted."
    )
    return replace(found, question=question, caveats=[*found.caveats, {"message": told, "params": {}}])


def facts_for(plan: Plan, facts: HouseholdFacts) -> HouseholdFacts:
    """Return the household's facts; what the plan overrides is not missing."""
    taken = taken_instead(tuple(_overrides(plan)))
    return replace(facts, missing=tuple(fact for fact in facts.missing if (fact.code, fact.subject) not in taken))


def _overrides(plan: Plan) -> list[Override]:
    """Return them with their people: those that were read with many plans at once, or by a query."""
    if "overrides" in getattr(plan, "_prefetched_objects_cache", {}):
        return list(plan.overrides.all())
    return list(plan.overrides.select_related("person"))


def check_markets(assumptions: AssumptionSet, market: MarketModel) -> None:
    """Refuse now what would fail in the job: a draft keeps its assumptions when the firm chooses other markets."""
    if can_draw(assumptions, market):
        return
    if market.history:
        raise InvalidInputError(
            gettext_noop(
                "The history that the firm's plans are drawn from lacks a class of this version's assumptions."
            ),
            mend=gettext_noop("A principal loads a history with a column for it, or chooses markets by formula."),
            field="assumptions",
        )
    raise InvalidInputError(
        gettext_noop("The assumptions of this version say too little for the markets that the firm uses now."),
        mend=gettext_noop("Discard the version and start the next one: it takes the assumptions in force."),
        field="assumptions",
    )


def check_facts(facts: HouseholdFacts) -> None:
    """Refuse a plan that lacks what it cannot do without. Raises FactsMissingError with the first as its field."""
    needed: list[MissingFact] = [fact for fact in facts.missing if fact.is_needed]
    if needed:
        first = needed[0]
        raise FactsMissingError(
            gettext_noop("A fact is missing: %(fact)s")
            if len(needed) == 1
            else gettext_noop("%(count)s facts are missing, the first: %(fact)s"),
            mend=gettext_noop("The list on the plan's page says which, and where they are entered."),
            field=first.code,
            count=len(needed),
            fact=first.message % {"subject": first.subject},
        )
