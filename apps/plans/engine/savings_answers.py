"""The answer of a savings calculator: its household through every future, and the saving that reaches the target."""

from __future__ import annotations

from apps.plans.engine.bands import percentiles_of
from apps.plans.engine.checks import within
from apps.plans.engine.horizon import first_month_of_year
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.monte_carlo import Simulation, simulate
from apps.plans.engine.results import Outcome, YearBand
from apps.plans.engine.runs import Runs
from apps.plans.engine.savings import PlainLine, SavingNeeded, SavingsAnswer, ages_at, with_saving
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.search import Search

# Units of currency a month between two answers, and the most that is tried.
SAVING_STEP = 10.0
_MOST_STEPS = 100_000


def savings_answer(inputs: ProjectionInputs, cube: ScenarioCube, target: float, plain: PlainLine) -> SavingsAnswer:
    """Return how a calculator's household fares, and what must be saved a month for ``target``.

    Raises InvalidInputError for a target outside 1 % to 99.9 %, and when the cube does not belong to the household.
    """
    found = simulate(inputs, cube, with_flows=True)
    return SavingsAnswer(
        n_paths=cube.spec.n_paths,
        success=found.success(),
        shortfall=found.missing(),
        bands=_bands(inputs, found),
        needed=saving_needed(inputs, Runs(cube), target, plain.monthly_needed),
        plain=plain,
        cube_digest=cube.digest,
    )


def saving_needed(inputs: ProjectionInputs, runs: Runs, target: float, guess: float) -> SavingNeeded:
    """Find the smallest saving a month that reaches the target; the search begins around ``guess``.

    ``already_reached`` where nothing needs to be saved, ``cannot_be_reached`` where a million a month would not do.
    """
    within(target, 0.01, 0.999, "target")
    search = Search(lambda step: with_saving(inputs, step * SAVING_STEP), target, runs, lambda _part: None)
    if search.reaches(0):
        return SavingNeeded(Outcome.ALREADY_REACHED, 0.0, search.success(0))
    low, high = 0, min(_MOST_STEPS, max(64, round(2.0 * guess / SAVING_STEP)))
    while not search.reaches(high) and high < _MOST_STEPS:
        low, high = high, min(_MOST_STEPS, 4 * high)
    if not search.reaches(high):
        return SavingNeeded(Outcome.CANNOT_BE_REACHED, high * SAVING_STEP, search.success(high))
    step = search.smallest(low, high) or high
    return SavingNeeded(Outcome.REACHED, step * SAVING_STEP, search.success(step))


def _bands(inputs: ProjectionInputs, found: Simulation) -> tuple[YearBand, ...]:
    real, start = percentiles_of(found.recorded.wealth / found.prices), inputs.start_date
    return tuple(
        YearBand(
            year=year,
            calendar_year=start.year + year,
            ages=ages_at(inputs, first_month_of_year(year, start)),
            nominal=(),
            real=tuple(real[year].tolist()),
        )
        for year in range(real.shape[0])
    )
