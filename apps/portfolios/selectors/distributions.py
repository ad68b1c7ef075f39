"""Distributions that the law requires of accounts, as far as they are not taken yet."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from apps.portfolios.engine.distributions import RequiredDistribution, first_year, required_distribution, still_to_take
from apps.portfolios.models import Account, Registration, Transaction, TransactionKind
from apps.portfolios.selectors.valuations import holdings_at

NOTHING = Decimal(0)
# the IRAs of one owner count together, a plan by itself; an inherited IRA depends on whom it came from and when
IRAS = (Registration.TRADITIONAL_IRA, Registration.SEP_IRA)
OF_OWNER = (*IRAS, Registration.PLAN_401K)


@dataclass(frozen=True, slots=True)
class DistributionDue:
    """What an account still has to pay out for a year: `required` says how much in all, by when, and why."""

    account: Account
    required: RequiredDistribution
    taken: Decimal
    amount: Decimal


def distributions_due(accounts: Iterable[Account], day: dt.date, until: dt.date) -> list[DistributionDue]:
    """Return what is due by a day, the earliest first.

    What was withdrawn in the year counts as taken. Accounts of several owners, or of one whose day of birth is not
    known, are left out.
    """
    born = _owners({each.pk: each for each in accounts if each.registration in OF_OWNER})
    if not born:
        return []
    years = (day.year - 1, day.year)
    balances = {year: holdings_at(born, dt.date(year - 1, 12, 31)) for year in years}
    taken = {year: _taken([each.pk for each in born], year, day) for year in years}
    found: list[DistributionDue] = []
    for group in _groups(born):
        owner = born[group[0]]
        used: dict[int, Decimal] = {}
        late = first_year(owner[1]) == years[0] and day <= dt.date(years[1], 4, 1)
        for year in years if late else years[1:]:
            required = {
                each.pk: told
                for each in group
                if (told := required_distribution(owner[1], year, balances[year][each.pk].total)) is not None
            }
            # the first year's may be taken until April of the next; what was taken then counts for it first
            paid = {pk: taken[years[1]].get(pk, NOTHING) - used.get(pk, NOTHING) for pk in required}
            if year == years[0]:
                before = taken[year]
                used = {
                    pk: min(paid[pk], max(each.amount - before.get(pk, NOTHING), NOTHING))
                    for pk, each in required.items()
                }
                paid = {pk: paid[pk] + before.get(pk, NOTHING) for pk in required}
            found += _due(group, required, paid, until)
    return sorted(found, key=lambda each: (each.required.due_on, each.account.pk))


def _due(
    group: Sequence[Account], required: Mapping[int, RequiredDistribution], paid: Mapping[int, Decimal], until: dt.date
) -> Iterable[DistributionDue]:
    owed = still_to_take(
        {str(pk): each.amount for pk, each in required.items()}, {str(pk): each for pk, each in paid.items()}
    )
    for account in group:
        told = required.get(account.pk)
        if told is not None and told.due_on <= until and owed[str(account.pk)] > 0:
            yield DistributionDue(account, told, paid[account.pk], owed[str(account.pk)])


def _owners(accounts: Mapping[int, Account]) -> dict[Account, tuple[int, dt.date]]:
    """Return the owner of each account that has one, with the day of birth."""
    rows = Account.objects.filter(pk__in=accounts).order_by("pk")
    people: dict[int, list[tuple[int, dt.date | None]]] = defaultdict(list)
    for pk, person, day in rows.values_list("pk", "owners__person", "owners__person__date_of_birth"):
        people[pk].append((person, day))
    return {
        accounts[pk]: (owners[0][0], owners[0][1])
        for pk, owners in people.items()
        if len(owners) == 1 and owners[0][1] is not None
    }


def _groups(born: Mapping[Account, tuple[int, dt.date]]) -> list[list[Account]]:
    groups: dict[tuple[int, str], list[Account]] = defaultdict(list)
    for account, (person, _) in born.items():
        groups[person, "" if account.registration in IRAS else str(account.pk)].append(account)
    return list(groups.values())


def _taken(ids: Sequence[int], year: int, day: dt.date) -> dict[int, Decimal]:
    rows = Transaction.objects.filter(
        account__in=ids, kind=TransactionKind.WITHDRAWAL, trade_date__year=year, trade_date__lte=day
    )
    sums = rows.standing().order_by().values_list("account").annotate(cash=Sum("cash"))
    return {account: -cash for account, cash in sums}
