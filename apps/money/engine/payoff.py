"""Paying debts off, month by month and exact to the cent (Decimal).

A month: interest of a twelfth of the rate on what is owed, to the cent, half up; then the minimum of each debt; then
all that is left of the budget to one debt after another in the strategy's order. The budget stays the same, so the
minimum of a debt that is gone goes to the next. Formulas, sources and a case by hand: docs/engine/debts.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.dates import months_after
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.engine.amortisation import MOST_OWED, NOTHING, cents, is_amount, is_rate

MOST_MONTHS = 1200


class Strategy(StrEnum):
    """Which debt gets what is left after the minimums."""

    AVALANCHE = "avalanche"  # the dearest first: the least interest
    SNOWBALL = "snowball"  # what is smallest by then first: one gone soonest
    OWN = "own"  # in the order they are given
    MINIMUMS = "minimums"  # none: each its minimum, and nothing rolls over


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed today, at which rate a year, and what must be paid a month."""

    key: str
    balance: Decimal
    annual_rate: Decimal
    minimum: Decimal

    def __post_init__(self) -> None:
        """Refuse what cannot be a debt. Raises InvalidInputError."""
        if not is_amount(self.balance):
            raise InvalidInputError(
                gettext_noop("A debt is an amount in whole cents of more than zero."), field="balance"
            )
        if not is_rate(self.annual_rate):
            raise InvalidInputError(
                gettext_noop("A rate of a loan is zero or more and less than ten times the loan a year."),
                field="annual_rate",
            )
        if self.minimum and not is_amount(self.minimum):
            raise InvalidInputError(
                gettext_noop("A payment is an amount in whole cents of more than zero."), field="minimum"
            )


@dataclass(frozen=True, slots=True)
class DebtEnd:
    """One debt in a plan, and whether it owes more after its first month than before.

    All but `grows` is None where the debt is not gone within a hundred years.
    """

    key: str
    months: int | None
    paid_off_on: date | None
    interest: Decimal | None
    paid: Decimal | None
    grows: bool


@dataclass(frozen=True, slots=True)
class MonthOwed:
    """The end of one month: what was paid and charged, and what is still owed of each debt, as given."""

    due: date
    paid: Decimal
    interest: Decimal
    owed: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class PayoffPlan:
    """Every month until nothing is owed, or none where that never comes.

    `months` is None and `ends` says which debts remain; `interest` is then None: it has no end.
    """

    strategy: Strategy
    months: int | None
    interest: Decimal | None
    ends: tuple[DebtEnd, ...]
    course: tuple[MonthOwed, ...]

    @property
    def ends_on(self) -> date | None:
        """The day of the last payment."""
        return self.course[-1].due if self.months is not None else None

    @property
    def never(self) -> tuple[str, ...]:
        """The debts that are not gone within a hundred years."""
        return tuple(end.key for end in self.ends if end.months is None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans of one budget side by side, beside paying no more than the minimums."""

    minimums: PayoffPlan
    plans: tuple[PayoffPlan, ...]

    def saved(self, plan: PayoffPlan) -> Decimal | None:
        """Return the interest saved against the minimums; None where one of the two never ends."""
        if plan.interest is None or self.minimums.interest is None:
            return None
        return self.minimums.interest - plan.interest


def payoff(balance: Decimal, annual_rate: Decimal, payment: Decimal, first_due: date) -> PayoffPlan:
    """Return the plan of one debt with one payment a month. Raises InvalidInputError for what cannot be a debt."""
    return pay_off([Debt("", balance, annual_rate, payment)], payment, first_due, Strategy.OWN)


def pay_off(debts: Sequence[Debt], budget: Decimal, first_due: date, strategy: Strategy) -> PayoffPlan:
    """Return the plan of several debts with so much a month, the first time on `first_due`.

    A debt that is not gone within 1,200 months is told in `never`, and no plan of it is returned as one.
    Raises InvalidInputError without debts, for two of one key, and for a budget below the minimums.
    """
    _checked(debts, budget, first_due, strategy)
    ledger = _Ledger(debts)
    course = []
    for month in range(MOST_MONTHS):
        if not any(ledger.owed) or max(ledger.owed) > MOST_OWED:
            break
        interest = ledger.charge()
        paid = ledger.pay_minimums()
        if strategy is not Strategy.MINIMUMS:
            paid += ledger.pay(_order(ledger, strategy), budget - paid)
        course.append(MonthOwed(months_after(first_due, month), paid, interest, tuple(ledger.owed)))
        ledger.close(month + 1)
    months = len(course) if all(ledger.gone) else None
    interest_paid = sum(ledger.interest, NOTHING) if months is not None else None
    return PayoffPlan(strategy, months, interest_paid, ledger.ends(course), tuple(course) if months is not None else ())


def compare(debts: Sequence[Debt], budget: Decimal, first_due: date) -> Comparison:
    """Return the avalanche, the snowball and the order given, beside the minimums. Raises as `pay_off` does."""
    least = pay_off(debts, budget, first_due, Strategy.MINIMUMS)
    chosen = (Strategy.AVALANCHE, Strategy.SNOWBALL, Strategy.OWN)
    return Comparison(least, tuple(pay_off(debts, budget, first_due, strategy) for strategy in chosen))


class _Ledger:
    """What is owed, charged and paid of each debt while the months go by."""

    def __init__(self, debts: Sequence[Debt]) -> None:
        self.debts = debts
        self.owed = [debt.balance for debt in debts]
        self.interest = [NOTHING] * len(debts)
        self.paid = [NOTHING] * len(debts)
        self.gone: list[int | None] = [None] * len(debts)
        self.grows = [False] * len(debts)

    def charge(self) -> Decimal:
        """Add a month's interest to each debt and return all of it."""
        charged = [cents(owed * debt.annual_rate / 12) for owed, debt in zip(self.owed, self.debts, strict=True)]
        self.owed = [owed + more for owed, more in zip(self.owed, charged, strict=True)]
        self.interest = [before + more for before, more in zip(self.interest, charged, strict=True)]
        return sum(charged, NOTHING)

    def pay_minimums(self) -> Decimal:
        """Pay each debt its minimum, or what is left of it."""
        return sum((self.pay([place], debt.minimum) for place, debt in enumerate(self.debts)), NOTHING)

    def pay(self, order: Sequence[int], amount: Decimal) -> Decimal:
        """Pay one debt after another until the amount or the debts are used up; return what was paid."""
        left = amount
        for place in order:
            part = min(left, self.owed[place])
            self.owed[place] -= part
            self.paid[place] += part
            left -= part
        return amount - left

    def close(self, month: int) -> None:
        """Note the debts that are gone, and in the first month those that grew."""
        for place, owed in enumerate(self.owed):
            if owed == 0 and self.gone[place] is None:
                self.gone[place] = month
            if month == 1:
                self.grows[place] = owed > self.debts[place].balance

    def ends(self, course: Sequence[MonthOwed]) -> tuple[DebtEnd, ...]:
        """Tell each debt's end."""
        return tuple(
            DebtEnd(debt.key, month, course[month - 1].due, self.interest[place], self.paid[place], self.grows[place])
            if month is not None
            else DebtEnd(debt.key, None, None, None, None, self.grows[place])
            for place, (debt, month) in enumerate(zip(self.debts, self.gone, strict=True))
        )


def _order(ledger: _Ledger, strategy: Strategy) -> list[int]:
    """The places of the debts as they are paid; equal ones by the smaller balance or dearer rate, then as given."""
    keys = [(-debt.annual_rate, owed) for debt, owed in zip(ledger.debts, ledger.owed, strict=True)]
    places = list(range(len(keys)))
    if strategy is Strategy.AVALANCHE:
        places.sort(key=lambda place: keys[place])
    elif strategy is Strategy.SNOWBALL:
        places.sort(key=lambda place: keys[place][::-1])
    return places


def _checked(debts: Sequence[Debt], budget: Decimal, first_due: date, strategy: Strategy) -> None:
    if not debts or len({debt.key for debt in debts}) < len(debts):
        raise InvalidInputError(gettext_noop("A plan needs one debt or more, each of them once."), field="debts")
    if not 1900 <= first_due.year <= 2500:
        raise InvalidInputError(gettext_noop("The first payment falls due between 1900 and 2500."), field="first_due")
    least = sum((debt.minimum for debt in debts), NOTHING)
    if budget and not is_amount(budget):
        raise InvalidInputError(
            gettext_noop("A payment is an amount in whole cents of more than zero."), field="budget"
        )
    if strategy is not Strategy.MINIMUMS and budget < least:
        raise InvalidInputError(
            gettext_noop("The payments that must be made take %(least)s a month, more than the budget of %(budget)s."),
            mend=gettext_noop("Raise the budget, or ask the lenders for lower payments."),
            field="budget",
            least=least,
            budget=budget,
        )
