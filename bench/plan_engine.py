"""The plan engine as ratios measured in one run: to a peer, to a plain loop of the same model, to the machine.

The job: 10,000 paths of 480 months, 20 years of saving and 20 of spending, four assets rebalanced each December,
inflation that reverts to its mean, one account without taxes; out come success and seven percentiles a year. It is done
on a cube that is there already, as the product does it: all plans of an assumption set share one (`fresh_draws` does it
on scenarios drawn for it alone). The model is monteplan's but for three things that cost neither side time: our
assets are lognormal, saving rises once a year instead of every month, and the rate of inflation is discretised exactly.
A full household with six accounts, goals and federal taxes is measured beside it; no peer has one.

Run with an interpreter that has `monteplan` (requirements/research.txt), or name one in STEWARD_RESEARCH_PYTHON.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.assumptions import AssetAssumption, AssumptionSet, InflationAssumption
from apps.plans.engine.bands import percentiles_of
from apps.plans.engine.chunks import Mapper
from apps.plans.engine.compiled import LANES, compiled_with_arrays
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.growth import MarketCache
from apps.plans.engine.inputs import (
    Account,
    Adult,
    Boundary,
    Contribution,
    CubeSpec,
    Goal,
    GoalKind,
    GoalPriority,
    Growth,
    ProjectionInputs,
    Spending,
    TaxTreatment,
)
from apps.plans.engine.monte_carlo import project, simulate, span_of
from apps.plans.engine.policy import AdvicePolicy, RiskLimit
from apps.plans.engine.program import build_program
from apps.plans.engine.recommendations import recommend
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.solve import sustainable_spending
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import family, tax_table, with_retirement_budget

N_PATHS, YEARS, REPEATS, PLAIN_PATHS = 10_000, 40, 5, 50
MEANS, VOLATILITIES = (0.08, 0.085, 0.04, 0.025), (0.16, 0.19, 0.06, 0.01)
WEIGHTS = (0.50, 0.20, 0.25, 0.05)
CORRELATION = ((1.0, 0.75, 0.1, 0.0), (0.75, 1.0, 0.05, 0.0), (0.1, 0.05, 1.0, 0.2), (0.0, 0.0, 0.2, 1.0))
CACHED = "job, cached plan with bands, one thread"
CACHED_2 = "job, cached plan with bands, two threads"
SOLVED = "job, what can be spent at 85 %"
PLAIN = "job, plain Python loop without the draws (scaled)"
STREAM = "job, its scenarios streamed once"
FULL = "full household with taxes, 47 years, success"
FULL_STREAM = "full household, its scenarios streamed once"
PEER = "job, monteplan"
ADVICE = AdvicePolicy(
    target=0.85,
    saving_account="brokerage",
    max_savings_rate=0.6,
    latest_retirement_age=72,
    risk_limit=RiskLimit("balanced", 0.13, 0.7, (), ()),
    debt_payment=300.0,
    emergency_months=6,
    emergency_fill_months=24,
)
KEYS = ("large", "small", "bonds", "cash")
START, SAVED, SPENT = 500_000.0, 2_000.0, 6_000.0


def job() -> ProjectionInputs:
    """Return the job as inputs of the engine."""
    assets = tuple(
        AssetAssumption(key, mean, volatility, 0.0, 0.0, is_equity=place < 2)
        for place, (key, mean, volatility) in enumerate(zip(KEYS, MEANS, VOLATILITIES, strict=True))
    )
    inflation = InflationAssumption(0.025, 0.5, 0.01, 0.025)
    correlation = (*[(*row, 0.0) for row in CORRELATION], (0.0, 0.0, 0.0, 0.0, 1.0))
    assumptions = AssumptionSet("bench", date(2026, 1, 1), "the job", assets, inflation, correlation)
    mix = tuple(zip(KEYS, WEIGHTS, strict=True))
    return ProjectionInputs(
        start_date=date(2026, 1, 1),
        currency="USD",
        filing_status=FilingStatus.SINGLE,
        adults=(Adult("one", date(1981, 1, 1), date(2046, 1, 1), 45 + YEARS),),
        accounts=(Account("roth", "one", TaxTreatment.TAX_FREE, START, START, mix, 0.0, "USD"),),
        contributions=(
            Contribution(
                "saved",
                "roth",
                SAVED,
                Growth(0.025, inflation_linked=False),
                Boundary.PLAN_START,
                Boundary.RETIREMENT,
                by_employer=True,
                currency="USD",
            ),
        ),
        incomes=(),
        spending=Spending(0.0, 1.0, "USD"),
        debts=(),
        goals=(Goal("ret", GoalKind.RETIREMENT, GoalPriority.ESSENTIAL, 12 * SPENT, Boundary.RETIREMENT, 0, "USD"),),
        withdrawal_order=(TaxTreatment.TAX_FREE,),
        surplus_account="roth",
        surplus_saved_share=0.0,
        tax_table=tax_table(2026),
        assumptions=assumptions,
        simulation=CubeSpec(seed=1, n_paths=N_PATHS, n_batches=10, n_months=12 * YEARS),
    )


def plain_job(cube: ScenarioCube, n_paths: int) -> tuple[float, list[float]]:
    """Compute the job in plain Python on the first paths of the cube; returns success and terminal wealth."""
    factors = cube.factors[: -(-n_paths // LANES)].transpose(0, 3, 1, 2).reshape(-1, 12 * YEARS, 5)[:n_paths].tolist()
    good, terminal = 0, []
    for path in factors:
        parts, price, alive = [START * weight for weight in WEIGHTS], 1.0, True
        for month, (first, second, third, fourth, prices) in enumerate(path):
            parts = [parts[0] * first, parts[1] * second, parts[2] * third, parts[3] * fourth]
            price *= prices
            wealth = parts[0] + parts[1] + parts[2] + parts[3]
            if month < 240:
                moved = 1.0 + SAVED * 1.025 ** (month // 12) / wealth
            else:
                need = SPENT * price
                alive = alive and wealth >= need
                moved = max(0.0, 1.0 - need / wealth) if wealth > 0.0 else 0.0
            parts = [part * moved for part in parts]
            if month % 12 == 11:
                wealth = parts[0] + parts[1] + parts[2] + parts[3]
                parts = [wealth * weight for weight in WEIGHTS]
        good += alive
        terminal.append(sum(parts))
    return good / n_paths, terminal


@compiled_with_arrays
def stream(factors: np.ndarray) -> float:
    """Read the cube once: a running sum per lane, as wide as the machine allows."""
    flat = factors.reshape(-1, LANES)
    sums = np.zeros(LANES, np.float32)
    for row in range(flat.shape[0]):
        for lane in range(LANES):
            sums[lane] += flat[row, lane]
    return float(sums.sum())


def peer_job() -> Callable[[], float]:
    """Return the job for monteplan: the same money, markets and horizon; answers its success."""
    from monteplan import AccountConfig, AssetClass, MarketAssumptions, PlanConfig, PolicyBundle, SimulationConfig
    from monteplan import simulate as peer_simulate

    plan = PlanConfig(
        current_age=45,
        retirement_age=65,
        end_age=85,
        accounts=[AccountConfig(account_type="roth", balance=START, annual_contribution=12 * SAVED)],
        monthly_spending=SPENT,
        income_growth_rate=0.025,
    )
    market = MarketAssumptions(
        assets=[AssetClass(name=key, weight=weight) for key, weight in zip(KEYS, WEIGHTS, strict=True)],
        expected_annual_returns=list(MEANS),
        annual_volatilities=list(VOLATILITIES),
        correlation_matrix=[list(row) for row in CORRELATION],
        inflation_mean=0.025,
        inflation_vol=0.01,
    )
    policies = PolicyBundle(rebalancing_months=[12], tax_rate=0.0)
    config = SimulationConfig(n_paths=N_PATHS, seed=1)
    return lambda: float(peer_simulate(plan, market, policies, config).success_probability)


class Seconds(NamedTuple):
    """Seconds by the clock, and of processors: on a busy machine only the latter say what a job costs."""

    wall: float
    busy: float


class PeerProcess:
    """monteplan in an interpreter of its own; runs when asked and reports its own seconds."""

    def __init__(self, python: str) -> None:
        command = [python, str(Path(__file__).resolve()), "--peer"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
        self._process = subprocess.Popen(  # noqa: S603 - the interpreter that the developer named
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def __call__(self) -> tuple[Seconds, float]:
        """Run once; returns seconds and success."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("run\n")
        self._process.stdin.flush()
        wall, busy, success = map(float, self._process.stdout.readline().split())
        return Seconds(wall, busy), success

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve_peer() -> None:
    """Answer each line on standard input with seconds and success."""
    run = peer_job()
    success = run()  # the same each time: the peer's seed does not change
    for _ in sys.stdin:
        print(*timed(run), success, flush=True)


def timed(work: Callable[[], object]) -> Seconds:
    """Return the seconds of one run."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return Seconds(time.perf_counter() - start, time.process_time() - busy)


def bands_of(inputs: ProjectionInputs, cube: ScenarioCube, mapper: Mapper = map) -> float:
    """Success and percentile bands of each year: what the peers answer."""
    simulation = simulate(inputs, cube, with_flows=False, mapper=mapper)
    percentiles_of(simulation.recorded.wealth, mapper)
    return simulation.success().value


def ours(inputs: ProjectionInputs, cube: ScenarioCube, mapper: Mapper) -> dict[str, Callable[[], object]]:
    """Return the jobs of this process, by name."""
    full = family(10_240, 10)
    full_cube = draw_cube(full.assumptions, full.simulation, np.random.default_rng(11))
    growth, full_growth = markets_of(inputs, cube), markets_of(full, full_cube)
    strained = with_retirement_budget(full, 140_000.0)
    return {
        CACHED: lambda: bands_of(inputs, cube),
        CACHED_2: lambda: bands_of(inputs, cube, mapper),
        SOLVED: lambda: sustainable_spending(inputs, cube, 0.85),
        PLAIN: lambda: plain_job(cube, PLAIN_PATHS),
        STREAM: lambda: stream(growth),
        "job, growth of its mix from the cube": lambda: markets_of(inputs, cube),
        "job, whole projection (flows, real bands, trail)": lambda: project(inputs, cube),
        FULL: lambda: simulate(full, full_cube, with_flows=False),
        FULL_STREAM: lambda: stream(full_growth),
        "full household, whole projection": lambda: project(full, full_cube),
        "full household, whole projection, two threads": lambda: project(full, full_cube, mapper=mapper),
        "full household, three questions solved, advice": lambda: recommend(strained, full_cube, ADVICE),
    }


def markets_of(inputs: ProjectionInputs, cube: ScenarioCube) -> NDArray[np.float32]:
    """Work out the growth that a plan reads, from the cube."""
    program = build_program(inputs)
    growth = MarketCache().of(cube, program.weights, span_of(program), map).growth
    assert growth is not None
    return growth


def check_agreement(inputs: ProjectionInputs, cube: ScenarioCube) -> None:
    """The plain loop and the engine must agree path by path before their times mean anything."""
    recorded = simulate(inputs, cube, with_flows=False).recorded
    _, terminal = plain_job(cube, PLAIN_PATHS)
    # The engine keeps the growth of a mix to seven digits a month.
    assert np.allclose(recorded.wealth[-1, :PLAIN_PATHS], terminal, rtol=2e-5, atol=1.0)


def measured(jobs: dict[str, Callable[[], object]], peer: PeerProcess | None) -> tuple[dict[str, Seconds], float]:
    """Medians of interleaved runs, and the success that the peer found.

    Short jobs run several times in their turn, after a run that is not counted: the jobs between may have pushed the
    growth of theirs out of what the engine keeps.
    """
    times: dict[str, list[Seconds]] = {name: [] for name in [*jobs, PEER]}
    success = 0.0
    turns = {}
    for name, work in jobs.items():
        work()
        turns[name] = max(1, min(9, int(0.2 / timed(work).wall)))
    for _ in range(REPEATS):
        for name, work in jobs.items():
            if turns[name] > 1:
                work()
            times[name].extend(timed(work) for _ in range(turns[name]))
        if peer is not None:
            seconds, success = peer()
            times[PEER].append(seconds)
    medians = {
        name: Seconds(*(statistics.median(column) for column in zip(*values, strict=True)))
        for name, values in times.items()
        if values
    }
    return medians, success


def main() -> None:
    """Print medians of interleaved runs and their ratios."""
    inputs = job()
    cube = draw_cube(inputs.assumptions, inputs.simulation, np.random.default_rng(1))
    check_agreement(inputs, cube)
    python = os.environ.get("STEWARD_RESEARCH_PYTHON", "")
    if not python and importlib.util.find_spec("monteplan"):
        python = sys.executable
    peer = PeerProcess(python) if python else None
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with ThreadPoolExecutor(2) as pool:
        medians, peer_success = measured(ours(inputs, cube, pool.map), peer)
    if peer is not None:
        peer.close()
    medians[PLAIN] = Seconds(*(seconds * N_PATHS / PLAIN_PATHS for seconds in medians[PLAIN]))
    print(f"{'':58s} {'clock':>12s} {'processors':>12s}")
    for name, seconds in medians.items():
        print(f"{name:58s} {seconds.wall * 1e3:9.2f} ms {seconds.busy * 1e3:9.2f} ms")
    report(medians)
    if peer is None:
        print("monteplan was not run: name an interpreter that has it in STEWARD_RESEARCH_PYTHON")
    else:
        print(f"success: engine {bands_of(inputs, cube):.4f}, monteplan {peer_success:.4f}")


def report(medians: dict[str, Seconds]) -> None:
    """Print the ratios, by the clock and by processor time."""

    def ratio(first: str, second: str) -> None:
        wall, busy = (over / under for over, under in zip(medians[first], medians[second], strict=True))
        print(f"ratio {first} / {second}: {wall:.1f}x, by processor time {busy:.1f}x")

    for name in (CACHED, CACHED_2):
        if PEER in medians:
            ratio(PEER, name)
        ratio(PLAIN, name)
        ratio(name, STREAM)
    ratio(FULL, FULL_STREAM)
    print(f"full household: {medians[FULL].busy / (10_240 * 47 * 12) * 1e9:.0f} ns of a processor a path and month")


if __name__ == "__main__":
    if "--peer" in sys.argv:
        serve_peer()
    else:
        main()
