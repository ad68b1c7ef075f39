"""What accounts of a list earned over one period, each by itself, in its own currency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Min

from apps.portfolios.engine.performance import NOT_COVERED, Span, first_day_of, period_figures
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors.performance import SPANS, PerformanceBook, SpanLine

# a list reads the days of the period alone; since the beginning is each account's own page
LIST_SPANS = tuple(span for span in SPANS if span is not Span.INCEPTION)


def span_asked(text: str) -> Span | None:
    """Return the period that an address names, None where it names none of a list."""
    return next((span for span in LIST_SPANS if span == text), None)


def account_returns(accounts: Sequence[Account], span: Span, as_of: dt.date) -> dict[int, SpanLine]:
    """Return the figures of each account over a period, by row id, in a fixed number of queries per currency.

    They are those of the account's own page of returns.
    """
    first = first_day_of(span, as_of, as_of)
    book = PerformanceBook(accounts, as_of, since=first)
    entries = Transaction.objects.filter(account__in=accounts).traded_by(as_of).order_by()
    begun = dict(entries.values_list("account").annotate(begun=Min("trade_date")))
    covered = [account for account in accounts if account.pk in begun and begun[account.pk] <= first]
    label = str(SPANS[span])
    found = {account.pk: SpanLine(span, label, first, None, NOT_COVERED) for account in accounts}
    for currency in sorted({account.currency for account in covered}):
        own = [account for account in covered if account.currency == currency]
        for pk, record in book.records(own, currency).items():
            found[pk] = SpanLine(span, label, first, period_figures(record.between(first, as_of), book.timing))
    return found
