"""Returns of many accounts at once: money-weighted and time-weighted, the same figures as one account at a time.

The definitions are those of `returns.irr` and `performance.time_weighted`; tests hold both to each other. Loading this
module brings the compiler: only jobs that compute a book import it. Float64; what has no return is NaN and says why.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine._rate_kernels import NOT_FINITE, solve_all
from apps.portfolios.engine.compiled import regrouped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# which part of what came in and of what left counts from the morning of its day
EARLY = {
    FlowTiming.END_OF_DAY: (0.0, 0.0),
    FlowTiming.START_OF_DAY: (1.0, 1.0),
    FlowTiming.IN_START_OUT_END: (1.0, 0.0),
}


class RateFlag(IntEnum):
    """What is known of a rate. ONLY: no other rate solves the flows. NEAREST: others may, this one is nearest to the
    simple return. NONE: none does. ONE_WAY: all flows point the same way."""

    ONLY = 0
    NEAREST = 1
    NONE = 2
    ONE_WAY = 3


@dataclass(frozen=True, slots=True)
class BookFlows:
    """Flows of many accounts end to end: those of account i are `starts[i]:starts[i + 1]`.

    `years` (n_flows,) from any common day, `amounts` (n_flows,) positive to the owner, as `returns.irr` takes them.
    """

    starts: Ints
    years: Floats
    amounts: Floats


@dataclass(frozen=True, slots=True)
class BookRates:
    """Annual rates (n_accounts,), NaN where there is none, and what is known of each (`RateFlag`)."""

    rates: Floats
    flags: NDArray[np.int8]


def batch_irr(flows: BookFlows, n_threads: int = 1) -> BookRates:
    """Return the internal rate of return of each account, as `returns.irr` has it for one.

    Threads share the accounts; the answer does not depend on how many they are (docs/engine/performance.md).
    Raises InvalidInputError unless every flow has one time and one amount, all finite, and accounts follow each other.
    """
    starts, years, amounts = flows.starts, flows.years, flows.amounts
    fits = len(years) == len(amounts) and len(starts) > 0 and starts[0] == 0 and starts[-1] == len(years)
    if not fits or (np.diff(starts) < 0).any():
        raise InvalidInputError(gettext_noop("Each flow needs one time and one amount."))
    n, counts = len(starts) - 1, np.diff(starts)
    rates, flags = np.empty(n), np.empty(n, dtype=np.int8)
    even = n == 0 or counts.min() == counts.max()
    places = np.arange(n) if even else np.argsort(np.minimum(counts, 65535).astype(np.uint16), kind="stable")

    def part(i: int) -> None:
        own = places[n * i // n_threads : n * (i + 1) // n_threads]
        solve_all(own, starts, years, amounts, rates, flags)

    if n_threads == 1:
        part(0)
    else:
        with ThreadPoolExecutor(n_threads) as pool:
            list(pool.map(part, range(n_threads)))
    if (flags == NOT_FINITE).any():
        raise InvalidInputError(gettext_noop("A value or flow is not a finite number."))
    return BookRates(rates, flags)


@dataclass(frozen=True, slots=True)
class BookDays:
    """Accounts day by day: `closes` (n_accounts, 1 + n_days) from the close before, the others (n_accounts, n_days).

    `fees` are what is added to a day's close for a return before fees; for one after fees, what was paid from
    elsewhere, negative. As `performance.Day` has them.
    """

    closes: Floats
    money_in: Floats
    money_out: Floats
    fees: Floats


def batch_time_weighted(days: BookDays, timing: FlowTiming) -> tuple[Floats, Ints]:
    """Return the linked daily return and the number of days on which nothing was invested, (n_accounts,) each.

    As `performance.time_weighted` has them for one account; not annualised. NaN when nothing was invested on any day.
    Raises InvalidInputError unless all tables have the same shape.
    """
    shape = len(days.closes), days.closes.shape[1] - 1
    tables = (days.money_in, days.money_out, days.fees)
    if any(table.shape != shape for table in tables):
        raise InvalidInputError(gettext_noop("Portfolios can be added over the same days only."))
    totals, broken = np.empty(shape[0]), np.empty(shape[0], dtype=np.int64)
    in_rows = tuple(np.ascontiguousarray(table) for table in (days.closes, *tables))
    _link_all(in_rows, EARLY[timing], totals, broken)
    return totals, broken


@regrouped
def _link_all(days: tuple[Floats, ...], early: tuple[float, float], totals: Floats, broken: Ints) -> None:
    """Link the days of each account; `early` says how much of what came in and of what left counts from the morning.

    A day on which nothing was invested counts as one; where nothing counts from the morning, a day that begins with
    nothing counts from what came in. Rows lie in memory one after the other, so that a loop of them fills registers.
    """
    closes, money_in, money_out, fees = days
    n, n_days = money_in.shape
    none_early = early[0] == 0.0
    for i in range(n):
        product = 1.0
        idle = 0
        for j in range(n_days):
            morning = closes[i, j]
            share = 1.0 if none_early and morning <= 0.0 else early[0]
            base = morning + share * money_in[i, j] - early[1] * money_out[i, j]
            end = closes[i, j + 1] + fees[i, j] + (1.0 - early[1]) * money_out[i, j] - (1.0 - share) * money_in[i, j]
            invested = base > 0.0
            product *= end / base if invested else 1.0
            idle += not invested
        totals[i] = product - 1.0 if idle < n_days else math.nan
        broken[i] = idle
