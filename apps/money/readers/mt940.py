"""SWIFT MT940 statements, and MT942 interim reports, read into frozen rows.

Written against the standard and held to the files that banks really send (docs/formats/bank-mt940-camt.md); why the
library mt-940 is the oracle of our tests and not the reader is said in docs/adr/0006-cash-statements.md.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import list_currencies

from apps.core.tabular.problems import FileRefusedError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.reading import content_digest
from apps.kernel.errors import gettext_noop
from apps.money.readers.keys import with_keys
from apps.money.readers.mt940_details import details_of, one_line
from apps.money.readers.mt940_fields import Mt940Field, Mt940Message, messages_of, mt940_text
from apps.money.readers.reconciling import gaps_between, not_reconciling, without_repeats
from apps.money.readers.rows import (
    BankStatement,
    BankTransaction,
    RefusedTransaction,
    StatementAccount,
    StatementBalance,
    StatementFile,
    StatementKind,
)

_OPENING = ("60", "60F", "60M")
_CLOSING = ("62", "62F", "62M")
_AVAILABLE = ("64", "65")
_KNOWN_CURRENCIES = frozenset(list_currencies())
# 15d: digits, and a comma before the decimals, which may be none; a point is no part of it.
_AMOUNT = r"\d{0,15}(?:,\d{0,10})?(?![\d,.])"
_BALANCE = re.compile(rf"(?P<mark>[CD])(?P<day>\d{{6}})(?P<currency>[A-Z]{{3}})(?P<amount>{_AMOUNT})", re.ASCII)
_ENTRY = re.compile(
    rf"(?P<value>\d{{6}})(?P<booked>\d{{4}}|\s{{4}})?(?P<mark>R[CD]|E[CD]|[CD])[A-Z]?(?P<amount>{_AMOUNT})"
    r"(?P<kind>[A-Z][A-Z0-9 ]{3})?(?P<references>.*)",
    re.ASCII,
)
_CURRENCY_ELSEWHERE = re.compile(r"\d{0,5}([A-Z]{3})[CD]?\d")
# A reversal (R) undoes an entry of the other side: a reversed credit takes money out.
_SIGNS = {"C": 1, "RD": 1, "EC": 1, "D": -1, "RC": -1, "ED": -1}
_NO_REFERENCE = frozenset({"N", "NONREF", "KREF+"})  # the last says: see the text
_PIVOT = 80  # MT940 came in the eighties: no statement is older
_CORRECT = gettext_noop("Download the file again, or ask the bank for a correct one.")


@dataclass(slots=True)
class _Notes:
    """What the reader collects on its way through one file."""

    problems: list[RowProblem]
    ignored: list[IgnoredRow]

    def warn(self, field: Mt940Field, code: str, message: str, mend: str = _CORRECT) -> None:
        """Note a doubt about a field, with its value."""
        self._note(field, code, message, mend, Severity.WARNING)

    def refuse(self, field: Mt940Field, code: str, message: str, mend: str = _CORRECT) -> None:
        """Note what keeps the file out."""
        self._note(field, code, message, mend, Severity.ERROR)

    def _note(self, field: Mt940Field, code: str, message: str, mend: str, severity: Severity) -> None:
        column = f":{field.tag}:"
        params = {"value": field.value[:60], "tag": column}
        self.problems.append(RowProblem(field.line, column, code, message, mend, params, severity))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A :61: and the texts that belong to it."""

    field: Mt940Field
    texts: tuple[Mt940Field, ...]
    match: re.Match[str] | None
    supplement: str

    @property
    def is_expected(self) -> bool:
        """Whether the bank only expects it (MT942) and has not booked it."""
        return self.match is not None and self.match["mark"].startswith("E")


def read_mt940(data: bytes) -> StatementFile:
    """Read all statements of an MT940 or MT942 file.

    A statement that does not add up, or has one balance only, is an error of its line; `demand_reconciled` raises it.
    Raises FileRefusedError when the bytes are no such file or are too many.
    """
    messages, outside = messages_of(mt940_text(data))
    if not messages:
        raise FileRefusedError(
            gettext_noop("This is no MT940 file: no line begins with a tag such as :20: or :61:."),
            mend=gettext_noop("Choose “MT940” or “SWIFT” where the bank offers formats for download."),
            line=1,
        )
    notes = _Notes([], list(outside))
    statements, repeats = without_repeats([_statement(message, notes) for message in messages])
    statements = with_keys(statements)
    notes.problems += [*not_reconciling(statements), *gaps_between(statements)]
    return StatementFile(
        content_digest(data),
        "MT940",
        statements,
        tuple(sorted(notes.problems, key=lambda problem: problem.row)),
        tuple(sorted((*notes.ignored, *repeats), key=lambda ignored: ignored.row)),
    )


def _statement(message: Mt940Message, notes: _Notes) -> BankStatement:
    opening = _balance(message, _OPENING, notes)
    closing = _balance(message, _CLOSING, notes)
    available = [found for field in message.all(*_AVAILABLE) if (found := _balance_of(field, notes.warn))]
    currency = _currency(message, [balance for balance in (opening, closing, *available) if balance], notes)
    entries = _entries(message, notes)
    booked = [_transaction(entry, currency, notes) for entry in entries if not entry.is_expected]
    expected = [_transaction(entry, currency, notes) for entry in entries if entry.is_expected]
    notes.ignored += [IgnoredRow(entry.row, IgnoredReason.PENDING, entry.name) for entry in expected]
    _note_missing_balance(message, notes)
    return BankStatement(
        row=message.fields[0].line,
        kind=StatementKind.BANK,
        account=_account(message, notes),
        currency=currency,
        first_day=opening.as_of if opening else None,
        last_day=closing.as_of if closing else None,
        ledger_balance=closing,
        available_balance=next((balance for balance in available if balance.code == ":64:"), None),
        transactions=tuple(entry for entry in booked if isinstance(entry, BankTransaction)),
        refused=tuple(entry for entry in booked if isinstance(entry, RefusedTransaction)),
        opening_balance=opening,
        balances=tuple(balance for balance in (opening, closing, *available) if balance),
        pending=tuple(entry for entry in expected if isinstance(entry, BankTransaction)),
        number=next((field.value for field in message.all("28", "28C")), ""),
    )


def _account(message: Mt940Message, notes: _Notes) -> StatementAccount:
    """The account of :25:, which is a number, an IBAN, or bank, number and currency between strokes."""
    named = [field for field in message.all("25", "25P") if field.value]
    for field in named[1:]:
        notes.warn(
            field, "second_account", gettext_noop("%(tag)s names an account once more; “%(value)s” was passed over.")
        )
    parts = [part.strip() for part in named[0].value.split("/") if part.strip()] if named else []
    if len(parts) > 1 and parts[-1] in _KNOWN_CURRENCIES:
        parts.pop()
    if not parts:
        notes.warn(
            message.fields[0],
            "no_account_number",
            gettext_noop("The statement does not say which account it is of."),
            gettext_noop("Choose the account when you import it."),
        )
        return StatementAccount("")
    return StatementAccount("/".join(parts[1:]) or parts[0], parts[0] if len(parts) > 1 else "")


def _currency(message: Mt940Message, balances: Sequence[StatementBalance], notes: _Notes) -> str:
    """The currency of the balances; where there are none (MT942), that of the floor limit or the totals."""
    if balances:
        return balances[0].currency
    for field in message.all("34F", "90C", "90D"):
        found = _CURRENCY_ELSEWHERE.match(field.value)
        if found is not None and found[1] in _KNOWN_CURRENCIES:
            return found[1]
    notes.warn(
        message.fields[0],
        "no_currency",
        gettext_noop("The statement does not say in which currency it is."),
        gettext_noop("Choose an account that is there already when you import it."),
    )
    return ""


def _balance(message: Mt940Message, tags: tuple[str, ...], notes: _Notes) -> StatementBalance | None:
    found = [_balance_of(field, notes.refuse) for field in message.all(*tags)]
    return found[-1] if found else None


def _balance_of(field: Mt940Field, complain: Callable[[Mt940Field, str, str], None]) -> StatementBalance | None:
    match = _BALANCE.fullmatch(field.value)
    day = _day(match["day"]) if match else None
    amount = _amount(match["amount"]) if match else None
    if match is None or day is None or amount is None or match["currency"] not in _KNOWN_CURRENCIES:
        message = gettext_noop("%(tag)s “%(value)s” is no balance: mark, day, currency and amount are needed.")
        complain(field, "unreadable_balance", message)
        return None
    signed = amount if match["mark"] == "C" else -amount
    return StatementBalance(signed, day.day, match["currency"], f":{field.tag}:", field.line)


def _note_missing_balance(message: Mt940Message, notes: _Notes) -> None:
    has_opening, has_closing = bool(message.all(*_OPENING)), bool(message.all(*_CLOSING))
    if has_opening and not has_closing:
        notes.refuse(
            message.fields[-1],
            "no_closing_balance",
            gettext_noop("The statement ends without its closing balance (:62F:); the file may be cut off here."),
        )
    elif has_closing and not has_opening:
        notes.refuse(
            message.fields[0],
            "no_opening_balance",
            gettext_noop("The statement has no opening balance (:60F:), so nobody can tell whether it is whole."),
        )
    elif not has_opening:
        notes.warn(
            message.fields[0],
            "no_balances",
            gettext_noop("The statement has no balances, so nobody can tell whether it is whole."),
            gettext_noop("Prefer the end-of-day statement (MT940) to the interim report (MT942)."),
        )


def _entries(message: Mt940Message, notes: _Notes) -> list[_Entry]:
    """Give each :61: the texts that follow it; those that follow the closing balance are of the whole statement."""
    found: list[tuple[Mt940Field, list[Mt940Field]]] = []
    is_open = False
    for field in message.fields:
        if field.tag == "61":
            found.append((field, []))
            is_open = True
        elif field.tag in {"86", "NS"} and is_open:
            found[-1][1].append(field)
        elif field.tag in {"86", "NS"}:
            notes.ignored.append(IgnoredRow(field.line, IgnoredReason.NOTE, field.value[:200]))
        elif field.tag in _CLOSING:
            is_open = False
    return [_entry(field, tuple(texts)) for field, texts in found]


def _entry(field: Mt940Field, texts: tuple[Mt940Field, ...]) -> _Entry:
    match = _ENTRY.fullmatch(field.value)
    if match is None and len(field.lines) > 1:  # some banks wrap the line before the amount
        match = _ENTRY.fullmatch(field.value + field.lines[1].strip())
        if match is not None:
            return _Entry(field, texts, match, one_line(" ".join(field.lines[2:])))
    return _Entry(field, texts, match, one_line(" ".join(field.lines[1:])))


def _transaction(entry: _Entry, currency: str, notes: _Notes) -> BankTransaction | RefusedTransaction:
    field, match, details = entry.field, entry.match, details_of(entry.texts)
    value = _day(match["value"]) if match else None
    amount = _amount(match["amount"]) if match else None
    if match is None or value is None or amount is None:
        message = gettext_noop("%(tag)s “%(value)s” is no entry: day, mark and amount are needed.")
        notes.refuse(field, "unreadable_entry", message)
        signed = None if match is None or amount is None else amount * _SIGNS[match["mark"]]
        return RefusedTransaction(field.line, value.day if value else None, signed, details.name or field.value[:60])
    booked = _booked_on(match["booked"] or "", value.day)
    if value.is_moved or (booked is not None and booked.is_moved):
        message = gettext_noop("%(tag)s “%(value)s” has a day that its month does not have; its last day was taken.")
        notes.warn(field, "day_beyond_month", message, gettext_noop("Banks count interest by months of 30 days."))
    customers, _, banks = match["references"].partition("//")
    memo = details.memo or (entry.supplement if details.name else "")
    name = details.name or memo or details.posting or entry.supplement
    return BankTransaction(
        row=field.line,
        key="",
        digest="",
        posted_on=(booked or value).day,
        amount=amount * _SIGNS[match["mark"]],
        currency=currency,
        kind=(match["kind"] or "").strip(),
        name=name,
        memo=memo if memo != name else details.posting if details.posting != name else "",
        fitid=banks.strip(),
        reference="" if customers.strip() in _NO_REFERENCE else customers.strip(),
        value_on=value.day,
    )


@dataclass(frozen=True, slots=True)
class _Day:
    """A day, and whether the file wrote one that its month does not have."""

    day: date
    is_moved: bool


def _day_of(year: int, month: int, day: int) -> _Day | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    last = calendar.monthrange(year, month)[1]
    return _Day(date(year, month, min(day, last)), day > last)


def _day(text: str) -> _Day | None:
    """Read YYMMDD. 30 February is a day of interest at many banks: the last of the month."""
    year = int(text[:2])
    return _day_of(year + (1900 if year >= _PIVOT else 2000), int(text[2:4]), int(text[4:]))


def _booked_on(text: str, value: date) -> _Day | None:
    """Read MMDD in the year that brings it nearest to the value date: entries of 31 December are often of 2 January."""
    if not text.strip():
        return None
    near = [_day_of(value.year + step, int(text[:2]), int(text[2:])) for step in (0, -1, 1)]
    return min((day for day in near if day), key=lambda found: abs(found.day - value), default=None)


def _amount(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if text.strip(",") else None
