"""What the engine answers: frozen, serialisable to the same bytes for the same numbers.

Amounts are in the currency of the inputs; "real" ones in money of the plan's start date. A None means that
the number cannot be computed, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from apps.plans.engine.digest import UNTOLD, canonical_json

ENGINE_VERSION = "plans-1.33.0"

PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
SPENDING_LEVELS = (5, 25, 50, 75, 95)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A simulated number with its standard error, from ``n_batches`` independent scrambles.

    The error is None where one batch gives no spread to measure.
    """

    value: float
    standard_error: float | None
    n_batches: int


@dataclass(frozen=True, slots=True)
class MarketOutcome:
    """The chance under a model on ``n_paths`` paths.

    Of sequences the paths are the complete stretches of history and the chance is the part in which the plan
    succeeds, without an error; where history is shorter than the plan there are none and ``success`` says nothing.
    """

    kind: str
    success: Estimate
    n_paths: int


@dataclass(frozen=True, slots=True)
class TrailStep:
    """One step of how a number was made: what was done, with which figures, by which source."""

    step: str
    facts: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class GoalGiven:
    """How a goal that gives way is met: in time and whole, later but whole, or smaller; the three make its success.

    ``years_later`` is how many years later on average, of the paths of ``later``; ``part`` what of the payments is made
    on average, at the least of each path, of those of ``smaller``. None where there is no such path.
    """

    as_wished: Estimate
    later: Estimate
    smaller: Estimate
    years_later: float | None
    part: float | None


@dataclass(frozen=True, slots=True)
class GoalOutcome:
    """How a goal fares. ``first_shortfall_year`` is the median over failing paths, None when none fails.

    ``unpaid`` is what of it was still due when money first ran short, in money of the start, on average over the paths
    that fail: the most that is missing. None where none fails, and of debts, which are not real. ``given`` is None of a
    goal that does not give way.
    """

    key: str
    kind: str
    priority: str
    success: Estimate
    first_shortfall_year: int | None
    unpaid: float | None = None
    given: GoalGiven | None = None


@dataclass(frozen=True, slots=True)
class YearBand:
    """Wealth in all accounts when calendar year ``calendar_year`` begins, at the levels of PERCENTILES.

    ``year`` counts the years that are over; 0 is the start of the plan, on whatever day of its year it is.
    """

    year: int
    calendar_year: int
    ages: tuple[int, ...]
    nominal: tuple[float, ...]
    real: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class YearCashFlow:
    """Money in and out during a calendar year, nominal; the first, ``year`` 1, begins with the plan.

    ``required_distributions`` is what the law made the household take out beyond what it needed: from one account to
    another, so not among the sums; so is ``converted``, what went from tax-deferred accounts to Roth before tax was
    withheld from it. ``recovered`` is what of the money taken out and converted was after-tax money and is not taxed;
    ``given`` what of the withdrawals IRAs gave to charity, ``roth_earnings`` what of those from Roth is income;
    ``equity`` what of the wages is income of options and purchase plans without payroll tax.

    On one path: wages + social_security + other_income + withdrawals + shortfall = contributions + spending +
    goals + debt_payments + taxes + medicare + saved_surplus + unplanned_spending. Medians of many paths do not add up,
    so the expected path is given beside them.
    """

    year: int
    calendar_year: int
    wages: float
    social_security: float
    other_income: float
    withdrawals: float
    shortfall: float
    contributions: float
    spending: float
    goals: float
    debt_payments: float
    taxes: float
    saved_surplus: float
    unplanned_spending: float
    employer_contributions: float
    required_distributions: float = 0.0
    state_taxes: float = 0.0
    medicare: float = 0.0
    converted: float = 0.0
    recovered: float = 0.0
    given: float = 0.0
    roth_earnings: float = 0.0
    equity: float = 0.0


@dataclass(frozen=True, slots=True)
class YearWorth:
    """What the household is worth as a calendar year begins, in money of the start, on the steady path.

    ``things`` cannot be spent before they are sold; net worth is accounts + things - debts.
    """

    year: int
    calendar_year: int
    accounts: float
    things: float
    debts: float


@dataclass(frozen=True, slots=True)
class Terminal:
    """Wealth at the horizon: percentiles at the levels of PERCENTILES, and the mean."""

    nominal: tuple[float, ...]
    real: tuple[float, ...]
    mean_nominal: float
    mean_real: float


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """The plan over lives as the life table has them: to the last death on each path instead of to the horizon ages.

    ``estate`` holds the percentiles PERCENTILES of what is left at the end of the year of the last death, in money of
    the start; ``alive_at_horizon`` is the probability that somebody lives to the end of the plan.
    """

    success: Estimate
    estate: tuple[float, ...]
    alive_at_horizon: float


@dataclass(frozen=True, slots=True)
class SpendingYear:
    """A year of retirement: what the goal plans and what a rule lets be spent at SPENDING_LEVELS, real."""

    calendar_year: int
    planned: float
    real: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SpendingOutlook:
    """What a rule of spending brings. ``floor`` and ``ceiling`` are parts of what is planned.

    ``worst_cut`` is the part of the plan by which a year's spending falls short at its lowest, on the path that one in
    twenty does not better; ``cut_share`` the share of paths on which any year falls short.
    """

    floor: float
    ceiling: float
    years: tuple[SpendingYear, ...]
    worst_cut: float
    cut_share: float


@dataclass(frozen=True, slots=True)
class Projection:
    """The answer to "how does this plan fare?".

    ``expected_wealth_nominal`` and ``expected_flows`` follow one path on which every asset gives its median
    return each month and inflation its mean: what a calculator without chance would show. ``lifetimes`` is None where
    no adult has odds of living. ``shortfall`` is what is missing in all, in money of the start, on average over the
    paths that fail; None where none does. ``worth`` is empty where the household
    owns nothing besides accounts. ``spending`` is None where no rule moves it.
    """

    engine_version: str
    input_digest: str
    cube_digest: str
    seed: int
    n_paths: int
    n_years: int
    success: Estimate
    goals: tuple[GoalOutcome, ...]
    percentiles: tuple[int, ...]
    bands: tuple[YearBand, ...]
    terminal: Terminal
    median_flows: tuple[YearCashFlow, ...]
    expected_flows: tuple[YearCashFlow, ...]
    expected_wealth_nominal: tuple[float, ...]
    expected_wealth_real: tuple[float, ...]
    trail: tuple[TrailStep, ...]
    lifetimes: Lifetimes | None = None
    shortfall: float | None = None
    worth: tuple[YearWorth, ...] = ()
    spending: SpendingOutlook | None = None

    def to_json_bytes(self) -> bytes:
        """Serialise canonically: the same result gives the same bytes."""
        return canonical_json(self)


class Outcome(StrEnum):
    """How a solver ended."""

    REACHED = "reached"
    ALREADY_REACHED = "already_reached"
    CANNOT_BE_REACHED = "cannot_be_reached"


@dataclass(frozen=True, slots=True)
class SolveOutcome:
    """The answer of a solver.

    ``outcome`` is ``reached`` (``value`` is the smallest change that reaches the target), ``already_reached``
    (``value`` is the plan as it stands) or ``cannot_be_reached`` (``value`` is the limit that was tried).
    ``success`` is the probability at ``value``, ``success_now`` that of the plan as it stands.
    ``monthly_amount`` is the money behind it, per month, real, where the question is one of money.
    """

    question: str
    outcome: Outcome
    target: float
    value: float
    monthly_amount: float | None
    success: Estimate
    success_now: Estimate
    n_simulations: int
    trail: tuple[TrailStep, ...]

    def to_json_bytes(self) -> bytes:
        """Serialise canonically."""
        return canonical_json(self)


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One efficient portfolio: the highest expected return at its volatility."""

    expected_return: float
    volatility: float
    weights: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class AssetContribution:
    """What one asset adds: its weight, its part of the expected return, and its part of the variance (sum 1)."""

    asset: str
    weight: float
    return_part: float
    risk_share: float


@dataclass(frozen=True, slots=True)
class OptimisedAllocation:
    """The allocation with the highest expected return within the limit, and why it looks like that.

    ``binding`` names the constraints that hold it back, each with its shadow price: how much more expected
    return a unit more of that limit would allow.
    """

    engine_version: str
    weights: tuple[tuple[str, float], ...]
    expected_return: float
    volatility: float
    equity_share: float
    binding: tuple[tuple[str, float], ...]
    contributions: tuple[AssetContribution, ...]
    frontier: tuple[FrontierPoint, ...]
    trail: tuple[TrailStep, ...]

    def to_json_bytes(self) -> bytes:
        """Serialise canonically."""
        return canonical_json(self)


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people: an English message id with ``%(name)s`` places, and what fills them.

    ``params`` hold numbers as text-free values; the caller translates the message and formats the values by the
    unit that follows the double underscore of their name: ``__money``, ``__percent``, ``__count``, ``__years`` (an
    age), ``__year`` (of the calendar), ``__treatment`` (how accounts are taxed), or ``__name`` (a key, to be shown by
    the name behind it).
    """

    message: str
    params: tuple[tuple[str, float | str], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a recommendation does, computed by running the engine again on the same scenarios."""

    success_before: float
    success_after: float
    delta_success: float
    delta_standard_error: float | None
    delta_median_terminal_real: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One piece of advice: what, why, what it does in numbers, how sure, how hard, and by when.

    ``kind`` is savings, spending, wish, debt, allocation, emergency_fund, retirement_date, social_security, ira_gifts,
    contribution_room, withdrawal_order, roth_conversion, insurance or estate; ``confidence`` is high, medium or low;
    ``difficulty`` easy, medium or hard; ``timeframe`` now, this_year or long_term. ``worth`` is the effect for the
    effort (`advice_worth.worth_of`), None where nothing measures it. ``changes`` make the plan with it of the plan as
    it stands (`joint_changes.joined`): empty where it changes none, None of an engine that did not keep them.
    """

    key: str
    kind: str
    title: Text
    reason: Text
    effect: Effect | None
    confidence: str
    difficulty: str
    timeframe: str
    actions: tuple[Text, ...]
    facts: tuple[tuple[str, float], ...]
    worth: float | None = None
    changes: Mapping[str, Any] | None = field(default=None, metadata=UNTOLD)


@dataclass(frozen=True, slots=True)
class RecommendationList:
    """Recommendations in order of effect for their effort, with the success of the plan as it stands."""

    engine_version: str
    input_digest: str
    success: Estimate
    recommendations: tuple[Recommendation, ...]
    trail: tuple[TrailStep, ...]

    def to_json_bytes(self) -> bytes:
        """Serialise canonically."""
        return canonical_json(self)
