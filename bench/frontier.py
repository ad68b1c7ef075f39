"""Optimisers as ratios measured in one run: the engine's kernels against the libraries that answer the same question.

Data are 1,000 days of 20 and of 500 assets, drawn with a market, seven styles and own risks, all fat-tailed. Long only,
weights add up to 1, none above 15 % (of 500: 5 %); mean-variance at a risk aversion of 5, CVaR at 95 %. Each peer is
timed on what its user would call with these data; the times of estimators of skfolio hold their moments, as theirs do.
Every answer is checked before its time means anything: the peers' objective, measured by the engine's own formulas,
may not be better than ours by more than is printed.

Run with an interpreter that has the peers (requirements/research.txt), or name one in STEWARD_RESEARCH_PYTHON.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from apps.plans.engine.cvar import least_cvar, tail_loss
from apps.plans.engine.frontier import best_for_aversion, book_portfolios, efficient_frontier
from apps.plans.engine.moments import Moments, shrunk_to_identity
from apps.plans.engine.risk_parity import risk_parity
from apps.plans.engine.weight_limits import WeightLimits, weight_limits

Floats = NDArray[np.float64]

DAYS, SIZES, CAPS, AVERSION, CONFIDENCE = 1000, (20, 500), {20: 0.15, 500: 0.05}, 5.0, 0.95
REPEATS, CLIENTS, SAMPLE, POINTS = 7, 10_000, 200, 20


def panel(size: int) -> Floats:
    """Return daily returns (DAYS, size)."""
    dice = np.random.default_rng(size)
    loads = np.column_stack([dice.uniform(0.5, 1.5, size), dice.normal(0.0, 0.5, (size, 7))])
    factors = dice.standard_t(5, (DAYS, 8)) * np.array([0.01, *[0.004] * 7])
    own = dice.standard_t(5, (DAYS, size)) * dice.uniform(0.01, 0.025, size)
    drawn: Floats = (factors @ loads.T + own) / np.sqrt(5 / 3) + dice.normal(4e-4, 3e-4, size)
    return drawn


class Case(NamedTuple):
    """One size: its returns, yearly moments (shrunk), limits, and the means and aversions of a book of clients."""

    returns: Floats
    moments: Moments
    limits: WeightLimits
    client_means: Floats
    client_aversions: Floats


def case_of(size: int) -> Case:
    """Return what is asked at a size."""
    returns, dice = panel(size), np.random.default_rng(1)
    moments = Moments(252 * returns.mean(axis=0), 252 * shrunk_to_identity(returns).covariance)
    means = moments.means + dice.normal(0.0, 0.03, (CLIENTS if size == SIZES[0] else 1, size))
    return Case(returns, moments, weight_limits(size, 0.0, CAPS[size]), means, dice.uniform(2.0, 12.0, means.shape[0]))


def utility(moments: Moments, weights: Floats) -> float:
    """Return the mean-variance utility of weights."""
    return float(moments.means @ weights - AVERSION / 2 * weights @ moments.covariance @ weights)


def risk_miss(moments: Moments, weights: Floats) -> float:
    """Return by how much a part of the risk misses its equal share at most."""
    parts = weights * (moments.covariance @ weights)
    return float(np.abs(parts / parts.sum() - 1 / parts.size).max())


def ours(size: int, case: Case) -> dict[str, Callable[[], Any]]:
    """Return the engine's jobs at a size, by name."""
    equal = np.full(size, 1.0 / size)
    jobs: dict[str, Callable[[], Any]] = {
        f"mean-variance {size}": lambda: best_for_aversion(case.moments, case.limits, AVERSION),
        f"CVaR {size}": lambda: least_cvar(case.returns, case.limits, CONFIDENCE),
        f"risk parity {size}": lambda: risk_parity(case.moments, equal),
        f"whole frontier {size}": lambda: efficient_frontier(case.moments, case.limits),
        f"CVaR {size}, scipy linprog": lambda: by_linprog(case),
    }
    if size == SIZES[0]:
        jobs[f"mean-variance {size}, {CLIENTS:,} clients"] = lambda: book_portfolios(
            case.moments, case.limits, case.client_means, case.client_aversions
        )
    return jobs


def by_linprog(case: Case) -> Floats:
    """Return the weights of least CVaR as scipy's user would ask for them."""
    count, size = case.returns.shape
    found = linprog(
        np.concatenate([np.zeros(size), [1.0], np.full(count, 1 / ((1 - CONFIDENCE) * count))]),
        A_ub=sparse.hstack([sparse.csr_matrix(-case.returns), -np.ones((count, 1)), -sparse.eye(count)]).tocsr(),
        b_ub=np.zeros(count),
        A_eq=np.concatenate([np.ones(size), np.zeros(count + 1)])[None],
        b_eq=[1.0],
        bounds=[(0.0, CAPS[size])] * size + [(None, None)] + [(0.0, None)] * count,
        method="highs",
    )
    weights: Floats = found.x[:size]
    return weights


def peers(size: int, case: Case) -> dict[str, Callable[[], Floats]]:
    """Return the libraries' jobs at a size, by name; each answers weights, of several portfolios the last one's."""
    import cvxpy as cp
    from pypfopt import EfficientCVaR, EfficientFrontier
    from skfolio import RiskMeasure
    from skfolio.moments import LedoitWolf
    from skfolio.optimization import MeanRisk, ObjectiveFunction, RiskBudgeting
    from skfolio.prior import EmpiricalPrior

    cap, moments, prior = CAPS[size], case.moments, EmpiricalPrior(covariance_estimator=LedoitWolf())
    budget, tail = RiskBudgeting(prior_estimator=prior), MeanRisk(risk_measure=RiskMeasure.CVAR, max_weights=cap)
    line = MeanRisk(prior_estimator=prior, max_weights=cap, efficient_frontier_size=POINTS)
    point = MeanRisk(
        prior_estimator=prior,
        max_weights=cap,
        objective_function=ObjectiveFunction.MAXIMIZE_UTILITY,
        risk_aversion=AVERSION / 2,
    )
    tilted, weights = cp.Parameter(size), cp.Variable(size)
    root = np.linalg.cholesky(moments.covariance).T
    program = cp.Problem(
        cp.Maximize(tilted @ weights - cp.sum_squares(root @ weights) / 2),
        [cp.sum(weights) == 1, weights >= 0, weights <= cap],
    )

    def pyportfolioopt() -> Floats:
        asked = EfficientFrontier(moments.means, moments.covariance, weight_bounds=(0, cap))
        return np.array(list(asked.max_quadratic_utility(AVERSION).values()))

    def pyportfolioopt_tail() -> Floats:
        asked = EfficientCVaR(moments.means, case.returns, beta=CONFIDENCE, weight_bounds=(0, cap))
        return np.array(list(asked.min_cvar().values()))

    def clients() -> Floats:
        for means, aversion in zip(case.client_means[:SAMPLE], case.client_aversions[:SAMPLE], strict=True):
            tilted.value = means / aversion
            program.solve(solver=cp.CLARABEL)
        return np.array(weights.value)

    def fitted(estimator: Any) -> Callable[[], Floats]:
        return lambda: np.atleast_2d(estimator.fit(case.returns).weights_)[-1]

    jobs = {
        f"mean-variance {size}, PyPortfolioOpt": pyportfolioopt,
        f"mean-variance {size}, skfolio": fitted(point),
        f"CVaR {size}, PyPortfolioOpt": pyportfolioopt_tail,
        f"risk parity {size}, skfolio": fitted(budget),
        f"whole frontier {size}, skfolio at {POINTS} points": fitted(line),
    }
    if size == SIZES[0]:
        jobs[f"mean-variance {size}, {SAMPLE} clients, cvxpy"] = clients
        jobs[f"CVaR {size}, skfolio"] = fitted(tail)
    return jobs


class Seconds(NamedTuple):
    """Seconds by the clock, and of processors: on a busy machine only the latter say what a job costs."""

    wall: float
    busy: float


def timed(work: Callable[[], Any]) -> tuple[Seconds, Any]:
    """Return the seconds of one run, and its answer."""
    wall, busy = time.perf_counter(), time.process_time()
    answer = work()
    return Seconds(time.perf_counter() - wall, time.process_time() - busy), answer


class PeerProcess:
    """The peers in an interpreter of their own; a job runs when it is named and reports its own seconds and weights."""

    def __init__(self, python: str) -> None:
        command = [python, str(Path(__file__).resolve()), "--peer"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(  # noqa: S603 - the interpreter that the developer named
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True, env=environment
        )
        self.names: list[str] = self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def __call__(self, name: str) -> tuple[Seconds, Floats]:
        """Run a job once."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        wall, busy, weights = self._read()
        return Seconds(wall, busy), np.array(weights)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve_peers() -> None:
    """Answer each name on standard input with seconds and weights; a solver that gives up answers none."""
    warnings.simplefilter("ignore")
    jobs = {name: job for size in SIZES for name, job in peers(size, case_of(size)).items()}
    out, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    print(json.dumps(list(jobs)), file=out, flush=True)
    for line in sys.stdin:
        try:
            seconds, weights = timed(jobs[line.strip()])
        except Exception as refused:  # noqa: BLE001 - whatever a peer's solver raises
            print(f"{line.strip()}: {refused}", file=sys.stderr)
            seconds, weights = Seconds(float("nan"), float("nan")), np.empty(0)
        print(json.dumps([*seconds, weights.tolist()]), file=out, flush=True)


def measured(jobs: dict[str, Callable[[], Any]], peer: PeerProcess | None) -> tuple[dict[str, Seconds], dict[str, Any]]:
    """Return medians of interleaved runs, and the answers; short jobs run several times in their turn."""
    times: dict[str, list[Seconds]] = {}
    answers: dict[str, Any] = {}
    for turn in range(REPEATS + 1):
        for name, job in jobs.items():
            seconds, answers[name] = timed(job)
            runs = 1 + min(20, int(0.02 / max(seconds.wall, 1e-6)))
            if turn:
                times.setdefault(name, []).extend(timed(job)[0] for _ in range(runs))
        for name in peer.names if peer and turn < 4 else []:
            seconds, answers[name] = peer(name)
            if turn:
                times.setdefault(name, []).append(seconds)
    medians = {
        name: Seconds(statistics.median(each.wall for each in runs), statistics.median(each.busy for each in runs))
        for name, runs in times.items()
    }
    return medians, answers


def ratio(medians: dict[str, Seconds], slow: str, fast: str, scale: float = 1.0) -> None:
    """Print how many times faster a job is, where both were run."""
    if slow in medians and np.isfinite(medians[slow].wall):
        clock, busy = (scale * getattr(medians[slow], by) / getattr(medians[fast], by) for by in ("wall", "busy"))
        print(f"ratio {slow} / {fast}: {clock:.0f}x, by processor time {busy:.0f}x")


def tell_answers(size: int, case: Case, answers: dict[str, Any]) -> None:
    """Print how exact our answers are, and by how much a peer's is better or worse."""
    best, tail, equal = (answers[f"{name} {size}"] for name in ("mean-variance", "CVaR", "risk parity"))
    print(f"{size} assets, mean-variance: KKT residual {best.kkt_residual:.1e}")
    for name in ("PyPortfolioOpt", "skfolio"):
        other = answers.get(f"mean-variance {size}, {name}", np.empty(0))
        if other.size:
            gain = utility(case.moments, other) - utility(case.moments, best.weights)
            print(
                f"  utility of {name} less ours {gain:.0e}, its sum of weights misses 1 by {abs(other.sum() - 1):.0e}"
            )
    scipy_tail = tail_loss(-case.returns @ answers[f"CVaR {size}, scipy linprog"], CONFIDENCE)[0]
    print(f"{size} assets, CVaR: gap {tail.gap:.1e}, ours less linprog's {tail.cvar - scipy_tail:.0e}")
    print(f"  on {tail.n_scenarios} of {DAYS} scenarios in {tail.rounds} rounds")
    print(f"{size} assets, risk parity: miss {equal.error:.0e} in {equal.sweeps} sweeps")
    other = answers.get(f"risk parity {size}, skfolio", np.empty(0))
    if other.size:
        print(f"  skfolio misses by {risk_miss(case.moments, other):.0e}")
    print(f"{size} assets, frontier: {len(answers[f'whole frontier {size}'].tilts)} corners")


def main() -> None:
    """Print the table and its ratios."""
    python = os.environ.get("STEWARD_RESEARCH_PYTHON", "")
    cases = {size: case_of(size) for size in SIZES}
    jobs = {name: job for size in SIZES for name, job in ours(size, cases[size]).items()}
    peer = PeerProcess(python) if python else None
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    medians, answers = measured(jobs, peer)
    if peer:
        peer.close()
    else:
        print("the peers were not run: name an interpreter that has them in STEWARD_RESEARCH_PYTHON")
    print(f"{'optimisers, 1,000 days':62}{'clock':>10}{'processors':>13}")
    for name, (clock, busy) in medians.items():
        print(f"{name:62}{clock * 1e3:9.3f} ms{busy * 1e3:9.3f} ms")
    for size in SIZES:
        for name in ("PyPortfolioOpt", "skfolio"):
            ratio(medians, f"mean-variance {size}, {name}", f"mean-variance {size}")
        for name in ("scipy linprog", "PyPortfolioOpt", "skfolio"):
            ratio(medians, f"CVaR {size}, {name}", f"CVaR {size}")
        ratio(medians, f"risk parity {size}, skfolio", f"risk parity {size}")
        ratio(medians, f"whole frontier {size}, skfolio at {POINTS} points", f"whole frontier {size}")
    book = f"mean-variance {SIZES[0]}, {CLIENTS:,} clients"
    ratio(medians, f"mean-variance {SIZES[0]}, {SAMPLE} clients, cvxpy", book, CLIENTS / SAMPLE)
    for size, case in cases.items():
        tell_answers(size, case, answers)
    print(f"{CLIENTS:,} clients: KKT residual {answers[book].kkt_residuals.max():.1e}")


if __name__ == "__main__":
    serve_peers() if "--peer" in sys.argv else main()
