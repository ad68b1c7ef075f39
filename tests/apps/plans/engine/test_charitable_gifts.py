"""Gifts from IRAs by the exact rule, worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.charitable_gifts import Gift, GiftYear, first_gift_day, qualified_gift


def gift(
    wanted: int, *, limit: int = 111_000, held: int = 500_000, includible: int = 500_000, offset: int = 0
) -> tuple[Decimal, Decimal, Decimal]:
    told: Gift = qualified_gift(GiftYear(*map(Decimal, (wanted, limit, held, includible, offset))))
    return told.given, told.untaxed, told.taxed


@pytest.mark.parametrize(
    ("born", "day"),
    [
        (date(1955, 3, 9), date(2025, 9, 9)),
        (date(1955, 7, 1), date(2026, 1, 1)),
        # six months after 31 August, and after 30 August, is the end of February
        (date(1955, 8, 31), date(2026, 2, 28)),
        (date(1957, 8, 30), date(2028, 2, 29)),
        (date(1956, 2, 29), date(2026, 8, 29)),
        (date(1955, 12, 31), date(2026, 6, 30)),
    ],
)
def test_somebody_is_70_and_a_half_six_calendar_months_after_the_birthday(born: date, day: date) -> None:
    assert first_gift_day(born) == day


def test_a_gift_is_untaxed_up_to_the_limit_of_the_year() -> None:
    assert gift(20_000) == (20_000, 20_000, 0)
    assert gift(150_000) == (111_000, 111_000, 0)
    assert gift(20_000, limit=5_000) == (5_000, 5_000, 0)


def test_a_gift_comes_out_of_the_taxable_part_alone() -> None:
    assert gift(20_000, held=60_000, includible=15_000) == (15_000, 15_000, 0)
    assert gift(20_000, held=12_000, includible=15_000) == (12_000, 12_000, 0)
    assert gift(20_000, includible=0) == (0, 0, 0)


def test_deductible_contributions_after_70_and_a_half_come_off_first() -> None:
    # Pub. 590-B: contributions of 8,500 not used up, a gift of 6,500 is taxed whole; of the next 6,500 still 2,000 is
    assert gift(6_500, offset=8_500) == (6_500, 0, 6_500)
    assert gift(6_500, offset=2_000) == (6_500, 4_500, 2_000)


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        gift(-1)
    with pytest.raises(InvalidInputError):
        gift(1, offset=-1)
