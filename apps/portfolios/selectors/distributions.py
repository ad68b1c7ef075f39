"""Distributions that the law requires of accounts: how much of which, by when, and what of it is not taken yet."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from apps.kernel.required_ages import first_year
from apps.portfolios.engine.distributions import (
    Employment,
    LifeTable,
    RequiredDistribution,
    plan_first_year,
    required_distribution,
    still_to_take,
)
from apps.portfolios.engine.inherited import Bequest, Heir, SpouseChoice, inherited_distribution
from apps.portfolios.models import Account, DistributionTerms, Registration, Transaction, TransactionKind
from apps.portfolios.selectors.valuations import AccountHoldings, holdings_at

NOTHING = Decimal(0)
_DECEMBER = 12
# the IRAs of one owner count together, the 403(b)s too, a 401(k) by itself, inherited ones by whom they came from
IRAS = (Registration.TRADITIONAL_IRA, Registration.SEP_IRA)
OF_EMPLOYER = (Registration.PLAN_401K, Registration.PLAN_403B)
OF_OWNER = (*IRAS, *OF_EMPLOYER)
INHERITED = (Registration.INHERITED_IRA, Registration.INHERITED_ROTH)
WITH_DISTRIBUTIONS = (*OF_OWNER, *INHERITED)


@dataclass(frozen=True, slots=True)
class DistributionDue:
    """What an account has to pay out for a year: `required` says how much in all, by when, and why.

    `taken` is what was withdrawn for it, `amount` what is left to take.
    """

    account: Account
    required: RequiredDistribution
    taken: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Holder:
    """An account with its only owner, the owner's day of birth, and what is known of beneficiary and bequest."""

    account: Account
    person: int
    born: dt.date | None
    terms: DistributionTerms | None

    @property
    def group(self) -> tuple[object, ...]:
        """What accounts share among which an excess counts (Treas. Reg. 1.408-8(e), 1.403(b)-6(e)(7))."""
        terms, registration = self.terms, self.account.registration
        if registration in INHERITED and terms is not None and not self.is_own:
            return self.person, registration, terms.deceased_born_on, terms.died_on
        if registration in IRAS or (registration == Registration.INHERITED_IRA and self.is_own):
            return self.person, IRAS[0]
        return self.person, registration if registration == Registration.PLAN_403B else self.account.pk

    @property
    def is_own(self) -> bool:
        """Whether it came from a spouse and is held as the own."""
        return self.terms is not None and self.terms.spouse_holds == SpouseChoice.OWN

    @property
    def bequest(self) -> Bequest | None:
        """The bequest of an inherited account, None where not all of it is known."""
        terms = self.terms
        if terms is None or terms.died_on is None or terms.deceased_born_on is None:
            return None
        born = terms.heir_born_on or self.born
        if born is None and terms.heir != Heir.NO_PERSON:
            return None
        return Bequest(
            deceased_born_on=terms.deceased_born_on,
            died_on=terms.died_on,
            heir=Heir(terms.heir),
            heir_born_on=born,
            is_ten_year=terms.is_ten_year,
            is_roth=self.account.registration == Registration.INHERITED_ROTH,
            oldest_born_on=terms.oldest_heir_born_on,
            are_all_eligible=terms.are_all_eligible,
            heir_died_on=terms.heir_died_on,
            spouse_choice=SpouseChoice(terms.spouse_holds),
        )

    @property
    def first(self) -> int | None:
        """The first year of an owner; what nobody said of the employer is reckoned as if the owner had left."""
        if self.born is None:
            return None
        terms = self.terms
        if terms is None or not terms.employment or self.account.registration not in OF_EMPLOYER:
            return first_year(self.born)
        return plan_first_year(self.born, Employment(terms.retired_on, bool(terms.is_five_percent_owner)))

    def late_until(self, year: int) -> dt.date | None:
        """Return by which day of a year what was required for the year before may still be taken, None where not."""
        died_on = self.terms.died_on if self.terms else None
        if self.account.registration in INHERITED and died_on is not None and died_on.year == year - 1:
            return dt.date(year, 12, 31)
        if self.account.registration in INHERITED and not self.is_own:
            return None
        return dt.date(year, 4, 1) if self.first == year - 1 else None

    def required(self, year: int, balance: Decimal) -> RequiredDistribution | None:
        """Return what is required of this account for a year."""
        if self.account.registration in INHERITED:
            return self._inherited(year, balance)
        first = self.first
        if self.born is None or first is None:
            return None
        spouse = self.terms.spouse if self.terms else None
        return required_distribution(self.born, year, balance, spouse.date_of_birth if spouse else None, first)

    def _inherited(self, year: int, balance: Decimal) -> RequiredDistribution | None:
        bequest, left = self.bequest, self.terms.left_by_deceased if self.terms else NOTHING
        if bequest is None:
            return None
        if year != bequest.died_on.year:
            return inherited_distribution(bequest, year, balance)
        age, due_on = year - bequest.deceased_born_on.year, dt.date(year, 12, 31)
        told = RequiredDistribution(year, age, Decimal(1), left, left, due_on, LifeTable.TOLD)
        return told if left else None


def distributions_due(accounts: Iterable[Account], day: dt.date, until: dt.date) -> list[DistributionDue]:
    """Return what is due by a day and not taken yet, the earliest first."""
    return [each for each in distributions_required(accounts, day) if each.amount > 0 and each.required.due_on <= until]


def distributions_required(accounts: Iterable[Account], day: dt.date) -> list[DistributionDue]:
    """Return what is required for the year of a day, and for the one before where it may still be taken.

    What was withdrawn in the year counts as taken. Accounts of several owners, of one whose day of birth is not known,
    and inherited ones of which nobody wrote down from whom, are left out.
    """
    holders = _holders([each for each in accounts if each.registration in WITH_DISTRIBUTIONS])
    if not holders:
        return []
    years, listed = (day.year - 1, day.year), [each.account for each in holders]
    balances = {year: holdings_at(listed, dt.date(year - 1, 12, 31)) for year in years}
    ids = [each.pk for each in listed]
    taken = {year: _taken(ids, year, day) for year in years}
    by_april = _taken(ids, years[1], min(day, dt.date(day.year, 4, 1)))
    found: list[DistributionDue] = []
    for group in _groups(holders):
        late = {each.account.pk: until for each in group if (until := each.late_until(day.year)) is not None}
        before = _required([each for each in group if each.account.pk in late], years[0], balances[years[0]])
        used: dict[int, Decimal] = {}
        for pk, told in before.items():
            # what is taken in the year after, in time, counts for the year before first
            since = taken[years[1]] if late[pk].month == _DECEMBER else by_april
            used[pk] = min(since.get(pk, NOTHING), max(told.amount - taken[years[0]].get(pk, NOTHING), NOTHING))
        if any(day <= until for until in late.values()):
            found += _still(group, before, {pk: taken[years[0]].get(pk, NOTHING) + used[pk] for pk in before})
        required = _required(group, years[1], balances[years[1]])
        paid = {pk: taken[years[1]].get(pk, NOTHING) - used.get(pk, NOTHING) for pk in required}
        found += _still(group, required, paid)
    return sorted(found, key=lambda each: (each.required.due_on, each.account.pk))


def _required(
    group: Iterable[_Holder], year: int, balances: Mapping[int, AccountHoldings]
) -> dict[int, RequiredDistribution]:
    found = {each.account.pk: each.required(year, balances[each.account.pk].total) for each in group}
    return {pk: told for pk, told in found.items() if told is not None}


def _still(
    group: Sequence[_Holder], required: Mapping[int, RequiredDistribution], paid: Mapping[int, Decimal]
) -> Iterator[DistributionDue]:
    owed = still_to_take(
        {str(pk): each.amount for pk, each in required.items()}, {str(pk): each for pk, each in paid.items()}
    )
    for holder in group:
        account, told = holder.account, required.get(holder.account.pk)
        if told is not None:
            yield DistributionDue(account, told, paid[account.pk], owed[str(account.pk)])


def _holders(accounts: Sequence[Account]) -> list[_Holder]:
    """Return the accounts that have one owner, with what is known of them."""
    if not accounts:
        return []
    ids = [each.pk for each in accounts]
    rows = Account.objects.filter(pk__in=ids).order_by("pk")
    people: dict[int, list[tuple[int, dt.date | None]]] = defaultdict(list)
    for pk, person, born in rows.values_list("pk", "owners__person", "owners__person__date_of_birth"):
        people[pk].append((person, born))
    terms = {
        each.account_id: each for each in DistributionTerms.objects.filter(account__in=ids).select_related("spouse")
    }
    return [_Holder(each, *people[each.pk][0], terms.get(each.pk)) for each in accounts if len(people[each.pk]) == 1]


def _groups(holders: Iterable[_Holder]) -> list[list[_Holder]]:
    groups: dict[tuple[object, ...], list[_Holder]] = defaultdict(list)
    for each in holders:
        groups[each.group].append(each)
    return list(groups.values())


def _taken(ids: Sequence[int], year: int, day: dt.date) -> dict[int, Decimal]:
    rows = Transaction.objects.filter(
        account__in=ids, kind=TransactionKind.WITHDRAWAL, trade_date__year=year, trade_date__lte=day
    )
    sums = rows.standing().order_by().values_list("account").annotate(cash=Sum("cash"))
    return {account: -cash for account, cash in sums}
