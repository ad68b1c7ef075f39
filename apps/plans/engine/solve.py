"""What must change for the plan to succeed often enough: savings rate, spending, retirement date.

Every trial runs on the same scenarios (common random numbers), so success rises steadily with the lever and
bisection over a grid finds the smallest step that reaches the target. "Already reached" and "cannot be reached" are
answers, not errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apps.kernel.errors import DomainError, gettext_noop
from apps.plans.engine.checks import known, within
from apps.plans.engine.growth import Mapper
from apps.plans.engine.horizon import age_in_months, retirement_month_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import (
    monthly_salaries,
    monthly_saving,
    retirement_spending,
    with_extra_saving,
    with_retirement_delay,
    with_retirement_spending,
)
from apps.plans.engine.monte_carlo import Progress, no_progress, success_probability, trail_of
from apps.plans.engine.results import Estimate, Outcome, SolveOutcome, TrailStep
from apps.plans.engine.scenarios import ScenarioCube

# Grid of the answers: a tenth of a percent of salaries, ten units of currency per month, one month.
RATE_STEPS = 1000
SPENDING_STEP = 10.0
_EXPECTED_TRIALS = 12


class NoSalaryError(DomainError):
    """A savings rate was asked of a household without a salary."""

    code = "no_salary"
    status = 422


@dataclass(frozen=True, slots=True)
class SavingsQuestion:
    """Which share of gross salaries must be saved for ``target``, into ``account``, at most ``max_rate``."""

    target: float
    account: str
    max_rate: float

    def __post_init__(self) -> None:
        within(self.target, 0.01, 0.999, "target")
        within(self.max_rate, 0.0, 1.0, "max_rate")


class _Trials:
    """Runs the plan with a lever and remembers each answer; counts what it ran."""

    def __init__(
        self,
        lever: Callable[[int], ProjectionInputs],
        cube: ScenarioCube,
        mapper: Mapper,
        progress: Progress,
    ) -> None:
        self._lever = lever
        self._cube = cube
        self._mapper = mapper
        self._progress = progress
        self._known: dict[int, Estimate] = {}

    def __call__(self, step: int) -> Estimate:
        if step not in self._known:
            self._known[step] = success_probability(self._lever(step), self._cube, mapper=self._mapper)
            self._progress(min(0.99, len(self._known) / _EXPECTED_TRIALS), "solve")
        return self._known[step]

    @property
    def count(self) -> int:
        """How many simulations were run."""
        return len(self._known)


def _smallest(low: int, high: int, reaches: Callable[[int], bool]) -> int:
    """Smallest step in (low, high] that reaches, given that low does not and high does."""
    while high - low > 1:
        middle = (low + high) // 2
        if reaches(middle):
            high = middle
        else:
            low = middle
    return high


def _trail(inputs: ProjectionInputs, cube: ScenarioCube, question: str, trials: int) -> tuple[TrailStep, ...]:
    facts = (("question", question), ("simulations", str(trials)))
    step = TrailStep("solve", facts, "bisection on common scenarios; docs/engine/plan_projection.md")
    return (*trail_of(inputs, cube), step)


def required_savings_rate(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    question: SavingsQuestion,
    *,
    mapper: Mapper = map,
    progress: Progress = no_progress,
) -> SolveOutcome:
    """Find the smallest savings rate (own saving / gross salaries at the start) that reaches the target.

    ``value`` is the rate, ``monthly_amount`` the whole own saving per month at the start. Raises NoSalaryError when
    nobody earns a salary at the start, InvalidInputError when the account is unknown.
    """
    known(question.account, [account.key for account in inputs.accounts], "account")
    salaries = monthly_salaries(inputs)
    if salaries <= 0.0:
        raise NoSalaryError(
            gettext_noop("Nobody in the household earns a salary when the plan starts."),
            mend=gettext_noop("Ask for spending or a retirement date instead, or enter the salary."),
            field="incomes",
        )
    saved = monthly_saving(inputs)

    def lever(step: int) -> ProjectionInputs:
        return with_extra_saving(inputs, max(0.0, step / RATE_STEPS * salaries - saved), question.account)

    trials = _Trials(lever, cube, mapper, progress)
    floor = int(saved / salaries * RATE_STEPS)
    ceiling = max(floor, round(question.max_rate * RATE_STEPS))
    now = trials(floor)
    if now.value >= question.target:
        outcome, step = Outcome.ALREADY_REACHED, floor
    elif ceiling == floor or trials(ceiling).value < question.target:
        outcome, step = Outcome.CANNOT_BE_REACHED, ceiling
    else:
        outcome = Outcome.REACHED
        step = _smallest(floor, ceiling, lambda trial: trials(trial).value >= question.target)
    rate = saved / salaries if step == floor else step / RATE_STEPS
    return SolveOutcome(
        question="savings_rate",
        outcome=outcome,
        target=question.target,
        value=rate,
        monthly_amount=rate * salaries,
        success=trials(step),
        success_now=now,
        n_simulations=trials.count,
        trail=_trail(inputs, cube, "savings_rate", trials.count),
    )


def sustainable_spending(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    target: float,
    *,
    mapper: Mapper = map,
    progress: Progress = no_progress,
) -> SolveOutcome:
    """Find the highest living costs per month in retirement, real, at which the plan reaches the target.

    ``value`` and ``monthly_amount`` are that amount: below today's plan when it must be cut (``reached``), at or
    above it when there is room (``already_reached``). Even nothing spent may not reach it (``cannot_be_reached``).
    """
    within(target, 0.01, 0.999, "target")
    planned = retirement_spending(inputs)

    def lever(step: int) -> ProjectionInputs:
        return with_retirement_spending(inputs, step * SPENDING_STEP)

    trials = _Trials(lever, cube, mapper, progress)
    now = success_probability(inputs, cube, mapper=mapper)
    high = max(1, int(planned / SPENDING_STEP))
    if trials(0).value < target:
        outcome, step = Outcome.CANNOT_BE_REACHED, 0
    else:
        low = 0
        while trials(high).value >= target and high < 2**24:
            low, high = high, 2 * high
        step = _smallest(low, high, lambda trial: trials(trial).value < target) - 1
        outcome = Outcome.ALREADY_REACHED if now.value >= target else Outcome.REACHED
    return SolveOutcome(
        question="sustainable_spending",
        outcome=outcome,
        target=target,
        value=step * SPENDING_STEP,
        monthly_amount=step * SPENDING_STEP,
        success=trials(step),
        success_now=now,
        n_simulations=trials.count + 1,
        trail=_trail(inputs, cube, "sustainable_spending", trials.count + 1),
    )


def earliest_retirement(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    target: float,
    latest_age: int,
    *,
    mapper: Mapper = map,
    progress: Progress = no_progress,
) -> SolveOutcome:
    """Find the shortest delay of retirement, in months, that reaches the target with nobody working past an age.

    ``value`` is the delay; 0 when the plan reaches the target as it stands. Raises InvalidInputError when the age is
    out of range.
    """
    within(target, 0.01, 0.999, "target")
    within(latest_age, 40, 100, "latest_age")
    room = [
        latest_age * 12 - age_in_months(adult, inputs.start_date, retirement_month_of(adult, inputs.start_date))
        for adult in inputs.adults
        if adult.retirement_date > inputs.start_date
    ]
    longest = max(0, min(room, default=0))
    trials = _Trials(lambda step: with_retirement_delay(inputs, step), cube, mapper, progress)
    now = trials(0)
    if now.value >= target:
        outcome, step = Outcome.ALREADY_REACHED, 0
    elif longest == 0 or trials(longest).value < target:
        outcome, step = Outcome.CANNOT_BE_REACHED, longest
    else:
        outcome = Outcome.REACHED
        step = _smallest(0, longest, lambda trial: trials(trial).value >= target)
    return SolveOutcome(
        question="retirement_delay_months",
        outcome=outcome,
        target=target,
        value=float(step),
        monthly_amount=None,
        success=trials(step),
        success_now=now,
        n_simulations=trials.count,
        trail=_trail(inputs, cube, "retirement_delay_months", trials.count),
    )
