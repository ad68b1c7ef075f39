"""The tax kernel against the exact rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine import tax_law
from apps.plans.engine.tax_credits import Dependants
from apps.plans.engine.tax_deductions import Payments
from apps.plans.engine.tax_kernel import add_bracket_tax, federal_taxes
from apps.plans.engine.tax_lanes import net_gains
from apps.plans.engine.tax_tables import FilingStatus, TaxTable
from apps.plans.engine.taxes import TaxFacts, federal_tax
from tests.apps.plans.engine.households import tax_table
from tests.depth import examples

D = Decimal
DOLLARS = st.one_of(st.integers(0, 120_000), st.integers(0, 2_000_000))
PAID = st.one_of(st.just(0), st.integers(0, 120_000))


def told_by_kernel(table: TaxTable, facts: TaxFacts, on: int = 0) -> tuple[float, float]:
    """Return the tax and the loss carried on, of a year ``on`` years after the table's."""
    ledger = np.zeros((tax_law.N_SLOTS, 1))
    first, second = facts.wages
    amounts = [first, second, facts.pre_tax, facts.ordinary, facts.interest, facts.qualified_dividends]
    amounts += [facts.long_term_gain, facts.benefits, facts.early_withdrawals, facts.loss_carried]
    ledger[:, 0] = [float(amount) for amount in amounts]
    place = tax_law.STATUSES.index(facts.status)
    senior = int(table.senior_last_year is not None and facts.calendar_year <= table.senior_last_year)
    paid = facts.payments or Payments()
    year_facts = [place, facts.seniors, senior, on, facts.dependants.children, facts.dependants.others]
    year_facts += [int(paid.state_and_local), int(paid.charity), int(paid.medical), int(paid.mortgage_interest)]
    scratch = np.empty((2, 1))
    law = tax_law.law_arrays(table)[place]
    net_gains(law, ledger)
    federal_taxes(law, np.array(year_facts), np.ones(1), ledger, scratch)
    return scratch[0, 0], ledger[tax_law.LOSS, 0]


@given(
    status=st.sampled_from(list(FilingStatus)),
    amounts=st.tuples(*[DOLLARS] * 7),
    capital=st.tuples(st.integers(-500_000, 500_000), st.integers(0, 50_000)),
    people=st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 2)),
    year=st.integers(2024, 2031),
    paid=st.one_of(st.none(), st.tuples(*[PAID] * 4)),
)
@settings(deadline=None, max_examples=examples(500))
def test_the_kernel_equals_the_exact_rules(
    status: FilingStatus,
    amounts: tuple[int, ...],
    capital: tuple[int, int],
    people: tuple[int, int, int],
    year: int,
    paid: tuple[int, int, int, int] | None,
) -> None:
    first, second, ordinary, interest, qualified, benefits, early = amounts
    pre_tax = min(first, 20_000)
    table = tax_table(min(year, 2026))
    facts = TaxFacts(
        status, year, (D(first), D(second)), D(pre_tax), D(ordinary), D(interest), D(qualified), D(capital[0]),
        D(benefits), D(early), people[0], D(capital[1]), dependants=Dependants(*people[1:]),
        payments=paid and Payments(*map(D, paid)),
    )  # fmt: skip
    exact = federal_tax(table, facts)
    tax, carried = told_by_kernel(table, facts, year - table.year)
    assert tax == pytest.approx(float(exact.total), abs=0.001)
    assert carried == pytest.approx(float(exact.loss_carried), abs=0.001)


@pytest.mark.parametrize("gains", [0, 1_000, 1_900, 2_500, 20_000, 700_000])
def test_gains_at_the_end_of_the_12_percent_bracket_and_far_above_it(gains: int) -> None:
    zero = D(0)
    facts = TaxFacts(
        FilingStatus.MARRIED_JOINT, 2026, (D(131_100), zero), zero, zero, zero, D(gains), zero, zero, zero, 0, zero
    )
    assert told_by_kernel(tax_table(2026), facts)[0] == pytest.approx(
        float(federal_tax(tax_table(2026), facts).total), abs=0.001
    )


def test_indexed_amounts_rise_with_prices_and_the_others_do_not() -> None:
    law = tax_law.law_arrays(tax_table(2026))[0]
    index, due = np.array([1.0, 2.0]), np.zeros(2)
    add_bracket_tax(law, np.array([100_000.0, 200_000.0]), index, due)
    assert due[1] == pytest.approx(2.0 * due[0])


def test_only_lanes_that_may_owe_minimum_tax_are_computed_one_by_one() -> None:
    table, zero = tax_table(2026), D(0)
    low = TaxFacts(FilingStatus.SINGLE, 2026, (D(90_000), zero), zero, zero, zero, zero, zero, zero, zero, 0, zero)
    high = replace(low, wages=(D(300_000), zero), long_term_gain=D(900_000))
    ledger = np.zeros((tax_law.N_SLOTS, 2))
    ledger[tax_law.WAGES_1] = [90_000, 300_000]
    ledger[tax_law.GAINS] = [0, 900_000]
    scratch, facts = np.empty((2, 2)), np.zeros(tax_law.N_FACTS, dtype=np.int64)
    federal_taxes(tax_law.law_arrays(table)[0], facts, np.ones(2), ledger, scratch)
    assert federal_tax(table, high).income_tax.minimum_tax > 0
    assert scratch[0] == pytest.approx([float(federal_tax(table, each).total) for each in (low, high)], abs=0.001)
