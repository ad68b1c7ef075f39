"""Which entries and positions of a firm's file nobody has to look at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Max

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models.plain_rows import PlainRows
from apps.clients.ports import ImportFile
from apps.portfolios.models import PositionStatement, StatementKind, Transaction, TransactionKind
from apps.portfolios.policies import OF_CASH_ALONE, RESHAPES, cash_fits, first_shortfall, has_book, units_fit
from apps.portfolios.readers.rows import CustodianFile, Rows
from apps.portfolios.services._ledger import OF_SECURITY, ledgers_of
from apps.portfolios.services.custodian_checks import FAR, TRADES, closes_of
from apps.portfolios.services.custodian_ground import Ground, ground_under
from apps.portfolios.services.custodian_plain import NULL, TOLD, Parting
from apps.portfolios.services.fills import BOOKED

# files of no more lines are told on the trail line by line (transactions.record_in_accounts)
FEW = 200
NOTHING = Decimal(0)
ENTRY = (
    "external_key",
    "kind",
    "trade_date",
    "settle_date",
    "units",
    "price",
    "cash",
    "fees",
    "currency",
    "description",
)
POSITION = ("as_of", "key", "quantity", "price", "market_value", "cost_basis", "currency")
_SHOWN = {"units": "quantity", "cash": "amount"}
_KNOWN_ENTRIES = f"""
SELECT t.account_id, t.external_key, t.public_id::text, t.settle_date, t.fees, t.currency,
    t.external_key LIKE %(booked)s OR t.external_key LIKE '%%#%%' OR r.id IS NOT NULL
FROM {Transaction._meta.db_table} t LEFT JOIN {Transaction._meta.db_table} r ON r.reversal_of_id = t.id
WHERE t.account_id = ANY(%(accounts)s) AND t.trade_date BETWEEN %(first)s AND %(last)s AND t.external_key <> ''
"""  # noqa: S608 - names of our own
_KNOWN_LINES = """
SELECT s.account_id, l.key, l.public_id::text, s.as_of, l.instrument_id, l.quantity, l.price, l.market_value,
    l.cost_basis, l.currency
FROM portfolios_positionstatement s LEFT JOIN portfolios_statementline l ON l.statement_id = s.id
WHERE s.account_id = ANY(%s) AND s.as_of = ANY(%s) AND s.kind = %s
"""


def ground_for(file: ImportFile, found: CustodianFile) -> Ground | None:
    """Return what the plan of a firm's file will rest on, to be asked before anything is read of the books.

    None for a file of one household, of both kinds of lines or of few: there each line is told on the trail.
    """
    told = found.transactions or found.positions
    both = found.transactions and found.positions
    if file.household_id is not None or both or len(told) <= FEW or not isinstance(told, Rows):
        return None
    return ground_under(file, found)


def parted(
    file: ImportFile, found: CustodianFile, openings: Mapping[int, PositionStatement], ground: Ground | None
) -> tuple[CustodianFile, PlainRows | None]:
    """Return the file without the lines of plain accounts, and those lines; a file without ground stays as it is."""
    told = found.transactions or found.positions
    if ground is None or len(told) <= FEW or not isinstance(told, Rows):
        return found, None
    parting = Parting(file, found, told, ground)
    parting.odd.update(pk for pk, account in parting.accounts.items() if not has_book(account.status))
    opened = {statement.account_id: statement.as_of for statement in openings.values()}
    plain = plain_entries(parting, opened) if found.transactions else plain_positions(parting)
    if plain is None:
        return found, None
    left = told.only([place for place, pk in enumerate(parting.pks) if pk in parting.odd])
    rest = replace(found, transactions=left) if found.transactions else replace(found, positions=left)
    return rest, plain


def plain_entries(parting: Parting, opened: Mapping[int, dt.date]) -> PlainRows | None:
    """Return the entries of accounts in which all is plain; `opened` are the days on which positions opened books."""
    columns, pks = parting.columns, parting.pks
    kinds, days = columns["kind"], columns["trade_date"]
    units = [NOTHING if k in OF_CASH_ALONE or not q else q for k, q in zip(kinds, columns["quantity"], strict=True)]
    # money has no quantity: what the file says is shown, but not kept
    parting.look(q and not n for q, n in zip(columns["quantity"], units, strict=True))
    for name in columns.keys() & {"cost", "terms"}:
        parting.look(told is not None for told in columns[name])
    cash = [amount or NOTHING for amount in columns["amount"]]
    _look_at_terms(parting, units, cash)
    parting.look(day <= opened.get(pk, dt.date.min) for pk, day in zip(pks, days, strict=True))
    _look_at_prices(parting)
    numbers = ((units, 8), (columns["price"], 6), (cash, 4), (columns["fees"], 4))
    settled = [day.isoformat() if day else NULL for day in columns["settle_date"]]
    told = [columns["key"], [kind.value for kind in kinds], [day.isoformat() for day in days], settled]
    told += [parting.numbers(column, places) for column, places in numbers]
    told += [columns["currency"], parting.texts(columns["description"], 300)]
    known = _known_entries(parting)
    _look_at_holdings(parting, units, known)
    return parting.plain(known, list(zip(*told, strict=True)), _head(Transaction._meta.label, ENTRY))


def _head(label: str, names: tuple[str, ...]) -> dict[str, Any]:
    hidden = {"external_key", "key", "description"}
    return {"type": label, "shown": {_SHOWN.get(n, n): TOLD + at for at, n in enumerate(names) if n not in hidden}}


def _look_at_terms(parting: Parting, units: list[Decimal], cash: list[Decimal]) -> None:
    """Look at what the ledger refuses, and at what it has to reckon."""
    columns, today = parting.columns, firm_today()
    signs = [[(n > 0) - (n < 0) for n in numbers] for numbers in (units, cash)]
    moves = list(zip(columns["kind"], *signs, [place < 0 for place in parting.securities], strict=True))
    refused = {move for move in set(moves) if _is_odd(*move)}
    parting.look(move in refused for move in moves)
    pairs = list(zip(columns["trade_date"], columns["settle_date"], strict=True))
    wrong = {pair for pair in set(pairs) if pair[0] > today or (pair[1] is not None and pair[1] < pair[0])}
    parting.look(pair in wrong for pair in pairs)


def _is_odd(kind: str, units: int, cash: int, is_nameless: bool) -> bool:  # noqa: FBT001 - one of the facts
    needs_reckoning = (
        kind in RESHAPES or kind == TransactionKind.CASH_IN_LIEU or (kind == TransactionKind.REINVEST and not cash)
    )
    lacks_name = is_nameless and bool(units or kind in OF_SECURITY)
    fits = units_fit(kind, Decimal(units)) and cash_fits(kind, Decimal(cash))
    return needs_reckoning or lacks_name or not fits


def _look_at_prices(parting: Parting) -> None:
    """Look at trades at prices that are off by a factor; floats are good enough to find a slipped decimal point."""
    columns, days = parting.columns, parting.columns["trade_date"]
    closes = closes_of((each for each in parting.instruments if each is not None), min(days), max(days))
    trades = [n for n, kind in enumerate(columns["kind"]) if kind in TRADES and columns["quantity"][n]]
    if not trades or not closes:
        return
    near = [closes.get(each.pk) if each else None for each in parting.instruments]
    told = [
        (float(c.low), float(c.high), float(i.multiplier)) if c and i else (np.nan,) * 3
        for c, i in zip(near, parting.instruments, strict=True)
    ]
    low, high, multiplier = np.array([*told, (np.nan,) * 3])[[parting.securities[n] for n in trades]].T
    names = ("quantity", "price", "amount")
    quantity, price, amount = (np.array([columns[x][n] or np.nan for n in trades], dtype=np.float64) for x in names)
    paid, factor = np.abs(amount / quantity) / multiplier, float(FAR)
    far = [(at > high * factor) | (at * factor < low) for at in (paid, price)]
    parting.odd.update(parting.pks[trades[n]] for n in np.flatnonzero(far[0] | far[1]))


def _known_entries(parting: Parting) -> list[str | None]:
    """Return the ids of entries that the ledger has, and look at accounts where it says otherwise than the file."""
    columns, days = parting.columns, parting.columns["trade_date"]
    asked = {"accounts": list(parting.accounts), "first": min(days), "last": max(days), "booked": f"{BOOKED}%"}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_ENTRIES, asked)
        there = {(pk, key): rest for pk, key, *rest in cursor.fetchall()}
    if not there:
        return [None] * len(days)
    parting.odd.update(pk for (pk, _), rest in there.items() if rest[-1])
    found = [there.get(at) for at in zip(parting.pks, columns["key"], strict=True)]
    facts = zip(columns["settle_date"], columns["fees"], columns["currency"], strict=True)
    # what the key does not say
    parting.look(rest and rest[1:4] != list(fact) for rest, fact in zip(found, facts, strict=True))
    return [rest[0] if rest else None for rest in found]


def _look_at_holdings(parting: Parting, units: list[Decimal], known: list[str | None]) -> None:
    """Look at accounts that more would leave than they hold, and at entries before a corporate action."""
    days = parting.columns["trade_date"]
    actions = Transaction.objects.standing().filter(account__in=parting.accounts, kind__in=RESHAPES).order_by()
    last = {(pk, i): day for pk, i, day in actions.values_list("account", "instrument").annotate(Max("trade_date"))}
    # one security may have several names; what the books lack is told by its name alone
    ids = [instrument.pk if instrument else ~place for place, instrument in enumerate(parting.instruments)]
    moves: dict[tuple[int, int], list[tuple[dt.date, Decimal]]] = defaultdict(list)
    leaving = set()
    for pk, place, day, moved, there in zip(parting.pks, parting.securities, days, units, known, strict=True):
        if moved and there is None and pk not in parting.odd:
            at = pk, ids[place]
            moves[at].append((day, moved))
            if moved < 0:
                leaving.add(at)
            if last and day < last.get(at, day):
                parting.odd.add(pk)
    accounts = [parting.accounts[pk] for pk in {pk for pk, _ in leaving}]
    ledgers = ledgers_of(accounts, {instrument for _, instrument in leaving}, ())
    for pk, instrument in leaving:
        held = ledgers[pk].moves.get(instrument, [])
        if first_shortfall([*((day, moved) for day, moved, _ in held), *moves[pk, instrument]]) is not None:
            parting.odd.add(pk)


def plain_positions(parting: Parting) -> PlainRows | None:
    """Return the positions of accounts in which all is plain: one day, no name twice, nothing below zero."""
    columns, pks, days = parting.columns, parting.pks, parting.columns["as_of"]
    today = firm_today()
    parting.look(day is None or day > today for day in days)
    by_account: dict[int, dt.date] = {}
    parting.look(by_account.setdefault(pk, day) != day for pk, day in zip(pks, days, strict=True))
    quantities = [
        NOTHING if cash else n or NOTHING for n, cash in zip(columns["quantity"], columns["is_cash"], strict=True)
    ]
    parting.look(quantity < 0 for quantity in quantities)
    numbers = ((quantities, 8), (columns["price"], 6), (columns["market_value"], 4), (columns["cost_basis"], 4))
    told = [[day.isoformat() if day else NULL for day in days], columns["key"]]
    told += [parting.numbers(column, places) for column, places in numbers]
    told.append(columns["currency"])
    known = _known_lines(parting, quantities)
    head = _head("portfolios.StatementLine", POSITION) | {"besides": Transaction._meta.label}
    return parting.plain(known, list(zip(*told, strict=True)), head)


def _known_lines(parting: Parting, quantities: list[Decimal]) -> list[str | None]:
    """Return the ids of lines that stand already; an account of which a day differs in anything needs a look."""
    columns, days = parting.columns, parting.columns["as_of"]
    there_days: list[dt.date] = [day for day in set(days) if day]
    asked = (list(parting.accounts), there_days, StatementKind.POSITIONS.value)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_LINES, asked)
        there = {(pk, key): (told, rest) for pk, key, told, *rest in cursor.fetchall()}
    if not there:
        return [None] * len(days)
    pk_of = [instrument.pk if instrument else None for instrument in parting.instruments] + [None]
    stated = {pk for pk, _ in there}
    names = ("price", "market_value", "cost_basis", "currency")
    securities = [pk_of[place] for place in parting.securities]
    facts = zip(days, securities, quantities, *(columns[name] for name in names), strict=True)
    found = [there.get(at) for at in zip(parting.pks, columns["key"], strict=True)]
    both = zip(parting.pks, found, facts, strict=True)
    parting.look(pk in stated and (line is None or line[1] != list(fact)) for pk, line, fact in both)
    return [line[0] if line else None for line in found]
