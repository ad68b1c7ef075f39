"""The alternative minimum tax, worked by hand."""

from __future__ import annotations

from decimal import Decimal

from apps.plans.engine.minimum_tax import HeldOptions, MinimumTaxFacts, exemption, minimum_tax
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import TaxFacts, federal_tax
from tests.apps.plans.engine.households import tax_table

SINGLE, JOINT = FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT
D = Decimal


def test_the_exemption_shrinks_by_half_of_what_is_above_its_threshold_in_2026() -> None:
    assert exemption(tax_table(2026), SINGLE, D(500_000)) == 90_100
    assert exemption(tax_table(2026), SINGLE, D(600_000)) == D(40_100)
    assert exemption(tax_table(2026), SINGLE, D(700_000)) == 0
    assert exemption(tax_table(2025), SINGLE, D(646_350)) == D(83_100)


def test_ordinary_income_has_26_and_28_percent_above_the_exemption() -> None:
    # 400,000 - 140,200 = 259,800: 26 % of all and 2 % of 15,300.
    facts = MinimumTaxFacts(income=D(400_000), gains=D(0), ordinary=D(350_000), usual=D(60_000))
    assert minimum_tax(tax_table(2026), JOINT, facts) == D("67548.00") + D("306.00") - 60_000


def test_gains_keep_their_rates_and_lose_the_exemption_after_ordinary_income() -> None:
    # 2025, wages 293,964, interest 1,153, gains 586,464: exemption 88,100 - 0.25 x 255,231 = 24,292.25; 270,824.75 at
    # 26 % and 31,724.75 of it 2 % more; gains 254,033 at 15 % and 332,431 at 20 %.
    usual = D("171916.85")
    facts = MinimumTaxFacts(income=D(881_581), gains=D(586_464), ordinary=D(279_367), usual=usual)
    assert minimum_tax(tax_table(2025), SINGLE, facts) == D("175640.08") - usual


def test_nothing_is_due_beyond_a_larger_usual_tax() -> None:
    facts = MinimumTaxFacts(income=D(100_000), gains=D(0), ordinary=D(83_900), usual=D(13_000))
    assert minimum_tax(tax_table(2026), SINGLE, facts) == 0


def a_year(wages: int, gain: int, options: HeldOptions) -> TaxFacts:
    zero = D(0)
    return TaxFacts(
        SINGLE, 2026, (D(wages),), zero, zero, zero, zero, D(gain), zero, zero, 0, zero, options=options
    )  # fmt: skip


def test_options_that_are_held_are_charged_and_carried_on() -> None:
    # 2026, single: 150,000 - 16,100 = 133,900 taxed at 1,240 + 4,560 + 12,166 + 24 % of 28,200 = 24,734. Form 6251:
    # 150,000 + 200,000 (line 2i) - 90,100 = 259,900, 26 % of all and 2 % of 15,400 = 67,882. Form 8801: without line 2i
    # 26 % of 59,900 = 15,574 is below the usual tax, so all of the difference is carried on.
    tax = federal_tax(tax_table(2026), a_year(150_000, 0, HeldOptions(spread=D(200_000))))
    assert (tax.income_tax.ordinary_tax, tax.income_tax.tentative) == (24_734, D("67882.00"))
    assert tax.income_tax.minimum_tax == tax.options.credit == D("43148.00")
    assert tax.minimum_credit == 0


def test_a_sale_gives_back_what_the_usual_tax_exceeds_the_tentative_one_by() -> None:
    # shares sold for 260,000 more than was paid, 60,000 more than their cost of the minimum tax (line 2k): 24,734 and
    # 15 % of 260,000 = 63,734; 26 % of 59,900 and 15 % of 60,000 = 24,574; 39,160 of 43,148 come back.
    tax = federal_tax(tax_table(2026), a_year(150_000, 260_000, HeldOptions(sold=D(200_000), credit=D(43_148))))
    assert tax.income_tax.tentative == D("24574.00")
    assert tax.minimum_credit == D("39160.00")
    assert tax.options == HeldOptions(credit=D("3988.00"))
    assert tax.total == tax.payroll_tax + tax.niit + D("24574.00")


def test_a_loss_of_the_minimum_tax_alone_counts_up_to_its_limit() -> None:
    # 10,000 more than was paid, 190,000 less than their cost there: 150,000 - 3,000 - 90,100 = 56,900 at 26 %; the
    # usual tax is 24,734 and 15 % of 10,000.
    options = HeldOptions(sold=D(200_000), credit=D(43_148))
    tax = federal_tax(tax_table(2026), a_year(150_000, 10_000, options))
    assert tax.income_tax.tentative == D("14794.00")
    assert tax.minimum_credit == D("26234.00") - D("14794.00")
    assert (tax.options.loss_beyond, tax.loss_carried) == (187_000, 0)
    # the year after: 187,000 are carried on beside a gain of both, and 3,000 count again
    later = federal_tax(tax_table(2026), a_year(150_000, 4_000, tax.options))
    assert later.options.loss_beyond == 187_000 - 4_000 - 3_000
    assert later.income_tax.tentative == D("14794.00")


def test_a_minimum_tax_on_other_items_is_not_carried_on_and_a_sale_in_its_year_takes_off_the_credit() -> None:
    # gains of 700,000 leave no exemption: 26 % of 150,000 = 39,000 for 24,734, without any options
    alone = federal_tax(tax_table(2026), a_year(150_000, 700_000, HeldOptions()))
    assert alone.income_tax.minimum_tax == 39_000 - 24_734
    assert alone.options.credit == 0
    # with 400,000 of cost more: 15,574 and 15 % of 300,000; the usual tax is 24,734, 15 % of 411,600
    # and 20 % of 288,400
    sold = federal_tax(tax_table(2026), a_year(150_000, 700_000, HeldOptions(sold=D(400_000), credit=D(100_000))))
    assert sold.minimum_credit == D("144154.00") - D("60574.00")
    assert sold.income_tax.deferred == -14_266
    assert sold.options.credit == D("100000") - D("83580.00") - 14_266
