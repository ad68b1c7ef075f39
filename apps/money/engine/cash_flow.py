"""Months of income and spending from the entries of bank and card accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.money.engine.categories import INCOME, NEUTRAL

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Posted:
    """One entry: its day, signed amount and category."""

    day: date
    amount: Decimal
    category: str


@dataclass(frozen=True, slots=True)
class MonthOfMoney:
    """One calendar month. Spending is positive; a category may be negative when refunds outweigh purchases."""

    first_day: date
    income: Decimal
    spending: Decimal
    by_category: tuple[tuple[str, Decimal], ...]

    @property
    def net(self) -> Decimal:
        """What was left over."""
        return self.income - self.spending


def months_before(day: date, count: int) -> tuple[date, ...]:
    """Return the first days of the whole calendar months before the day's own, oldest first."""
    result = []
    year, month = day.year, day.month
    for _ in range(count):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        result.append(date(year, month, 1))
    return tuple(reversed(result))


def months_of_money(entries: Iterable[Posted], months: tuple[date, ...]) -> tuple[MonthOfMoney, ...]:
    """Add up entries by calendar month; transfers between own accounts and savings are neither income nor spending."""
    sums: dict[date, dict[str, Decimal]] = {month: {} for month in months}
    for entry in entries:
        month = sums.get(entry.day.replace(day=1))
        if month is not None and entry.category not in NEUTRAL:
            month[entry.category] = month.get(entry.category, NOTHING) + entry.amount
    return tuple(_month(first_day, by_category) for first_day, by_category in sums.items())


def _month(first_day: date, sums: dict[str, Decimal]) -> MonthOfMoney:
    spent = {category: -amount for category, amount in sums.items() if category != INCOME and amount}
    ordered = sorted(spent.items(), key=lambda item: (-item[1], item[0]))
    return MonthOfMoney(
        first_day=first_day,
        income=sums.get(INCOME, NOTHING),
        spending=sum(spent.values(), NOTHING),
        by_category=tuple(ordered),
    )


def monthly_average(amounts: Iterable[Decimal]) -> Decimal | None:
    """Return the mean of months that have anything in them, to the cent; None when none has."""
    there = [amount for amount in amounts if amount]
    return (sum(there, NOTHING) / len(there)).quantize(Decimal("0.01")) if there else None
