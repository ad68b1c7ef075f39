"""How does this plan fare? One household through every scenario of the cube."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.bands import ordered, percentiles_of
from apps.plans.engine.books import (
    F_CONVERTED,
    F_EQUITY,
    F_RECOVERED,
    F_ROTH,
    F_SHORTFALL,
    F_SPREAD,
    NEVER,
    Recorded,
    empty_record,
    keeping_given,
    keeping_spending,
)
from apps.plans.engine.chunks import Chunk, Mapper, chunks_of
from apps.plans.engine.compiled import LANES
from apps.plans.engine.digest import input_digest
from apps.plans.engine.goal_outcomes import outcome_of
from apps.plans.engine.growth import MARKETS, Markets, Prices, Span, grown, year_prices
from apps.plans.engine.horizon import age_in_months, first_month_of_year, horizon_months, last_month_of
from apps.plans.engine.inputs import GoalPriority, ProjectionInputs
from apps.plans.engine.kernel import simulate_blocks
from apps.plans.engine.lives import are_drawn, in_blocks, months_lived
from apps.plans.engine.means_program import FLEXIBLE, N_GIVEN
from apps.plans.engine.net_worth import worth_by_year
from apps.plans.engine.pot import is_pot, simulate_pots
from apps.plans.engine.program import Program, build_program
from apps.plans.engine.results import (
    ENGINE_VERSION,
    PERCENTILES,
    Estimate,
    GoalOutcome,
    Lifetimes,
    Projection,
    Terminal,
    TrailStep,
    YearBand,
    YearCashFlow,
)
from apps.plans.engine.scenarios import ScenarioCube, check_fits, expected_cube
from apps.plans.engine.schedules import ABOVE_FLOOR, Demand, demands_of
from apps.plans.engine.spending_outlook import spending_outlook
from apps.plans.engine.state_program import state_trail
from apps.plans.engine.success import estimate

Progress = Callable[[float, str], None]
Runner = tuple[Mapper, Progress]


def no_progress(_fraction: float, _step: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """All paths of one plan: what the kernel kept, the price level (n_years + 1, n_paths), and the demands."""

    recorded: Recorded
    prices: Prices
    demands: tuple[Demand, ...]
    n_batches: int
    is_drawn: bool = False

    def goals(self) -> list[int]:
        """Return the places of the demands that are things wanted, not what a rule of spending adds to one."""
        return [place for place, demand in enumerate(self.demands) if demand.part != ABOVE_FLOOR]

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
        """Wealth in money of the start, (n_paths,): at the horizon, or after the last death where lives are drawn."""
        if self.is_drawn:
            return self.recorded.estate
        result: NDArray[np.float64] = self.recorded.wealth[-1] / self.prices[-1]
        return result

    def missing(self) -> float | None:
        """What is missing in all, in money of the start, on average over the paths that fail; None where none does."""
        failing = self.succeeded() == 0.0
        if not failing.any():
            return None
        missing = self.recorded.flows[:, F_SHORTFALL, :] / self.prices[1:]
        return float(missing[:, failing].sum(axis=0).mean())

    def success(self) -> Estimate:
        """Probability that all essential demands are met to the horizon."""
        return estimate(self.succeeded(), self.n_batches)


def span_of(program: Program) -> Span:
    """The months of a program, by calendar years."""
    return Span(program.demands.shape[1], program.first_year)


def _flows_of(program: Program) -> int:
    """How many flows there are to keep."""
    if program.grants.rows.shape[0] > 0:
        return F_SPREAD
    if program.roths.whole.shape[0] > 0:
        return F_EQUITY
    if program.iras.whole.shape[0] > 0:
        return F_ROTH
    return F_RECOVERED if program.conversions.rules.shape[0] > 0 else F_CONVERTED


def _known_lives(n_blocks: int) -> NDArray[np.int32]:
    return np.empty((n_blocks, 0, LANES), dtype=np.int32)


def _run(
    program: Program,
    cube: ScenarioCube,
    deaths: NDArray[np.int32],
    recorded: Recorded,
    runner: Runner,
) -> Markets:
    mapper, progress = runner
    span, n_blocks = span_of(program), -(-recorded.wealth.shape[1] // LANES)
    markets = MARKETS.of(cube, program.weights, span, mapper)
    is_short = recorded.flows.shape[0] == 0 and deaths.shape[1] == 0 and is_pot(program)
    chunks = chunks_of(n_blocks, 4 if is_short else 20)

    def simulate(chunk: Chunk) -> None:
        blocks, kept = slice(*chunk), markets.growth
        growth = grown(program.weights, cube.factors[blocks], span) if kept is None else kept[blocks]
        if is_short:
            simulate_pots(program, growth, chunk[0], recorded)
        else:
            simulate_blocks(program, growth, deaths[blocks], chunk[0], recorded)

    for done, _ in enumerate(mapper(simulate, chunks), start=1):
        progress(done / len(chunks), "simulation")
    return markets


class _Kept(NamedTuple):
    """What of a simulation is kept, of how many batches, and whether lives differ by path."""

    with_flows: bool
    n_batches: int
    is_drawn: bool


def _simulated(inputs: ProjectionInputs, cube: ScenarioCube, kept: _Kept, runner: Runner) -> Simulation:
    n_months = horizon_months(inputs.adults, inputs.start_date)
    check_fits(cube, inputs.assumptions, inputs.simulation, n_months)
    demands = demands_of(inputs, drawn=kept.is_drawn)
    program = build_program(inputs, demands, drawn=kept.is_drawn)
    n_paths = cube.spec.n_paths // cube.spec.n_batches * kept.n_batches
    recorded = empty_record(
        program.year_facts.shape[1], len(demands), n_paths, with_flows=kept.with_flows, n_flows=_flows_of(program)
    )
    if kept.with_flows and program.spending.rule.size > 0:
        recorded = keeping_spending(recorded)
    if program.means.flexible.shape[0] > 0:
        recorded = keeping_given(recorded, N_GIVEN * program.means.flexible.shape[0])
    deaths = in_blocks(months_lived(inputs)) if kept.is_drawn else _known_lives(cube.factors.shape[0])
    markets = _run(program, cube, deaths, recorded, runner)
    return Simulation(recorded, markets.prices[:, :n_paths], tuple(demands), kept.n_batches, kept.is_drawn)


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

    All adults live to their horizon ages. Raises InvalidInputError when the cube does not belong to the plan. The bits
    of the answer do not depend on how the mapper spreads the chunks.
    """
    batches = cube.spec.n_batches if n_batches is None else n_batches
    return _simulated(inputs, cube, _Kept(with_flows=with_flows, n_batches=batches, is_drawn=False), (mapper, progress))


def simulate_lifetimes(inputs: ProjectionInputs, cube: ScenarioCube, *, mapper: Mapper = map) -> Simulation:
    """Run the plan on every path while somebody lives: adults with odds of living die by them (`lives`).

    What a plan demands ends with the last death; a path succeeds when all was paid until then, and its terminal wealth
    is what it leaves. Raises InvalidInputError when the cube does not belong to the plan.
    """
    return _simulated(
        inputs, cube, _Kept(with_flows=False, n_batches=cube.spec.n_batches, is_drawn=True), (mapper, no_progress)
    )


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
    """Rows (n_years, n_flows) as cash flows."""
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


def _outcome(simulation: Simulation, place: int, program: Program, start: date) -> GoalOutcome:
    recorded, flexible = simulation.recorded, -1
    if program.means.orders.shape[0] > 0:
        flexible = int(program.means.goals[place, FLEXIBLE])
    given = recorded.given[N_GIVEN * flexible : N_GIVEN * (flexible + 1)] if flexible >= 0 else None
    return outcome_of(simulation.demands[place], recorded.failed[place], given, simulation.n_batches, start)


def _terminal(simulation: Simulation) -> Terminal:
    nominal, real = simulation.recorded.wealth[-1], simulation.terminal_real()
    return Terminal(
        nominal=tuple(percentiles_of(nominal[None, :])[0].tolist()),
        real=tuple(percentiles_of(real[None, :])[0].tolist()),
        mean_nominal=float(nominal.mean()),
        mean_real=float(real.mean()),
    )


def _lifetimes(inputs: ProjectionInputs, cube: ScenarioCube, mapper: Mapper) -> Lifetimes:
    drawn = simulate_lifetimes(inputs, cube, mapper=mapper)
    last = months_lived(inputs).max(axis=0)
    to_the_end = last >= max(last_month_of(adult, inputs.start_date) for adult in inputs.adults)
    estate = percentiles_of(drawn.terminal_real()[None, :])[0]
    return Lifetimes(drawn.success(), tuple(estate.tolist()), float(to_the_end.mean()))


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
    n_years = program.year_facts.shape[1]
    expected = empty_record(n_years, len(simulation.demands), 1, with_flows=True, n_flows=_flows_of(program))
    span = span_of(program)
    certain = expected_cube(inputs.assumptions, 12 * n_years)
    simulate_blocks(program, grown(program.weights, certain.factors, span), _known_lives(1), 0, expected)
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
        goals=tuple(_outcome(simulation, place, program, inputs.start_date) for place in simulation.goals()),
        percentiles=PERCENTILES,
        bands=_bands(inputs, simulation, mapper),
        terminal=_terminal(simulation),
        median_flows=_flows(inputs, _median_flows(simulation.recorded, mapper)),
        expected_flows=_flows(inputs, expected.flows[:, :, 0]),
        expected_wealth_nominal=tuple(expected.wealth[:, 0].tolist()),
        expected_wealth_real=tuple((expected.wealth[:, 0] / prices).tolist()),
        trail=trail_of(inputs, cube),
        lifetimes=_lifetimes(inputs, cube, mapper) if are_drawn(inputs) else None,
        shortfall=simulation.missing(),
        worth=worth_by_year(inputs, expected.wealth[:, 0].tolist(), prices.tolist()) if inputs.events.things else (),
        spending=spending_outlook(inputs, simulation.demands, simulation.recorded.spending),
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
            (
                *spec.market.facts(),
                ("seed", str(spec.seed)),
                ("paths", str(spec.n_paths)),
                ("scrambles", str(spec.n_batches)),
            ),
            spec.market.source,
        ),
        TrailStep(
            "months",
            (("months", str(horizon_months(inputs.adults, inputs.start_date))), ("start", str(inputs.start_date))),
            "markets, incomes, contributions, demands in order of priority; mixes rebalanced once a year",
        ),
        TrailStep(
            "taxes",
            (
                ("table", str(inputs.tax_table.year)),
                ("filing_status", str(inputs.filing_status)),
                *((("dependants", str(len(inputs.children))),) if inputs.children else ()),
            ),
            inputs.tax_table.source,
        ),
        *state_trail(inputs),
        TrailStep(
            "success",
            (("batches", str(spec.n_batches)),),
            "share of paths that meet every essential demand in every month; standard error between scrambles",
        ),
    )
