"""Returns of 100,000 accounts as ratios measured in one run: to pyxirr in a loop, to brentq, to reading once.

Each job takes turns with its peer; ratios are of medians, by the clock and by the processor. Rates are compared with
the peer's where the rate is the only one, and every rate must solve its flows.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyxirr
from scipy.optimize import brentq

from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.compiled import regrouped
from apps.portfolios.engine.return_kernels import (
    BookDays,
    BookFlows,
    BookRates,
    RateFlag,
    batch_irr,
    batch_time_weighted,
)

N_ACCOUNTS, N_HARD, N_FLOWS, N_DAYS, REPEATS, SAMPLE, SMALL = 100_000, 20_000, 60, 252, 7, 2_000, 100
Table = np.ndarray[Any, Any]
Floats = Table


def benign() -> tuple[Table, Table]:
    """Days and amounts of accounts that were paid into and drawn from for five years and grew at some rate."""
    dice = np.random.default_rng(0)
    days = np.sort(dice.integers(1, 1825, (N_ACCOUNTS, N_FLOWS)), axis=1)
    days[:, 0], days[:, -1] = 0, 1826
    rate = dice.normal(0.07, 0.10, N_ACCOUNTS).clip(-0.5, 0.8)
    amounts = -np.round(dice.lognormal(6, 1, (N_ACCOUNTS, N_FLOWS)), 2)
    amounts[dice.random((N_ACCOUNTS, N_FLOWS)) < 0.15] *= -0.8
    amounts[:, 0], amounts[:, -1] = -np.round(dice.lognormal(9, 0.8, N_ACCOUNTS), 2), 0
    final = -(amounts * (1 + rate[:, None]) ** ((1826 - days) / 365)).sum(axis=1)
    amounts[:, -1] = np.round(np.maximum(final, 1), 2)
    return days, amounts


def hard() -> tuple[Table, Table]:
    """Days and amounts of random sign: several rates, or none, for many."""
    dice = np.random.default_rng(9)
    days = np.sort(dice.integers(0, 3650, (N_HARD, N_FLOWS)), axis=1)
    days[:, 0], days[:, -1] = 0, 3650
    amounts = dice.normal(0, 1, (N_HARD, N_FLOWS)) * dice.lognormal(6, 1.5, (N_HARD, 1))
    amounts[:, 0] = -np.abs(amounts[:, 0]) * 5
    amounts[:, -1] = np.abs(amounts[:, -1]) * dice.lognormal(2, 2, N_HARD)
    return days, amounts


def book_of(days: Table, amounts: Table) -> BookFlows:
    """Return the flows end to end."""
    return BookFlows(np.arange(len(days) + 1) * N_FLOWS, (days / 365).ravel(), amounts.ravel())


def measured(jobs: dict[str, tuple[Callable[[], object], float]]) -> dict[str, tuple[float, float]]:
    """Return seconds by the clock and by the processor of each job, scaled; interleaved, medians."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(REPEATS):
        for name, (job, scale) in jobs.items():
            clock, processor = time.perf_counter(), time.process_time()
            job()
            taken[name].append(((time.perf_counter() - clock) * scale, (time.process_time() - processor) * scale))
    return {name: tuple(statistics.median(side) for side in zip(*each, strict=True)) for name, each in taken.items()}  # type: ignore[misc]


def told(seconds: dict[str, tuple[float, float]], ours: str, peer: str) -> None:
    """Print a ratio."""
    clock, processor = (b / a for a, b in zip(seconds[ours], seconds[peer], strict=True))
    print(f"  {peer} / {ours}: {clock:.1f}x, by processor time {processor:.1f}x")


def rates(name: str, days: Table, amounts: Table) -> None:
    """Print the ratios of one set of flows, and how the answers compare."""
    book, n = book_of(days, amounts), len(days)
    dated = np.datetime64("2010-01-01") + days.astype("timedelta64[D]")
    found = batch_irr(book)

    def by_peer(count: int) -> list[float | None]:
        return [pyxirr.xirr(dated[i], amounts[i]) for i in range(count)]

    def by_brentq() -> None:
        for i in range(SMALL):
            years, cash = days[i] / 365, amounts[i]
            try:
                brentq(lambda r, t=years, c=cash: float(c @ (1 + r) ** -t), -0.99, 10, xtol=1e-10)
            except ValueError:
                continue

    seconds = measured(
        {
            "ours": (lambda: batch_irr(book), 1),
            "ours, two threads": (lambda: batch_irr(book, 2), 1),
            "pyxirr": (lambda: by_peer(SAMPLE), n / SAMPLE),
            "brentq": (by_brentq, n / SMALL),
        }
    )
    print(f"XIRR, {n:,} accounts x {N_FLOWS} flows, {name}: {seconds['ours'][1] * 1e3:.1f} ms of one processor")
    for ours in ("ours", "ours, two threads"):
        told(seconds, ours, "pyxirr")
    told(seconds, "ours", "brentq")
    compare(found, by_peer(SAMPLE), days, amounts)


def compare(found: BookRates, peers: list[float | None], days: Table, amounts: Table) -> None:
    """Print differences from the peer and residuals."""
    theirs = np.array([np.nan if rate is None else rate for rate in peers])
    mine = found.rates[: len(theirs)]
    only = (found.flags[: len(theirs)] == RateFlag.ONLY) & np.isfinite(theirs)
    worth = amounts * np.exp(-np.log1p(found.rates)[:, None] * days / 365)
    residual = np.abs(worth.sum(axis=1)) / np.abs(worth).sum(axis=1)
    share = np.bincount(found.flags, minlength=4) / len(found.flags)
    print(f"  the only rate {share[0]:.1%}, nearest {share[1]:.1%}, none {share[2]:.1%}")
    print(f"  unsolved of the sample: ours {np.isnan(mine).mean():.1%}, pyxirr {np.isnan(theirs).mean():.1%}")
    print(f"  largest difference where the rate is the only one: {np.abs(mine - theirs)[only].max():.1e}")
    print(f"  largest residual: {np.nanmax(residual):.1e} of the discounted amounts")


@regrouped
def _read(table: Floats) -> float:
    total = 0.0
    for place in range(table.size):
        total += table[place]
    return total


def linked() -> None:
    """Print the ratios of daily time-weighted returns."""
    dice = np.random.default_rng(0)
    shape = N_ACCOUNTS, N_DAYS
    closes = 1e4 * np.cumprod(1 + dice.normal(3e-4, 0.01, (N_ACCOUNTS, N_DAYS + 1)), axis=1)
    came, left, fees = (np.where(dice.random(shape) < 0.05, amount, 0.0) for amount in (500.0, 300.0, 1.0))
    days = BookDays(closes, came, left, fees)
    tables = (closes, came, left, fees)
    seconds = measured(
        {
            **{timing.value: (lambda t=timing: batch_time_weighted(days, t), 1) for timing in FlowTiming},  # type: ignore[misc]
            "reading the arrays once": (lambda: [_read(table.ravel()) for table in tables], 1),
        }
    )
    once = seconds["reading the arrays once"]
    print(f"TWR, {N_ACCOUNTS:,} accounts x {N_DAYS} days, values, money in, money out and fees")
    for timing in FlowTiming:
        clock, processor = (a / b for a, b in zip(seconds[timing.value], once, strict=True))
        print(f"  {timing.value}: {clock:.1f}x the time to read them once, by processor time {processor:.1f}x")


def main() -> None:
    """Print the table."""
    rates("benign", *benign())
    rates("hard", *hard())
    linked()


if __name__ == "__main__":
    main()
