"""The few facts of a savings calculator as a household of the engine, and what the plain annuity formula says of them.

A calculator knows one pot (or two), what is paid in, and what is to come out. Asked as a projection it runs through the
same markets, taxes and months as a whole plan. Method, formulas and sources: docs/engine/calculators.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.checks import annual_rate, known, not_negative, within
from apps.plans.engine.horizon import age_in_months, month_of
from apps.plans.engine.inputs import (
    STANDARD_WITHDRAWAL_ORDER,
    Account,
    Adult,
    Boundary,
    Contribution,
    CubeSpec,
    Goal,
    GoalKind,
    GoalPriority,
    Growth,
    Income,
    IncomeKind,
    ProjectionInputs,
    Spending,
    TaxTreatment,
    When,
)
from apps.plans.engine.life_events import LifeEvents, SpendingPhase
from apps.plans.engine.results import Estimate, Outcome, YearBand
from apps.plans.engine.state_tables import StateTable
from apps.plans.engine.tax_tables import FilingStatus, TaxTable

MAIN, OTHER, PAID_IN = "main", "other", "paid_in"
_REAL = Growth(0.0, inflation_linked=True)
Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class SavingsBasis:
    """What every calculator's answer rests on: the first month, markets, law, how the money is invested, its fee.

    ``simulation`` must reach as far as the question. Without a ``state_table`` only federal tax is paid.
    """

    start_date: date
    currency: str
    assumptions: AssumptionSet
    tax_table: TaxTable
    weights: Weights
    annual_fee: float
    simulation: CubeSpec
    state_table: StateTable | None = None

    def __post_init__(self) -> None:
        for key, _ in self.weights:
            known(key, list(self.assumptions.asset_keys), "weights")


@dataclass(frozen=True, slots=True)
class Saver:
    """One of those who retire; amounts a month in money of the start.

    ``monthly_saving`` goes into the account that is taxed later, rises with inflation and ends with this person's work.
    ``monthly_wages``, before tax and after what is put aside, count once somebody in the household has stopped
    working, until this person does. ``monthly_benefit`` is their Social Security from ``benefit_from`` on.
    """

    birth_date: date
    retirement_date: date
    monthly_saving: float
    monthly_benefit: float
    benefit_from: date
    monthly_wages: float = 0.0

    def __post_init__(self) -> None:
        for name in ("monthly_saving", "monthly_benefit", "monthly_wages"):
            not_negative(getattr(self, name), name)


@dataclass(frozen=True, slots=True)
class RetirementQuestion:
    """What one person, or two who file together, save and want to live on; amounts in money of the start.

    ``annual_income`` is what a year of living costs once the first of them has stopped working: taxes come on top.
    ``deferred`` lies in accounts that are taxed when money is taken out, ``other`` in taxable ones. The money has to
    last until the younger reaches ``horizon_age``.
    """

    savers: tuple[Saver, ...]
    horizon_age: int
    annual_income: float
    deferred: float
    other: float

    def __post_init__(self) -> None:
        within(len(self.savers), 1, 2, "savers")
        for name in ("annual_income", "deferred", "other"):
            not_negative(getattr(self, name), name)

    @property
    def retirement_date(self) -> date:
        """When the first of them stops working: money is first taken out."""
        return min(saver.retirement_date for saver in self.savers)


@dataclass(frozen=True, slots=True)
class EducationQuestion:
    """What is saved for a study that costs ``annual_cost`` today, once a year in each of ``years`` years.

    The cost rises by ``cost_growth`` a year where inflation is what is expected, and by as much more or less as
    inflation is on a path. ``monthly_saving`` rises with inflation and ends when the study starts.
    """

    starts_on: date
    years: int
    annual_cost: float
    cost_growth: float
    saved: float
    monthly_saving: float

    def __post_init__(self) -> None:
        within(self.years, 1, 20, "years")
        annual_rate(self.cost_growth, "cost_growth")
        for name in ("annual_cost", "saved", "monthly_saving"):
            not_negative(getattr(self, name), name)


@dataclass(frozen=True, slots=True)
class PlainLine:
    """What the annuity formula says, without chance and taxes; money of the start.

    ``real_return`` is a year's growth above inflation after the fee, ``needed`` what must be there when money is first
    taken out, ``saved`` what will be, and ``monthly_needed`` the saving a month that makes them equal.
    """

    real_return: float
    needed: float
    saved: float
    monthly_needed: float


@dataclass(frozen=True, slots=True)
class SavingNeeded:
    """The smallest saving a month that reaches the target, in steps of ``SAVING_STEP``, and its chance."""

    outcome: Outcome
    monthly_amount: float
    success: Estimate


@dataclass(frozen=True, slots=True)
class SavingsAnswer:
    """How the saving fares through every future.

    ``shortfall`` is what is missing in all, in money of the start, on average over the futures that fail; None where
    none does. ``bands`` hold the percentiles of what is there as each year begins.
    """

    n_paths: int
    success: Estimate
    shortfall: float | None
    bands: tuple[YearBand, ...]
    needed: SavingNeeded
    plain: PlainLine
    cube_digest: str


def retirement_inputs(question: RetirementQuestion, basis: SavingsBasis) -> ProjectionInputs:
    """Return the question as a household. Raises InvalidInputError whose field names what cannot be."""
    adults = savers_of(question)
    accounts = (
        _account(MAIN, TaxTreatment.TAX_DEFERRED, question.deferred, basis),
        _account(OTHER, TaxTreatment.TAXABLE, question.other, basis),
    )
    incomes = tuple(
        income
        for adult, saver in zip(adults, question.savers, strict=True)
        for income in (_benefit(adult, saver, basis), _wages(adult, saver, question, basis))
        if income.monthly_amount
    )
    goal = Goal(
        key="living",
        kind=GoalKind.RETIREMENT,
        priority=GoalPriority.ESSENTIAL,
        annual_amount=question.annual_income,
        start=Boundary.RETIREMENT,
        years=0,
        currency=basis.currency,
    )
    inputs = _household(
        basis,
        adults=adults,
        accounts=accounts,
        paid_in=tuple((saver.monthly_saving, saver.retirement_date) for saver in question.savers),
        incomes=incomes,
        goals=(goal,),
    )
    phases = _between(question, basis)
    return replace(inputs, events=LifeEvents(phases=phases)) if phases else inputs


def savers_of(question: RetirementQuestion) -> tuple[Adult, ...]:
    """Return those who retire as people of the engine."""
    return tuple(
        Adult(key, saver.birth_date, saver.retirement_date, question.horizon_age)
        for key, saver in zip(("first", "second"), question.savers, strict=False)
    )


def _benefit(adult: Adult, saver: Saver, basis: SavingsBasis) -> Income:
    start = max(saver.benefit_from, basis.start_date)
    return Income(
        f"benefit_{adult.key}", adult.key, IncomeKind.SOCIAL_SECURITY, saver.monthly_benefit, _REAL, start,
        Boundary.HORIZON, basis.currency,
    )  # fmt: skip


def _wages(adult: Adult, saver: Saver, question: RetirementQuestion, basis: SavingsBasis) -> Income:
    is_longer = saver.retirement_date > question.retirement_date
    return Income(
        f"wages_{adult.key}", adult.key, IncomeKind.SALARY, saver.monthly_wages if is_longer else 0.0, _REAL,
        question.retirement_date, Boundary.RETIREMENT, basis.currency,
    )  # fmt: skip


def _between(question: RetirementQuestion, basis: SavingsBasis) -> tuple[SpendingPhase, ...]:
    """What is lived on between the first and the last end of work: the goal of the engine begins with the last."""
    last = max(saver.retirement_date for saver in question.savers)
    if last == question.retirement_date:
        return ()
    return (
        SpendingPhase(
            key="between",
            monthly_amount=question.annual_income / 12.0,
            share=0.0,
            start=question.retirement_date,
            from_retirement=False,
            end=last,
            years=0,
            is_essential=True,
            currency=basis.currency,
        ),
    )


def education_inputs(question: EducationQuestion, basis: SavingsBasis) -> ProjectionInputs:
    """Return the question as a household. Raises InvalidInputError whose field names what cannot be."""
    if question.starts_on < basis.start_date:
        raise InvalidInputError(
            gettext_noop("The study starts in the past."), mend=gettext_noop("Give a later start."), field="starts_on"
        )
    last = question.starts_on.year + question.years - basis.start_date.year
    # somebody pays; nothing depends on who, and the plan ends in the year after the last payment
    payer = Adult("first", _years_before(basis.start_date, 40), date(basis.start_date.year + last + 1, 1, 1), 40 + last)
    return _household(
        basis,
        adults=(payer,),
        accounts=(_account(MAIN, TaxTreatment.EDUCATION, question.saved, basis),),
        paid_in=((question.monthly_saving, question.starts_on),),
        incomes=(),
        goals=tuple(
            Goal(f"year_{place}", GoalKind.EDUCATION, GoalPriority.ESSENTIAL, amount, day, 1, basis.currency)
            for place, (day, amount) in enumerate(study_costs(question, basis), start=1)
        ),
    )


def study_costs(question: EducationQuestion, basis: SavingsBasis) -> tuple[tuple[date, float], ...]:
    """Return when each year of the study is paid and what it costs in money of the start.

    c · ((1 + g) / e^π)^t, with g the growth of the cost, π the expected inflation and t the years until then.
    """
    spread = (1.0 + question.cost_growth) / math.exp(basis.assumptions.inflation.mean)
    days = [question.starts_on.replace(year=question.starts_on.year + place) for place in range(question.years)]
    return tuple((day, question.annual_cost * spread ** (month_of(day, basis.start_date) / 12.0)) for day in days)


def with_saving(inputs: ProjectionInputs, monthly_amount: float) -> ProjectionInputs:
    """Return the same household paying in another amount a month, in the parts of now, else in equal ones."""
    parts = parts_of([item.monthly_amount for item in inputs.contributions])
    paid_in = tuple(
        replace(item, monthly_amount=monthly_amount * part)
        for item, part in zip(inputs.contributions, parts, strict=True)
    )
    return replace(inputs, contributions=paid_in)


def parts_of(amounts: Sequence[float]) -> tuple[float, ...]:
    """Return what part of their sum each is; equal parts where all are nothing."""
    total = sum(amounts)
    return tuple(amount / total if total > 0.0 else 1.0 / len(amounts) for amount in amounts)


def ages_at(inputs: ProjectionInputs, month: int) -> tuple[int, ...]:
    """Return the adults' ages in a month of the plan."""
    return tuple(age_in_months(adult, inputs.start_date, month) // 12 for adult in inputs.adults)


def _account(key: str, treatment: TaxTreatment, balance: float, basis: SavingsBasis) -> Account:
    # what it was bought for is not asked: all of it, so that only what it gains from now on is taxed
    return Account(key, "first", treatment, balance, balance, basis.weights, basis.annual_fee, basis.currency)


def _household(
    basis: SavingsBasis,
    *,
    adults: tuple[Adult, ...],
    accounts: tuple[Account, ...],
    paid_in: Sequence[tuple[float, When]],
    incomes: tuple[Income, ...],
    goals: tuple[Goal, ...],
) -> ProjectionInputs:
    """A household of which nothing else is known: what is paid in comes from outside, as an employer's part does."""
    return ProjectionInputs(
        start_date=basis.start_date,
        currency=basis.currency,
        filing_status=FilingStatus.MARRIED_JOINT if len(adults) > 1 else FilingStatus.SINGLE,
        adults=adults,
        accounts=accounts,
        contributions=tuple(
            Contribution(
                f"{PAID_IN}_{place}",
                MAIN,
                amount,
                _REAL,
                Boundary.PLAN_START,
                until,
                by_employer=True,
                currency=basis.currency,
            )
            for place, (amount, until) in enumerate(paid_in, start=1)
        ),
        incomes=incomes,
        spending=Spending(0.0, 1.0, basis.currency),
        debts=(),
        goals=goals,
        withdrawal_order=STANDARD_WITHDRAWAL_ORDER,
        surplus_account=accounts[-1].key,
        surplus_saved_share=0.0,
        tax_table=basis.tax_table,
        assumptions=basis.assumptions,
        simulation=basis.simulation,
        state_table=basis.state_table,
    )


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, 1)
