"""Wash sales of a household with 50,000 trades, and how the time grows: ten times the trades in one run.

Worst cases among them: one security alone, and a dividend reinvested every day.
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from decimal import Decimal

from apps.portfolios.engine.wash_ledger import (
    AcquisitionKind,
    Disposal,
    HouseholdAccount,
    HouseholdLedger,
    Relation,
    TaxLot,
    TaxTreatment,
)
from apps.portfolios.engine.wash_sales import find_wash_sales

START, DAYS = date(2016, 1, 1), 3650
ACCOUNTS = tuple(
    HouseholdAccount(f"{place}", "owner", Relation.TAXPAYER, treatment)
    for place, treatment in enumerate((TaxTreatment.TAXABLE, TaxTreatment.TAXABLE, TaxTreatment.TAX_DEFERRED))
)


def household(n_trades: int, n_securities: int) -> HouseholdLedger:
    """Return purchases, each sold in one or two parts within 200 days, two of three at a loss."""
    dice = random.Random(2026)
    lots, sales = [], []
    while len(lots) + len(sales) < n_trades:
        name, bought = f"{len(lots):06}", START + timedelta(days=dice.randrange(DAYS))
        quantity = Decimal(dice.randrange(2, 400))
        price = Decimal(dice.randrange(1000, 9000)).scaleb(-2)
        security, account = f"S{dice.randrange(n_securities)}", ACCOUNTS[dice.randrange(3)].account_id
        lots.append(TaxLot(name, account, security, bought, quantity, quantity * price, AcquisitionKind.PURCHASE))
        for part in (quantity // 2, quantity - quantity // 2)[: dice.randrange(3)]:
            worth = part * price * dice.randrange(70, 115) / 100
            day = bought + timedelta(days=dice.randrange(200))
            sales.append(Disposal(f"{name} {len(sales)}", name, day, part, worth.quantize(Decimal("0.01"))))
    return HouseholdLedger(ACCOUNTS, tuple(lots), tuple(sales))


def main() -> None:
    """Print the table."""
    for n_securities in (200, 1):
        seconds = {}
        for n_trades in (5_000, 50_000):
            ledger = household(n_trades, n_securities)
            start = time.process_time()
            report = find_wash_sales(ledger)
            seconds[n_trades] = time.process_time() - start
        growth = seconds[50_000] / seconds[5_000]
        print(f"wash sales, 50,000 trades of {n_securities} securities: {seconds[50_000]:.2f} s")
        print(f"  {len(report.sales):,} sales, {len(report.matches):,} matches")
        print(f"  ten times the trades take {growth:.1f}x the time")


if __name__ == "__main__":
    main()
