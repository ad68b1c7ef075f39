"""Sample files of banks and custodians, read by the readers of money and portfolios."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from apps.core.tabular.ofx_values import read_moment
from apps.core.tabular.problems import CellError, FileRefusedError, IgnoredReason, IgnoredRow, Severity
from apps.core.tabular.tables import Cell, Table
from apps.core.tabular.values import is_missing, read_decimal
from apps.money.readers.bank_statement import read_bank_statements
from apps.money.readers.camt053 import read_camt
from apps.money.readers.mt940 import read_mt940
from apps.money.readers.reconciling import StatementDoesNotReconcileError, demand_reconciled
from apps.money.readers.rows import BankStatement, StatementFile
from apps.portfolios.readers.actions import adds_up
from apps.portfolios.readers.custodian_csv import custodian_table
from apps.portfolios.readers.investment_ofx import read_investment_statements
from apps.portfolios.readers.layouts import Column, columns_of, fee_columns_of
from apps.portfolios.readers.transactions import read_transactions
from tests.golden.loader import Adapter, GoldenFolders


def _bytes(case: dict[str, Any], folders: GoldenFolders) -> bytes:
    return folders.file(case["repo"], case["path"]).read_bytes()


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None when one of the amounts could not be read: a sum without it would be a wrong figure."""
    found = list(amounts)
    return None if None in found else sum((amount for amount in found if amount is not None), Decimal(0))


def parse_ofx(case: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Count what both readers find. An entry that is refused for its day or amount counts: it is reported."""
    data = _bytes(case, folders)
    try:
        bank, invested = read_bank_statements(data), read_investment_statements(data)
    except FileRefusedError as refused:
        return {"error": refused.code, "line": refused.line}
    amounts = [entry.amount for found in bank.statements for entry in found.transactions]
    refused_amounts = [entry.amount for found in bank.statements for entry in found.refused]
    moves = [row for row in invested.transactions if row.action == "INVBANKTRAN"]
    traded = Counter(row.action for row in invested.transactions if row.action != "INVBANKTRAN")
    held = [row for row in invested.positions if not row.is_cash]
    ledgers = [found.ledger_balance.amount for found in bank.statements if found.ledger_balance is not None]
    cash = [row.market_value for row in invested.positions if row.is_cash]
    currencies = {found.currency for found in bank.statements if found.currency} | set(invested.currencies)
    return {
        "bank_transactions": len(amounts) + len(refused_amounts) + len(moves) + _duplicates(bank.ignored),
        "bank_amount_sum": _sum([*amounts, *refused_amounts, *(row.amount for row in moves)]),
        "investment_transactions": dict(traded),
        "positions": len(held),
        "positions_market_value_sum": sum((row.market_value for row in held), Decimal(0)),
        "first_ledger_balance": ledgers[0] if ledgers else None,
        "available_cash": cash[0] if cash else None,
        "currencies": sorted(currencies),
        "ofx_header_version": bank.version or None,
        "problems": [str(problem) for problem in (*bank.problems, *invested.problems)],
    }


def _duplicates(ignored: Iterable[IgnoredRow]) -> int:
    return sum(line.reason is IgnoredReason.DUPLICATE for line in ignored)


def parse_ofx_fields(case: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Name the accounts as the bank does."""
    statements = read_bank_statements(_bytes(case, folders)).statements
    return {
        "accounts": [found.account.number for found in statements],
        "account_types": [found.account.kind for found in statements],
        "routing_number": statements[0].account.routing_number if statements else None,
        "currencies": sorted({found.currency for found in statements}),
        "balances": [found.ledger_balance.amount if found.ledger_balance else None for found in statements],
    }


def parse_ofx_datetime(case: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Read one moment."""
    return {"datetime": read_moment(case["text"]).isoformat().replace("+00:00", "Z")}


def parse_mt940(case: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Count statements with an opening balance, readable or not, and what their balances prove."""
    try:
        found = read_mt940(_bytes(case, folders))
    except FileRefusedError as refused:
        return {"error": refused.code, "line": refused.line}
    _must_raise(found)
    opened = [each for each in found.statements if each.opening_balance is not None]
    unread = [each for each in found.problems if each.code == "unreadable_balance" and each.column.startswith(":60")]
    closings = [each.ledger_balance.amount for each in found.statements if each.ledger_balance is not None]
    opening = opened[0].opening_balance if opened else None
    return {
        "statement_blocks": len(opened) + len(unread),
        "entries": sum(_entries(each) for each in found.statements),
        "entry_sum": sum((_entry_sum(each) for each in found.statements), Decimal(0)),
        "first_opening": opening.amount if opening else None,
        "last_closing": closings[-1] if closings else None,
        "currency": opening.currency if opening else None,
        "statements_reconciling": sum(each.reconciles is True for each in found.statements),
        "statements_not_reconciling": sum(each.reconciles is False for each in found.statements),
    }


def parse_camt(case: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Describe each statement. The cases scan all entries, so announced ones count here, which ours never takes in."""
    try:
        found = read_camt(_bytes(case, folders))
    except FileRefusedError as refused:
        return {"error": refused.code, "line": refused.line}
    _must_raise(found)
    return {
        "namespace": found.version,
        "statements": [
            {
                "entries": _entries(each),
                "entry_sum": _entry_sum(each),
                "balances": {balance.code: balance.amount for balance in each.balances},
                "reconciles": each.reconciles,
            }
            for each in found.statements
        ],
    }


def _entries(statement: BankStatement) -> int:
    return len(statement.transactions) + len(statement.refused) + len(statement.pending)


def _entry_sum(statement: BankStatement) -> Decimal:
    """The sum of all amounts that can be read."""
    amounts = [entry.amount for entry in (*statement.refused, *statement.pending) if entry.amount is not None]
    return sum(amounts, statement.net_amount)


def _must_raise(found: StatementFile) -> None:
    """A statement that does not add up must raise, and an entry that cannot be read must be an error of its line."""
    fails = any(each.reconciles is False for each in found.statements)
    try:
        demand_reconciled(found)
    except StatementDoesNotReconcileError as refused:
        raised = refused.line > 0
    else:
        raised = False
    errors = {problem.row for problem in found.problems if problem.severity is Severity.ERROR}
    refused_rows = [entry for each in found.statements for entry in each.refused]
    if raised is not fails or (refused_rows and not errors):
        raise AssertionError(found.problems)


def parse_custodian_csv(case: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Describe the table as the cases do.

    Their `data_rows` are all lines as wide as the table that are no totals: captions repeated for a second account
    count there, and our reader sets those aside with their reason. Their `columns` leave unnamed ones out.
    """
    try:
        table = custodian_table(_bytes(case, folders))
    except FileRefusedError as refused:
        return {"error": refused.code, "line": refused.line}
    repeated = sum(line.reason is IgnoredReason.REPEATED_HEADER for line in table.ignored)
    return {
        "header_row": table.header_line,
        "columns": [heading for heading in table.header if heading],
        "data_rows": len(table.rows) + repeated,
        "total_rows": sum(line.reason is IgnoredReason.TOTAL for line in table.ignored),
        **_values(table),
        **_trades(table),
    }


def _number(cell: Cell) -> Decimal | None:
    try:
        return read_decimal(cell)
    except CellError:
        return None


def _values(table: Table) -> dict[str, Any]:
    found = columns_of(table, [Column.MARKET_VALUE])
    if not found:
        return {}
    place = found[Column.MARKET_VALUE]
    stated = [amount for row in table.totals if (amount := _number(row.cells[place])) is not None]
    values = [_number(row.cells[place]) for row in table.rows]
    return {
        "market_value_sum": sum((value for value in values if value is not None), Decimal(0)),
        "stated_total": stated[-1] if stated else None,
    }


def _trades(table: Table) -> dict[str, Any]:
    found = columns_of(table, [Column.QUANTITY, Column.PRICE, Column.AMOUNT])
    if len(found) < 3:
        return {}
    amounts = [_number(row.cells[found[Column.AMOUNT]]) for row in table.rows]
    trades = holding = 0
    for row, amount in zip(table.rows, amounts, strict=True):
        quantity, price = (_number(row.cells[found[name]]) for name in (Column.QUANTITY, Column.PRICE))
        if quantity and price and amount:
            costs = [_number(row.cells[place]) for place in fee_columns_of(table) if not is_missing(row.cells[place])]
            trades += 1
            holding += adds_up(quantity, price, sum((cost for cost in costs if cost), Decimal(0)), amount)
    return {
        "amount_sum": sum((amount for amount in amounts if amount is not None), Decimal(0)),
        "rows_without_amount": sum(amount is None for amount in amounts),
        "trade_rows": trades,
        "trade_identity_holds": holding,
    }


def fold_custodian_lines(case: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Say which actions the lines of a file are: what went, what came, the cash, and the lines that were folded."""
    found = read_transactions("\n".join(case["lines"]).encode())
    return {
        "actions": [
            {
                "kind": row.kind.value,
                "from": row.security and (row.security.symbol or row.security.cusip),
                "gone": row.quantity,
                "into": row.terms.into and (row.terms.into.symbol or row.terms.into.cusip),
                "came": row.terms.new,
                "parent": row.terms.parent and (row.terms.parent.symbol or row.terms.parent.cusip),
                "ratio": list(row.terms.ratio) if row.terms.ratio else None,
                "cash": row.amount,
                "lines": sorted([row.row, *row.terms.lines]),
            }
            for row in found.transactions
            if row.terms is not None
        ]
    }


ADAPTERS: dict[str, Adapter] = {
    "fold_custodian_lines": fold_custodian_lines,
    "parse_ofx": parse_ofx,
    "parse_ofx_fields": parse_ofx_fields,
    "parse_ofx_datetime": parse_ofx_datetime,
    "parse_mt940": parse_mt940,
    "parse_camt": parse_camt,
    "parse_custodian_csv": parse_custodian_csv,
}
