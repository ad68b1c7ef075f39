"""Federal tax: worked by hand, and against the law's own limits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from apps.plans.engine.tax_credits import Dependants
from apps.plans.engine.tax_deductions import Payments
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import (
    TaxFacts,
    additional_medicare_tax,
    federal_tax,
    net_capital,
    net_investment_income_tax,
    payroll_tax,
    senior_deduction,
    taxable_social_security,
)
from tests.apps.plans.engine.households import tax_table

SINGLE, JOINT = FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT
D = Decimal


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


def a_year(**changes: object) -> TaxFacts:
    """Return the year of a single person without anything, with changes."""
    zero = D(0)
    facts = TaxFacts(SINGLE, 2026, (zero, zero), zero, zero, zero, zero, zero, zero, zero, 0, zero)
    return replace(facts, **changes)  # type: ignore[arg-type]


def test_the_deduction_that_leaves_the_smaller_tax_is_taken() -> None:
    paid = Payments(state_and_local=D(20_000), mortgage_interest=D(9_000), charity=D(4_000))
    more = federal_tax(tax_table(2026), a_year(wages=(D(200_000),), payments=paid)).income_tax
    assert more.itemised is not None
    # 20,000 + 9,000 + 4,000 less half a per cent of 200,000.
    assert more.deduction == D(32_000)
    few = Payments(charity=D(4_000))
    less = federal_tax(tax_table(2026), a_year(wages=(D(200_000),), payments=few)).income_tax
    assert (less.itemised, less.deduction) == (None, D(17_100))


def test_short_losses_are_used_before_long_ones_and_carried_apart() -> None:
    tax = federal_tax(tax_table(2026), a_year(short_loss_carried=D(5_000), loss_carried=D(2_000)))
    assert (tax.agi, tax.short_loss_carried, tax.loss_carried) == (D(-3_000), D(2_000), D(2_000))


def test_a_family_is_paid_what_is_left_of_its_credits() -> None:
    # 30,000 less 32,200: no tax. 15 % of 27,500 is more than two children can be paid, 1,700 each.
    family = a_year(status=JOINT, wages=(D(30_000),), dependants=Dependants(2, 0))
    assert federal_tax(tax_table(2026), family).total == D("-3400") + D("0.0765") * 30_000


def test_tax_exempt_interest_counts_for_the_benefits_that_are_taxed() -> None:
    without = a_year(ordinary=D(20_000), benefits=D(20_000))
    taxed = [federal_tax(tax_table(2026), each).taxable_benefits for each in (
        without, replace(without, tax_exempt_interest=D(2_000))
    )]  # fmt: skip
    assert taxed == [D(2_500), D(3_500)]
