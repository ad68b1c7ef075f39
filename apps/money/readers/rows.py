"""What the statement reader hands over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.core.tabular.problems import IgnoredRow, RowProblem


class StatementKind(StrEnum):
    """Whose statement it is."""

    BANK = "bank"
    CREDIT_CARD = "credit_card"


@dataclass(frozen=True, slots=True)
class StatementAccount:
    """The account as the bank names it. `kind` is the bank's own word: CHECKING, SAVINGS, CREDITLINE …"""

    number: str
    routing_number: str = ""
    branch: str = ""
    kind: str = ""

    @property
    def masked(self) -> str:
        """The last four characters, as pages show it."""
        return f"•••{self.number[-4:]}"


@dataclass(frozen=True, slots=True)
class StatementBalance:
    """What the bank says the account held. `code` is its own word (:62F:, CLBD) and `row` its line, where told."""

    amount: Decimal
    as_of: date | None
    currency: str = ""
    code: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class BankTransaction:
    """One posted entry. `amount` is signed: money in is more than zero.

    ``key`` is the same for the same entry in every file of the account; ``digest`` changes when the bank changed it.
    """

    row: int
    key: str
    digest: str
    posted_on: date
    amount: Decimal
    currency: str
    kind: str
    name: str
    memo: str
    fitid: str = ""
    check_number: str = ""
    reference: str = ""
    value_on: date | None = None


@dataclass(frozen=True, slots=True)
class RefusedTransaction:
    """An entry that cannot be taken over, with what could be read of it, to be shown beside its problem."""

    row: int
    posted_on: date | None
    amount: Decimal | None
    name: str
    fitid: str = ""


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One account's statement.

    ``ledger_balance`` is the booked closing balance. ``balances`` are all that the bank gives, in its order; formats
    without an opening balance (OFX) give none. ``pending`` is announced and not booked: shown, never taken in.
    """

    row: int
    kind: StatementKind
    account: StatementAccount
    currency: str
    first_day: date | None
    last_day: date | None
    ledger_balance: StatementBalance | None
    available_balance: StatementBalance | None
    transactions: tuple[BankTransaction, ...]
    refused: tuple[RefusedTransaction, ...]
    opening_balance: StatementBalance | None = None
    balances: tuple[StatementBalance, ...] = ()
    pending: tuple[BankTransaction, ...] = ()
    number: str = ""

    @property
    def net_amount(self) -> Decimal:
        """What all entries together add to the account."""
        return sum((entry.amount for entry in self.transactions), Decimal(0))

    def unexplained(self, opening: Decimal) -> Decimal | None:
        """Return closing balance less opening less entries: zero when the statement adds up.

        None where the bank gives no closing balance, or where an entry could not be read or was made in another
        currency: then the statement cannot be checked.
        """
        foreign = any(entry.currency != self.currency for entry in self.transactions)
        if self.ledger_balance is None or self.refused or foreign:
            return None
        return self.ledger_balance.amount - opening - self.net_amount

    @property
    def reconciles(self) -> bool | None:
        """Whether opening + entries = closing; None where one of them is missing or could not be read."""
        opening, closing = self.opening_balance, self.ledger_balance
        if opening is None or closing is None:
            return None
        if opening.currency != closing.currency:
            return False
        unexplained = self.unexplained(opening.amount)
        return None if unexplained is None else unexplained == 0


@dataclass(frozen=True, slots=True)
class StatementFile:
    """All statements of a file."""

    digest: str
    version: str
    statements: tuple[BankStatement, ...]
    problems: tuple[RowProblem, ...]
    ignored: tuple[IgnoredRow, ...]
