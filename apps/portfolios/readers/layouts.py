"""Which column of a custodian's file holds what, and whose file it seems to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from apps.core.tabular.problems import FileRefusedError
from apps.core.tabular.structure import heading_key
from apps.core.tabular.tables import Cell, Table, TableRow
from apps.core.tabular.values import said_text, text_of
from apps.kernel.errors import gettext_noop


class Column(StrEnum):
    """What a column of a custodian's file can hold."""

    ACCOUNT_NUMBER = "account_number"
    ACCOUNT_NAME = "account_name"
    SYMBOL = "symbol"
    CUSIP = "cusip"
    ISIN = "isin"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    PRICE = "price"
    MARKET_VALUE = "market_value"
    COST_BASIS = "cost_basis"
    CURRENCY = "currency"
    AS_OF = "as_of"
    TRADE_DATE = "trade_date"
    SETTLE_DATE = "settle_date"
    ACTION = "action"
    AMOUNT = "amount"
    REFERENCE = "reference"
    ACQUIRED_ON = "acquired_on"
    UNIT_COST = "unit_cost"


# In the order of preference: "account" is the number only where no other column is.
_NAMES: dict[Column, tuple[str, ...]] = {
    Column.ACCOUNT_NUMBER: ("account number", "account no", "account id", "acct number", "acct", "account"),
    Column.ACCOUNT_NAME: ("account name", "registration", "account title", "account"),
    Column.SYMBOL: ("symbol", "ticker", "symbol cusip", "security symbol", "ticker symbol"),
    Column.CUSIP: ("cusip", "cusip number", "cusip no"),
    Column.ISIN: ("isin",),
    Column.DESCRIPTION: ("security description", "description", "security name", "investment name", "name", "security"),
    Column.QUANTITY: ("quantity", "qty", "qty quantity", "shares", "units", "no of shares", "share quantity"),
    Column.PRICE: (
        "price",
        "last price",
        "unit price",
        "price per share",
        "price share",
        "closing price",
        "share price",
    ),
    Column.MARKET_VALUE: ("market value", "current value", "mkt val market value", "mkt value", "total value", "value"),
    Column.COST_BASIS: ("cost basis", "cost basis total", "total cost basis", "total cost", "cost"),
    Column.CURRENCY: ("currency", "currency code", "account currency", "ccy"),
    Column.AS_OF: ("as of date", "as of", "position date", "valuation date", "price date", "date"),
    Column.TRADE_DATE: (
        "trade date",
        "run date",
        "transaction date",
        "activity date",
        "date",
        "execution date",
        "time",
    ),
    Column.SETTLE_DATE: ("settlement date", "settle date", "settled date", "settlement", "settled"),
    Column.ACTION: ("action", "transaction type", "activity type", "activity", "type", "transaction", "tran code"),
    Column.AMOUNT: ("net amount", "amount", "total amount", "net cash", "total"),
    Column.REFERENCE: ("reference number", "reference", "transaction id", "order id", "id", "confirmation number"),
    Column.ACQUIRED_ON: (
        "open date",
        "date acquired",
        "acquired",
        "acquisition date",
        "acquired date",
        "purchase date",
        "date purchased",
        "lot date",
        "date opened",
        "opened",
    ),
    Column.UNIT_COST: (
        "cost share",
        "cost per share",
        "unit cost",
        "average cost basis",
        "cost basis per share",
        "purchase price",
    ),
}
_FEES = ("fees comm", "fees and comm", "commission", "fees", "fees commissions", "commissions", "sec fee", "other fees")
_POSITION_COLUMNS = (
    Column.ACCOUNT_NUMBER, Column.ACCOUNT_NAME, Column.SYMBOL, Column.CUSIP, Column.ISIN, Column.DESCRIPTION,
    Column.QUANTITY, Column.PRICE, Column.MARKET_VALUE, Column.COST_BASIS, Column.CURRENCY, Column.AS_OF,
)  # fmt: skip
_TRANSACTION_COLUMNS = (
    Column.ACCOUNT_NUMBER, Column.ACCOUNT_NAME, Column.TRADE_DATE, Column.SETTLE_DATE, Column.ACTION, Column.SYMBOL,
    Column.CUSIP, Column.ISIN, Column.DESCRIPTION, Column.QUANTITY, Column.PRICE, Column.AMOUNT, Column.CURRENCY,
    Column.REFERENCE,
)  # fmt: skip
_LOT_COLUMNS = (
    Column.ACCOUNT_NUMBER, Column.ACCOUNT_NAME, Column.SYMBOL, Column.CUSIP, Column.ISIN, Column.DESCRIPTION,
    Column.ACQUIRED_ON, Column.QUANTITY, Column.UNIT_COST, Column.COST_BASIS, Column.CURRENCY, Column.AS_OF,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one file by what they hold; `custodian` is schwab, fidelity, pershing or generic."""

    custodian: str
    columns: Mapping[Column, int]
    fee_columns: tuple[int, ...] = field(default=())
    # the text of each cell that was asked for: large files say the same few things again and again
    texts: dict[str, str] = field(default_factory=dict, compare=False)

    def text(self, row: TableRow, column: Column) -> str:
        """The cell as text; empty where the file has no such column or says nothing."""
        index = self.columns.get(column)
        return "" if index is None else self.said(row.cells[index])

    def said(self, cell: Cell) -> str:
        """The cell as text, empty where it says nothing."""
        if not isinstance(cell, str):
            return text_of(cell)
        text = self.texts.get(cell)
        if text is None:
            text = self.texts[cell] = said_text(cell)
        return text


def headings() -> Iterable[str]:
    """Every heading that is known, for the header to be found."""
    return [*(name for names in _NAMES.values() for name in names), *_FEES]


def columns_of(table: Table, wanted: Iterable[Column]) -> dict[Column, int]:
    """Find the wanted columns by their headings; a column is taken once, by the first that wants it."""
    keys = [heading_key(heading) for heading in table.header]
    found: dict[Column, int] = {}
    for column in wanted:
        places = [keys.index(name) for name in _NAMES[column] if name in keys]
        free = [place for place in places if place not in found.values()]
        if free:
            found[column] = free[0]
    return found


def fee_columns_of(table: Table) -> tuple[int, ...]:
    """The columns whose sum is what the trade cost."""
    return tuple(place for place, heading in enumerate(table.header) if heading_key(heading) in _FEES)


def positions_layout(table: Table) -> Layout:
    """Find the columns of a positions file. Raises FileRefusedError where a needed one is missing."""
    if has_transactions(table):
        raise FileRefusedError(
            gettext_noop("This is a history of transactions, not a list of positions."),
            mend=gettext_noop("Import it as transactions, or export the positions."),
            line=table.header_line,
        )
    columns = columns_of(table, _POSITION_COLUMNS)
    named = {Column.SYMBOL, Column.CUSIP, Column.ISIN, Column.DESCRIPTION} & columns.keys()
    missing = [] if named else [Column.SYMBOL]
    if Column.MARKET_VALUE not in columns and not {Column.QUANTITY, Column.PRICE} <= columns.keys():
        missing.append(Column.MARKET_VALUE)
    _refuse_missing(table, missing)
    return Layout(_custodian(table), columns)


def transactions_layout(table: Table) -> Layout:
    """Find the columns of a transactions file. Raises FileRefusedError where a needed one is missing."""
    columns = columns_of(table, _TRANSACTION_COLUMNS)
    missing = [column for column in (Column.TRADE_DATE, Column.ACTION) if column not in columns]
    if Column.AMOUNT not in columns and Column.QUANTITY not in columns:
        missing.append(Column.AMOUNT)
    _refuse_missing(table, missing)
    return Layout(_custodian(table), columns, fee_columns_of(table))


def lots_layout(table: Table) -> Layout:
    """Find the columns of a file of tax lots. Raises FileRefusedError where a needed one is missing."""
    columns = columns_of(table, _LOT_COLUMNS)
    missing = [column for column in (Column.ACQUIRED_ON, Column.QUANTITY) if column not in columns]
    if not {Column.COST_BASIS, Column.UNIT_COST} & columns.keys():
        missing.append(Column.COST_BASIS)
    _refuse_missing(table, missing)
    return Layout(_custodian(table), columns)


def has_transactions(table: Table) -> bool:
    """Whether the table is a history rather than a list of positions: it says what happened, and no market value."""
    found = columns_of(table, (*_TRANSACTION_COLUMNS, Column.MARKET_VALUE))
    return {Column.TRADE_DATE, Column.ACTION} <= found.keys() and Column.MARKET_VALUE not in found


def _refuse_missing(table: Table, missing: list[Column]) -> None:
    if missing:
        raise FileRefusedError(
            gettext_noop("The header in line %(line)s has no column for %(columns)s."),
            mend=gettext_noop("Add it to the export, or name it one of: %(names)s."),
            line=table.header_line,
            columns=", ".join(missing),
            names=", ".join(name for column in missing for name in _NAMES[column][:4]),
        )


def _custodian(table: Table) -> str:
    keys = {heading_key(heading) for heading in table.header}
    if keys & {"fees comm", "of account", "of acct of account"} or {"day change", "reinvest dividends"} <= keys:
        return "schwab"
    if "run date" in keys or {"last price", "current value"} <= keys:
        return "fidelity"
    if "cusip" in keys and keys & {"settlement date", "net amount", "as of date", "position date"}:
        return "pershing"
    return "generic"
