"""The alternative minimum tax, worked by hand."""

from __future__ import annotations

from decimal import Decimal

from apps.plans.engine.minimum_tax import MinimumTaxFacts, exemption, minimum_tax
from apps.plans.engine.tax_tables import FilingStatus
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
