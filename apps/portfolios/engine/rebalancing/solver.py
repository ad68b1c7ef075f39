"""Linear programs with yes-or-no choices, solved by HiGHS (Huangfu and Hall 2018) through scipy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from apps.kernel.errors import DomainError, gettext_noop

SECONDS = 20.0
RELATIVE_GAP = 1e-9


class NoAnswerError(DomainError):
    """The solver found no answer in its time."""

    code = "no_answer"


@dataclass(slots=True)
class Columns:
    """Amounts to choose, each from zero to its most, at a price."""

    price: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)

    def add(self, price: float, most: float) -> int:
        """Add an amount; returns its place."""
        self.price.append(price)
        self.upper.append(most)
        self.whole.append(0)
        return len(self.price) - 1

    def choose(self) -> int:
        """Add a choice of zero or one; returns its place."""
        place = self.add(0.0, 1.0)
        self.whole[place] = 1
        return place


@dataclass(slots=True)
class Rows:
    """Sums of columns that must lie between two bounds."""

    place: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    part: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, terms: Mapping[int, float], low: float, high: float) -> None:
        """Add a row."""
        self.place += [len(self.low)] * len(terms)
        self.column += terms.keys()
        self.part += terms.values()
        self.low.append(low)
        self.high.append(high)


@dataclass(frozen=True, slots=True)
class Program:
    """Columns and rows."""

    columns: Columns
    rows: Rows


@dataclass(frozen=True, slots=True)
class Solution:
    """What was chosen, its price, and the least price that any choice can have."""

    chosen: np.ndarray
    price: float
    bound: float


def solve(program: Program) -> Solution:
    """Choose the columns of least price.

    Raises NoAnswerError when nothing fits, or nothing was found within 20 seconds. `bound` is the solver's own: that of
    the relaxed problem when it stopped early.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    columns, rows = program.columns, program.rows
    if not columns.price:
        return Solution(np.zeros(0), 0.0, 0.0)
    matrix = csr_array((rows.part, (rows.place, rows.column)), shape=(len(rows.low), len(columns.price)))
    found = milp(
        np.array(columns.price),
        constraints=LinearConstraint(matrix, np.array(rows.low), np.array(rows.high)) if rows.low else None,
        bounds=Bounds(np.zeros(len(columns.upper)), np.array(columns.upper)),
        integrality=np.array(columns.whole),
        options={"mip_rel_gap": RELATIVE_GAP, "time_limit": SECONDS},
    )
    if found.x is None:
        raise NoAnswerError(
            gettext_noop("The optimiser found no trades that keep every rule."),
            mend=gettext_noop("Loosen a setting of the run, or rebalance fewer accounts at once."),
        )
    told = getattr(found, "mip_dual_bound", None)
    bound = float(told) if any(columns.whole) and told is not None and isfinite(told) else float(found.fun)
    return Solution(np.asarray(found.x), float(found.fun), bound)
