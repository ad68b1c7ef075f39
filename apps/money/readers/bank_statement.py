"""Bank and card statements in OFX or QFX, read into frozen rows.

A statement file has few rows and no table, so an entry that cannot be taken over is handed back as a
RefusedTransaction beside its problem. Amounts keep every digit the bank gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from babel.numbers import list_currencies

from apps.core.tabular.ofx import OfxNode, read_ofx
from apps.core.tabular.ofx_values import read_amount, read_day
from apps.core.tabular.problems import CellError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.reading import content_digest
from apps.kernel.errors import gettext_noop
from apps.money.readers.keys import digest_of, plain
from apps.money.readers.rows import (
    BankStatement,
    BankTransaction,
    RefusedTransaction,
    StatementAccount,
    StatementBalance,
    StatementFile,
    StatementKind,
)

_KINDS = {"STMTRS": StatementKind.BANK, "CCSTMTRS": StatementKind.CREDIT_CARD}
_READ = TypeVar("_READ")
_KNOWN_CURRENCIES = frozenset(list_currencies())
_CORRECT = gettext_noop("Correct the row by hand, or ask the bank for a correct file.")


@dataclass(slots=True)
class _Notes:
    """What the reader collects on its way through one file."""

    problems: list[RowProblem]
    ignored: list[IgnoredRow]


@dataclass(frozen=True, slots=True)
class _Context:
    """What all entries of a statement share."""

    account: str
    currency: str
    notes: _Notes


def read_bank_statements(data: bytes) -> StatementFile:
    """Read all bank and card statements of an OFX or QFX file.

    An answer of the bank that reports an error is a problem of its line, and a file without a statement is one too.
    Raises FileRefusedError, with the line, when the bytes are no OFX file or end in the middle.
    """
    document = read_ofx(data)
    notes = _Notes(list(document.problems), [])
    _note_refusals_of_the_bank(document.root, notes)
    statements = tuple(_statement(node, notes) for node in document.root.all(*_KINDS))
    if not statements:
        notes.problems.append(
            RowProblem(
                document.root.line,
                "",
                "no_statement",
                gettext_noop("The file holds no bank or card statement."),
                gettext_noop("Choose an account and a period, and download it again."),
            )
        )
    problems = tuple(sorted(notes.problems, key=lambda problem: problem.row))
    return StatementFile(content_digest(data), document.version, statements, problems, tuple(notes.ignored))


def _note_refusals_of_the_bank(root: OfxNode, notes: _Notes) -> None:
    for status in root.all("STATUS"):
        if status.value("SEVERITY").upper() == "ERROR":
            notes.problems.append(
                RowProblem(
                    status.line,
                    "STATUS",
                    "refused_by_bank",
                    gettext_noop("The bank answered with error %(code)s: %(message)s"),
                    gettext_noop("Sign in at the bank and download the statement again."),
                    {"code": status.value("CODE")[:10], "message": status.value("MESSAGE")[:200]},
                )
            )


def _statement(node: OfxNode, notes: _Notes) -> BankStatement:
    kind = _KINDS[node.tag]
    account = _account(node, kind, notes)
    currency = _currency(node, notes)
    context = _Context(account.number, currency, notes)
    read = [_entry(entry, context) for entry in node.all("STMTTRN")]
    entries = [entry for entry in read if isinstance(entry, BankTransaction)]
    listing = node.first("BANKTRANLIST") or node
    return BankStatement(
        row=node.line,
        kind=kind,
        account=account,
        currency=currency,
        first_day=_optional_day(listing, "DTSTART", notes),
        last_day=_optional_day(listing, "DTEND", notes),
        ledger_balance=_balance(node, "LEDGERBAL", notes),
        available_balance=_balance(node, "AVAILBAL", notes),
        transactions=tuple(_keyed(entries, context)),
        refused=tuple(entry for entry in read if isinstance(entry, RefusedTransaction)),
    )


def _account(node: OfxNode, kind: StatementKind, notes: _Notes) -> StatementAccount:
    source = node.first("BANKACCTFROM" if kind is StatementKind.BANK else "CCACCTFROM") or OfxNode("", node.line)
    number = source.value("ACCTID")
    if not number:
        notes.problems.append(
            RowProblem(
                source.line,
                "ACCTID",
                "no_account_number",
                gettext_noop("The statement does not say which account it is of."),
                gettext_noop("Choose the account when you import it."),
                severity=Severity.WARNING,
            )
        )
    default = "CREDITCARD" if kind is StatementKind.CREDIT_CARD else ""
    return StatementAccount(
        number, source.value("BANKID"), source.value("BRANCHID"), source.value("ACCTTYPE").upper() or default
    )


def _currency(node: OfxNode, notes: _Notes) -> str:
    """The statement's currency; empty, with a problem, where the file gives none that is known."""
    code = node.value("CURDEF").upper()
    if code in _KNOWN_CURRENCIES:
        return code
    notes.problems.append(
        RowProblem(
            node.line_of("CURDEF"),
            "CURDEF",
            "no_currency",
            gettext_noop("“%(value)s” is no currency; the statement must name one."),
            gettext_noop("Choose the account's currency when you import it."),
            {"value": code[:10]},
            Severity.WARNING,
        )
    )
    return ""


def _balance(statement: OfxNode, tag: str, notes: _Notes) -> StatementBalance | None:
    # Searched at any depth: some banks forget to close the list of entries before it.
    node = next(iter(statement.all(tag)), None)
    if node is None or not node.value("BALAMT"):
        return None
    amount = _warned(node, "BALAMT", read_amount, notes)
    return None if amount is None else StatementBalance(amount, _optional_day(node, "DTASOF", notes))


def _optional_day(node: OfxNode, tag: str, notes: _Notes) -> date | None:
    return _warned(node, tag, read_day, notes)


def _warned(node: OfxNode, tag: str, read: Callable[[str], _READ], notes: _Notes) -> _READ | None:
    """Read what the rows can do without: a broken value is a warning."""
    text = node.value(tag)
    if not text:
        return None
    try:
        return read(text)
    except CellError as wrong:
        notes.problems.append(replace(wrong.at(node.line_of(tag), tag), severity=Severity.WARNING))
        return None


def _entry(node: OfxNode, context: _Context) -> BankTransaction | RefusedTransaction:
    posted_on = _needed(node, "DTPOSTED", read_day, context.notes)
    amount = _needed(node, "TRNAMT", read_amount, context.notes)
    name = _one_line(node.value("NAME") or node.value("PAYEE", "NAME") or node.value("EXTDNAME"))
    memo = _one_line(node.value("MEMO"))
    fitid = node.value("FITID")
    if posted_on is None or amount is None:
        return RefusedTransaction(node.line, posted_on, amount, name or memo, fitid)
    # <CURRENCY> means that the amount is in CURSYM; <ORIGCURRENCY> that it has been converted (OFX 2.2, 5.2).
    return BankTransaction(
        row=node.line,
        key="",
        digest="",
        posted_on=posted_on,
        amount=amount,
        currency=node.value("CURRENCY", "CURSYM").upper() or context.currency,
        kind=node.value("TRNTYPE").upper(),
        name=name or memo,
        memo=memo if name else "",
        fitid=fitid,
        check_number=node.value("CHECKNUM"),
        reference=node.value("REFNUM"),
    )


def _one_line(text: str) -> str:
    """Banks pad names to columns."""
    return " ".join(text.split())


def _needed(node: OfxNode, tag: str, read: Callable[[str], _READ], notes: _Notes) -> _READ | None:
    text = node.value(tag)
    if not text:
        message = gettext_noop("The entry has no %(tag)s.")
        notes.problems.append(
            RowProblem(node.line_of(tag), tag, "missing_value", message, _CORRECT, {"tag": tag}),
        )
        return None
    try:
        return read(text)
    except CellError as wrong:
        notes.problems.append(wrong.at(node.line_of(tag), tag))
        return None


def _keyed(entries: list[BankTransaction], context: _Context) -> list[BankTransaction]:
    """Give each entry its key.

    FITID is unique per account only (OFX 2.2, 3.2.3), so the key is of both. Where a bank repeats one for different
    entries, all of them are keyed by day and amount as well. Where it gives none, the key is of all facts, and equal
    entries of one day are numbered: two equal coffees are two coffees. The same entry twice with its FITID is one.
    """
    facts = [(entry.posted_on, plain(entry.amount), entry.name, entry.memo) for entry in entries]
    meanings: dict[str, set[tuple[object, ...]]] = {}
    for entry, fact in zip(entries, facts, strict=True):
        if entry.fitid:
            meanings.setdefault(entry.fitid, set()).add(fact)
    seen: Counter[str] = Counter()
    keyed: list[BankTransaction] = []
    for entry, fact in zip(entries, facts, strict=True):
        repeats = len(meanings.get(entry.fitid, ()))
        parts = [context.account, entry.fitid] if repeats == 1 else [context.account, entry.fitid, *fact]
        key = digest_of(*parts)
        seen[key] += 1
        if entry.fitid and seen[key] > 1:
            context.notes.ignored.append(IgnoredRow(entry.row, IgnoredReason.DUPLICATE, f"{entry.fitid} {entry.name}"))
            continue
        if repeats > 1:
            context.notes.problems.append(_repeated(entry))
        key = key if seen[key] == 1 else digest_of(*parts, seen[key])
        keyed.append(replace(entry, key=key, digest=digest_of(*fact, entry.kind, entry.check_number)))
    return keyed


def _repeated(entry: BankTransaction) -> RowProblem:
    return RowProblem(
        entry.row,
        "FITID",
        "repeated_fitid",
        gettext_noop(
            "The bank gives the number %(fitid)s to different entries; they are told apart by day and amount."
        ),
        gettext_noop("Look whether one of them corrects the other."),
        {"fitid": entry.fitid[:60]},
        Severity.WARNING,
    )
