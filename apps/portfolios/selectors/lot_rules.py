"""The standing orders by which an account's book takes lots, and the rates of tax of its household."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext

from apps.kernel.money import Rate
from apps.portfolios.engine.elections import Election, RatesFrom
from apps.portfolios.engine.lots import TermRates
from apps.portfolios.engine.positions import BookPolicy
from apps.portfolios.engine.transactions import LotMethod as BookMethod
from apps.portfolios.models import Account, ElectionScope, Instrument, LotElection, LotMethod, TaxRate
from apps.portfolios.policies import FRACTIONAL


def book_policy(account: Account, known_at: dt.datetime | None = None) -> BookPolicy:
    """Return how the account's book takes lots, as ordered so far or as it was ordered at a moment."""
    orders = [row for row in account.lot_elections.all() if known_at is None or row.created_at <= known_at]
    if not orders:
        return BookPolicy()
    funds = _funds_of(account) if any(row.scope == ElectionScope.FUNDS for row in orders) else None
    needs_rates = any(row.method == LotMethod.MINIMUM_TAX for row in orders)
    return BookPolicy(
        elections=tuple(
            Election(row.starts_on, BookMethod(row.method), funds if row.scope == ElectionScope.FUNDS else None)
            for row in orders
        ),
        dated_rates=dated_rates(account.household_id, known_at) if needs_rates else (),
    )


def _funds_of(account: Account) -> frozenset[str]:
    """Shares of regulated investment companies are an account of their own kind (Treas. Reg. 1.1012-1(e)(5))."""
    held = Instrument.objects.filter(transactions__account=account, kind__in=FRACTIONAL).values_list("pk", flat=True)
    return frozenset(str(pk) for pk in held.distinct())


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
