"""Questions to the engine that need no books: what the calculators of money ask. Nothing is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from apps.kernel.dates import months_after
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.engine.amortisation import Extra, Loan, Schedule, amortise
from apps.money.engine.refinancing import Refinancing, refinance
from apps.money.engine.rent_or_buy import RentOrBuy, RentOrBuyTerms, rent_or_buy
from apps.money.engine.time_value import effective_rate, fv

CENT, MONTHS = Decimal("0.01"), 12


@dataclass(frozen=True, slots=True)
class Grown:
    """What saving comes to: the end, what was paid in, the interest, and a year's growth at the rate."""

    end: Decimal
    paid_in: Decimal
    interest: Decimal
    effective: Decimal


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A loan as agreed, and with something more paid each month; the two are one where nothing is."""

    plain: Schedule
    quick: Schedule


def ask_interest(*, start: Decimal, monthly: Decimal, annual_rate: Decimal, years: int) -> Grown:
    """Return what a sum and a payment at each month's end come to, at a rate compounded monthly."""
    if not start and not monthly:
        raise InvalidInputError(
            gettext_noop("There is nothing that could grow."),
            mend=gettext_noop("Give a sum, or an amount a month."),
            field="start",
        )
    rate = float(annual_rate)
    end = _cents(fv(rate / MONTHS, MONTHS * years, -float(monthly), -float(start)))
    paid_in = start + MONTHS * years * monthly
    return Grown(end, paid_in, end - paid_in, Decimal(repr(round(effective_rate(rate, MONTHS), 6))))


def ask_loan(*, principal: Decimal, annual_rate: Decimal, years: int, extra: Decimal, on: dt.date) -> Borrowed:
    """Return a loan's schedule, and the one with more paid each month. Raises InvalidInputError."""
    loan = Loan(principal, annual_rate, MONTHS * years, months_after(on, 1))
    plain = amortise(loan)
    quick = amortise(replace(loan, extras=(Extra(extra, loan.first_due, 1),))) if extra else plain
    return Borrowed(plain, quick)


@dataclass(frozen=True, slots=True)
class RefinancingAsked:
    """What is owed, at which rate and for how long; the new rate and time, and what the change costs."""

    owed: Decimal
    old_rate: Decimal
    old_years: int
    new_rate: Decimal
    new_years: int
    costs: Decimal


def ask_refinancing(asked: RefinancingAsked, on: dt.date) -> Refinancing:
    """Return a new loan beside the rest of the old one; costs are paid in cash. Raises InvalidInputError."""
    if asked.owed <= 0:
        raise InvalidInputError(
            gettext_noop("Nothing is owed that a new loan could replace."),
            mend=gettext_noop("Give what is owed today."),
            field="owed",
        )
    first = months_after(on, 1)
    old = Loan(asked.owed, asked.old_rate, MONTHS * asked.old_years, first)
    return refinance(old, Loan(asked.owed, asked.new_rate, MONTHS * asked.new_years, first), asked.costs)


def ask_rent_or_buy(told: Mapping[str, Any], on: dt.date) -> RentOrBuy:
    """Return both sides of a home; `told` are the terms but the first payment. Raises InvalidInputError."""
    return rent_or_buy(RentOrBuyTerms(first_due=months_after(on, 1), **told))


def _cents(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(CENT, rounding=ROUND_HALF_UP)
