"""The answers of a what-if page: a plan with levers moved, beside the plan as it stands, on the same scenarios.

Every answer is a run of the whole household through every path asked for; nothing is interpolated between answers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.bands import percentiles_of
from apps.plans.engine.horizon import age_in_months, first_month_of_year
from apps.plans.engine.inputs import CubeSpec, ProjectionInputs
from apps.plans.engine.levers import monthly_salaries
from apps.plans.engine.monte_carlo import Progress, no_progress, simulate
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.results import Estimate, Outcome, YearBand
from apps.plans.engine.retirement_levers import with_retirement_delay
from apps.plans.engine.runs import Runs
from apps.plans.engine.saving_places import with_saving
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.search import Lever, Search
from apps.plans.engine.solve import spending_that_holds
from apps.plans.engine.stress import stressed
from apps.plans.engine.success import difference, estimate
from apps.plans.engine.what_if_levers import LeverKind, Moved, levers_of, moved
from apps.plans.engine.what_if_results import GoalChance, LeverEffect, Reach, WhatIfAnswer


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What is kept of the plan as it stands, by path, to compare with."""

    succeeded: NDArray[np.float64]
    terminal_real: NDArray[np.float64]


def on_paths(inputs: ProjectionInputs, spec: CubeSpec) -> ProjectionInputs:
    """Ask the plan on other scenarios of its assumption set."""
    return replace(inputs, simulation=spec)


def standing(inputs: ProjectionInputs, cube: ScenarioCube) -> Standing:
    """Run the plan as it stands."""
    found = simulate(inputs, cube, with_flows=False)
    return Standing(found.succeeded(), found.terminal_real())


def what_if(plan: Moved, cube: ScenarioCube, before: Standing, *, progress: Progress = no_progress) -> WhatIfAnswer:
    """Answer how a moved plan fares beside the one that stands; raising from ``progress`` cancels."""
    inputs, markets = plan.inputs, stressed(cube, plan.inputs.assumptions, plan.stress)
    found = simulate(inputs, markets, with_flows=True, progress=progress)
    succeeded, terminal = found.succeeded(), found.terminal_real()
    real = percentiles_of(found.recorded.wealth / found.prices)
    return WhatIfAnswer(
        n_paths=cube.spec.n_paths,
        success=estimate(succeeded, found.n_batches),
        change=difference(succeeded, before.succeeded, found.n_batches),
        terminal=tuple(real[-1].tolist()),
        terminal_change=difference(terminal, before.terminal_real, found.n_batches),
        shortfall=found.missing(),
        goals=tuple(
            GoalChance(found.demands[place].key, estimate(found.funded(place), found.n_batches))
            for place in found.goals()
        ),
        bands=_bands(inputs, real),
        cube_digest=markets.digest,
    )


def effects(
    inputs: ProjectionInputs, policy: AdvicePolicy, changes: Mapping[str, float], cube: ScenarioCube
) -> tuple[LeverEffect, ...]:
    """Replay the changes one at a time on the plan as it stands, each compared with it path by path."""
    before, found = standing(inputs, cube), []
    for key, value in sorted(changes.items()):
        alone = moved(inputs, policy, {key: value})
        after = standing(alone.inputs, stressed(cube, inputs.assumptions, alone.stress))
        change = difference(after.succeeded, before.succeeded, cube.spec.n_batches)
        terminal = difference(after.terminal_real, before.terminal_real, cube.spec.n_batches)
        found.append(LeverEffect(key, value, change, terminal))
    return tuple(found)


def reaches(
    plan: Moved, policy: AdvicePolicy, cube: ScenarioCube, *, progress: Progress = no_progress
) -> tuple[Reach, ...]:
    """Say for savings, retirement and spending what each must be, one at a time, for the plan to reach its target.

    Savings are what is saved more a month than the facts say, retirement the whole years that all who work stay on,
    spending what is spent a month in retirement.
    """
    inputs = plan.inputs
    runs = Runs(stressed(cube, inputs.assumptions, plan.stress))
    found = []
    if monthly_salaries(inputs) > 0.0:
        found += [_saving(inputs, policy, runs, progress), _delay(inputs, policy, runs, progress)]
    spent = spending_that_holds(inputs, runs, policy.target, progress=progress)
    found.append(Reach(LeverKind.RETIREMENT_SPENDING, spent.outcome, spent.value, spent.success))
    return tuple(found)


def affordable(plan: Moved, policy: AdvicePolicy, cube: ScenarioCube, *, progress: Progress = no_progress) -> float:
    """Return what may be spent a month in retirement, in money of the start, for the plan to reach its target."""
    runs = Runs(stressed(cube, plan.inputs.assumptions, plan.stress))
    return spending_that_holds(plan.inputs, runs, policy.target, progress=progress).value


def _saving(inputs: ProjectionInputs, policy: AdvicePolicy, runs: Runs, progress: Progress) -> Reach:
    lever = next(lever for lever in levers_of(inputs) if lever.kind is LeverKind.EXTRA_SAVING)
    floor = math.floor(lever.value / lever.step)

    def saving(step: int) -> ProjectionInputs:
        return with_saving(inputs, policy.places, (floor + step) * lever.step) if step else inputs

    step, outcome, success = _searched(saving, round(lever.high / lever.step) - floor, policy.target, runs, progress)
    return Reach(lever.kind, outcome, (floor + step) * lever.step if step else lever.value, success)


def _delay(inputs: ProjectionInputs, policy: AdvicePolicy, runs: Runs, progress: Progress) -> Reach:
    ages = [lever for lever in levers_of(inputs) if lever.kind is LeverKind.RETIREMENT_AGE]
    most = round(min((lever.high - lever.value for lever in ages), default=0.0))
    step, outcome, success = _searched(
        lambda years: with_retirement_delay(inputs, 12 * years, policy.places) if years else inputs,
        most,
        policy.target,
        runs,
        progress,
    )
    return Reach(LeverKind.RETIREMENT_AGE, outcome, float(step), success)


def _searched(lever: Lever, most: int, target: float, runs: Runs, progress: Progress) -> tuple[int, Outcome, Estimate]:
    """Return the smallest step from 0 to ``most`` that reaches the target, how the search ended, and its success."""
    search = Search(lever, target, runs, lambda part: progress(part, "solve"))
    if search.reaches(0):
        return 0, Outcome.ALREADY_REACHED, search.success(0)
    found = search.smallest(0, most) if most > 0 else None
    if found is None:
        return most, Outcome.CANNOT_BE_REACHED, search.success(most)
    return found, Outcome.REACHED, search.success(found)


def _bands(inputs: ProjectionInputs, real: NDArray[np.float64]) -> tuple[YearBand, ...]:
    start = inputs.start_date
    months = [first_month_of_year(year, start) for year in range(real.shape[0])]
    return tuple(
        YearBand(
            year=year,
            calendar_year=start.year + year,
            ages=tuple(age_in_months(adult, start, months[year]) // 12 for adult in inputs.adults),
            nominal=(),
            real=tuple(real[year].tolist()),
        )
        for year in range(real.shape[0])
    )
