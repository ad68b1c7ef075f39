from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.money.readers.reconciling import (
    StatementDoesNotReconcileError,
    demand_reconciled,
    gaps_between,
    not_reconciling,
    without_repeats,
)
from apps.money.readers.rows import (
    BankStatement,
    BankTransaction,
    StatementAccount,
    StatementBalance,
    StatementFile,
    StatementKind,
)


def statement(opening: str, entry: str, closing: str, *, day: int = 1, row: int = 1) -> BankStatement:
    posted = BankTransaction(row + 1, "", "", date(2026, 3, day), Decimal(entry), "EUR", "", "x", "")
    return BankStatement(
        row,
        StatementKind.BANK,
        StatementAccount("1"),
        "EUR",
        None,
        None,
        StatementBalance(Decimal(closing), date(2026, 3, day), "EUR", "CLBD", row + 2),
        None,
        (posted,),
        (),
        StatementBalance(Decimal(opening), date(2026, 3, day), "EUR", "OPBD", row),
    )


def test_the_first_statement_that_does_not_add_up_is_raised_and_all_are_told() -> None:
    wrong = [statement("0", "5", "5"), statement("5", "1", "7", row=10), statement("7", "1", "9", row=20)]
    assert [problem.row for problem in not_reconciling(wrong)] == [12, 22]
    with pytest.raises(StatementDoesNotReconcileError) as refused:
        demand_reconciled(StatementFile("", "", tuple(wrong), (), ()))
    assert (refused.value.line, refused.value.params["difference"], refused.value.code) == (
        12,
        "1 EUR",
        "does_not_reconcile",
    )


def test_gaps_are_looked_for_in_the_order_of_days_whatever_the_order_of_the_file() -> None:
    first, second = statement("0", "5", "5"), statement("5", "1", "6", day=2, row=10)
    assert list(gaps_between([second, first])) == []
    assert [problem.row for problem in gaps_between([first, statement("4", "1", "5", day=2, row=10)])] == [10]


def test_only_what_is_equal_in_all_is_a_repeat() -> None:
    one, again, other = statement("0", "5", "5"), statement("0", "5", "5", row=9), statement("0", "5", "5", day=2)
    kept, ignored = without_repeats([one, again, other])
    assert (kept, [row.row for row in ignored]) == ((one, other), [9])
