"""Portfolios under limits that the kernels do not know, turnover and tracking, by Clarabel; and the kernels' oracle.

A second-order cone program in weights w and moves u >= |w - current|. Method: docs/engine/portfolio_optimisation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import clarabel
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from apps.kernel.errors import DomainError, gettext_noop
from apps.plans.engine.checks import within
from apps.plans.engine.moments import Moments
from apps.plans.engine.weight_limits import WeightLimits, infeasible

Floats = NDArray[np.float64]


class SolverStalledError(DomainError):
    """The solver ended without an answer and without a proof that there is none."""

    code = "solver_stalled"
    status = 422


@dataclass(frozen=True, slots=True, eq=False)
class Wishes:
    """What is asked besides the limits of weights; None asks nothing.

    ``aversion``: maximise return - aversion/2 variance (None: the highest return). ``max_volatility`` and
    ``max_tracking_error`` (to ``benchmark``) are of the period of the moments; ``max_turnover`` is half the sum of
    |w - current|; ``cost`` is paid per unit bought or sold, in return.
    """

    aversion: float | None
    least_return: float | None
    max_volatility: float | None
    current: Floats | None
    max_turnover: float | None
    cost: float
    benchmark: Floats | None
    max_tracking_error: float | None

    def __post_init__(self) -> None:
        within(self.cost, 0.0, 1.0, "cost")
        for name in ("aversion", "max_volatility", "max_turnover", "max_tracking_error"):
            value = getattr(self, name)
            if value is not None:
                within(value, 0.0, 1e9, name)


@dataclass(frozen=True, slots=True, eq=False)
class ConstrainedPortfolio:
    """Weights, their figures, and what the solver leaves: the relative gap of its objectives, the limit passed most."""

    weights: Floats
    expected_return: float
    volatility: float
    turnover: float | None
    gap: float
    violation: float


def wishes(aversion: float | None) -> Wishes:
    """Return wishes that ask for nothing but an aversion."""
    return Wishes(aversion, None, None, None, None, 0.0, None, None)


def _blocks(moments: Moments, limits: WeightLimits, asked: Wishes) -> list[tuple[Any, Any, Any]]:
    """Return (rows over (w, u), limits, cone) for each constraint: limits - rows @ x lies in the cone."""
    size = moments.means.shape[0]
    eye, empty = np.eye(size), np.zeros((size, size))
    linear = [(eye, empty, limits.high), (-eye, empty, -limits.low), (empty, -eye, np.zeros(size))]
    if not limits.is_simple:
        linear.append((limits.rows, np.zeros_like(limits.rows), limits.limits))
    if asked.least_return is not None:
        linear.append((-moments.means[None], np.zeros((1, size)), np.array([-asked.least_return])))
    if asked.current is not None:
        linear += [(eye, -eye, asked.current), (-eye, -eye, -asked.current)]
        if asked.max_turnover is not None:
            linear.append((np.zeros((1, size)), np.ones((1, size)), np.array([2 * asked.max_turnover])))
    rows = np.vstack([np.hstack([own, moves]) for own, moves, _ in linear])
    ends = np.concatenate([end for _, _, end in linear])
    budget = np.concatenate([np.ones(size), np.zeros(size)])[None]
    blocks: list[tuple[Any, Any, Any]] = [
        (budget, np.ones(1), clarabel.ZeroConeT(1)),
        (rows, ends, clarabel.NonnegativeConeT(ends.size)),
    ]
    root = np.linalg.cholesky(moments.covariance).T
    cone_rows = np.vstack([np.zeros((1, 2 * size)), np.hstack([-root, empty])])
    if asked.max_volatility is not None:
        ends = np.concatenate([[asked.max_volatility], np.zeros(size)])
        blocks.append((cone_rows, ends, clarabel.SecondOrderConeT(size + 1)))
    if asked.benchmark is not None and asked.max_tracking_error is not None:
        ends = np.concatenate([[asked.max_tracking_error], -root @ asked.benchmark])
        blocks.append((cone_rows, ends, clarabel.SecondOrderConeT(size + 1)))
    return blocks


def constrained_portfolio(moments: Moments, limits: WeightLimits, asked: Wishes) -> ConstrainedPortfolio:
    """Return the best portfolio that keeps the limits and the wishes.

    Raises InfeasibleWeightsError where they exclude each other, SolverStalledError where the solver cannot tell.
    """
    size = moments.means.shape[0]
    blocks = _blocks(moments, limits, asked)
    quadratic = np.zeros((2 * size, 2 * size))
    quadratic[:size, :size] = (asked.aversion or 0.0) * moments.covariance
    linear = np.concatenate([-moments.means, np.full(size, asked.cost)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
    solution = clarabel.DefaultSolver(
        sparse.csc_matrix(np.triu(quadratic)),
        linear,
        sparse.csc_matrix(np.vstack([block[0] for block in blocks])),
        np.concatenate([block[1] for block in blocks]),
        [block[2] for block in blocks],
        settings,
    ).solve()
    if solution.status in (clarabel.SolverStatus.PrimalInfeasible, clarabel.SolverStatus.AlmostPrimalInfeasible):
        raise infeasible()
    if solution.status not in (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved):
        raise SolverStalledError(
            gettext_noop("The solver found neither a portfolio nor a proof that there is none."),
            mend=gettext_noop("Widen a limit a little."),
            field="limits",
        )
    weights = np.clip(np.array(solution.x[:size]), limits.low, limits.high)
    turnover = None if asked.current is None else float(np.abs(weights - asked.current).sum() / 2)
    return ConstrainedPortfolio(
        weights,
        float(moments.means @ weights),
        float(np.sqrt(weights @ moments.covariance @ weights)),
        turnover,
        abs(solution.obj_val - solution.obj_val_dual) / max(1.0, abs(solution.obj_val)),
        limits.violation(weights),
    )
