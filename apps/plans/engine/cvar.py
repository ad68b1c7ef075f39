"""The portfolio of least tail risk: the lowest average loss in the worst part of the scenarios.

Rockafellar and Uryasev (2000): CVaR is the least of v + sum max(loss_t - v, 0) / k over v, k the scenarios of the tail:
a linear program. It is solved on the scenarios that can be in the tail, by HiGHS warm from round to round; what the
others would add is checked, so that both bounds of the answer are known. docs/engine/portfolio_optimisation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import within
from apps.plans.engine.constrained import SolverStalledError
from apps.plans.engine.weight_limits import WeightLimits, infeasible

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

_CLOSED = 1e-10
_MOST_ROUNDS = 200
_SLACK = 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class TailPortfolio:
    """Weights (n,), their CVaR and VaR as losses, the lower bound that no weights pass, and how it was found.

    ``gap`` is CVaR less lower bound: what a better portfolio could gain at most.
    """

    weights: Floats
    cvar: float
    var: float
    lower_bound: float
    gap: float
    n_scenarios: int
    rounds: int


def tail_loss(losses: Floats, confidence: float) -> tuple[float, float]:
    """Return CVaR and VaR of equally likely losses: the mean of the worst 1 - confidence, the last counted in part."""
    within(confidence, 0.0, 0.9999, "confidence")
    k = (1 - confidence) * losses.size
    whole = min(int(k + 1e-9), losses.size - 1)
    ranked = -np.partition(-losses, range(whole, whole + 1))[: whole + 1]
    ranked = np.sort(ranked)[::-1]
    part = max(k - whole, 0.0)
    return float((ranked[:whole].sum() + part * ranked[whole]) / k), float(ranked[whole])


def with_least_return(limits: WeightLimits, means: Floats, least: float) -> WeightLimits:
    """Return the limits with an expected return of ``least`` or more."""
    return WeightLimits(
        limits.low, limits.high, np.vstack([limits.rows, -means[None]]), np.concatenate([limits.limits, [-least]])
    )


def _program(returns: Floats, limits: WeightLimits) -> highspy.Highs:
    """Return min v over weights and v, without scenarios."""
    size = returns.shape[1]
    program = highspy.Highs()  # type: ignore[no-untyped-call]
    # one thread; no presolve, which would throw away the basis of the round before; returns are scaled as they are
    for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("simplex_scale_strategy", 0)):
        program.setOptionValue(name, value)
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        program.setOptionValue(name, 1e-10)
    program.addVars(size, limits.low, limits.high)
    program.addVar(-float(returns.max()) - 1.0, -float(returns.min()) + 1.0)
    program.changeColCost(size, 1.0)
    places, none = np.arange(size, dtype=np.int32), -highspy.kHighsInf
    program.addRow(1.0, 1.0, size, places, np.ones(size))
    for row, most in zip(limits.rows, limits.limits, strict=True):
        program.addRow(none, float(most), size, places, row)
    return program


def _add(program: highspy.Highs, returns: Floats, new: NDArray[np.intp], tail: float) -> None:
    """Add the scenarios: u_t >= 0 at a cost of 1/k each, w'r_t + v + u_t >= 0."""
    m, size, first, without_end = new.size, returns.shape[1], program.getNumCol(), highspy.kHighsInf
    own: Ints = np.arange(first, first + m, dtype=np.int32)
    program.addVars(m, np.zeros(m), np.full(m, without_end))
    program.changeColsCost(m, own, np.full(m, 1.0 / tail))
    places, values = np.empty((m, size + 2), np.int32), np.ones((m, size + 2))
    places[:, : size + 1], places[:, size + 1] = np.arange(size + 1), own
    values[:, :size] = returns[new]
    starts = np.arange(0, m * (size + 2), size + 2, dtype=np.int32)
    program.addRows(m, np.zeros(m), np.full(m, without_end), values.size, starts, places.ravel(), values.ravel())


def _solved(program: highspy.Highs) -> tuple[Floats, float]:
    """Return the solution and the objective. Raises InfeasibleWeightsError, SolverStalledError."""
    program.run()
    status = program.getModelStatus()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        raise infeasible()
    if status != highspy.HighsModelStatus.kOptimal:
        raise SolverStalledError(
            gettext_noop("The solver found neither a portfolio nor a proof that there is none."),
            mend=gettext_noop("Widen a limit a little."),
            field="limits",
        )
    return np.array(program.getSolution().col_value), float(program.getInfo().objective_function_value)


def _check(returns: Floats, limits: WeightLimits) -> None:
    if returns.ndim != 2 or returns.shape[0] < 2 or returns.shape[1] != limits.low.shape[0]:
        raise InvalidInputError(
            gettext_noop("The scenarios do not speak of the assets that are limited."),
            mend=gettext_noop("Give a column of returns for each asset."),
            field="returns",
        )
    if not np.isfinite(returns).all():
        raise InvalidInputError(
            gettext_noop("The returns have gaps."), mend=gettext_noop("Use the periods common to all."), field="returns"
        )


def _outcomes(returns: Floats, weights: Floats) -> Floats:
    """Return what the weights earn in each scenario, without BLAS, whose threads wait longer than this takes."""
    earned: Floats = np.einsum("ij,j->i", returns, weights)
    return earned


def least_cvar(returns: Floats, limits: WeightLimits, confidence: float) -> TailPortfolio:
    """Return the weights of least CVaR over equally likely returns (n_scenarios, n).

    ``confidence`` 0.95 speaks of the worst 5 %. Raises InfeasibleWeightsError where the limits exclude each other,
    InvalidInputError for gaps, SolverStalledError where the solver cannot tell.
    """
    _check(returns, limits)
    within(confidence, 0.5, 0.9999, "confidence")
    count, size = returns.shape
    tail = (1 - confidence) * count
    spread = 1.0 / np.maximum(returns.var(axis=0), 1e-12)
    weights = np.clip(spread / spread.sum(), limits.low, limits.high)
    program, known = _program(returns, limits), np.zeros(count, bool)
    new = np.argsort(_outcomes(returns, weights), kind="stable")[: max(int(2 * tail), 10)]
    best, rounds = (np.inf, np.inf, weights), 0
    while True:
        _add(program, returns, new, tail)
        known[new] = True
        found, bound = _solved(program)
        rounds += 1
        weights = np.clip(found[:size], limits.low, limits.high)
        losses = -_outcomes(returns, weights)
        best = min(best, (*tail_loss(losses, confidence), weights), key=lambda each: each[0])
        beyond = (losses > found[size] + _SLACK) & ~known
        if best[0] - bound <= _CLOSED or not beyond.any() or rounds == _MOST_ROUNDS:
            break
        others = np.flatnonzero(~known)
        ranked = others[np.argsort(-losses[others], kind="stable")]
        new = ranked[: max(int(1.2 * beyond.sum()), 10)]
    return TailPortfolio(best[2], best[0], best[1], bound, max(best[0] - bound, 0.0), int(known.sum()), rounds)
