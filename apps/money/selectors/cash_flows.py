"""A household's cash flow of whole months, from what its banks posted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Household
from apps.money.engine.cash_flow import MonthOfMoney, Posted, monthly_average, months_before, months_of_money
from apps.money.engine.categories import INCOME
from apps.money.models import BankTransaction, Category

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category over all months: the average of a month and its share of spending."""

    category: str
    label: str
    monthly: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Whole calendar months before the day. Averages are of the months that have entries; None where none has.

    `n_guessed` entries have a category that nobody has confirmed.
    """

    months: tuple[MonthOfMoney, ...]
    n_months: int
    monthly_income: Decimal | None
    monthly_spending: Decimal | None
    categories: tuple[CategoryLine, ...]
    n_entries: int
    n_guessed: int
    last_entry_on: dt.date | None

    @property
    def monthly_net(self) -> Decimal | None:
        """What is left of a month."""
        if self.monthly_income is None and self.monthly_spending is None:
            return None
        return (self.monthly_income or NOTHING) - (self.monthly_spending or NOTHING)


def cash_flow(household: Household, day: dt.date, months: int = 12) -> CashFlow:
    """Return income and spending of the whole months before the day, in one query.

    Entries of accounts in another currency than the household's are left out.
    """
    wanted = months_before(day, months)
    rows = BankTransaction.objects.filter(
        account__household=household,
        account__currency=household.currency,
        posted_on__gte=wanted[0],
        posted_on__lt=day.replace(day=1),
    ).values_list("posted_on", "amount", "category", "is_category_certain")
    entries = list(rows)
    found = months_of_money((Posted(on, amount, category) for on, amount, category, _ in entries), wanted)
    used = [month for month in found if month.by_category or month.income]
    return CashFlow(
        months=found,
        n_months=len(used),
        monthly_income=monthly_average(month.income for month in used),
        monthly_spending=_mean([month.spending for month in used]),
        categories=_categories(used),
        n_entries=len(entries),
        n_guessed=sum(not certain for *_, certain in entries),
        last_entry_on=max((on for on, *_ in entries), default=None),
    )


def _mean(amounts: list[Decimal]) -> Decimal | None:
    return (sum(amounts, NOTHING) / len(amounts)).quantize(Decimal("0.01")) if amounts else None


def _categories(months: list[MonthOfMoney]) -> tuple[CategoryLine, ...]:
    sums: dict[str, Decimal] = {}
    for month in months:
        for category, amount in month.by_category:
            sums[category] = sums.get(category, NOTHING) + amount
    whole = sum(sums.values(), NOTHING)
    return tuple(
        CategoryLine(
            category=category,
            label=str(Category(category).label),
            monthly=(amount / len(months)).quantize(Decimal("0.01")),
            share=amount / whole if whole > 0 else None,
        )
        for category, amount in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
        if category != INCOME
    )
