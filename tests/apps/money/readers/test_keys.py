from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from apps.money.readers.keys import digest_of, plain, with_keys
from apps.money.readers.rows import BankStatement, BankTransaction, StatementAccount, StatementKind

COFFEE = BankTransaction(1, "", "", date(2026, 3, 1), Decimal("-4.50"), "EUR", "NMSC", "Coffee", "small")


def keys(*entries: BankTransaction, number: str = "1") -> list[str]:
    account = StatementAccount(number)
    bank = BankStatement(1, StatementKind.BANK, account, "EUR", None, None, None, None, entries, ())
    return [entry.key for entry in with_keys([bank])[0].transactions]


def test_equal_entries_are_numbered_and_other_lines_zeros_and_neighbours_change_nothing() -> None:
    one, two = keys(COFFEE, COFFEE)
    assert one != two
    moved = replace(COFFEE, row=9, amount=Decimal("-4.5"))
    assert keys(replace(COFFEE, name="Tea"), moved)[1] == one
    assert keys(COFFEE, number="2") != [one]


def test_the_banks_reference_lets_it_mend_the_text_but_not_the_amount() -> None:
    known = replace(COFFEE, fitid="B1")
    assert keys(known) == keys(replace(known, name="COFFEE SHOP"))
    assert keys(known) != keys(replace(known, amount=Decimal("-4.51")))
    assert keys(COFFEE) != keys(replace(COFFEE, name="COFFEE SHOP"))


def test_digests_hold_any_text() -> None:
    assert digest_of("a", "b") != digest_of("ab")
    assert digest_of("\ud800")
    assert plain(Decimal("5E+2")) == "500"
