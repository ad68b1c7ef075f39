"""The tax kernel against the exact rules."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine import tax_kernel
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import TaxFacts, federal_tax
from tests.apps.plans.engine.households import tax_table
from tests.depth import examples

D = Decimal
DOLLARS = st.integers(0, 2_000_000)


@given(
    status=st.sampled_from(list(FilingStatus)),
    amounts=st.tuples(*[DOLLARS] * 7),
    gain=st.integers(-500_000, 500_000),
    loss=st.integers(0, 50_000),
    seniors=st.integers(0, 2),
    year=st.integers(2026, 2030),
)
@settings(deadline=None, max_examples=examples(300))
def test_the_kernel_equals_the_exact_rules(
    status: FilingStatus, amounts: tuple[int, ...], gain: int, loss: int, seniors: int, year: int
) -> None:
    first, second, ordinary, interest, qualified, benefits, early = amounts
    pre_tax = min(first, 20_000)
    table = tax_table(2026)
    facts = TaxFacts(
        status, year, (D(first), D(second)), D(pre_tax), D(ordinary), D(interest), D(qualified), D(gain), D(benefits),
        D(early), seniors, D(loss),
    )  # fmt: skip
    ledger = np.zeros((tax_kernel.N_SLOTS, 1))
    ledger[:, 0] = [first, second, pre_tax, ordinary, interest, qualified, gain, benefits, early, loss]
    place = tax_kernel.STATUSES.index(status)
    year_facts = np.array([place, seniors, int(year <= 2028)])
    exact = federal_tax(table, facts)
    scratch = np.empty((2, 1))
    law = tax_kernel.law_arrays(table)[place]
    tax_kernel.net_gains(law, ledger)
    tax_kernel.federal_taxes(law, year_facts, np.ones(1), ledger, scratch)
    assert scratch[0, 0] == pytest.approx(float(exact.total), abs=0.001)
    assert ledger[tax_kernel.LOSS, 0] == pytest.approx(float(exact.loss_carried), abs=0.001)


def test_indexed_amounts_rise_with_prices_and_the_others_do_not() -> None:
    law = tax_kernel.law_arrays(tax_table(2026))[0]
    index, due = np.array([1.0, 2.0]), np.zeros(2)
    tax_kernel.add_bracket_tax(law, np.array([100_000.0, 200_000.0]), index, due)
    assert due[1] == pytest.approx(2.0 * due[0])
    assert tax_kernel.taxable_benefits(law, 30_000.0, 20_000.0) == pytest.approx(9_600.0)
