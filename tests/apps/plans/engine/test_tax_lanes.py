"""One lane with every rule, by hand; `test_tax_kernel` holds it to the exact rules."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine import tax_law
from apps.plans.engine.tax_lanes import gross_income, lane_tax, net_gains, taxable_benefits
from tests.apps.plans.engine.households import tax_table

LAW = tax_law.law_arrays(tax_table(2026))


def ledger_of(**amounts: float) -> np.ndarray:
    """Return a ledger of one lane."""
    ledger = np.zeros((tax_law.N_SLOTS, 1))
    for name, amount in amounts.items():
        ledger[getattr(tax_law, name), 0] = amount
    return ledger


def test_taxable_benefits_and_gross_income() -> None:
    assert taxable_benefits(LAW[0], 30_000.0, 20_000.0) == pytest.approx(9_600.0)
    assert gross_income(LAW[0], ledger_of(ORDINARY=30_000.0, BENEFITS=20_000.0), 0) == pytest.approx(39_600.0)


def test_losses_beyond_the_limit_are_carried() -> None:
    ledger = ledger_of(GAINS=1_000.0, LOSS=9_000.0)
    net_gains(LAW[0], ledger)
    assert (ledger[tax_law.GAINS, 0], ledger[tax_law.LOSS, 0]) == (-3_000.0, 5_000.0)


def test_payments_in_dollars_of_the_table_rise_with_prices_and_interest_does_not() -> None:
    # Prices doubled: 400,000 less 2 x 30,000 of state taxes up to 40,400, and 20,000 of interest.
    facts = np.zeros(tax_law.N_FACTS, dtype=np.int64)
    facts[[tax_law.PAID_STATE, tax_law.PAID_INTEREST]] = [30_000, 20_000]
    taxed = lane_tax(LAW[0], facts, 2.0, ledger_of(ORDINARY=400_000.0), 0)
    doubled = 2 * (1_240 + 4_560 + 12_166 + 0.24 * (339_600 / 2 - 105_700))
    assert taxed == pytest.approx(doubled)


def test_after_the_last_year_of_the_raised_cap_its_floor_holds() -> None:
    facts = np.zeros(tax_law.N_FACTS, dtype=np.int64)
    facts[[tax_law.PAID_STATE, tax_law.PAID_INTEREST]] = [30_000, 20_000]
    taxes = []
    for years in (3, 4):
        facts[tax_law.YEARS_ON] = years
        taxes.append(lane_tax(LAW[0], facts, 1.0, ledger_of(ORDINARY=190_000.0), 0))
    assert taxes[1] - taxes[0] == pytest.approx(0.24 * 20_000)
