"""Federal tax: worked by hand, and against the law's own limits."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import (
    TaxFacts,
    additional_medicare_tax,
    federal_tax,
    gains_tax,
    net_capital,
    net_investment_income_tax,
    payroll_tax,
    salt_deduction,
    senior_deduction,
    tax_on_taxable_income,
    taxable_social_security,
)
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


def test_net_investment_income_tax_takes_the_smaller_of_income_and_excess() -> None:
    assert net_investment_income_tax(tax_table(2026), SINGLE, D(205_000), D(205_000)) == D("190.000")
    assert net_investment_income_tax(tax_table(2026), JOINT, D(10_000), D(400_000)) == D("380.000")
    assert net_investment_income_tax(tax_table(2026), JOINT, D(10_000), D(200_000)) == 0


def test_payroll_tax_stops_at_the_wage_base_for_each_earner_and_adds_medicare_above_the_threshold() -> None:
    table = tax_table(2026)
    assert additional_medicare_tax(table, SINGLE, D(250_000)) == D("450.000")
    assert payroll_tax(table, JOINT, (D(200_000), D(200_000))) == D("0.062") * 369_000 + D("0.0145") * 400_000 + 1_350


def test_the_senior_deduction_shrinks_by_six_percent_and_ends_with_2028() -> None:
    table = tax_table(2025)
    assert senior_deduction(table, JOINT, 2, D(200_000), 2025) == D("6000.00")
    assert senior_deduction(table, SINGLE, 1, D(175_000), 2025) == 0
    assert senior_deduction(table, SINGLE, 1, D(50_000), 2029) == 0
    assert senior_deduction(table, FilingStatus.MARRIED_SEPARATE, 1, D(50_000), 2026) == 0


def test_taxable_social_security_in_both_tiers() -> None:
    benefits = taxable_social_security(
        tax_table(2026), JOINT, other_income=D(40_500), benefits=D(10_000), lives_with_spouse=True
    )
    assert (benefits.tier_1, benefits.tier_2) == (D("5000.0"), D("1275.00"))


def test_a_spouse_who_files_apart_has_no_threshold_unless_living_apart() -> None:
    table, apart = tax_table(2026), FilingStatus.MARRIED_SEPARATE
    together = taxable_social_security(table, apart, other_income=D(8_000), benefits=D(4_000), lives_with_spouse=True)
    separate = taxable_social_security(table, apart, other_income=D(8_000), benefits=D(4_000), lives_with_spouse=False)
    assert together.total == D("3400.00")
    assert separate.total == 0


def test_state_taxes_are_capped_and_the_cap_shrinks_to_its_floor() -> None:
    table = tax_table(2026)
    assert salt_deduction(table, JOINT, D(50_000), D(100_000), 2026) == 40_400
    assert salt_deduction(table, JOINT, D(50_000), D(600_000), 2026) == D("11900.00")
    assert salt_deduction(table, JOINT, D(50_000), D(1_000_000), 2026) == 10_000
    assert salt_deduction(tax_table(2024), FilingStatus.MARRIED_SEPARATE, D(50_000), D(1), 2024) == 5_000


def test_the_cap_of_state_taxes_rises_to_2029_and_falls_back_after_it() -> None:
    assert salt_deduction(tax_table(2025), JOINT, D(50_000), D(1), 2026) == 40_400
    assert salt_deduction(tax_table(2026), JOINT, D(50_000), D(1), 2027) == D("40804.00")
    assert salt_deduction(tax_table(2026), JOINT, D(50_000), D(1), 2030) == 10_000


def test_losses_beyond_3_000_are_carried_with_their_character() -> None:
    net = net_capital(tax_table(2026), SINGLE, D(-5_000), D(1_000))
    assert (net.counted, net.short_term_carried, net.long_term_carried) == (D(-3_000), D(1_000), D(0))
    mixed = net_capital(tax_table(2026), SINGLE, D(-2_000), D(-4_000))
    assert (mixed.counted, mixed.short_term_carried, mixed.long_term_carried) == (D(-3_000), D(0), D(3_000))


def test_a_retired_pair_by_hand() -> None:
    # Benefits 40,000, pension and withdrawals 50,000, dividends 5,000: provisional 75,000; tier 1 6,000, tier 2
    # 0.85 x 31,000 = 26,350; taxable 32,350. AGI 87,350 less 32,200 + 3,300 + 12,000 = 39,850, of which 5,000 gains
    # are free: 2,480 + 12 % of 10,050 = 3,686.
    facts = TaxFacts(
        JOINT, 2026, (), D(0), D(50_000), D(0), D(5_000), D(0), D(40_000), D(0), seniors=2, loss_carried=D(0)
    )
    tax = federal_tax(tax_table(2026), facts)
    assert tax.taxable_benefits == D("32350.00")
    assert tax.taxable_income == D("39850.00")
    assert tax.total == D("3686.00")


@given(income=st.integers(0, 3_000_000), more=st.integers(1, 100_000), status=st.sampled_from(list(FilingStatus)))
def test_a_dollar_more_never_costs_more_than_37_cents(income: int, more: int, status: FilingStatus) -> None:
    table = tax_table(2026)
    step = tax_on_taxable_income(table, status, D(income + more)) - tax_on_taxable_income(table, status, D(income))
    assert 0 < step <= D("0.37") * more
