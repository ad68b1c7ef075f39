"""The parts of a plan's overview: frozen, shared by staff, portal, paper and API."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.plans.selectors.figures import Figure, Sentence


@dataclass(frozen=True, slots=True)
class RunFacts:
    """By what the result was made: enough to make it again."""

    public_id: uuid.UUID
    facts_as_of: dt.date
    finished_at: dt.datetime | None
    seed: int
    n_paths: int
    n_batches: int
    engine_version: str
    input_digest: str
    result_digest: str
    assumptions: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class LifetimePart:
    """The plan over lives as the life table has them, beside the one to the horizon age."""

    success: Figure
    error: Figure
    estate: Figure
    alive: Figure


@dataclass(frozen=True, slots=True)
class SavingsLine:
    """What must be saved to reach the target: `outcome` is reached, already_reached or cannot_be_reached."""

    outcome: str
    rate_now: Figure
    rate_needed: Figure
    monthly_needed: Figure
    monthly_extra: Figure
    success_then: Figure


@dataclass(frozen=True, slots=True)
class YearLine:
    """Wealth as a calendar year begins in money of today: percentiles 5, 10, 25, 50, 75, 90, 95."""

    year: int
    calendar_year: int
    ages: tuple[int, ...]
    real: tuple[float, ...]
    nominal: tuple[float, ...]
    steady_real: float


@dataclass(frozen=True, slots=True)
class HelpCostLine:
    """What a step for one goal does besides: to what is missing of it, to the plan, to what is left, to another goal.

    `hurt` is None where no other goal's chance falls clearly.
    """

    unpaid: Figure
    plan: Figure
    left: Figure
    hurt: Figure | None
    hurt_name: str


@dataclass(frozen=True, slots=True)
class GoalHelpLine:
    """The one step that lifts a goal's chance most: what it is, and the chance then; `query` tries it."""

    text: Sentence
    success: Figure
    change: Figure
    error: Figure
    query: str
    cost: HelpCostLine | None = None


@dataclass(frozen=True, slots=True)
class GoalMeansLine:
    """The names of the accounts that pay, whether nothing else does, and how far the goal gives way; None: not asked.

    `is_fixed` says that it neither waits nor may be smaller, `on_its_day` and `whole` that it does not do the one.
    """

    accounts: str
    only: bool
    wait: Figure | None
    least: Figure | None
    is_fixed: bool
    on_its_day: bool = False
    whole: bool = False

    @property
    def words(self) -> str:
        """All of it in words, with its figures; empty where nothing was said."""
        told = []
        if self.accounts:
            message = _("paid only from %(accounts)s") if self.only else _("paid first from %(accounts)s")
            told.append(message % {"accounts": self.accounts})
        if self.wait is not None:
            n = int(self.wait.number or 0)
            told.append(ngettext("can wait %(n)s year", "can wait %(n)s years", n) % {"n": n})
        if self.least is not None:
            told.append(_("%(part)s of it is enough") % {"part": self.least.text})
        if self.is_fixed:
            told.append(_("neither later nor smaller"))
        if self.on_its_day:
            told.append(_("not later than its day"))
        if self.whole:
            told.append(_("all of it or nothing"))
        return ", ".join(told)


@dataclass(frozen=True, slots=True)
class GivenLine:
    """How a goal that gives way is met: in time and whole, later by so many years, smaller by so much, on average."""

    as_wished: Figure
    later: Figure
    smaller: Figure
    years_later: Figure | None
    part: Figure | None

    @property
    def gave_way(self) -> bool:
        """Whether it is later or smaller in any future: else its chance says it all."""
        return self.years_later is not None or self.part is not None


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal and how likely it is met; `unpaid` is what is missing at most where it is not, on average.

    `given` is None of a goal that does not give way, `means` of one of which nothing was said. `without` is the chance
    of the plan without a wish that costs the needs, None of any other goal.
    """

    public_id: str
    kind: str
    kind_label: str
    name: str
    priority_label: str
    amount: Figure
    starts_in: int | None
    start: Figure
    years: Figure | None
    success: Figure
    error: Figure
    first_shortfall_year: int | None
    unpaid: Figure
    met: bool
    helped: GoalHelpLine | None = None
    given: GivenLine | None = None
    means: GoalMeansLine | None = None
    without: Figure | None = None


@dataclass(frozen=True, slots=True)
class FlowLine:
    """Money in and out of one calendar year on the expected path, nominal; `since` where it is not a whole one.

    The state's taxes are part of the taxes, what IRAs gave to charity of what was withdrawn; of that and of what was
    converted, `recovered` was taxed before; `roth_earnings` is what of withdrawals from Roth accounts is taxed.
    """

    year: int
    calendar_year: int
    since: dt.date | None
    ages: tuple[int, ...]
    wages: Figure
    social_security: Figure
    other_income: Figure
    withdrawals: Figure
    recovered: Figure
    given: Figure
    roth_earnings: Figure
    spending: Figure
    goals: Figure
    debts: Figure
    taxes: Figure
    state_taxes: Figure
    medicare: Figure
    saved: Figure
    shortfall: Figure
    unplanned: float


@dataclass(frozen=True, slots=True)
class WeightLine:
    """One class of assets today and as advised."""

    asset: str
    name: str
    now: Figure
    then: Figure
    risk_share: Figure


@dataclass(frozen=True, slots=True)
class AllocationPart:
    """What is held, what the risk limit would allow, and what that means; `then` figures are empty without a limit."""

    lines: tuple[WeightLine, ...]
    return_now: Figure
    return_then: Figure
    volatility_now: Figure
    volatility_then: Figure
    volatility_limit: Figure
    equity_now: Figure
    equity_then: Figure
    equity_limit: Figure
    binding: tuple[str, ...]
    frontier: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class EffectLine:
    """What a piece of advice does, by the engine."""

    success_before: Figure
    success_after: Figure
    change: Figure
    change_error: Figure
    wealth: Figure


@dataclass(frozen=True, slots=True)
class LeverLine:
    """The number of a piece of advice that an advisor may change; `value` of unit `percent` is a fraction."""

    label: str
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class RecommendationLine:
    """One piece of advice as people read it, with the decision. `is_owed`: the risk limit asks for it in any case."""

    public_id: uuid.UUID
    key: str
    kind: str
    title: Sentence
    why: Sentence
    actions: tuple[Sentence, ...]
    effect: EffectLine | None
    confidence: str
    confidence_label: str
    difficulty: str
    difficulty_label: str
    timeframe: str
    timeframe_label: str
    decision: str
    decision_label: str
    decision_tone: str
    decision_reason: str
    decided_by: str
    decided_at: dt.datetime | None
    lever: LeverLine | None
    waits_for_effect: bool
    worth: Figure | None = None
    is_owed: bool = False
    # others reach the target alone as it does; one of them was taken
    is_alternative: bool = False
    is_taken_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """A choice of planning or an override, named."""

    label: str
    figure: Figure
    note: str = ""


@dataclass(frozen=True, slots=True)
class RiskState:
    """What the risk profile says of this plan: `problem` is empty where it carries the advice."""

    level: int | None
    problem: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question of the client with its answer."""

    public_id: uuid.UUID
    asked_by: str
    asked_at: dt.datetime
    text: str
    answer: str
    answered_by: str
    answered_at: dt.datetime | None
