"""Gifts to charity straight from an IRA: from which day, how much, what they count for (IRC 408(d)(8); Pub. 590-B).

Exact, in Decimal, dollars of one year. A qualified gift is no income, counts towards what the law requires to be taken
out, and may not be deducted again.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop

NOTHING = Decimal(0)
_AGE, _HALF_YEAR, _MONTHS = 70, 6, 12


def first_gift_day(born: date) -> date:
    """Return the day on which somebody is 70 1/2: six calendar months after the 70th birthday."""
    month = born.month - 1 + _HALF_YEAR
    year, place = born.year + _AGE + month // _MONTHS, month % _MONTHS + 1
    # six months after 31 August is the last day of February (26 CFR 1.401(a)(9)-2, A-3, of the same age)
    return date(year, place, min(born.day, monthrange(year, place)[1]))


@dataclass(frozen=True, slots=True)
class GiftYear:
    """A gift from the IRAs of one owner, who is 70 1/2.

    ``wanted`` is what is to be given, ``limit`` what of the yearly limit is left, ``held`` what the IRAs hold before,
    ``includible`` what of all that is and was in them this year would be taxed were it taken out, gifts before left
    out; ``offset`` the deductible contributions made from 70 1/2 on that no gift has used up.
    """

    wanted: Decimal
    limit: Decimal
    held: Decimal
    includible: Decimal
    offset: Decimal

    def __post_init__(self) -> None:
        for name in ("wanted", "limit", "held", "includible", "offset"):
            if getattr(self, name) < 0:
                raise InvalidInputError(
                    gettext_noop("%(name)s is negative."),
                    mend=gettext_noop("Enter zero or more."),
                    field=name,
                    name=name,
                )


@dataclass(frozen=True, slots=True)
class Gift:
    """What is given from the IRAs: ``untaxed``, and what of it is taxed as an ordinary distribution."""

    given: Decimal
    untaxed: Decimal
    taxed: Decimal


def qualified_gift(year: GiftYear) -> Gift:
    """Return what is given: of the taxable part alone, to the limit; late deductible contributions come off first."""
    given = min(year.wanted, year.limit, year.held, year.includible)
    taxed = min(given, year.offset)
    return Gift(given, given - taxed, taxed)
