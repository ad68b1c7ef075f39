"""What the custodian file readers hand over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar, overload

from apps.core.tabular.problems import IgnoredRow, RowProblem
from apps.core.tabular.tables import Table


class TransactionKind(StrEnum):
    """What happened, in the words of the ledger of lots."""

    BUY = "buy"
    SELL = "sell"
    DIVIDEND = "dividend"
    REINVEST = "reinvest"
    INTEREST = "interest"
    FEE = "fee"
    ADVISORY_FEE = "advisory_fee"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    SPLIT = "split"
    STOCK_DIVIDEND = "stock_dividend"
    RETURN_OF_CAPITAL = "return_of_capital"
    MERGER = "merger"
    SPIN_OFF = "spin_off"
    SYMBOL_CHANGE = "symbol_change"
    CASH_IN_LIEU = "cash_in_lieu"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class SecurityKey:
    """How a file names a security; at least one of them is filled. Check digits of CUSIP and ISIN are right."""

    symbol: str = ""
    cusip: str = ""
    isin: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class CustodianAccount:
    """The account as the custodian writes it: often masked there already, such as XXXX-4321."""

    number: str = ""
    name: str = ""

    @property
    def masked(self) -> str:
        """The last four characters, as pages show it."""
        return f"•••{self.number[-4:]}" if self.number else ""


@dataclass(frozen=True, slots=True)
class PositionRow:
    """What an account held on a day. A cash line has `is_cash`; its security, if any, is the sweep fund."""

    row: int
    key: str
    account: CustodianAccount
    security: SecurityKey | None
    quantity: Decimal | None
    price: Decimal | None
    market_value: Decimal
    cost_basis: Decimal | None
    currency: str
    as_of: date | None
    is_cash: bool = False


@dataclass(frozen=True, slots=True)
class ActionTerms:
    """What the lines of a corporate action say together, besides what is in their first one.

    `into` and `new` are the security and the shares that came in, `parent` is what was held of a spin-off. `ratio` is
    printed, new shares and old ones. `lines` are the other lines of the file. `is_alone` means that a half is missing.
    """

    into: SecurityKey | None = None
    new: Decimal | None = None
    parent: SecurityKey | None = None
    ratio: tuple[Decimal, Decimal] | None = None
    lines: tuple[int, ...] = ()
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """One entry of an account's history.

    ``quantity`` is signed by its effect on the holding, ``amount`` by its effect on cash, fees included; None means
    that the file says nothing, which is not zero. ``action`` is the custodian's own word. ``key`` is the same for the
    same entry in every file of the account. ``cost`` is what shares cost that no cash of the account paid for.
    """

    row: int
    key: str
    account: CustodianAccount
    kind: TransactionKind
    action: str
    trade_date: date
    settle_date: date | None
    security: SecurityKey | None
    quantity: Decimal | None
    price: Decimal | None
    fees: Decimal
    amount: Decimal | None
    currency: str
    description: str = ""
    cost: Decimal | None = None
    terms: ActionTerms | None = None


@dataclass(frozen=True, slots=True)
class LotRow:
    """One tax lot of a holding. `cost` is of the whole lot; None where the custodian does not know it."""

    row: int
    key: str
    account: CustodianAccount
    security: SecurityKey
    acquired_on: date
    quantity: Decimal
    cost: Decimal | None
    currency: str
    as_of: date | None


Row = TypeVar("Row", bound=PositionRow | TransactionRow)


class Rows(Sequence[Row]):
    """Frozen rows kept as columns, a list for each field of their class; a row is made when it is asked for."""

    def __init__(self, kind: Callable[..., Row], columns: Mapping[str, list[Any]]) -> None:
        self.kind: Callable[..., Row] = kind
        self.columns = columns

    @classmethod
    def of(cls, kind: type[Row], rows: Sequence[Row]) -> Rows[Row]:
        """Return rows as columns; those that are so already as they are."""
        if isinstance(rows, Rows):
            return rows
        return cls(kind, {field.name: [getattr(row, field.name) for row in rows] for field in fields(kind)})

    def only(self, places: Sequence[int]) -> Rows[Row]:
        """Return the rows of these places."""
        return Rows(self.kind, {name: [column[n] for n in places] for name, column in self.columns.items()})

    def __len__(self) -> int:
        return len(self.columns["row"])

    def __iter__(self) -> Iterator[Row]:
        return map(self.kind, *self.columns.values())

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        return self.kind(*(column[place] for column in self.columns.values()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class CustodianFile:
    """A custodian's file: every line below the first header is in exactly one of rows, problems and ignored.

    A row with a doubt stands in its list and has a problem of severity WARNING beside it. ``table`` is None for
    OFX files. ``stated_totals`` are the totals that the file itself gives: they are checked against the rows.
    ``currencies`` are those that its statements name.
    """

    digest: str
    layout: str
    table: Table | None
    positions: Sequence[PositionRow] = ()
    transactions: Sequence[TransactionRow] = ()
    problems: tuple[RowProblem, ...] = ()
    ignored: tuple[IgnoredRow, ...] = ()
    stated_totals: tuple[StatedTotal, ...] = ()
    currencies: tuple[str, ...] = ()
    lots: tuple[LotRow, ...] = ()


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A total that the file gives, of one column up to its line."""

    row: int
    column: str
    amount: Decimal
