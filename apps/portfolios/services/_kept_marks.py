"""Marks of what was written since values were kept: spread to the accounts that they reach, and forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from apps.core.series_rows import array_text

_TAKE_UP_INSTRUMENTS = """
WITH taken AS (DELETE FROM portfolios_valuemark WHERE instrument_id IS NOT NULL RETURNING instrument_id, first_day)
INSERT INTO portfolios_valuemark (account_id, first_day)
SELECT entry.account_id, min(taken.first_day) FROM taken JOIN portfolios_transaction entry USING (instrument_id)
GROUP BY 1
"""
# of most marks no kept day is reached: they are of a day that is still to be kept
_TAKE_UP_MARKET = """
WITH reached AS (
    SELECT security_id, first_day FROM market_pricemark WHERE id > %(after)s AND id <= %(upto)s
    AND first_day <= (SELECT max(last_day) FROM portfolios_keptaccount)
)
INSERT INTO portfolios_valuemark (account_id, first_day)
SELECT kept.account_id, min(told.first_day) FROM (
    SELECT entry.account_id, reached.first_day FROM reached
    JOIN portfolios_instrument held ON held.master_id = reached.security_id
    JOIN portfolios_transaction entry ON entry.instrument_id = held.id
    UNION ALL
    SELECT every.account_id, reached.first_day FROM reached, portfolios_keptaccount every
    WHERE reached.security_id IS NULL
) AS told JOIN portfolios_keptaccount kept ON kept.account_id = told.account_id AND told.first_day <= kept.last_day
GROUP BY 1
"""
_GONE = """
DELETE FROM portfolios_valuemark mark
WHERE account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM portfolios_account WHERE id = mark.account_id)
"""


def take_up_marks(after: int) -> int:
    """Turn marks of instruments and of shared prices into marks of accounts; return the last of the shared ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM market_pricemark")
        (upto,) = cursor.fetchone()
        cursor.execute(_TAKE_UP_INSTRUMENTS)
        cursor.execute(_TAKE_UP_MARKET, {"after": after, "upto": upto})
    return max(after, int(upto))


def take_up_gone() -> bool:
    """Remove marks of accounts that are no more; say whether there were any."""
    with connection.cursor() as cursor:
        cursor.execute(_GONE)
        return bool(cursor.rowcount)


def marks_of(account_ids: Sequence[int]) -> list[int]:
    """Return the marks of accounts by row id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM portfolios_valuemark WHERE account_id = ANY(%s::bigint[])", [array_text(account_ids)]
        )
        return [pk for (pk,) in cursor.fetchall()]


def forget_marks(ids: Sequence[int]) -> None:
    """Remove marks that were taken up."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portfolios_valuemark WHERE id = ANY(%s::bigint[])", [array_text(ids)])
