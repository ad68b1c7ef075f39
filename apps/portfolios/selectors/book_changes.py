"""What the book of a day says now that it did not say at an earlier moment: holdings, cash, and the entries since."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext

from apps.clients.models import Household
from apps.portfolios.models import Account, Instrument, Transaction
from apps.portfolios.models.transaction import TransactionQuerySet
from apps.portfolios.selectors.accounts import AccountPage
from apps.portfolios.selectors.portfolios import HoldingLine, HouseholdPortfolio, household_portfolio
from apps.portfolios.selectors.prices import CorrectedPrice, CorrectedRate, corrected_prices, corrected_rates
from apps.portfolios.selectors.valuations import Holding, holdings_at

MOST_ENTRIES = 20


@dataclass(frozen=True, slots=True)
class HoldingChange:
    """A holding, or the cash, before and after; None where there was or is none. `figure` names its passport."""

    figure: str
    label: str
    quantity_before: Decimal | None
    quantity_after: Decimal | None
    value_before: Decimal | None
    value_after: Decimal | None


@dataclass(frozen=True, slots=True)
class BookChanges:
    """All that differs, and why: what was recorded since, and which prices and rates of exchange were corrected.

    `n_more` entries are not listed.
    """

    rows: tuple[HoldingChange, ...]
    entries: tuple[Transaction, ...]
    n_more: int
    prices: tuple[CorrectedPrice, ...] = ()
    rates: tuple[CorrectedRate, ...] = ()


def household_changes(household: Household, then: HouseholdPortfolio) -> BookChanges | None:
    """Return what is known now that a portfolio of an earlier moment does not say; None for one of now."""
    if then.known_at is None:
        return None
    now = household_portfolio(household, then.as_of)
    rows = _since(Transaction.objects.filter(account__household=household), then.as_of, then.known_at)
    found = _changes(_held(then.holdings, then.cash), _held(now.holdings, now.cash), rows)
    accounts = list(household.accounts.all())
    quotes = {household.currency, *(account.currency for account in accounts)}
    return replace(
        found,
        prices=_corrected([*then.holdings, *now.holdings], then.as_of, then.known_at),
        rates=_rates(accounts, quotes, then.as_of, then.known_at),
    )


def account_changes(then: AccountPage) -> BookChanges | None:
    """Return the same of an account's page."""
    if then.known_at is None:
        return None
    now = holdings_at([then.account], then.as_of)[then.account.pk]
    rows = _since(Transaction.objects.filter(account=then.account), then.as_of, then.known_at)
    found = _changes(_held(then.at.holdings, then.at.cash), _held(now.holdings, now.cash), rows)
    return replace(
        found,
        prices=_corrected([*then.at.holdings, *now.holdings], then.as_of, then.known_at),
        rates=_rates([then.account], {then.account.currency}, then.as_of, then.known_at),
    )


def _corrected(
    holdings: Iterable[Holding | HoldingLine], day: dt.date, moment: dt.datetime
) -> tuple[CorrectedPrice, ...]:
    ids = {holding.public_id for holding in holdings}
    return corrected_prices(Instrument.objects.filter(public_id__in=ids) if ids else (), day, moment)


def _rates(
    accounts: Sequence[Account], quotes: set[str], day: dt.date, moment: dt.datetime
) -> tuple[CorrectedRate, ...]:
    entries = Transaction.objects.filter(account__in=accounts).traded_by(day).order_by()
    told = entries.values_list("currency", "instrument__currency").distinct()
    others = quotes | {currency for pair in told for currency in pair if currency}
    return tuple(rate for quote in sorted(quotes) for rate in corrected_rates(quote, others, day, moment))


Held = dict[str, tuple[str, Decimal | None, Decimal | None]]


def _held(holdings: Iterable[Holding | HoldingLine], cash: Decimal) -> Held:
    found: Held = {_key(h.public_id): (h.symbol or h.name, h.quantity, h.value) for h in holdings}
    return {**found, "cash": (gettext("Cash"), None, cash)}


def _key(public_id: uuid.UUID) -> str:
    return str(public_id)


def _since(rows: TransactionQuerySet, day: dt.date, moment: dt.datetime) -> TransactionQuerySet:
    later = rows.traded_by(day).filter(recorded_at__gt=moment)
    return later.select_related("account", "instrument").order_by("-recorded_at", "-id")


def _changes(before: Held, after: Held, entries: TransactionQuerySet) -> BookChanges:
    nothing = ("", None, None)
    rows = [
        HoldingChange(key, (after.get(key) or before[key])[0], old[1], new[1], old[2], new[2])
        for key in {**after, **before}
        for old, new in [(before.get(key, nothing), after.get(key, nothing))]
        if old[1:] != new[1:]
    ]
    return BookChanges(tuple(rows), tuple(entries[:MOST_ENTRIES]), max(0, entries.count() - MOST_ENTRIES))
