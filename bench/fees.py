"""Fees of 10,000 accounts on average daily balances over 92 days, as ratios measured in one run.

Against the exact reference (a sample of households, equal to the cent), and against reading the values once.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import numpy as np

from apps.billing.engine.batches import FeeBook, book_fees, daily_sums
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import AccountValues, BillingPeriod, DatedValue, HouseholdBilling
from apps.billing.engine.terms import FeeTerms, Limit, ScheduleKind, Tier, ValueBasis
from apps.kernel.dates import DateSpan
from apps.kernel.money import Money, Rate

N_ACCOUNTS, PER_HOUSEHOLD, SAMPLE, REPEATS = 10_000, 4, 50, 9
QUARTER = DateSpan.quarter(2026, 3)
PERIOD = BillingPeriod(QUARTER, 4)
TERMS = FeeTerms(
    kind=ScheduleKind.GRADUATED,
    tiers=(
        Tier(Money(Decimal(500_000)), Rate(Decimal("0.01"))),
        Tier(Money(Decimal(2_000_000)), Rate(Decimal("0.0075"))),
        Tier(None, Rate(Decimal("0.005"))),
    ),
    value_basis=ValueBasis.AVERAGE_DAILY_BALANCE,
    minimum=Limit(Money(Decimal(2000))),
)


def values_of_book() -> np.ndarray:
    """Return daily values in cents, (n_accounts, n_days): a random walk from 10,000 to 2,000,000 dollars."""
    generator = np.random.default_rng(2026)
    start = np.exp(generator.uniform(np.log(1e6), np.log(2e8), (N_ACCOUNTS, 1)))
    steps = np.exp(np.cumsum(generator.normal(0, 0.006, (N_ACCOUNTS, QUARTER.days)), axis=1))
    return (start * steps).astype(np.int64)


def reference(values: np.ndarray, household: int) -> list[int]:
    """Return the cents of one household's accounts from the exact engine."""
    rows = range(household * PER_HOUSEHOLD, (household + 1) * PER_HOUSEHOLD)
    accounts = tuple(
        AccountValues(
            f"{row:06}",
            tuple(
                DatedValue(QUARTER.first + timedelta(days=day), Money(Decimal(int(cents)).scaleb(-2)))
                for day, cents in enumerate(values[row])
            ),
        )
        for row in rows
    )
    fee = calculate_household_fee(HouseholdBilling(str(household), accounts, PERIOD, TERMS))
    return [int(line.fee.amount * 100) for line in fee.accounts]


def median_seconds(job: Callable[[], object]) -> float:
    """Return the median time of a job."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    values = values_of_book()
    first = np.zeros(N_ACCOUNTS, dtype=np.int64)
    last = np.full(N_ACCOUNTS, QUARTER.days - 1)
    households = np.arange(N_ACCOUNTS) // PER_HOUSEHOLD

    def batch() -> np.ndarray:
        sums, days = daily_sums(values, first, last)
        return book_fees(FeeBook(sums, days, households), TERMS, QUARTER.days, 4).accounts

    cents = batch()
    start = time.perf_counter()
    for household in range(SAMPLE):
        rows = slice(household * PER_HOUSEHOLD, (household + 1) * PER_HOUSEHOLD)
        assert cents[rows].tolist() == reference(values, household)
    per_account = (time.perf_counter() - start) / (SAMPLE * PER_HOUSEHOLD)
    batched, streamed = median_seconds(batch), median_seconds(values.sum)
    print(f"fees, {N_ACCOUNTS:,} accounts x {QUARTER.days} days, batch: {batched * 1e3:.1f} ms")
    print(f"  against the exact reference with receipts: {per_account * N_ACCOUNTS / batched:,.0f}x faster")
    print(f"  against streaming the values once:         {batched / streamed:.1f}x its time")
    print(f"  equal to the cent on {SAMPLE * PER_HOUSEHOLD} accounts of {SAMPLE} households")


if __name__ == "__main__":
    main()
