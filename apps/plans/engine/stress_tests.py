"""Stress tests run: the whole plan again on its own futures, with one thing changed, compared path by path.

A stretch of history takes the place of the first months of every future, each of its steps spread evenly over the
step's months; what comes after is the future's own. A fall at once strikes shares in the first month; higher inflation
leaves nominal returns as they are.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.bands import percentiles_of
from apps.plans.engine.books import F_SHORTFALL
from apps.plans.engine.cover_in_force import paid_at_horizon
from apps.plans.engine.digest import canonical_json
from apps.plans.engine.falls import FallStep, MarketFall
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.monte_carlo import Progress, Simulation, no_progress, simulate
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.stress_cases import StressCase, StressKind, StressResult, StressTable
from apps.plans.engine.success import difference, estimate

FALL_NOW, MORE_INFLATION, INFLATION_YEARS = 0.25, 0.03, 10
_MONTHS = 12
_MIDDLE, _POOR = 3, 1
# what stands for a class that history has no series of
_EQUITY, _BONDS = "us_equity", "high_grade_bonds"


def run_stress_tests(
    base: ProjectionInputs,
    cases: tuple[StressCase, ...],
    cube: ScenarioCube,
    *,
    progress: Progress = no_progress,
) -> StressTable:
    """Run every test on a cube that reaches as far as the longest; raising from ``progress`` cancels.

    ``base`` and the tests' inputs name the cube's scenarios.
    """
    before = simulate(base, cube, with_flows=True)
    told = []
    for place, case in enumerate(cases):
        progress(place / len(cases), case.key)
        told.append(_result(case, simulate(case.inputs, markets_of(case, cube), with_flows=True), before))
    return StressTable(cube.spec.n_paths, _result(StressCase(StressKind.EPISODE, base), before, before), tuple(told))


def markets_of(case: StressCase, cube: ScenarioCube) -> ScenarioCube:
    """Return the markets of a test: the cube itself where only the plan changes."""
    assumptions = case.inputs.assumptions
    if case.fall is not None:
        return _changed(cube, case.key, _replayed(cube.factors, assumptions, case.fall))
    if case.kind is StressKind.FALL_NOW:
        equities = [place for place, asset in enumerate(assumptions.assets) if asset.is_equity]
        factors = cube.factors.copy()
        factors[:, 0, equities] *= np.float32(1.0 - FALL_NOW)
        return _changed(cube, case.key, factors)
    if case.kind is StressKind.INFLATION:
        factors = cube.factors.copy()
        factors[:, : INFLATION_YEARS * _MONTHS, -1] *= np.float32(np.exp(MORE_INFLATION / _MONTHS))
        return _changed(cube, case.key, factors)
    return cube


def _replayed(factors: NDArray[np.float32], assumptions: AssumptionSet, fall: MarketFall) -> NDArray[np.float32]:
    """Put a stretch of history in place of the first months of every future; the months of a step are alike."""
    changed = factors.copy()
    first = 0
    for step in fall.steps:
        months, part = slice(first, first + step.months), 1.0 / step.months
        for column, asset in enumerate(assumptions.assets):
            changed[:, months, column] = (1.0 + _change(step, asset.key, is_equity=asset.is_equity)) ** part
        changed[:, months, -1] = (1.0 + step.inflation) ** part
        first += step.months
    return changed


def _change(step: FallStep, key: str, *, is_equity: bool) -> float:
    changes = dict(step.changes)
    return changes.get(key, changes[_EQUITY if is_equity else _BONDS])


def _changed(cube: ScenarioCube, name: str, factors: NDArray[np.float32]) -> ScenarioCube:
    factors.setflags(write=False)
    digest = hashlib.sha256(cube.digest.encode() + canonical_json({"stress": name})).hexdigest()
    return ScenarioCube(cube.spec, cube.assumptions_digest, digest, factors)


def _result(case: StressCase, found: Simulation, before: Simulation) -> StressResult:
    succeeded, terminal = found.succeeded(), found.terminal_real()
    middle = percentiles_of(terminal[None, :])[0]
    return StressResult(
        key=case.key if found is not before else "base",
        kind=case.kind,
        subject=case.subject,
        success=estimate(succeeded, found.n_batches),
        change=difference(succeeded, before.succeeded(), found.n_batches),
        wealth=float(middle[_MIDDLE]),
        wealth_poor=float(middle[_POOR]),
        wealth_change=difference(terminal, before.terminal_real(), found.n_batches),
        shortfall=_shortfall(found, succeeded),
        paid=_paid(case),
    )


def _paid(case: StressCase) -> float:
    """What cover in force pays at an early death."""
    if case.kind is not StressKind.EARLY_DEATH:
        return 0.0
    gone = next(adult for adult in case.inputs.adults if adult.key == case.subject)
    return paid_at_horizon(case.inputs, gone)[0]


def _shortfall(found: Simulation, succeeded: NDArray[np.float64]) -> float | None:
    failing = succeeded == 0.0
    if not failing.any():
        return None
    missing = found.recorded.flows[:, F_SHORTFALL, :] / found.prices[1:]
    return float(missing[:, failing].sum(axis=0).mean())
