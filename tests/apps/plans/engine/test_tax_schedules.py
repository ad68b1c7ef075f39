"""The two schedules, worked by hand."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.plans.engine.tax_schedules import gains_tax, preferential_tax, tax_on_taxable_income
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import tax_table

SINGLE, JOINT = FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT
D = Decimal


def test_a_single_income_of_60_000_in_2026_pays_5_020() -> None:
    # 60,000 - 16,100 = 43,900: 10 % of 12,400 and 12 % of 31,500.
    assert tax_on_taxable_income(tax_table(2026), SINGLE, D(43_900)) == D("5020.00")


def test_the_top_bracket_of_2025_adds_37_cents_a_dollar() -> None:
    at_bound = tax_on_taxable_income(tax_table(2025), SINGLE, D("626350"))
    assert tax_on_taxable_income(tax_table(2025), SINGLE, D("626351")) - at_bound == D("0.37")
    assert at_bound == D("188769.75")


def test_gains_of_100_000_and_nothing_else_pay_15_percent_above_the_zero_band() -> None:
    # 100,000 - 16,100 = 83,900 of taxable gains; 49,450 are free, 34,450 at 15 %.
    assert gains_tax(tax_table(2026), SINGLE, D(0), D(83_900)) == D("5167.50")


def test_gains_stack_on_ordinary_income_and_reach_the_20_percent_band() -> None:
    # From 500,000 to 545,500 at 15 %, to 600,000 at 20 %.
    assert gains_tax(tax_table(2026), SINGLE, D(500_000), D(100_000)) == D("6825.00") + D("10900.00")


@given(income=st.integers(0, 3_000_000), more=st.integers(1, 100_000), status=st.sampled_from(list(FilingStatus)))
def test_a_dollar_more_never_costs_more_than_37_cents(income: int, more: int, status: FilingStatus) -> None:
    table = tax_table(2026)
    step = tax_on_taxable_income(table, status, D(income + more)) - tax_on_taxable_income(table, status, D(income))
    assert 0 < step <= D("0.37") * more


def test_gains_at_the_end_of_the_12_percent_bracket_pay_12_percent() -> None:
    # Above the band of 0 %, which ends at 98,900, and below the bracket's end at 100,800.
    assert gains_tax(tax_table(2026), JOINT, D(98_900), D(1_900)) == D("285.00")
    assert preferential_tax(tax_table(2026), JOINT, D(98_900), D(1_900)) == D("228.00")
