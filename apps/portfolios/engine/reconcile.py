"""Our book against the custodian's: what differs, the likely cause, and the entry that would mend it.

A proposal is never entered by itself: a person confirms it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import Money
from apps.portfolios.engine.lots import EXACT, exact_sum
from apps.portfolios.engine.positions import Book
from apps.portfolios.engine.transactions import SplitRatio, Transaction, TransactionKind

NOTHING = Decimal(0)
# Splits that occur; other ratios of two holdings are taken for coincidence.
_SPLITS = [(2, 1), (3, 1), (4, 1), (5, 1), (10, 1), (20, 1), (3, 2), (4, 3), (5, 4)]
_RECENT = timedelta(days=10)


class BreakKind(StrEnum):
    """What differs."""

    NOT_IN_BOOK = "not_in_book"
    NOT_AT_CUSTODIAN = "not_at_custodian"
    QUANTITY = "quantity"
    PRICE = "price"
    VALUE = "value"
    CASH = "cash"


class Cause(StrEnum):
    """The likely cause of a break."""

    UNSETTLED_TRADE = "unsettled_trade"
    MISSING_TRADE = "missing_trade"
    MISSING_SPLIT = "missing_split"
    MISSING_REINVESTMENT = "missing_reinvestment"
    MISSING_TRANSFER = "missing_transfer"
    MISSING_INCOME = "missing_income"
    MISSING_FEE = "missing_fee"
    MISSING_CASH_FLOW = "missing_cash_flow"
    DUPLICATE_ENTRY = "duplicate_entry"
    STALE_PRICE = "stale_price"
    PRICED_PER_HUNDRED = "priced_per_hundred"
    CUSTODIAN_ARITHMETIC = "custodian_arithmetic"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CustodianPosition:
    """One row of a custodian's positions file. `multiplier` turns price times quantity into value (0.01 for bonds)."""

    security_id: str
    quantity: Decimal
    price: Decimal | None = None
    market_value: Decimal | None = None
    multiplier: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class CustodianStatement:
    """What the custodian says it holds at the close of a day."""

    as_of: date
    positions: tuple[CustodianPosition, ...]
    cash: Money | None = None


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """The price that we value with, and its day."""

    price: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Differences up to these are no breaks. Price and value are relative, the rest absolute."""

    quantity: Decimal = Decimal("0.0005")
    cash: Decimal = Decimal("0.005")
    price: Decimal = Decimal("0.0005")
    value: Decimal = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Break:
    """One difference: `ours`, `theirs`, the likely cause, and the entry that would mend it, where one would."""

    kind: BreakKind
    security_id: str
    ours: Decimal
    theirs: Decimal
    cause: Cause
    proposal: Transaction | None = None

    @property
    def difference(self) -> Decimal:
        """Theirs less ours."""
        return EXACT.subtract(self.theirs, self.ours)


DEFAULT_TOLERANCE = Tolerance()


def reconcile(
    book: Book,
    statement: CustodianStatement,
    transactions: Sequence[Transaction],
    prices: dict[str, OwnPrice],
    tolerance: Tolerance = DEFAULT_TOLERANCE,
) -> tuple[Break, ...]:
    """Return every break between the book and the custodian's statement of the same day.

    Raises InvalidInputError when the two are of different days or a security stands twice in the statement.
    """
    if book.as_of != statement.as_of:
        raise InvalidInputError(
            gettext_noop("The statement is of %(theirs)s and the book of %(ours)s."),
            mend=gettext_noop("Reconcile both at the same day."),
            theirs=statement.as_of,
            ours=book.as_of,
        )
    theirs = {row.security_id: row for row in statement.positions}
    if len(theirs) != len(statement.positions):
        raise InvalidInputError(
            gettext_noop("A security stands twice in the statement."),
            mend=gettext_noop("Add up its rows first."),
        )
    finder = _Finder(book, statement, transactions, prices, tolerance)
    breaks: list[Break] = []
    for security_id in sorted(theirs.keys() | {p.security_id for p in book.positions}):
        breaks += finder.of_security(security_id, theirs.get(security_id))
    return (*breaks, *finder.of_cash())


@dataclass(frozen=True, slots=True)
class _Finder:
    book: Book
    statement: CustodianStatement
    transactions: Sequence[Transaction]
    prices: dict[str, OwnPrice]
    tolerance: Tolerance

    def of_security(self, security_id: str, row: CustodianPosition | None) -> list[Break]:
        """Return the breaks of one security."""
        held = self.book.position(security_id)
        ours = held.quantity if held else NOTHING
        theirs = row.quantity if row else NOTHING
        breaks = []
        if abs(EXACT.subtract(theirs, ours)) > self.tolerance.quantity:
            kind = BreakKind.QUANTITY
            if held is None:
                kind = BreakKind.NOT_IN_BOOK
            elif row is None:
                kind = BreakKind.NOT_AT_CUSTODIAN
            breaks.append(self._quantity_break(kind, security_id, ours, row))
        if row is not None:
            breaks += self._price_breaks(row)
        return breaks

    def _quantity_break(self, kind: BreakKind, security_id: str, ours: Decimal, row: CustodianPosition | None) -> Break:
        theirs = row.quantity if row else NOTHING
        gap = EXACT.subtract(theirs, ours)
        price = self._price(security_id, row)
        if self._is_unsettled(security_id, gap):
            return Break(kind, security_id, ours, theirs, Cause.UNSETTLED_TRADE)
        duplicate = self._duplicate(security_id, gap)
        if duplicate is not None:
            entry = self._entry(TransactionKind.REVERSAL, reverses=duplicate.transaction_id)
            return Break(kind, security_id, ours, theirs, Cause.DUPLICATE_ENTRY, entry)
        split = _split_of(ours, theirs)
        if split is not None:
            entry = self._entry(TransactionKind.SPLIT, security_id=security_id, split=split)
            return Break(kind, security_id, ours, theirs, Cause.MISSING_SPLIT, entry)
        if price is not None:
            found = self._trade(security_id, gap, price)
            if found is not None:
                return Break(kind, security_id, ours, theirs, *found)
        transfer = TransactionKind.TRANSFER_IN if gap > 0 else TransactionKind.TRANSFER_OUT
        entry = self._entry(transfer, security_id=security_id, quantity=abs(gap))
        return Break(kind, security_id, ours, theirs, Cause.MISSING_TRANSFER, entry)

    def _trade(self, security_id: str, gap: Decimal, price: Decimal) -> tuple[Cause, Transaction] | None:
        """Return a reinvestment or trade that explains both the shares and the cash."""
        worth = Fraction(abs(gap)) * Fraction(price)
        near = max(worth / 20, Fraction(1))  # a fill differs from the close; within 5 % it is taken for the same
        cash_gap = self._cash_gap()
        moved = None if cash_gap is None else -Fraction(cash_gap) * (1 if gap > 0 else -1)
        dividend = self._recent_dividend(security_id)
        if gap > 0 and dividend is not None and dividend.amount is not None:
            paid = Fraction(dividend.amount.amount)
            if abs(paid - worth) <= near:
                amount = dividend.amount
                entry = self._entry(TransactionKind.BUY, security_id=security_id, quantity=gap, amount=amount)
                return Cause.MISSING_REINVESTMENT, entry
        if moved is not None and moved > 0 and cash_gap is not None and abs(moved - worth) <= near:
            kind = TransactionKind.BUY if gap > 0 else TransactionKind.SELL
            amount = Money(abs(cash_gap), self._currency())
            entry = self._entry(kind, security_id=security_id, quantity=abs(gap), amount=amount)
            return Cause.MISSING_TRADE, entry
        return None

    def _price_breaks(self, row: CustodianPosition) -> list[Break]:
        breaks = []
        own = self.prices.get(row.security_id)
        if own is not None and row.price is not None and _apart(own.price, row.price, self.tolerance.price):
            cause = Cause.UNKNOWN
            if own.day < self.statement.as_of:
                cause = Cause.STALE_PRICE
            elif not _apart(EXACT.multiply(own.price, Decimal(100)), row.price, self.tolerance.price) or not _apart(
                own.price, EXACT.multiply(row.price, Decimal(100)), self.tolerance.price
            ):
                cause = Cause.PRICED_PER_HUNDRED
            breaks.append(Break(BreakKind.PRICE, row.security_id, own.price, row.price, cause))
        if row.price is not None and row.market_value is not None:
            value = EXACT.multiply(EXACT.multiply(row.quantity, row.price), row.multiplier)
            if _apart(value, row.market_value, self.tolerance.value):
                per_hundred = not _apart(value, EXACT.multiply(row.market_value, Decimal(100)), self.tolerance.value)
                cause = Cause.PRICED_PER_HUNDRED if per_hundred else Cause.CUSTODIAN_ARITHMETIC
                breaks.append(Break(BreakKind.VALUE, row.security_id, value, row.market_value, cause))
        return breaks

    def of_cash(self) -> list[Break]:
        """Return the break in cash, if there is one."""
        gap = self._cash_gap()
        if gap is None or abs(gap) <= self.tolerance.cash or self.statement.cash is None:
            return []
        ours = self.book.cash_in(self._currency()).amount
        theirs = self.statement.cash.amount
        cause, entry = self._cash_cause(gap)
        return [Break(BreakKind.CASH, "", ours, theirs, cause, entry)]

    def _cash_cause(self, gap: Decimal) -> tuple[Cause, Transaction | None]:
        pending = [t.cash.amount for t in self._unsettled() if t.cash is not None]
        if pending and (gap in [-amount for amount in pending] or gap == -exact_sum(pending)):
            return Cause.UNSETTLED_TRADE, None
        twin = next((t for t in self._twins() if t.cash is not None and t.cash.amount == -gap), None)
        if twin is not None:
            return Cause.DUPLICATE_ENTRY, self._entry(TransactionKind.REVERSAL, reverses=twin.transaction_id)
        amount = Money(abs(gap), self._currency())
        if self._explained_by_trade(gap):
            return Cause.MISSING_TRADE, None  # the proposal stands with the security
        # Small sums are mostly interest and fees, larger ones the client's own; either way a person decides.
        small = abs(gap) <= max(Decimal(100), abs(self.book.cash_in(amount.currency).amount) / 100)
        if gap > 0:
            kind = TransactionKind.INTEREST if small else TransactionKind.DEPOSIT
            return (Cause.MISSING_INCOME if small else Cause.MISSING_CASH_FLOW), self._entry(kind, amount=amount)
        kind = TransactionKind.FEE if small else TransactionKind.WITHDRAWAL
        return (Cause.MISSING_FEE if small else Cause.MISSING_CASH_FLOW), self._entry(kind, amount=amount)

    def _explained_by_trade(self, gap: Decimal) -> bool:
        """Whether a trade that is proposed for a security moves this cash."""
        rows = {row.security_id: row for row in self.statement.positions}
        held = {position.security_id: position.quantity for position in self.book.positions}
        for security_id in rows.keys() | held.keys():
            row = rows.get(security_id)
            moved = EXACT.subtract(row.quantity if row else NOTHING, held.get(security_id, NOTHING))
            price = self._price(security_id, row)
            opposite = (moved > 0) != (gap > 0)
            if moved and opposite and price is not None and self._trade(security_id, moved, price):
                return True
        return False

    def _unsettled(self) -> list[Transaction]:
        return [
            t
            for t in self.transactions
            if t.settle_date is not None and t.trade_date <= self.statement.as_of < t.settle_date
        ]

    def _is_unsettled(self, security_id: str, gap: Decimal) -> bool:
        pending = [t.units for t in self._unsettled() if t.security_id == security_id and t.units]
        return bool(pending) and (gap in [-units for units in pending] or gap == -exact_sum(pending))

    def _twins(self) -> list[Transaction]:
        """Return entries that stand twice: same kind, day, security, quantity and amount."""
        seen: set[tuple[object, ...]] = set()
        twins = []
        for t in self.transactions:
            key = (t.kind, t.trade_date, t.security_id, t.quantity, t.amount)
            if key in seen and t.trade_date <= self.statement.as_of:
                twins.append(t)
            seen.add(key)
        return twins

    def _duplicate(self, security_id: str, gap: Decimal) -> Transaction | None:
        return next((t for t in self._twins() if t.security_id == security_id and t.units == -gap), None)

    def _recent_dividend(self, security_id: str) -> Transaction | None:
        since = self.statement.as_of - _RECENT
        found = [
            t
            for t in self.transactions
            if t.kind is TransactionKind.DIVIDEND
            and t.security_id == security_id
            and since <= t.trade_date <= self.statement.as_of
        ]
        return found[-1] if found else None

    def _price(self, security_id: str, row: CustodianPosition | None) -> Decimal | None:
        if row is not None and row.price is not None:
            return EXACT.multiply(row.price, row.multiplier)
        own = self.prices.get(security_id)
        return own.price if own else None

    def _cash_gap(self) -> Decimal | None:
        if self.statement.cash is None:
            return None
        return EXACT.subtract(self.statement.cash.amount, self.book.cash_in(self._currency()).amount)

    def _currency(self) -> str:
        return self.statement.cash.currency if self.statement.cash else "USD"

    def _entry(
        self,
        kind: TransactionKind,
        *,
        security_id: str = "",
        quantity: Decimal | None = None,
        amount: Money | None = None,
        split: SplitRatio | None = None,
        reverses: str = "",
    ) -> Transaction:
        name = f"proposal-{kind.value}-{security_id or reverses or 'cash'}-{self.statement.as_of.isoformat()}"
        return Transaction(
            transaction_id=name,
            kind=kind,
            trade_date=self.statement.as_of,
            amount=amount,
            security_id=security_id,
            quantity=quantity,
            split=split,
            reverses=reverses,
        )


def _apart(ours: Decimal, theirs: Decimal, relative: Decimal) -> bool:
    return abs(Fraction(ours) - Fraction(theirs)) > Fraction(relative) * max(abs(Fraction(theirs)), Fraction(1, 100))


def _split_of(ours: Decimal, theirs: Decimal) -> SplitRatio | None:
    if ours <= 0 or theirs <= 0:
        return None
    ratio = Fraction(theirs) / Fraction(ours)
    for new, old in _SPLITS:
        if ratio == Fraction(new, old):
            return SplitRatio(Decimal(new), Decimal(old))
        if ratio == Fraction(old, new):
            return SplitRatio(Decimal(old), Decimal(new))
    return None
