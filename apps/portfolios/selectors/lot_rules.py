"""The standing orders by which an account's book takes lots, and the rates of tax of its household."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext

from apps.kernel.money import Rate
from apps.portfolios.engine.elections import Election, RatesFrom
from apps.portfolios.engine.lots import TermRates
from apps.portfolios.engine.positions import BookPolicy
from apps.portfolios.engine.transactions import LotMethod as BookMethod
from apps.portfolios.models import Account, ElectionScope, LotElection, LotMethod, TaxRate, Transaction
from apps.portfolios.policies import FRACTIONAL


def book_policy(account: Account, known_at: dt.datetime | None = None) -> BookPolicy:
    """Return how the account's book takes lots, as ordered so far or as it was ordered at a moment."""
    return book_policies([account], known_at)[account.pk]


def book_policies(accounts: Iterable[Account], known_at: dt.datetime | None = None) -> dict[int, BookPolicy]:
    """Return the policies of several accounts, funds and rates read once for all; standing orders may be prefetched."""
    orders = {
        account: [row for row in account.lot_elections.all() if known_at is None or row.created_at <= known_at]
        for account in accounts
    }
    funds = _funds_of([a.pk for a, rows in orders.items() if any(row.scope == ElectionScope.FUNDS for row in rows)])
    taxed = [a for a, rows in orders.items() if any(row.method == LotMethod.MINIMUM_TAX for row in rows)]
    rates = {household: dated_rates(household, known_at) for household in {a.household_id for a in taxed}}
    return {
        account.pk: BookPolicy(
            elections=tuple(
                Election(
                    row.starts_on,
                    BookMethod(row.method),
                    funds.get(account.pk, frozenset()) if row.scope == ElectionScope.FUNDS else None,
                )
                for row in rows
            ),
            dated_rates=rates[account.household_id] if account in taxed else (),
        )
        for account, rows in orders.items()
    }


def _funds_of(accounts: Sequence[int]) -> dict[int, frozenset[str]]:
    """Shares of regulated investment companies are an account of their own kind (Treas. Reg. 1.1012-1(e)(5))."""
    found: dict[int, set[str]] = {}
    rows = Transaction.objects.filter(account__in=accounts, instrument__kind__in=FRACTIONAL).order_by()
    for account, instrument in rows.values_list("account", "instrument").distinct() if accounts else ():
        found.setdefault(account, set()).add(str(instrument))
    return {account: frozenset(names) for account, names in found.items()}


def dated_rates(household_id: int, known_at: dt.datetime | None = None) -> tuple[RatesFrom, ...]:
    """Return the rates of a household day by day: its own from their first day on, before them the firm's."""
    rows = TaxRate.objects.filter(Q(household=household_id) | Q(household=None))
    known = [row for row in rows if known_at is None or row.created_at <= known_at]
    own = [row for row in known if row.household_id is not None]
    first = min((row.starts_on for row in own), default=dt.date.max)
    firm = [row for row in known if row.household_id is None and row.starts_on < first]
    return tuple(_rates_from(row) for row in (*firm, *own))


def _rates_from(row: TaxRate) -> RatesFrom:
    return RatesFrom(row.starts_on, TermRates(Rate(row.short), Rate(row.long)))


def tax_rate_on(household_id: int, day: dt.date) -> TaxRate | None:
    """Return the row that holds for a household on a day: its own, else the firm's; None where nobody gave one."""
    rows = TaxRate.objects.filter(Q(household=household_id) | Q(household=None), starts_on__lte=day)
    return max(rows, key=lambda row: (row.household_id is not None, row.starts_on), default=None)


def election_on(account: Account, day: dt.date, scope: str = ElectionScope.ALL) -> LotElection | None:
    """Return the standing order of a scope that holds on a day, None for first in, first out by default."""
    return account.lot_elections.filter(scope=scope, starts_on__lte=day).order_by("-starts_on").first()


def method_text(account: Account, day: dt.date) -> str:
    """Say how lots leave on a day when none are named."""
    found = [election_on(account, day, scope) for scope in (ElectionScope.ALL, ElectionScope.FUNDS)]
    general, funds = (str(LotMethod(row.method).label) if row else "" for row in found)
    general = general or str(LotMethod.FIFO.label)
    if not funds:
        return general
    return gettext("%(method)s; funds: %(funds)s") % {"method": general, "funds": funds}
