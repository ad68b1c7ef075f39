"""The few facts of a savings calculator as a household of the engine, and what the plain annuity formula says of them.

A calculator knows one pot (or two), what is paid in, and what is to come out. Asked as a projection it runs through the
same markets, taxes and months as a whole plan. Method, formulas and sources: docs/engine/calculators.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.checks import annual_rate, known, not_negative, within
from apps.plans.engine.horizon import age_in_months, last_month_of, month_of
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
class RetirementQuestion:
    """What one person, or two of one age, save and want to live on; amounts in money of the start.

    ``annual_income`` is what a year of living costs once work has ended: taxes come on top. ``deferred`` lies in
    accounts that are taxed when money is taken out, ``other`` in taxable ones; ``monthly_saving`` goes into the first,
    rises with inflation and ends with work. ``monthly_benefit`` is Social Security of the household from
    ``benefit_from`` on.
    """

    birth_date: date
    retirement_date: date
    horizon_age: int
    is_couple: bool
    annual_income: float
    deferred: float
    other: float
    monthly_saving: float
    monthly_benefit: float
    benefit_from: date

    def __post_init__(self) -> None:
        for name in ("annual_income", "deferred", "other", "monthly_saving", "monthly_benefit"):
            not_negative(getattr(self, name), name)


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
    keys = ("first", "second") if question.is_couple else ("first",)
    adults = tuple(Adult(key, question.birth_date, question.retirement_date, question.horizon_age) for key in keys)
    accounts = (
        _account(MAIN, TaxTreatment.TAX_DEFERRED, question.deferred, basis),
        _account(OTHER, TaxTreatment.TAXABLE, question.other, basis),
    )
    benefit = Income(
        key="benefit",
        owner="first",
        kind=IncomeKind.SOCIAL_SECURITY,
        monthly_amount=question.monthly_benefit,
        growth=_REAL,
        start=max(question.benefit_from, basis.start_date),
        end=Boundary.HORIZON,
        currency=basis.currency,
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
    return _household(
        basis,
        adults=adults,
        accounts=accounts,
        paid_in=(question.monthly_saving, Boundary.RETIREMENT),
        incomes=(benefit,) if question.monthly_benefit else (),
        goals=(goal,),
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
        paid_in=(question.monthly_saving, question.starts_on),
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
    """Return the same household paying in another amount a month."""
    paid_in = tuple(
        replace(item, monthly_amount=monthly_amount) if item.key == PAID_IN else item for item in inputs.contributions
    )
    return replace(inputs, contributions=paid_in)


def steady_real_return(basis: SavingsBasis) -> float:
    """Return a year's growth above inflation after the fee, where every class gives its median return.

    (Σ w·exp(m)) · (1 - f) / e^π - 1, with m the mean of each class's log return and π the expected inflation.
    """
    growth = {asset.key: math.exp(asset.log_mean) for asset in basis.assumptions.assets}
    nominal = sum(weight * growth[key] for key, weight in basis.weights)
    return nominal * (1.0 - basis.annual_fee) / math.exp(basis.assumptions.inflation.mean) - 1.0


def plain_retirement(question: RetirementQuestion, basis: SavingsBasis) -> PlainLine:
    """Return what the annuity formula says, with benefits from their month on and no taxes.

    Needed: Σ w_k / g^k over the months of retirement, w_k what the benefit leaves to pay in the k-th.
    """
    adult = Adult("first", question.birth_date, question.retirement_date, question.horizon_age)
    first, end = month_of(question.retirement_date, basis.start_date), last_month_of(adult, basis.start_date)
    paid_from, living = month_of(question.benefit_from, basis.start_date), question.annual_income / 12.0
    growth = _monthly(basis)
    needed = sum(
        max(0.0, living - (question.monthly_benefit if month >= paid_from else 0.0)) / growth ** (month - first + 1)
        for month in range(first, end)
    )
    return _plain(basis, first, needed, question.deferred + question.other, question.monthly_saving)


def plain_education(question: EducationQuestion, basis: SavingsBasis) -> PlainLine:
    """Return what the annuity formula says: the study's payments discounted to the month before it starts."""
    growth, first = _monthly(basis), month_of(question.starts_on, basis.start_date)
    needed = sum(
        amount / growth ** (month_of(day, basis.start_date) - first + 1) for day, amount in study_costs(question, basis)
    )
    return _plain(basis, first, needed, question.saved, question.monthly_saving)


def ages_at(inputs: ProjectionInputs, month: int) -> tuple[int, ...]:
    """Return the adults' ages in a month of the plan."""
    return tuple(age_in_months(adult, inputs.start_date, month) // 12 for adult in inputs.adults)


def _plain(basis: SavingsBasis, months: int, needed: float, saved: float, monthly: float) -> PlainLine:
    """S·gⁿ + c·(gⁿ - 1)/(g - 1) against what is needed after n months."""
    growth = _monthly(basis)
    worth = growth**months
    annuity = float(months) if math.isclose(growth, 1.0, abs_tol=1e-12) else (worth - 1.0) / (growth - 1.0)
    then = saved * worth
    lacking = max(0.0, needed - then)
    return PlainLine(
        real_return=steady_real_return(basis),
        needed=needed,
        saved=then + monthly * annuity,
        monthly_needed=lacking / annuity if annuity > 0.0 else lacking,
    )


def _monthly(basis: SavingsBasis) -> float:
    return math.exp(math.log1p(steady_real_return(basis)) / 12.0)


def _account(key: str, treatment: TaxTreatment, balance: float, basis: SavingsBasis) -> Account:
    # what it was bought for is not asked: all of it, so that only what it gains from now on is taxed
    return Account(key, "first", treatment, balance, balance, basis.weights, basis.annual_fee, basis.currency)


def _household(
    basis: SavingsBasis,
    *,
    adults: tuple[Adult, ...],
    accounts: tuple[Account, ...],
    paid_in: tuple[float, When],
    incomes: tuple[Income, ...],
    goals: tuple[Goal, ...],
) -> ProjectionInputs:
    """A household of which nothing else is known: what is paid in comes from outside, as an employer's part does."""
    amount, until = paid_in
    return ProjectionInputs(
        start_date=basis.start_date,
        currency=basis.currency,
        filing_status=FilingStatus.MARRIED_JOINT if len(adults) > 1 else FilingStatus.SINGLE,
        adults=adults,
        accounts=accounts,
        contributions=(
            Contribution(PAID_IN, MAIN, amount, _REAL, Boundary.PLAN_START, until, True, basis.currency),  # noqa: FBT003
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
