"""Conversions by hand: the form's shares, the tax of a bracket, the cliff of a premium."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.errors import DomainError
from apps.plans.engine.conversions import (
    IraYear,
    ProRata,
    conversion_cost,
    marginal_rate,
    pro_rata,
    room_below_step,
    room_in_bracket,
    room_to_step,
    room_up_to,
    with_ordinary,
)
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import TaxFacts, federal_tax
from tests.apps.plans.engine.households import tax_table
from tests.apps.plans.engine.test_medicare import TABLE as MEDICARE

ZERO, CENT = Decimal(0), Decimal("0.01")
RATES = ("0.12", "0.22", "0.24")
TABLE = tax_table(2026)


def retired(
    *,
    ordinary: int = 0,
    benefits: int = 0,
    qualified: int = 0,
    seniors: int = 2,
    status: FilingStatus = FilingStatus.MARRIED_JOINT,
) -> TaxFacts:
    return TaxFacts(
        status=status,
        calendar_year=2026,
        wages=(),
        pre_tax=ZERO,
        ordinary=Decimal(ordinary),
        interest=ZERO,
        qualified_dividends=Decimal(qualified),
        long_term_gain=ZERO,
        benefits=Decimal(benefits),
        early_withdrawals=ZERO,
        seniors=seniors,
        loss_carried=ZERO,
    )


def test_the_basis_is_shared_over_all_iras():
    """Basis 20,000 of 100,000 in all: a fifth of what is taken out and converted is not taxed."""
    year = IraYear(
        basis=Decimal(20_000), year_end=Decimal(50_000), distributed=Decimal(10_000), converted=Decimal(40_000)
    )
    assert pro_rata(year) == ProRata(Decimal(8_000), Decimal(32_000), Decimal(10_000))


def test_without_basis_all_is_taxed_and_with_nothing_there_nothing_is():
    assert pro_rata(IraYear(ZERO, ZERO, ZERO, Decimal(5_000))).taxable_conversion == 5_000
    assert pro_rata(IraYear(Decimal(5_000), ZERO, ZERO, Decimal(5_000))) == ProRata(ZERO, ZERO, ZERO)
    assert pro_rata(IraYear(Decimal(7_000), ZERO, ZERO, ZERO)) == ProRata(ZERO, ZERO, Decimal(7_000))
    with pytest.raises(DomainError) as refused:
        IraYear(Decimal(-1), ZERO, ZERO, ZERO)
    assert refused.value.field == "basis"


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 10**5))
def test_what_is_taxed_and_what_is_not_make_what_came_out(basis: int, end: int, out: int, converted: int):
    year = IraYear(*map(Decimal, (basis, end, out, converted)))
    told = pro_rata(year)
    untaxed = year.basis - told.basis_left
    assert abs(told.taxable_distributions + told.taxable_conversion + untaxed - out - converted) < CENT / 1000
    assert told.basis_left >= 0


def test_the_room_in_a_bracket_of_a_couple_without_benefits():
    """2026, both over 65: 32,200 + 2 x 1,650 + 2 x 6,000 are free, then 100,800 at 10 and 12 %, less 40,000 there."""
    room = room_in_bracket(TABLE, retired(ordinary=40_000), Decimal("0.12"))
    assert room == 100_800 + 47_500 - 40_000
    cost = conversion_cost(TABLE, MEDICARE, retired(ordinary=40_000), room, insured=2)
    # 24,800 at 10 % and 76,000 at 12 %; before, all was free
    assert cost.tax_added == Decimal("11600.00")
    assert cost.premiums_added == 0
    assert cost.rate == pytest.approx(Decimal("0.10706"), abs=Decimal("0.0001"))


def test_with_benefits_a_dollar_fills_more_than_a_dollar_of_the_bracket():
    facts = retired(ordinary=30_000, benefits=50_000)
    room = room_in_bracket(TABLE, facts, Decimal("0.12"))
    assert room < room_in_bracket(TABLE, retired(ordinary=30_000), Decimal("0.12"))
    after, beyond = (federal_tax(TABLE, with_ordinary(facts, room + more)) for more in (ZERO, CENT))
    assert after.taxable_income - after.preferential <= 100_800 < beyond.taxable_income - beyond.preferential


def test_in_the_range_of_benefits_the_next_dollar_costs_more_than_its_bracket():
    """85 cents of benefits come with each dollar: 1.85 x 12 % is 22.2 %."""
    assert marginal_rate(TABLE, retired(ordinary=60_000, benefits=50_000)) == Decimal("0.222")


def test_a_dollar_beyond_a_step_costs_two_people_a_year_of_premiums():
    facts = retired(ordinary=200_000)
    room = room_below_step(TABLE, MEDICARE, facts)
    assert room == 18_000
    within = conversion_cost(TABLE, MEDICARE, facts, room, insured=2)
    beyond = conversion_cost(TABLE, MEDICARE, facts, room + CENT, insured=2)
    assert (within.step_after, within.premiums_added) == (0, 0)
    assert (beyond.step_after, beyond.premiums_added) == (1, 2 * 12 * Decimal("95.70"))
    assert room_below_step(TABLE, MEDICARE, retired(ordinary=900_000)) is None


def test_a_full_bracket_has_no_room_and_an_unknown_one_is_refused():
    assert room_in_bracket(TABLE, retired(ordinary=500_000), Decimal("0.12")) == 0
    for rate in ("0.13", "0.37"):
        with pytest.raises(DomainError) as refused:
            room_in_bracket(TABLE, retired(), Decimal(rate))
        assert refused.value.field == "rate"


@given(
    st.integers(0, 300_000), st.integers(0, 80_000), st.integers(0, 60_000), st.sampled_from(["0.12", "0.22", "0.24"])
)
@settings(max_examples=20, deadline=None)
def test_the_room_is_the_last_cent_that_fits(ordinary: int, benefits: int, qualified: int, rate: str):
    facts = retired(ordinary=ordinary, benefits=benefits, qualified=qualified)
    room = room_in_bracket(TABLE, facts, Decimal(rate))
    bounds = dict(zip(TABLE.ordinary_rates, TABLE.of(facts.status).ordinary_upper_bounds, strict=False))
    told = [federal_tax(TABLE, with_ordinary(facts, room + more)) for more in (ZERO, CENT)]
    inside, outside = (tax.taxable_income - tax.preferential for tax in told)
    assert outside > bounds[Decimal(rate)]
    assert inside <= bounds[Decimal(rate)] or room == 0
    cost = conversion_cost(TABLE, MEDICARE, facts, room, insured=2)
    assert cost.tax_added >= 0
    assert (cost.rate is None) == (room == 0)


def test_income_may_rise_to_the_bound_of_a_chosen_step():
    """Single, 2026, both steps by hand: surcharges begin above 109,000, those of the second step above 137,000."""
    facts = retired(ordinary=100_000, seniors=1, status=FilingStatus.SINGLE)
    assert room_to_step(TABLE, MEDICARE, facts, 0) == 9_000
    assert room_to_step(TABLE, MEDICARE, facts, 1) == 37_000
    assert room_to_step(TABLE, MEDICARE, retired(ordinary=120_000, status=FilingStatus.SINGLE), 0) == 0
    assert room_to_step(TABLE, MEDICARE, facts, 5) is None


def test_the_room_up_to_nothing_taxed_is_what_is_left_of_the_deduction():
    facts = retired(ordinary=5_000)
    room = room_up_to(TABLE, facts, ZERO)
    assert federal_tax(TABLE, with_ordinary(facts, room)).taxable_income == 0
    assert federal_tax(TABLE, with_ordinary(facts, room + CENT)).taxable_income > 0
    assert room_up_to(TABLE, retired(ordinary=500_000), Decimal(1)) == 0
