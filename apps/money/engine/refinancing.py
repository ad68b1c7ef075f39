"""A loan against another, and a lump sum repaid against the same invested: exact schedules side by side.

Formulas, sources and cases by hand: docs/engine/debts.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate, zip_longest

import numpy as np

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.engine.amortisation import NOTHING, Extra, Loan, Payment, Schedule, amortise, cents, is_amount, is_rate

_HIGHEST_RATE = 10.0  # a period; far above any rate a loan may have


@dataclass(frozen=True, slots=True)
class Refinancing:
    """A new loan in place of an old one.

    `payment_change` is what the regular payment is more by at first (negative: less). `paid_back_on` is the first day
    by which the payments saved make up for the costs; `ahead_on` the first by which the interest saved does, and
    `behind_on` the first after it by which it no longer does, since the new loan runs on. None: there is no such day.
    """

    old: Schedule
    new: Schedule
    costs: Decimal
    payment_change: Decimal
    paid_back_on: date | None
    ahead_on: date | None
    behind_on: date | None

    @property
    def saved(self) -> Decimal:
        """Interest saved to the end of both, after the costs; negative where the new loan costs more."""
        return self.old.interest - self.new.interest - self.costs


@dataclass(frozen=True, slots=True)
class LumpSum:
    """Repaying a sum against investing it, both on one day of payment and told at the old end of the loan.

    `repaid_worth` is what the payments that fall away have become when each is invested; `invested_worth` what the sum
    has. `amount` is what of it the loan takes. `break_even_return` is the annual return at which both are the same.
    """

    amount: Decimal
    repaid_on: date
    ends_on: date
    interest_saved: Decimal
    repaid_worth: Decimal
    invested_worth: Decimal
    break_even_return: float


def refinance(old: Loan, new: Loan, costs: Decimal) -> Refinancing:
    """Set a new loan beside the rest of an old one, as of one day.

    `old` has what is owed today as its principal. Where the new loan is larger, the difference is money in hand: it
    pays the costs, or is a loan on top. Raises InvalidInputError for costs that are no amount, for a new loan that
    does not repay the old one, and for payments that fall due on other days: between them interest runs up unseen.
    """
    if costs and not is_amount(costs):
        raise InvalidInputError(
            gettext_noop("Costs are nothing, or an amount in whole cents of more than zero."), field="costs"
        )
    if new.principal < old.principal:
        raise InvalidInputError(
            gettext_noop("The new loan does not repay the old one."),
            mend=gettext_noop("Repay a part first, and set the new loan beside what is then owed."),
            field="principal",
        )
    if (new.frequency, new.first_due) != (old.frequency, old.first_due):
        raise InvalidInputError(
            gettext_noop("Both loans must be paid on the same days to be set side by side."), field="first_due"
        )
    before, after = amortise(old), amortise(new)
    days = [line.due for line in max(before.payments, after.payments, key=len)]
    interest = _saved_by(before, after, costs, lambda line: line.interest)
    cash = _saved_by(before, after, costs - (new.principal - old.principal), _paid)
    ahead = next((place for place, left in enumerate(interest) if left >= 0), len(days))
    return Refinancing(
        old=before,
        new=after,
        costs=costs,
        payment_change=after.level - before.level,
        paid_back_on=next((day for day, left in zip(days, cash, strict=True) if left >= 0), None),
        ahead_on=days[ahead] if ahead < len(days) else None,
        behind_on=next((day for day, left in zip(days[ahead:], interest[ahead:], strict=True) if left < 0), None),
    )


def repay_or_invest(loan: Loan, amount: Decimal, on: date, annual_return: Decimal) -> LumpSum:
    """Set a sum that repays a part of a loan beside the same sum invested at a return after tax and costs.

    The sum is repaid with the first payment on or after `on`. Raises InvalidInputError for a sum that is no amount, a
    day after the last payment but one, and a return below zero or of ten times a year or more.
    """
    plain = amortise(loan)
    place = next((place for place, line in enumerate(plain.payments) if line.due >= on), len(plain.payments))
    if place >= len(plain.payments) - 1:
        raise InvalidInputError(gettext_noop("By that day there is nothing left to repay early."), field="on")
    if not is_rate(annual_return):
        raise InvalidInputError(
            gettext_noop("A return is zero or more and less than ten times the sum a year."), field="annual_return"
        )
    quick = amortise(replace(loan, extras=(*loan.extras, Extra(amount, on))))
    repaid = quick.payments[place].extra - plain.payments[place].extra
    freed = _freed(plain, quick, place)
    growth = (1 + annual_return) ** (1 / Decimal(loan.frequency))
    last = len(freed)
    return LumpSum(
        amount=repaid,
        repaid_on=plain.payments[place].due,
        ends_on=quick.ends_on,
        interest_saved=plain.interest - quick.interest,
        repaid_worth=cents(sum((part * growth ** (last - later) for later, part in enumerate(freed, 1)), NOTHING)),
        invested_worth=cents(repaid * growth**last),
        break_even_return=(1.0 + _rate_of(freed, repaid)) ** loan.frequency - 1.0,
    )


def _freed(plain: Schedule, quick: Schedule, place: int) -> list[Decimal]:
    """What falls away of each payment after this place."""
    rest = quick.payments[place + 1 :]
    paid = [_paid(line) for line in rest] + [NOTHING] * (len(plain.payments) - place - 1 - len(rest))
    return [_paid(line) - less for line, less in zip(plain.payments[place + 1 :], paid, strict=True)]


def _rate_of(freed: list[Decimal], amount: Decimal) -> float:
    """The rate of a period at which the freed payments are worth the amount, by halving; nothing where none is."""
    parts = np.array([float(part) for part in freed])
    periods = np.arange(1, len(freed) + 1)
    low, high = 0.0, _HIGHEST_RATE
    for _ in range(100):
        middle = (low + high) / 2.0
        worth = float(parts @ np.exp(-periods * np.log1p(middle)))
        low, high = (middle, high) if worth > float(amount) else (low, middle)
    return low


def _paid(line: Payment) -> Decimal:
    return line.amount + line.extra


def _saved_by(old: Schedule, new: Schedule, costs: Decimal, part: Callable[[Payment], Decimal]) -> list[Decimal]:
    """What is saved of a part of the payments by each of them, after the costs."""
    each = zip_longest(map(part, old.payments), map(part, new.payments), fillvalue=NOTHING)
    return [saved - costs for saved in accumulate(before - after for before, after in each)]
