"""Roth distributions by the statute: layers in their order, five years, 59 1/2, and the tax on what comes out early."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.plans.engine.roth_distributions import (
    Conversion,
    DesignatedYear,
    RothYear,
    designated_year,
    has_five_years,
    roth_year,
)

NOTHING = Decimal(0)


def year(
    *,
    paid: int = 0,
    converted: tuple[Conversion, ...] = (),
    early: int = 0,
    late: int = 0,
    now: int = 2026,
    first: int = 2010,
) -> RothYear:
    return RothYear(now, first, Decimal(paid), converted, Decimal(early), Decimal(late))


def layer(of: int, taxed: int, untaxed: int = 0) -> Conversion:
    return Conversion(of, Decimal(taxed), Decimal(untaxed))


def test_a_contribution_comes_out_first_then_what_was_taxed_when_it_was_converted() -> None:
    """IRS Publication 590-B, "Ordering Rules for Distributions": at 60, 80,000 converted four years ago, 20,000 of them
    basis; 5,000 paid in and 7,000 taken out in the year: nothing of it is income, and nobody pays more at 60."""
    told = roth_year(year(paid=5_000, converted=(layer(2021, 60_000, 20_000),), late=7_000, now=2025, first=2021))
    assert (told.income, told.penalised, told.contributions) == (0, 0, 0)
    assert told.conversions == (layer(2021, 58_000, 20_000),)


def test_of_a_young_converter_the_additional_tax_falls_on_what_was_taxed_then_and_on_earnings() -> None:
    """IRC 408A(d)(3)(F), (4)(B)(ii): at 45, of 12,000 converted three years ago 10,000 were taxed."""
    told = roth_year(year(paid=1_000, converted=(layer(2023, 10_000, 2_000),), early=15_000))
    # 1,000 paid in, 10,000 taxed then, 2,000 not, and 2,000 of earnings
    assert told.income == 2_000
    assert told.penalised == 12_000
    assert told.conversions == (layer(2023, 0, 0),)


@pytest.mark.parametrize(("of", "penalised"), [(2022, 4_000), (2021, 0), (2025, 4_000)])
def test_five_tax_years_free_a_conversion(of: int, penalised: int) -> None:
    """26 CFR 1.408A-6 A-5(b): the period of a conversion begins with the first day of its own tax year."""
    assert roth_year(year(converted=(layer(of, 10_000),), early=4_000)).penalised == penalised


def test_conversions_come_out_the_oldest_first() -> None:
    """IRC 408A(d)(4)(B)(ii)(II), 26 CFR 1.408A-6 A-8(a)(2)."""
    told = roth_year(year(converted=(layer(2019, 3_000, 1_000), layer(2024, 5_000)), early=6_000))
    assert told.penalised == 2_000
    assert told.conversions == (layer(2019, 0, 0), layer(2024, 3_000))
    assert told.income == 0


@pytest.mark.parametrize(("first", "income"), [(2021, 0), (2022, 3_000)])
def test_from_59_and_a_half_on_earnings_are_free_after_five_tax_years(first: int, income: int) -> None:
    """IRC 408A(d)(2): the period begins with the first tax year for which anything was paid in."""
    told = roth_year(year(paid=7_000, late=10_000, first=first))
    assert (told.income, told.penalised) == (income, 0)
    assert has_five_years(first, 2026) is (income == 0)


def test_in_the_year_of_59_and_a_half_what_was_taken_before_comes_from_the_first_layers() -> None:
    told = roth_year(year(paid=4_000, early=6_000, late=5_000))
    assert (told.income, told.penalised, told.contributions) == (2_000, 2_000, 0)
    # qualified ones use layers up as well
    assert roth_year(year(paid=4_000, late=3_000)).contributions == 1_000


def test_contributions_to_an_employers_plan_come_out_in_proportion() -> None:
    """IRC 402A(d)(4), 72(e)(8); the example of the IRS in its questions on designated Roth accounts: of 10,000 held
    9,400 was paid in, 5,000 is taken: 300 are
    earnings."""
    told = designated_year(DesignatedYear(2026, 2024, Decimal(9_400), Decimal(5_000), Decimal(5_000), NOTHING))
    assert (told.income, told.penalised) == (300, 300)
    assert told.contributions == 4_700


def test_a_plans_five_years_and_age_free_it_and_a_loss_is_none() -> None:
    told = DesignatedYear(2026, 2021, Decimal(9_000), Decimal(5_000), NOTHING, Decimal(5_000))
    assert (designated_year(told).income, designated_year(told).penalised) == (0, 0)
    late = designated_year(replace(told, first_year=2022))
    assert (late.income, late.penalised) == (500, 0)
    fallen = designated_year(replace(told, contributions=Decimal(20_000), first_year=2022))
    assert (fallen.income, fallen.contributions) == (0, 15_000)
    assert designated_year(replace(told, held=NOTHING, late=NOTHING)).income == 0
