"""How does this plan fare? One household through every scenario of the cube."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.digest import input_digest
from apps.plans.engine.horizon import horizon_months, month_of
from apps.plans.engine.inputs import GoalPriority, ProjectionInputs
from apps.plans.engine.kernel import LANES, NEVER, Recorded, simulate_blocks
from apps.plans.engine.program import N_FLOWS, Demand, Program, build_program, demands_of
from apps.plans.engine.results import (
    ENGINE_VERSION,
    PERCENTILES,
    Estimate,
    GoalOutcome,
    Projection,
    Terminal,
    TrailStep,
    YearBand,
    YearCashFlow,
)
from apps.plans.engine.scenarios import ScenarioCube, check_fits, expected_cube
from apps.plans.engine.success import estimate

Progress = Callable[[float, str], None]

CHUNKS = 20


class Mapper(Protocol):
    """How chunks of paths are run: the built-in ``map``, or that of a pool of threads the caller owns."""

    def __call__(
        self, function: Callable[[tuple[int, int]], None], items: Iterable[tuple[int, int]], /
    ) -> Iterator[None]:
        """Call the function on each item; results come in order."""
        ...


def no_progress(_fraction: float, _step: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """All paths of one plan: what the kernel kept, and which demands it kept it of."""

    recorded: Recorded
    demands: tuple[Demand, ...]
    n_batches: int

    def funded(self, place: int) -> NDArray[np.float64]:
        """1 where the demand was met in every month, shape (n_paths,)."""
        result: NDArray[np.float64] = (self.recorded.failed[place] == NEVER).astype(np.float64)
        return result

    def succeeded(self) -> NDArray[np.float64]:
        """1 where every essential demand was met in every month, shape (n_paths,)."""
        essential = [place for place, demand in enumerate(self.demands) if demand.priority is GoalPriority.ESSENTIAL]
        result: NDArray[np.float64] = (self.recorded.failed[essential] == NEVER).all(axis=0).astype(np.float64)
        return result

    def terminal_real(self) -> NDArray[np.float64]:
        """Wealth at the horizon in money of the start, shape (n_paths,)."""
        result: NDArray[np.float64] = self.recorded.wealth[-1] / self.recorded.price[-1]
        return result

    def success(self) -> Estimate:
        """Probability that all essential demands are met to the horizon."""
        return estimate(self.succeeded(), self.n_batches)


def _empty_record(program: Program, n_paths: int, n_flow_years: int) -> Recorded:
    n_years = program.year_facts.shape[0]
    return Recorded(
        wealth=np.zeros((n_years + 1, n_paths)),
        price=np.ones((n_years + 1, n_paths)),
        failed=np.full((program.demands.shape[1], n_paths), NEVER, dtype=np.int32),
        flows=np.zeros((n_flow_years, N_FLOWS, n_paths), dtype=np.float32),
    )


def _run(program: Program, cube: ScenarioCube, recorded: Recorded, mapper: Mapper, progress: Progress) -> None:
    n_blocks = -(-cube.spec.n_paths // LANES)
    edges = [(n_blocks * chunk // CHUNKS, n_blocks * (chunk + 1) // CHUNKS) for chunk in range(CHUNKS)]
    chunks = [(first, last) for first, last in edges if last > first]

    def simulate(chunk: tuple[int, int]) -> None:
        simulate_blocks(program, cube.factors, chunk[0], chunk[1], recorded)

    for done, _ in enumerate(mapper(simulate, chunks), start=1):
        progress(done / len(chunks), "simulation")


def simulate(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    *,
    with_flows: bool,
    mapper: Mapper = map,
    progress: Progress = no_progress,
) -> Simulation:
    """Run the plan on every path; without flows where only success and wealth are asked.

    Raises InvalidInputError when the cube does not belong to the plan. The bits of the answer do not depend on how
    the mapper spreads the chunks.
    """
    n_months = horizon_months(inputs.adults, inputs.start_date)
    check_fits(cube, inputs.assumptions, inputs.simulation, n_months)
    program = build_program(inputs)
    recorded = _empty_record(program, cube.spec.n_paths, n_months // 12 if with_flows else 0)
    _run(program, cube, recorded, mapper, progress)
    return Simulation(recorded, tuple(demands_of(inputs)), cube.spec.n_batches)


def success_probability(inputs: ProjectionInputs, cube: ScenarioCube, *, mapper: Mapper = map) -> Estimate:
    """Probability that every essential demand is met to the horizon, with its standard error."""
    return simulate(inputs, cube, with_flows=False, mapper=mapper).success()


def percentiles_of(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Percentiles of each row (n_rows, n_paths) at PERCENTILES, linear between order statistics (type 7).

    Numpy's vector sort of float32 beats np.percentile's partitions by an order of magnitude; seven digits are more than
    the scenarios are worth.
    """
    ordered = np.sort(rows.astype(np.float32), axis=1).astype(np.float64)
    place = np.array(PERCENTILES) / 100.0 * (ordered.shape[1] - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, ordered.shape[1] - 1)
    part = place - low
    result: NDArray[np.float64] = ordered[:, low] * (1.0 - part) + ordered[:, high] * part
    return result


def _bands(inputs: ProjectionInputs, recorded: Recorded) -> tuple[YearBand, ...]:
    nominal = percentiles_of(recorded.wealth)
    real = percentiles_of(recorded.wealth / recorded.price)
    return tuple(
        YearBand(
            year=year,
            calendar_year=inputs.start_date.year + year,
            ages=tuple((12 * year - month_of(adult.birth_date, inputs.start_date)) // 12 for adult in inputs.adults),
            nominal=tuple(nominal[year].tolist()),
            real=tuple(real[year].tolist()),
        )
        for year in range(nominal.shape[0])
    )


def _flows(inputs: ProjectionInputs, rows: NDArray[np.floating]) -> tuple[YearCashFlow, ...]:
    """Rows (n_years, N_FLOWS) as cash flows."""
    return tuple(
        YearCashFlow(year, inputs.start_date.year + year - 1, *row)
        for year, row in enumerate(rows.astype(np.float64).tolist(), start=1)
    )


def _median_flows(recorded: Recorded) -> NDArray[np.float64]:
    n_years, n_flows, n_paths = recorded.flows.shape
    ordered = np.sort(recorded.flows.reshape(n_years * n_flows, n_paths), axis=1).astype(np.float64)
    middle = 0.5 * (ordered[:, (n_paths - 1) // 2] + ordered[:, n_paths // 2])
    return middle.reshape(n_years, n_flows)


def _outcome(simulation: Simulation, place: int, inputs: ProjectionInputs) -> GoalOutcome:
    demand = simulation.demands[place]
    failed = simulation.recorded.failed[place]
    months = np.sort(failed[failed != NEVER])
    year = None if months.size == 0 else inputs.start_date.year + int(months[(months.size - 1) // 2]) // 12
    success = estimate(simulation.funded(place), simulation.n_batches)
    return GoalOutcome(demand.key, demand.kind, str(demand.priority), success, year)


def _terminal(simulation: Simulation) -> Terminal:
    nominal, real = simulation.recorded.wealth[-1], simulation.terminal_real()
    return Terminal(
        nominal=tuple(percentiles_of(nominal[None, :])[0].tolist()),
        real=tuple(percentiles_of(real[None, :])[0].tolist()),
        mean_nominal=float(nominal.mean()),
        mean_real=float(real.mean()),
    )


def project(
    inputs: ProjectionInputs, cube: ScenarioCube, *, mapper: Mapper = map, progress: Progress = no_progress
) -> Projection:
    """Answer how the plan fares: success, goals, bands, cash flows, and how the numbers were made.

    ``progress`` is called with a fraction of the whole and the name of the step; raising from it cancels. Raises
    InvalidInputError when the cube does not belong to the plan.
    """
    simulation = simulate(
        inputs, cube, with_flows=True, mapper=mapper, progress=lambda part, step: progress(0.9 * part, step)
    )
    program = build_program(inputs)
    n_years = program.year_facts.shape[0]
    expected = _empty_record(program, 1, n_years)
    _run(program, expected_cube(inputs.assumptions, 12 * n_years), expected, map, no_progress)
    progress(0.95, "percentiles")
    result = Projection(
        engine_version=ENGINE_VERSION,
        input_digest=input_digest(inputs),
        cube_digest=cube.digest,
        seed=cube.spec.seed,
        n_paths=cube.spec.n_paths,
        n_years=n_years,
        success=simulation.success(),
        goals=tuple(_outcome(simulation, place, inputs) for place in range(len(simulation.demands))),
        percentiles=PERCENTILES,
        bands=_bands(inputs, simulation.recorded),
        terminal=_terminal(simulation),
        median_flows=_flows(inputs, _median_flows(simulation.recorded)),
        expected_flows=_flows(inputs, expected.flows[:, :, 0]),
        expected_wealth_nominal=tuple(expected.wealth[:, 0].tolist()),
        expected_wealth_real=tuple((expected.wealth[:, 0] / expected.price[:, 0]).tolist()),
        trail=trail_of(inputs, cube),
    )
    progress(1.0, "done")
    return result


def trail_of(inputs: ProjectionInputs, cube: ScenarioCube) -> tuple[TrailStep, ...]:
    """How every number of a projection is made: scenarios, months, taxes, and the counting of success."""
    spec = cube.spec
    return (
        TrailStep(
            "assumptions",
            (("set", inputs.assumptions.key), ("effective_from", inputs.assumptions.effective_from.isoformat())),
            inputs.assumptions.source,
        ),
        TrailStep(
            "scenarios",
            (("seed", str(spec.seed)), ("paths", str(spec.n_paths)), ("scrambles", str(spec.n_batches))),
            "scrambled Sobol points along principal components, pseudo-random rest; docs/engine/plan_projection.md",
        ),
        TrailStep(
            "months",
            (("months", str(horizon_months(inputs.adults, inputs.start_date))), ("start", str(inputs.start_date))),
            "markets, incomes, contributions, demands in order of priority; mixes rebalanced once a year",
        ),
        TrailStep(
            "taxes",
            (("table", str(inputs.tax_table.year)), ("filing_status", str(inputs.filing_status))),
            inputs.tax_table.source,
        ),
        TrailStep(
            "success",
            (("batches", str(spec.n_batches)),),
            "share of paths that meet every essential demand in every month; standard error between scrambles",
        ),
    )
