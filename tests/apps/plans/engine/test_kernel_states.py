"""What the walk reads for a state from its ledger, against the exact rules."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from apps.plans.engine import tax_law
from apps.plans.engine.kernel_states import N_TOLD, OTHER, PENSIONS_1, PENSIONS_2, add_state_taxes, tell_apart
from apps.plans.engine.state_program import FIRST_COLUMN
from apps.plans.engine.state_tax_kernel import N_ROWS, law_row
from apps.plans.engine.state_taxes import resolved, state_facts, state_tax
from apps.plans.engine.tax_kernel import federal_taxes
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import TaxFacts, federal_tax
from tests.apps.plans.engine.households import tax_table
from tests.apps.plans.engine.test_state_tables import shipped
from tests.apps.plans.engine.test_state_taxes import TAXING

D = Decimal
JOINT = FilingStatus.MARRIED_JOINT


def test_a_month_is_told_apart_where_it_is_paid() -> None:
    due = np.zeros((FIRST_COLUMN + 3, 2))
    due[FIRST_COLUMN:] = (100.0, 0.0), (0.0, 50.0), (10.0, 5.0)
    told = np.zeros((N_TOLD, 2))
    tell_apart(due, np.array([1.0, 2.0], dtype=np.float32), np.array([1.0, 0.0]), told)
    assert told[:, 0] == pytest.approx([100.0, 50.0, 15.0])
    assert told[:, 1] == pytest.approx([0.0, 0.0, 0.0])


@pytest.mark.parametrize("code", TAXING)
def test_the_walk_taxes_a_couple_like_the_exact_rules(code: str) -> None:
    table, place = tax_table(2025), tax_law.STATUSES.index(JOINT)
    facts = TaxFacts(
        JOINT,
        2025,
        (D(40_000), D(15_000)),
        D(5_000),
        D(83_000),
        D(4_000),
        D(6_000),
        D(12_000),
        D(30_000),
        D(0),
        2,
        D(0),
    )
    # 20,000 and 8,000 pensions, 5,000 rent; 50,000 withdrawn, of which the first adult 60 %
    pensions, withdrawals = (D(20_000), D(8_000)), (D(30_000), D(20_000))
    law = resolved(shipped().of(code), JOINT, [68, 66])
    exact = state_tax(law, state_facts(table, facts, pensions=pensions, withdrawals=withdrawals)).total

    ledger = np.zeros((tax_law.N_SLOTS, 1))
    amounts = {
        tax_law.WAGES_1: 40_000, tax_law.WAGES_2: 15_000, tax_law.PRE_TAX: 5_000,
        tax_law.ORDINARY: 83_000, tax_law.INTEREST: 4_000, tax_law.QUALIFIED: 6_000,
        tax_law.GAINS: 12_000, tax_law.BENEFITS: 30_000,
    }  # fmt: skip
    for slot, amount in amounts.items():
        ledger[slot, 0] = amount
    told = np.zeros((N_TOLD, 1))
    told[[PENSIONS_1, PENSIONS_2, OTHER], 0] = 20_000, 8_000, 5_000
    federal = tax_law.law_arrays(table)[place]
    year_facts = np.zeros(tax_law.N_FACTS, dtype=np.int64)
    year_facts[[tax_law.STATUS, tax_law.SENIORS, tax_law.HAS_SENIOR]] = place, 2, 1
    scratch, index = np.empty((2, 1)), np.ones(1)
    federal_taxes(federal, year_facts, index, ledger, scratch)
    alone, rows = np.empty(1), np.empty((N_ROWS, 1))
    laws = (law_row(law, 1.0, 0.6), federal, year_facts)
    add_state_taxes(laws, index, ledger, told, rows, (scratch[0], alone))
    assert alone[0] == pytest.approx(float(exact), abs=0.001)
    assert scratch[0, 0] == pytest.approx(float(federal_tax(table, facts).total + exact), abs=0.001)
