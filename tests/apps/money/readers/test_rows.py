from datetime import date
from decimal import Decimal

from apps.money.readers.rows import (
    BankStatement,
    BankTransaction,
    RefusedTransaction,
    StatementAccount,
    StatementBalance,
    StatementKind,
)


def entry(amount: str, currency: str = "USD") -> BankTransaction:
    return BankTransaction(1, "k", "d", date(2026, 3, 1), Decimal(amount), currency, "DEBIT", "x", "")


def statement(*entries: BankTransaction, refused: tuple[RefusedTransaction, ...] = ()) -> BankStatement:
    closing = StatementBalance(Decimal("105.50"), date(2026, 3, 31))
    account = StatementAccount("000987654321")
    return BankStatement(1, StatementKind.BANK, account, "USD", None, None, closing, None, entries, refused)


def test_opening_and_entries_make_the_closing_balance_or_the_difference_is_told() -> None:
    sound = statement(entry("10.00"), entry("-4.50"))
    assert sound.net_amount == Decimal("5.50")
    assert sound.unexplained(Decimal(100)) == 0
    assert sound.unexplained(Decimal(99)) == 1


def test_a_statement_with_foreign_or_broken_entries_is_not_judged() -> None:
    assert statement(entry("5.50", "EUR")).unexplained(Decimal(100)) is None
    broken = RefusedTransaction(3, None, Decimal(1), "x")
    assert statement(entry("5.50"), refused=(broken,)).unexplained(Decimal(100)) is None


def test_account_numbers_show_their_last_four() -> None:
    assert StatementAccount("000987654321").masked == "•••4321"
