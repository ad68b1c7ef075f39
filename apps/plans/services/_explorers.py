"""The door to the engine for the pages that explore one choice of a plan: it brings numba, imported when one asks."""

from __future__ import annotations

from apps.plans.engine.conversion_map import ConversionMap
from apps.plans.engine.conversion_tries import conversion_map
from apps.plans.engine.falls import falls_from_mapping
from apps.plans.engine.inputs import CubeSpec, ProjectionInputs
from apps.plans.engine.longer_futures import after, lengthened
from apps.plans.engine.monte_carlo import Progress
from apps.plans.engine.stress_cases import StressTable, months_needed, stress_cases
from apps.plans.engine.stress_tests import run_stress_tests
from apps.plans.engine.tax_map import TaxYear
from apps.plans.engine.tax_years import tax_years
from apps.plans.engine.what_if import on_paths
from apps.plans.services._mapping import CUBE_STEP_MONTHS
from apps.plans.services._scenarios import cube_of
from apps.plans.services._tables import TAX_TABLES, read_table


def tax_map(inputs: ProjectionInputs) -> tuple[TaxYear, ...]:
    """Answer what each year of a plan is taxed on."""
    return tax_years(inputs)


def ways_of_converting(inputs: ProjectionInputs, owner: str) -> ConversionMap:
    """Answer what each way of converting to Roth comes to for an adult."""
    return conversion_map(inputs, owner)


def stress_table(inputs: ProjectionInputs, spec: CubeSpec, care_cost: float, progress: Progress) -> StressTable:
    """Answer how a plan fares in every test, on scenarios that reach as far as the longest life tried.

    To the end of the plan they are the ones of its result, so the plan as it stands fares as its page says.
    `progress` is told how much is done and the key of the test that comes; raising from it cancels.
    """
    months = -(-max(months_needed(inputs), spec.n_months) // CUBE_STEP_MONTHS) * CUBE_STEP_MONTHS
    cube = cube_of(inputs.assumptions, spec)
    if months > spec.n_months:
        cube = lengthened(inputs.assumptions, cube, cube_of(inputs.assumptions, after(spec, months)))
    asked = on_paths(inputs, cube.spec)
    falls = falls_from_mapping(read_table(TAX_TABLES / "market_falls.toml"))
    cases = stress_cases(asked, falls, care_cost)
    return run_stress_tests(asked, cases, cube, progress=progress)
