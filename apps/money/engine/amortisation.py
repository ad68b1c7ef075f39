"""Schedules of a loan, payment by payment, exact to the cent (Decimal).

Interest of each period is rounded to the cent, half up, and the last payment is what is left: principal and extra
payments add up to the loan. A period counts as one n-th of a year whatever its days (30/360). A changed rate counts
from the first period that begins on or after its day. Formulas, sources and a case by hand: docs/engine/debts.md.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from enum import IntEnum, StrEnum
from typing import NoReturn

from apps.kernel.dates import months_after
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.engine.errors import NotComputableError

NOTHING = Decimal(0)
MOST_YEARS = 100
MOST_RATE = 10
MOST_OWED = Decimal(10) ** 15
_CENT = Decimal("0.01")
_AS_NOTHING = Decimal("1e-12")  # a rate a period that moves no cent, and whose powers would lose their digits


class Frequency(IntEnum):
    """Payments a year."""

    WEEKLY = 52
    BIWEEKLY = 26
    MONTHLY = 12
    QUARTERLY = 4
    HALF_YEARLY = 2
    YEARLY = 1


class AtChange(StrEnum):
    """What a new rate does to the payment."""

    RECAST = "recast"  # a new level payment over the payments that are left
    KEEP = "keep"  # the payment stays; the term gives


@dataclass(frozen=True, slots=True)
class RateChange:
    """The annual rate from a day on."""

    from_day: date
    annual_rate: Decimal


@dataclass(frozen=True, slots=True)
class Extra:
    """Paid on top of the first payment on or after a day, and of each `every`-th from it on until `last`; once at 0."""

    amount: Decimal
    first: date
    every: int = 0
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """What was agreed. Amounts are of one currency with two digits; rates are fractions a year.

    `payments` is the number over which it is repaid; the first falls due on `first_due`. `compounding` is how often a
    year the rate is compounded, by default as often as is paid (2 for a Canadian mortgage). Without a `payment` it is
    level. The first `interest_only` payments repay nothing. All the rest is due with payment `due_in_full`, and
    `residual` is left on purpose for the last payment (a balloon).
    """

    principal: Decimal
    annual_rate: Decimal
    payments: int
    first_due: date
    frequency: Frequency = Frequency.MONTHLY
    compounding: int | None = None
    payment: Decimal | None = None
    changes: tuple[RateChange, ...] = ()
    at_change: AtChange = AtChange.RECAST
    interest_only: int = 0
    due_in_full: int | None = None
    residual: Decimal = NOTHING
    extras: tuple[Extra, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be a loan. Raises InvalidInputError."""
        if not is_amount(self.principal):
            _refuse("principal", gettext_noop("A loan is an amount in whole cents of more than zero."))
        if not all(is_rate(rate) for rate in (self.annual_rate, *(change.annual_rate for change in self.changes))):
            _refuse(
                "annual_rate", gettext_noop("A rate of a loan is zero or more and less than ten times the loan a year.")
            )
        if not 0 < self.payments <= MOST_YEARS * self.frequency or not 1900 <= self.first_due.year <= 2500:
            _refuse("payments", gettext_noop("A loan has at least one payment and runs for a hundred years at most."))
        if self.compounding is not None and self.compounding < 1:
            _refuse("compounding", gettext_noop("Interest is compounded once a year or more often."))
        if not 0 <= self.interest_only < self.payments:
            _refuse("interest_only", gettext_noop("Payments of interest only end before the last payment."))
        if self.payment is not None and not is_amount(self.payment):
            _refuse("payment", gettext_noop("A payment is an amount in whole cents of more than zero."))
        if self.due_in_full is not None and not 0 < self.due_in_full <= self.payments:
            _refuse("due_in_full", gettext_noop("The rest falls due with one of the payments."))
        if self.residual and not (is_amount(self.residual) and self.residual <= self.principal):
            _refuse("residual", gettext_noop("What is left for the last payment lies between nothing and the loan."))
        if not all(is_amount(extra.amount) and extra.every >= 0 for extra in self.extras):
            _refuse("extras", gettext_noop("An extra payment is an amount in whole cents of more than zero."))


@dataclass(frozen=True, slots=True)
class Payment:
    """One line of a schedule: `amount` is interest + principal, `extra` comes on top, all of it positive.

    Where the payment is less than the interest, `principal` is negative: the debt grows.
    """

    number: int
    due: date
    annual_rate: Decimal
    owed_before: Decimal
    interest: Decimal
    principal: Decimal
    extra: Decimal
    owed_after: Decimal

    @property
    def amount(self) -> Decimal:
        """What falls due, without extra payments."""
        return self.interest + self.principal


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every payment until nothing is owed.

    `level` is the first regular payment; `balloon` is what the last one exceeds the one before by, where that was
    agreed or the agreed payment was too small; cents of rounding are none.
    """

    payments: tuple[Payment, ...]
    level: Decimal
    balloon: Decimal

    @property
    def interest(self) -> Decimal:
        """All interest paid."""
        return sum((payment.interest for payment in self.payments), NOTHING)

    @property
    def paid(self) -> Decimal:
        """All that is paid, extra payments with it."""
        return sum((payment.amount + payment.extra for payment in self.payments), NOTHING)

    @property
    def ends_on(self) -> date:
        """The day of the last payment."""
        return self.payments[-1].due

    @property
    def growing(self) -> tuple[int, ...]:
        """The payments that did not cover their interest (negative amortisation)."""
        return tuple(payment.number for payment in self.payments if payment.principal < 0)

    def owed_on(self, day: date) -> Decimal:
        """What is owed after the payments up to a day; before the first, the loan."""
        due = [payment.owed_after for payment in self.payments if payment.due <= day]
        return due[-1] if due else self.payments[0].owed_before


@dataclass(frozen=True, slots=True)
class Saving:
    """What one schedule saves against another."""

    interest: Decimal
    payments: int
    days: int


def is_amount(amount: Decimal) -> bool:
    """Whether it is more than nothing, in whole cents, and less than 10¹⁵."""
    return amount.is_finite() and 0 < amount < MOST_OWED and amount == cents(amount)


def is_rate(rate: Decimal) -> bool:
    """Whether it is nothing or more, and less than ten times the loan a year."""
    return rate.is_finite() and 0 <= rate < MOST_RATE


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half up."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def due_date(first: date, frequency: Frequency, number: int) -> date:
    """Return the day of payment `number`, counted from 0: every so many weeks, or months by the day of the first."""
    if frequency > Frequency.MONTHLY:
        return first + timedelta(weeks=number * 52 // frequency)
    return months_after(first, number * 12 // frequency)


def period_rate(annual_rate: Decimal, frequency: Frequency, compounding: int | None = None) -> Decimal:
    """Return j/p, or (1 + j/m)^(m/p) − 1 where the rate is compounded m times a year."""
    if compounding is None or compounding == frequency:
        return annual_rate / frequency
    return (1 + annual_rate / compounding) ** (Decimal(compounding) / frequency) - 1


def level_payment(principal: Decimal, rate: Decimal, payments: int, residual: Decimal = NOTHING) -> Decimal:
    """Return r·(P − R·vⁿ)/(1 − vⁿ), v = 1/(1 + r), to the cent: what leaves R after n payments at a rate a period."""
    if rate < _AS_NOTHING:
        return cents((principal - residual) / payments)
    discount = (1 + rate) ** -payments
    return cents(rate * (principal - residual * discount) / (1 - discount))


def amortise(loan: Loan) -> Schedule:
    """Return the schedule. It ends with the last payment agreed at the latest, which takes all that is left.

    Raises NotComputableError for a debt that grows beyond 10¹⁵.
    """
    last = loan.due_in_full or loan.payments
    days = [due_date(loan.first_due, loan.frequency, place) for place in range(last)]
    rates, extras = _annual_rates(loan, days), _extra_payments(loan, days)
    lines: list[Payment] = []
    owed, level, wanted = loan.principal, NOTHING, NOTHING
    for number, day, annual, on_top in zip(range(1, last + 1), days, rates, extras, strict=True):
        rate = period_rate(annual, loan.frequency, loan.compounding)
        interest, left = cents(owed * rate), loan.payments - number + 1
        if number <= loan.interest_only:
            wanted = interest
        elif number == loan.interest_only + 1:
            level = wanted = loan.payment or level_payment(owed, rate, left, loan.residual)
        elif annual != lines[-1].annual_rate and loan.at_change is AtChange.RECAST:
            wanted = level_payment(owed, rate, left, min(loan.residual, owed))
        principal = owed if number == last else min(wanted - interest, owed)
        extra = min(on_top, owed - principal)
        lines.append(Payment(number, day, annual, owed, interest, principal, extra, owed - principal - extra))
        owed = lines[-1].owed_after
        if owed == 0:
            break
        if owed > MOST_OWED:
            raise NotComputableError(gettext_noop("The debt grows beyond measure."), field="payment")
    return Schedule(
        tuple(lines), level or wanted, max(NOTHING, lines[-1].amount - wanted) if _may_end(loan) else NOTHING
    )


def saving(dear: Schedule, cheap: Schedule) -> Saving:
    """Return what the second schedule saves against the first, such as one with extra payments."""
    payments = len(dear.payments) - len(cheap.payments)
    return Saving(dear.interest - cheap.interest, payments, (dear.ends_on - cheap.ends_on).days)


def accelerated(monthly: Loan) -> Loan:
    """Return the same loan paid by half a monthly payment every two weeks: 26 halves are thirteen months a year.

    It begins a month before the first monthly payment. Raises InvalidInputError unless the loan is level and monthly.
    """
    plain = Loan(
        monthly.principal, monthly.annual_rate, monthly.payments, monthly.first_due, compounding=monthly.compounding
    )
    if monthly != plain:
        _refuse(
            "frequency",
            gettext_noop("Only a level loan that is repaid month by month is paid by halves every two weeks."),
        )
    return replace(
        plain,
        frequency=Frequency.BIWEEKLY,
        payments=-(-plain.payments * Frequency.BIWEEKLY // Frequency.MONTHLY),
        first_due=months_after(plain.first_due, -1) + timedelta(weeks=2),
        payment=(amortise(plain).level / 2).quantize(_CENT, rounding=ROUND_UP),
    )


def _annual_rates(loan: Loan, days: list[date]) -> list[Decimal]:
    """The rate of each period, by the day it begins on."""
    begins = [due_date(loan.first_due, loan.frequency, -1), *days[:-1]]
    changes = sorted(loan.changes, key=lambda change: change.from_day)
    return [
        next((change.annual_rate for change in reversed(changes) if change.from_day <= day), loan.annual_rate)
        for day in begins
    ]


def _extra_payments(loan: Loan, days: list[date]) -> list[Decimal]:
    """What is paid on top with each payment."""
    result = [NOTHING] * len(days)
    for extra in loan.extras:
        begin = bisect_left(days, extra.first)
        places = range(begin, len(days), extra.every) if extra.every else range(begin, min(begin + 1, len(days)))
        for place in places:
            if extra.last is None or days[place] <= extra.last:
                result[place] += extra.amount
    return result


def _may_end(loan: Loan) -> bool:
    """Whether more than cents of rounding may be left for the last payment."""
    kept = loan.changes and loan.at_change is AtChange.KEEP
    return bool(loan.due_in_full or loan.residual or loan.payment or kept)


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidInputError(message, field=field)
