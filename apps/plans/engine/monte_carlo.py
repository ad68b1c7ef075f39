"""How does this plan fare? One household through every scenario of the cube."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.bands import ordered, percentiles_of
from apps.plans.engine.compiled import LANES
from apps.plans.engine.digest import input_digest
from apps.plans.engine.growth import MARKETS, Chunk, Mapper, Markets, Prices, Span, chunks_of, grown, year_prices
from apps.plans.engine.horizon import age_in_months, first_month_of_year, horizon_months, year_of
from apps.plans.engine.inputs import GoalPriority, ProjectionInputs
from apps.plans.engine.kernel import NEVER, Recorded, simulate_blocks
from apps.plans.engine.pot import is_pot, simulate_pots
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


def no_progress(_fraction: float, _step: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """All paths of one plan: what the kernel kept, the price level (n_years + 1, n_paths), and the demands."""

    recorded: Recorded
    prices: Prices
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
        result: NDArray[np.float64] = self.recorded.wealth[-1] / self.prices[-1]
        return result

    def success(self) -> Estimate:
        """Probability that all essential demands are met to the horizon."""
        return estimate(self.succeeded(), self.n_batches)


def span_of(program: Program) -> Span:
    """The months of a program, by calendar years."""
    return Span(program.demands.shape[0], program.first_year)


def _empty_record(program: Program, n_paths: int, n_flow_years: int) -> Recorded:
    n_years = program.year_facts.shape[0]
    return Recorded(
        wealth=np.zeros((n_years + 1, n_paths)),
        failed=np.full((program.demands.shape[1], n_paths), NEVER, dtype=np.int32),
        flows=np.zeros((n_flow_years, N_FLOWS, n_paths), dtype=np.float32),
    )


def _run(program: Program, cube: ScenarioCube, recorded: Recorded, mapper: Mapper, progress: Progress) -> Markets:
    span, n_blocks = span_of(program), -(-recorded.wealth.shape[1] // LANES)
    markets = MARKETS.of(cube, program.weights, span, mapper)
    short = recorded.flows.shape[0] == 0 and is_pot(program)
    walk, chunks = (simulate_pots, chunks_of(n_blocks, 4)) if short else (simulate_blocks, chunks_of(n_blocks, 20))

    def simulate(chunk: Chunk) -> None:
        blocks, kept = slice(*chunk), markets.growth
        growth = grown(program.weights, cube.factors[blocks], span) if kept is None else kept[blocks]
        walk(program, growth, chunk[0], recorded)

    for done, _ in enumerate(mapper(simulate, chunks), start=1):
        progress(done / len(chunks), "simulation")
    return markets


def simulate(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    *,
    with_flows: bool,
    mapper: Mapper = map,
    progress: Progress = no_progress,
    n_batches: int | None = None,
) -> Simulation:
    """Run the plan on every path, or on those of the first ``n_batches``; without flows where they are not asked.

    Raises InvalidInputError when the cube does not belong to the plan. The bits of the answer do not depend on how
    the mapper spreads the chunks.
    """
    n_months = horizon_months(inputs.adults, inputs.start_date)
    check_fits(cube, inputs.assumptions, inputs.simulation, n_months)
    demands = demands_of(inputs)
    program = build_program(inputs, demands)
    batches = cube.spec.n_batches if n_batches is None else n_batches
    n_paths = cube.spec.n_paths // cube.spec.n_batches * batches
    recorded = _empty_record(program, n_paths, program.year_facts.shape[0] if with_flows else 0)
    markets = _run(program, cube, recorded, mapper, progress)
    return Simulation(recorded, markets.prices[:, :n_paths], tuple(demands), batches)


def success_probability(inputs: ProjectionInputs, cube: ScenarioCube, *, mapper: Mapper = map) -> Estimate:
    """Probability that every essential demand is met to the horizon, with its standard error."""
    return simulate(inputs, cube, with_flows=False, mapper=mapper).success()


def _bands(inputs: ProjectionInputs, simulation: Simulation, mapper: Mapper) -> tuple[YearBand, ...]:
    wealth = simulation.recorded.wealth
    nominal = percentiles_of(wealth, mapper)
    real = percentiles_of(wealth / simulation.prices, mapper)
    months = [first_month_of_year(year, inputs.start_date) for year in range(nominal.shape[0])]
    return tuple(
        YearBand(
            year=year,
            calendar_year=inputs.start_date.year + year,
            ages=tuple(age_in_months(adult, inputs.start_date, months[year]) // 12 for adult in inputs.adults),
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


def _median_flows(recorded: Recorded, mapper: Mapper) -> NDArray[np.float64]:
    n_years, n_flows, n_paths = recorded.flows.shape
    middle: NDArray[np.float64] = ordered(
        recorded.flows.reshape(n_years * n_flows, n_paths), np.array([(n_paths - 1) // 2, n_paths // 2]), mapper
    ).mean(axis=1)
    return middle.reshape(n_years, n_flows)


def _outcome(simulation: Simulation, place: int, inputs: ProjectionInputs) -> GoalOutcome:
    demand = simulation.demands[place]
    failed = simulation.recorded.failed[place]
    months = np.sort(failed[failed != NEVER])
    start = inputs.start_date
    year = None if months.size == 0 else start.year + year_of(int(months[(months.size - 1) // 2]), start)
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
    span = span_of(program)
    certain = expected_cube(inputs.assumptions, 12 * n_years)
    simulate_blocks(program, grown(program.weights, certain.factors, span), 0, expected)
    prices = year_prices(certain.factors, span, 1)[:, 0]
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
        bands=_bands(inputs, simulation, mapper),
        terminal=_terminal(simulation),
        median_flows=_flows(inputs, _median_flows(simulation.recorded, mapper)),
        expected_flows=_flows(inputs, expected.flows[:, :, 0]),
        expected_wealth_nominal=tuple(expected.wealth[:, 0].tolist()),
        expected_wealth_real=tuple((expected.wealth[:, 0] / prices).tolist()),
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
