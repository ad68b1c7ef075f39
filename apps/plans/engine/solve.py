"""What must change for the plan to succeed often enough: savings rate, spending, retirement date.

Every trial runs on the same scenarios (common random numbers), so success rises steadily with the lever and a search
over a grid finds the smallest step that reaches the target (`search`). "Already reached" and "cannot be reached" are
answers, not errors. Each question comes twice: for a cube, and for runs that several questions share.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from apps.kernel.errors import DomainError, gettext_noop
from apps.plans.engine.advice_facts import AdviceFacts, SavingPlaces
from apps.plans.engine.checks import known, within
from apps.plans.engine.chunks import Mapper
from apps.plans.engine.horizon import age_in_months, retirement_month_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import (
    monthly_salaries,
    monthly_saving,
    retirement_spending,
    with_retirement_spending,
)
from apps.plans.engine.monte_carlo import Progress, no_progress, trail_of
from apps.plans.engine.results import Estimate, Outcome, SolveOutcome, TrailStep
from apps.plans.engine.retirement_levers import with_retirement_delay
from apps.plans.engine.runs import Runs
from apps.plans.engine.saving_places import NEW_BROKERAGE, with_more_saved
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.search import Lever, Search

# Grid of the answers: a tenth of a percent of salaries, ten units of currency per month, one month.
RATE_STEPS = 1000
SPENDING_STEP = 10.0
# A part of the scenarios that misses a target by so much, some thirty of its standard errors, needs no second opinion.
_CLEARLY = 0.1


class NoSalaryError(DomainError):
    """A savings rate was asked of a household without a salary."""

    code = "no_salary"
    status = 422


@dataclass(frozen=True, slots=True)
class SavingsQuestion:
    """Which share of gross salaries must be saved for ``target``, at most ``max_rate``.

    More than today goes where ``facts`` say that the law has room for it, and what is above into ``account``.
    """

    target: float
    account: str
    max_rate: float
    facts: AdviceFacts | None = None

    def __post_init__(self) -> None:
        within(self.target, 0.01, 0.999, "target")
        within(self.max_rate, 0.0, 1.0, "max_rate")


@dataclass(frozen=True, slots=True)
class RetirementQuestion:
    """By how much retirement must move for ``target``, with nobody working past ``latest_age``.

    What the plan saves more than the facts say goes to ``places`` until then.
    """

    target: float
    latest_age: int
    places: SavingPlaces

    def __post_init__(self) -> None:
        within(self.target, 0.01, 0.999, "target")
        within(self.latest_age, 40, 100, "latest_age")


def _trail(inputs: ProjectionInputs, runs: Runs, question: str, trials: int) -> tuple[TrailStep, ...]:
    facts = (("question", question), ("simulations", str(trials)))
    source = "search on common scenarios, on a part of them first; docs/engine/plan_projection.md"
    return (*trail_of(inputs, runs.cube), TrailStep("solve", facts, source))


def _search(lever: Lever, target: float, runs: Runs, progress: Progress) -> Search:
    return Search(lever, target, runs, lambda part: progress(part, "solve"))


def _outcome(found: int | None, now: Estimate, target: float) -> Outcome:
    """How a search ended: ``found`` is its step, ``now`` the success of the plan as it stands."""
    if found is None:
        return Outcome.CANNOT_BE_REACHED
    return Outcome.ALREADY_REACHED if now.value >= target else Outcome.REACHED


def required_savings_rate(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    question: SavingsQuestion,
    *,
    mapper: Mapper = map,
    progress: Progress = no_progress,
) -> SolveOutcome:
    """Answer `savings_rate` for a plan of which nothing was run yet."""
    return savings_rate(inputs, Runs(cube, mapper), question, progress=progress)


def savings_rate(
    inputs: ProjectionInputs, runs: Runs, question: SavingsQuestion, *, progress: Progress = no_progress
) -> SolveOutcome:
    """Find the smallest savings rate (own saving / gross salaries at the start) that reaches the target.

    ``value`` is the rate, ``monthly_amount`` the whole own saving per month at the start. Raises NoSalaryError when
    nobody earns a salary at the start, InvalidInputError when the account is unknown.
    """
    if question.account != NEW_BROKERAGE:
        known(question.account, [account.key for account in inputs.accounts], "account")
    salaries = monthly_salaries(inputs)
    if salaries <= 0.0:
        raise NoSalaryError(
            gettext_noop("Nobody in the household earns a salary when the plan starts."),
            mend=gettext_noop("Ask for spending or a retirement date instead, or enter the salary."),
            field="incomes",
        )
    saved, places = monthly_saving(inputs), SavingPlaces(question.account, question.facts)

    def lever(step: int) -> ProjectionInputs:
        return with_more_saved(inputs, max(0.0, step / RATE_STEPS * salaries - saved), places)

    search = _search(lever, question.target, runs, progress)
    floor = int(saved / salaries * RATE_STEPS)
    ceiling = max(floor, round(question.max_rate * RATE_STEPS))
    found = floor if search.reaches(floor) else search.smallest(floor, ceiling) if ceiling > floor else None
    step = ceiling if found is None else found
    rate = saved / salaries if step == floor else step / RATE_STEPS
    return SolveOutcome(
        question="savings_rate",
        outcome=_outcome(found, search.success(floor), question.target),
        target=question.target,
        value=rate,
        monthly_amount=rate * salaries,
        success=search.success(step),
        success_now=search.success(floor),
        n_simulations=search.n_whole,
        trail=_trail(inputs, runs, "savings_rate", search.n_whole),
    )


def sustainable_spending(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    target: float,
    *,
    mapper: Mapper = map,
    progress: Progress = no_progress,
) -> SolveOutcome:
    """Answer `spending_that_holds` for a plan of which nothing was run yet."""
    return spending_that_holds(inputs, Runs(cube, mapper), target, progress=progress)


def spending_that_holds(
    inputs: ProjectionInputs,
    runs: Runs,
    target: float,
    *,
    found_before: float | None = None,
    progress: Progress = no_progress,
) -> SolveOutcome:
    """Find the highest living costs per month in retirement, real, at which the plan reaches the target.

    ``value`` and ``monthly_amount`` are that amount: below today's plan when it must be cut (``reached``), at or
    above it when there is room (``already_reached``). Even nothing spent may not reach it (``cannot_be_reached``).
    The search begins at what was ``found_before``; the answer does not depend on it.
    """
    within(target, 0.01, 0.999, "target")

    def spending(step: int) -> ProjectionInputs:
        return with_retirement_spending(inputs, step * SPENDING_STEP)

    now = runs.of(inputs).success
    # the next step above today's plan fails if that does; a plan that reaches the target is doubled until it fails
    planned = top = max(1, ceil(retirement_spending(inputs) / SPENDING_STEP))
    tops = 0
    if now.value >= target:
        top, tops = 2 * top, 1
        while top < 2**24 and not _fails(spending(top), runs, target):
            top, tops = 2 * top, tops + 1
    # Success falls with spending: from the top, which fails, the search asks for the smallest cut.
    search = _search(lambda cut: spending(top - cut), target, runs, progress)
    if runs.has_part:
        search.note(0, runs.first(spending(top)))
        search.note(top - planned, runs.first(inputs))
    first = None if found_before is None else top - round(found_before / SPENDING_STEP)
    found = search.smallest(0, top, first)
    step = 0 if found is None else top - found
    trials = search.n_whole + tops + 1
    return SolveOutcome(
        question="sustainable_spending",
        outcome=_outcome(found, now, target),
        target=target,
        value=step * SPENDING_STEP,
        monthly_amount=step * SPENDING_STEP,
        success=search.success(top - step),
        success_now=now,
        n_simulations=trials,
        trail=_trail(inputs, runs, "sustainable_spending", trials),
    )


def _fails(variant: ProjectionInputs, runs: Runs, target: float) -> bool:
    """Whether a variant misses the target: clearly so on a part of the scenarios, or else on all of them."""
    clearly = runs.has_part and runs.rough(variant) < target - _CLEARLY
    return clearly or runs.of(variant).success.value < target


def earliest_retirement(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    question: RetirementQuestion,
    *,
    mapper: Mapper = map,
    progress: Progress = no_progress,
) -> SolveOutcome:
    """Answer `retirement_delay` for a plan of which nothing was run yet."""
    return retirement_delay(inputs, Runs(cube, mapper), question, progress=progress)


def retirement_delay(
    inputs: ProjectionInputs, runs: Runs, question: RetirementQuestion, *, progress: Progress = no_progress
) -> SolveOutcome:
    """Find the shortest delay of retirement, in months, that reaches the target with nobody working past an age.

    ``value`` is the delay; 0 when the plan reaches the target as it stands.
    """
    start, latest = inputs.start_date, question.latest_age * 12
    room = [
        latest - age_in_months(adult, start, retirement_month_of(adult, start))
        for adult in inputs.adults
        if adult.retirement_date > start
    ]
    longest = max(0, min(room, default=0))

    def lever(step: int) -> ProjectionInputs:
        return with_retirement_delay(inputs, step, question.places) if step else inputs

    search = _search(lever, question.target, runs, progress)
    found = 0 if search.reaches(0) else search.smallest(0, longest) if longest > 0 else None
    step = longest if found is None else found
    return SolveOutcome(
        question="retirement_delay_months",
        outcome=_outcome(found, search.success(0), question.target),
        target=question.target,
        value=float(step),
        monthly_amount=None,
        success=search.success(step),
        success_now=search.success(0),
        n_simulations=search.n_whole,
        trail=_trail(inputs, runs, "retirement_delay_months", search.n_whole),
    )
