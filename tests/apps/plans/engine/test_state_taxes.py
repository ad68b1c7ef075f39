"""State income tax by hand, and what the law of a state cannot do."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.state_taxes import StateFacts, bracket_tax, resolved, state_facts, state_tax
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import TaxFacts
from tests.apps.plans.engine.households import tax_table
from tests.apps.plans.engine.test_state_tables import shipped
from tests.depth import examples

D = Decimal
SINGLE, JOINT = FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT
TAXING = sorted(code for code, table in shipped().states.items() if table.taxes_income)


def earner(wages: int) -> StateFacts:
    zero = D(0)
    facts = TaxFacts(SINGLE, 2025, (D(wages),), zero, zero, zero, zero, zero, zero, zero, 0, zero)
    return state_facts(tax_table(2025), facts, pensions=(zero,), withdrawals=(zero,))


def retired(withdrawals: int, *, pension: int = 0, benefits: int = 0) -> StateFacts:
    zero = D(0)
    facts = TaxFacts(
        SINGLE, 2025, (zero,), zero, D(withdrawals + pension), zero, zero, zero, D(benefits), zero, 1, zero
    )
    return state_facts(tax_table(2025), facts, pensions=(D(pension),), withdrawals=(D(withdrawals),))


def tax(code: str, facts: StateFacts, age: int) -> Decimal:
    return state_tax(resolved(shipped().of(code), SINGLE, [age]), facts).total


def test_brackets_by_hand() -> None:
    rates, bounds = (D("0.02"), D("0.04"), D("0.05")), (D(500), D(3000))
    assert bracket_tax(rates, bounds, D(10000)) == D(10) + D(100) + D(350)
    assert bracket_tax(rates, bounds, D(-5)) == 0


def test_a_flat_tax_on_wages_by_hand() -> None:
    assert tax("IL", earner(80000), 45) == D("0.0495") * (80000 - 2850)
    assert tax("NC", earner(80000), 45) == D("0.0425") * (80000 - 12750)
    assert tax("PA", earner(80000), 45) == D("0.0307") * 80000


def test_new_york_takes_the_lower_brackets_back_above_its_limit() -> None:
    assert tax("NY", earner(100000), 45) == pytest.approx(D("4951.75"), abs=D("0.01"))
    # AGI 157,650: the whole benefit of the lower brackets is gone, 6 % of all that is taxable.
    assert tax("NY", earner(157650), 45) == pytest.approx(D("0.06") * 149650, abs=D("0.01"))


def test_withdrawals_are_left_out_by_age() -> None:
    assert tax("GA", retired(60000), 66) == 0
    assert tax("GA", retired(60000), 63) == D("0.0519") * (60000 - 35000 - 12000)
    assert tax("GA", retired(60000), 60) == D("0.0519") * (60000 - 12000)
    assert tax("IL", retired(60000), 66) == 0


def test_a_pension_and_a_withdrawal_are_told_apart_where_the_state_does() -> None:
    assert tax("MD", retired(0, pension=40000), 66) < tax("MD", retired(40000), 66)
    assert tax("HI", retired(0, pension=40000), 66) == 0


def test_benefits_are_free_in_most_states_and_not_in_all() -> None:
    facts = retired(50000, benefits=40000)
    table = shipped().of("CA")
    assert state_tax(resolved(table, SINGLE, [70]), facts).benefits_exempt == facts.taxable_benefits
    assert state_tax(resolved(shipped().of("MT"), SINGLE, [70]), facts).benefits_exempt == 0


def test_washington_taxes_large_gains_alone() -> None:
    facts = replace(earner(500000), gains=D(400000))
    assert tax("WA", facts, 45) == D("0.07") * (400000 - 278000)
    assert tax("WA", earner(500000), 45) == 0


def test_nobody_has_no_law() -> None:
    with pytest.raises(InvalidInputError):
        resolved(shipped().of("NY"), SINGLE, [])


@given(code=st.sampled_from(TAXING), wages=st.integers(0, 700_000), more=st.integers(1, 50_000))
@settings(deadline=None, max_examples=examples(150))
def test_tax_is_never_negative_and_what_is_earned_more_is_not_taken_whole(code: str, wages: int, more: int) -> None:
    first, second = tax(code, earner(wages), 45), tax(code, earner(wages + more), 45)
    assert first >= 0
    # cliffs: a credit or an exemption that ends at a limit may cost more than a few dollars above it bring
    assert second - first < D(more) * D("0.25") + 1500
