"""Statements that our books do not plainly agree with: the engine judges and explains what differs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

from apps.kernel.dates import DateSpan
from apps.portfolios.engine.reconcile import DEFAULT_TOLERANCE
from apps.portfolios.models import (
    Account,
    BreakState,
    Instrument,
    PositionStatement,
    ReconciliationBreak,
    StatementLine,
    Transaction,
)
from apps.portfolios.selectors.prices import PriceBook

_APART = f"""
WITH told AS (SELECT id, account_id, as_of FROM {PositionStatement._meta.db_table} WHERE id = ANY(%(ids)s)),
lines AS (SELECT l.* FROM {StatementLine._meta.db_table} l JOIN told ON told.id = l.statement_id),
entries AS (
    SELECT told.id AS statement_id, t.instrument_id, t.currency, t.units, t.cash
    FROM told JOIN {Transaction._meta.db_table} t ON t.account_id = told.account_id AND t.trade_date <= told.as_of
),
stated AS (
    SELECT statement_id, instrument_id, sum(quantity) AS quantity, sum(market_value) AS worth,
        (array_agg(price ORDER BY id))[1] AS price
    FROM lines WHERE instrument_id IS NOT NULL GROUP BY 1, 2
),
held AS (
    SELECT statement_id, instrument_id, sum(units) AS units FROM entries WHERE instrument_id IS NOT NULL GROUP BY 1, 2
),
worths AS (
    SELECT * FROM unnest(%(instruments)s::bigint[], %(multipliers)s::numeric[], %(closes)s::numeric[])
        AS w (instrument_id, multiplier, close)
),
cash AS (
    SELECT lines.statement_id, lines.currency, sum(lines.market_value) AS balance
    FROM lines JOIN told ON told.id = lines.statement_id JOIN {Account._meta.db_table} a ON a.id = told.account_id
    WHERE lines.instrument_id IS NULL AND lines.currency = a.currency GROUP BY 1, 2
),
balances AS (SELECT statement_id, currency, sum(cash) AS balance FROM entries GROUP BY 1, 2)
SELECT coalesce(stated.statement_id, held.statement_id)
FROM stated FULL JOIN held ON held.statement_id = stated.statement_id AND held.instrument_id = stated.instrument_id
    LEFT JOIN worths ON worths.instrument_id = stated.instrument_id
WHERE abs(coalesce(stated.quantity, 0) - coalesce(held.units, 0)) >= %(quantity)s
    OR abs(stated.price * stated.quantity * worths.multiplier - stated.worth)
        >= %(value)s * greatest(abs(stated.worth), 0.01)
    OR abs(worths.close * worths.multiplier - stated.price) >= %(price)s * greatest(abs(stated.price), 0.01)
UNION
SELECT cash.statement_id
FROM cash LEFT JOIN balances ON balances.statement_id = cash.statement_id AND balances.currency = cash.currency
WHERE abs(cash.balance - coalesce(balances.balance, 0)) >= %(cash)s
UNION
SELECT told.id FROM told JOIN {ReconciliationBreak._meta.db_table} b ON b.account_id = told.account_id
WHERE b.state = %(open)s
"""  # noqa: S608 - names of our own


def statements_apart(statements: Sequence[PositionStatement]) -> set[int]:
    """Return the row ids of statements from which a book differs in anything, by the tolerances of the engine.

    Those of an account with open breaks are among them: the breaks may be gone.
    """
    by_day: dict[dt.date, list[int]] = defaultdict(list)
    for statement in statements:
        by_day[statement.as_of].append(statement.pk)
    return {pk for day, ids in by_day.items() for pk in _apart(day, ids)}


def _apart(day: dt.date, ids: Sequence[int]) -> list[int]:
    stated = StatementLine.objects.filter(statement__in=ids).order_by().values("instrument").distinct()
    instruments = list(Instrument.objects.filter(pk__in=stated).select_related("master"))
    book = PriceBook(instruments, "USD", DateSpan(day, day))
    prices = [book.price(each.pk, day) for each in instruments]
    limit = DEFAULT_TOLERANCE
    told: dict[str, Any] = {
        "ids": list(ids),
        "instruments": [each.pk for each in instruments],
        "multipliers": [each.multiplier for each in instruments],
        "closes": [found.close if found else None for found in prices],
        "quantity": limit.quantity,
        "value": limit.value,
        "price": limit.price,
        "cash": limit.cash,
        "open": BreakState.OPEN.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_APART, told)
        return [pk for (pk,) in cursor.fetchall()]
