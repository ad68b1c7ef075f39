"""Whether statements add up, each in itself and each with the one before it.

opening + entries = closing, or the file is not taken in: an entry that is missing or wrong is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from apps.core.tabular.problems import FileRefusedError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.kernel.errors import gettext_noop
from apps.money.readers.rows import BankStatement, StatementBalance, StatementFile

_MESSAGE = gettext_noop(
    "The statement does not add up: opening %(opening)s and entries of %(entries)s make %(computed)s, "
    "the bank closes with %(closing)s; %(difference)s is unexplained."
)
_OTHER_CURRENCY = gettext_noop("The statement opens in %(opening)s and closes in %(closing)s; it cannot be checked.")
_MEND = gettext_noop("Compare it with the bank's own list, or download it again.")


class StatementDoesNotReconcileError(FileRefusedError):
    """A statement of the file does not add up: its line, and the difference in `params`."""

    code = "does_not_reconcile"


def demand_reconciled(file: StatementFile) -> None:
    """Refuse a file with a statement that does not add up. Raises StatementDoesNotReconcileError for the first."""
    for problem in not_reconciling(file.statements):
        raise StatementDoesNotReconcileError(
            problem.message, mend=problem.mend, line=problem.row, **dict(problem.params)
        )


def not_reconciling(statements: Sequence[BankStatement]) -> Iterator[RowProblem]:
    """Yield a problem for each statement that does not add up, at the line of its closing balance."""
    for statement in statements:
        opening, closing = statement.opening_balance, statement.ledger_balance
        if statement.reconciles is not False or opening is None or closing is None:
            continue
        if opening.currency != closing.currency:
            params: dict[str, object] = {"opening": opening.currency, "closing": closing.currency}
            yield RowProblem(closing.row, closing.code, "does_not_reconcile", _OTHER_CURRENCY, _MEND, params)
            continue
        computed = opening.amount + statement.net_amount
        params = {
            "opening": opening.amount,
            "entries": statement.net_amount,
            "computed": computed,
            "closing": closing.amount,
            "difference": f"{closing.amount - computed} {closing.currency}",
        }
        yield RowProblem(closing.row, closing.code, "does_not_reconcile", _MESSAGE, _MEND, params)


def gaps_between(statements: Sequence[BankStatement]) -> Iterator[RowProblem]:
    """Yield a warning for each statement that does not open with what the one before it of its account closed with."""
    closed: dict[tuple[str, str, str], StatementBalance] = {}
    for statement in sorted(statements, key=lambda each: (_opened_on(each), each.row)):
        opening, closing = statement.opening_balance, statement.ledger_balance
        account = (statement.account.routing_number, statement.account.number, statement.currency)
        before = closed.get(account)
        if opening is not None and before is not None and opening.amount != before.amount:
            yield RowProblem(
                opening.row,
                opening.code,
                "gap_between_statements",
                gettext_noop("It opens with %(opening)s, but the statement before it closed with %(closing)s."),
                gettext_noop("A statement between them may be missing; download the whole period."),
                {"opening": opening.amount, "closing": before.amount},
                Severity.WARNING,
            )
        if closing is not None:
            closed[account] = closing


def _opened_on(statement: BankStatement) -> date:
    day = statement.opening_balance.as_of if statement.opening_balance else None
    return day or date.min


def without_repeats(statements: Sequence[BankStatement]) -> tuple[tuple[BankStatement, ...], tuple[IgnoredRow, ...]]:
    """Set aside statements that stand in the file a second time, balance for balance and entry for entry.

    A statement without both balances is never taken for a repeat: two equal entries may be two.
    """
    kept: list[BankStatement] = []
    ignored: list[IgnoredRow] = []
    seen: set[tuple[object, ...]] = set()
    for statement in statements:
        facts = _facts(statement)
        if facts is not None and facts in seen:
            ignored.append(IgnoredRow(statement.row, IgnoredReason.DUPLICATE, statement.account.masked))
            continue
        if facts is not None:
            seen.add(facts)
        kept.append(statement)
    return tuple(kept), tuple(ignored)


def _facts(statement: BankStatement) -> tuple[object, ...] | None:
    opening, closing = statement.opening_balance, statement.ledger_balance
    if opening is None or closing is None or not statement.transactions or statement.refused:
        return None
    entries = tuple(replace(entry, row=0) for entry in statement.transactions)
    return (statement.account, statement.number, replace(opening, row=0), replace(closing, row=0), entries)
