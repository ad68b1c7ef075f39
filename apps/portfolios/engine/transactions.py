"""What happens in an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import Money


class TransactionKind(StrEnum):
    """Kinds of transaction of an investment account."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    BUY = "buy"
    SELL = "sell"
    DIVIDEND = "dividend"
    INTEREST = "interest"
    REINVEST = "reinvest"  # a distribution that bought shares: no cash moves
    FEE = "fee"
    ADVISORY_FEE = "advisory_fee"  # the firm's own: a return gross of fees leaves it out
    TRANSFER_IN = "transfer_in"  # securities in kind
    TRANSFER_OUT = "transfer_out"
    SPLIT = "split"
    RETURN_OF_CAPITAL = "return_of_capital"
    STOCK_DIVIDEND = "stock_dividend"  # more of the same shares, not taxed
    SYMBOL_CHANGE = "symbol_change"
    MERGER = "merger"  # shares for shares, perhaps with cash besides
    SPIN_OFF = "spin_off"
    CASH_IN_LIEU = "cash_in_lieu"  # paid for a fraction of a share
    REVERSAL = "reversal"  # takes back one earlier transaction whole


class LotMethod(StrEnum):
    """Which lots a sale takes. FIFO is the default of Treas. Reg. 1.1012-1(c); average cost is for funds only."""

    FIFO = "fifo"
    LIFO = "lifo"
    HIFO = "hifo"
    SPECIFIC = "specific"
    MINIMUM_TAX = "minimum_tax"
    AVERAGE = "average"


_CASH_IN = {
    TransactionKind.DEPOSIT,
    TransactionKind.SELL,
    TransactionKind.DIVIDEND,
    TransactionKind.INTEREST,
    TransactionKind.RETURN_OF_CAPITAL,
    TransactionKind.CASH_IN_LIEU,
}
_CASH_OUT = {TransactionKind.WITHDRAWAL, TransactionKind.BUY, TransactionKind.FEE, TransactionKind.ADVISORY_FEE}
_OF_QUANTITY = {
    TransactionKind.BUY,
    TransactionKind.SELL,
    TransactionKind.REINVEST,
    TransactionKind.TRANSFER_IN,
    TransactionKind.TRANSFER_OUT,
    TransactionKind.CASH_IN_LIEU,
}
_OUT_OF_POSITION = {TransactionKind.SELL, TransactionKind.TRANSFER_OUT, TransactionKind.CASH_IN_LIEU}
_INTO_ANOTHER = {TransactionKind.SYMBOL_CHANGE, TransactionKind.MERGER, TransactionKind.SPIN_OFF}
_OF_RATIO = {
    TransactionKind.SPLIT,
    TransactionKind.STOCK_DIVIDEND,
    TransactionKind.MERGER,
    TransactionKind.SPIN_OFF,
}
_OF_SECURITY = _OF_QUANTITY | _INTO_ANOTHER | _OF_RATIO | {TransactionKind.RETURN_OF_CAPITAL}


@dataclass(frozen=True, slots=True)
class LotChoice:
    """So much of a lot, named at or before the sale (Treas. Reg. 1.1012-1(c))."""

    lot_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class SplitRatio:
    """`new` shares for `old` ones: 3 for 2, or 1 for 10 in a reverse split.

    In a split or merger the new take the place of the old; in a stock dividend or spin-off they come on top.
    """

    new: Decimal
    old: Decimal

    def __post_init__(self) -> None:
        if self.new <= 0 or self.old <= 0:
            raise InvalidInputError(gettext_noop("A split gives a number of new shares for a number of old ones."))


@dataclass(frozen=True, slots=True)
class FairValues:
    """Fair market values per share just after a corporate action, of what was held and of what is received.

    Raises InvalidInputError for a negative value, or none above zero.
    """

    old: Decimal
    new: Decimal

    def __post_init__(self) -> None:
        if min(self.old, self.new) < 0 or max(self.old, self.new) == 0:
            raise InvalidInputError(
                gettext_noop("Fair market values must not be negative, and one of them must be more than zero.")
            )


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction. `quantity` and `amount` are never negative: the kind says in which direction they move.

    `amount` is the cash that moved, after commissions; of a reinvestment what it bought, of a transfer in kind the
    cost that came along, or None where it is not known; of a merger the cash that it pays besides. `lots` names the
    lots of a sale or transfer out. A lot is named after the transaction that opened it. `split` is the ratio of a
    split, stock dividend, merger or spin-off, `into` the security that a merger, spin-off or symbol change leads to.

    Raises InvalidInputError when a part that the kind needs is missing or makes no sense.
    """

    transaction_id: str
    kind: TransactionKind
    trade_date: date
    amount: Money | None = None
    security_id: str = ""
    quantity: Decimal | None = None
    settle_date: date | None = None
    split: SplitRatio | None = None
    acquired_on: date | None = None
    lots: tuple[LotChoice, ...] = ()
    reverses: str = ""
    into: str = ""
    fair_values: FairValues | None = None

    def __post_init__(self) -> None:
        if self.kind in _OF_SECURITY and not self.security_id:
            raise self._incomplete(gettext_noop("Transaction %(id)s (%(kind)s) names no security."))
        if (self.kind in _OF_QUANTITY) != (self.quantity is not None) or (
            self.quantity is not None and self.quantity <= 0
        ):
            raise self._incomplete(gettext_noop("Transaction %(id)s (%(kind)s) has no proper quantity."))
        if self.kind in _CASH_IN | _CASH_OUT | {TransactionKind.REINVEST} and self.amount is None:
            raise self._incomplete(gettext_noop("Transaction %(id)s (%(kind)s) has no amount."))
        if self.amount is not None and self.amount.amount < 0:
            raise self._incomplete(gettext_noop("Transaction %(id)s (%(kind)s) has a negative amount."))
        if (self.kind in _OF_RATIO) != (self.split is not None):
            raise self._incomplete(gettext_noop("Transaction %(id)s (%(kind)s) has no proper split ratio."))
        if (self.kind in _INTO_ANOTHER) != bool(self.into) or (self.into and self.into == self.security_id):
            raise self._incomplete(gettext_noop("Transaction %(id)s (%(kind)s) does not say what the shares become."))
        pays = self.kind is TransactionKind.MERGER and bool(self.amount)
        if self.fair_values is None and (self.kind is TransactionKind.SPIN_OFF or pays):
            raise self._incomplete(
                gettext_noop("Transaction %(id)s (%(kind)s) needs fair market values to share the basis.")
            )
        if (self.kind is TransactionKind.REVERSAL) != bool(self.reverses):
            raise self._incomplete(gettext_noop("Transaction %(id)s (%(kind)s) names no transaction to take back."))

    def _incomplete(self, message: str) -> InvalidInputError:
        return InvalidInputError(
            message,
            mend=gettext_noop("Complete the transaction, or choose the kind that fits it."),
            id=self.transaction_id,
            kind=self.kind.value,
        )

    @property
    def cash(self) -> Money | None:
        """What moves in cash: positive comes in."""
        if self.amount is None or self.kind not in _CASH_IN | _CASH_OUT | {TransactionKind.MERGER}:
            return None
        return -self.amount if self.kind in _CASH_OUT else self.amount

    @property
    def units(self) -> Decimal:
        """What moves in shares: positive comes in."""
        if self.quantity is None:
            return Decimal(0)
        return -self.quantity if self.kind in _OUT_OF_POSITION else self.quantity
