"""What each part of a portfolio earned by itself, and what it added to the return of the whole.

Purchases, sales and income paid out are money that enters or leaves a part, as deposits and withdrawals are to the
whole. Amounts are float64 in one currency. Methods: docs/engine/performance.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.active_return import linked_parts
from apps.portfolios.engine.performance import DailyEarnings

Array = NDArray[np.float64]
CENT = Decimal("0.01")
# less than half a cent is nothing: units that were bought and sold leave the dust of floating point
DUST = 0.005


@dataclass(frozen=True, slots=True)
class SleeveDays:
    """Sleeves day by day: `worth` (n_days + 1, n_sleeves) at the closes, the first of the evening before.

    `gains` (n_days, n_sleeves) with income; `paid_out` is the part of it that left the sleeve that evening as cash.
    `mornings` (n_days, n_sleeves) are the closes of the day before by the sleeves of the day itself, where what belongs
    to which sleeve changed overnight: what changed hands so is there for the whole day, however flows are timed.
    """

    worth: Array
    gains: Array
    paid_out: Array
    mornings: Array | None = None

    @property
    def before(self) -> Array:
        """What each sleeve has in the morning of each day."""
        return self.worth[:-1] if self.mornings is None else self.mornings

    @property
    def moved(self) -> Array:
        """What came into each sleeve on each day, less what left it: worth − worth of the morning − gain."""
        return self.worth[1:] - self.before - self.gains

    def bases(self, timing: FlowTiming) -> Array:
        """What was invested in each sleeve on each day (n_days, n_sleeves); income leaves in the evening."""
        before, traded = self.before, self.moved + self.paid_out
        early = before + np.maximum(traded, 0)
        if timing is FlowTiming.IN_START_OUT_END:
            return early
        plain = before + traded if timing is FlowTiming.START_OF_DAY else before
        # a day that begins with nothing counts from what came in on it; one that ends with nothing, from its morning
        return np.where(plain <= DUST, early, plain)


@dataclass(frozen=True, slots=True)
class SleeveReturns:
    """Returns of the sleeves (n_sleeves,), NaN where nothing was ever invested, and what each added to the whole.

    `growth` (n_days, n_sleeves) is the return from the start to the close of each day. `contributions` (n_sleeves,),
    `fees` and `rest` sum to the return of the portfolio. `unlinked` (n_sleeves,) counts the days on which a sleeve
    gained or lost something with nothing in it: they count in its contribution alone.
    """

    returns: Array
    growth: Array
    contributions: Array
    fees: float
    rest: float
    unlinked: NDArray[np.intp]


def sleeve_returns(days: SleeveDays, whole: DailyEarnings, fees: Array, timing: FlowTiming) -> SleeveReturns:
    """Link the daily returns of each sleeve, and what it added to those of the portfolio (Carino 1999).

    `fees` (n_days,) are the advisory fees, negative; sleeves are before them. Raises InvalidInputError for days of
    different numbers, none, or after a loss of everything.
    """
    n = whole.bases.size
    if not n or days.worth.shape[0] != n + 1 or days.gains.shape[0] != n or fees.size != n:
        raise InvalidInputError(gettext_noop("Sleeves and their portfolio must cover the same days."))
    bases = days.bases(timing)
    invested = bases > DUST
    daily = np.divide(days.gains, bases, out=np.zeros_like(bases), where=invested)
    growth = np.cumprod(1 + daily, axis=0) - 1
    amounts = np.column_stack([days.gains, fees])
    of_whole = whole.bases[:, None]
    parts = linked_parts(np.divide(amounts, of_whole, out=np.zeros_like(amounts), where=of_whole > 0), whole.returns)
    total = float(np.prod(1 + whole.returns)) - 1
    return SleeveReturns(
        returns=np.where(invested.any(axis=0), growth[-1], np.nan),
        growth=growth,
        contributions=parts[:-1],
        fees=float(parts[-1]),
        rest=total - float(parts.sum()),
        unlinked=(~invested & (np.abs(days.gains) > DUST)).sum(axis=0),
    )


def to_the_cent(amounts: Sequence[float], total: Decimal) -> tuple[Decimal, ...]:
    """Round amounts to the cent so that they add up to a total: odd cents go to the largest remainders.

    What is missing beyond a cent for each goes to the last. Raises InvalidInputError for no amounts, or a total that is
    not in cents.
    """
    if not amounts or total != total.quantize(CENT):
        raise InvalidInputError(gettext_noop("Only an amount that is already rounded can be split to the cent."))
    exact = [Decimal(repr(float(amount))) for amount in amounts]
    rounded = [amount.quantize(CENT, rounding=ROUND_HALF_EVEN) for amount in exact]
    missing = total - sum(rounded, Decimal(0))
    step = CENT if missing > 0 else -CENT
    order = sorted(range(len(exact)), key=lambda place: (rounded[place] - exact[place]) * step)
    for place in order[: int(abs(missing) / CENT)]:
        rounded[place] += step
        missing -= step
    rounded[-1] += missing
    return tuple(rounded)
