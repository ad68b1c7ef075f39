"""ISO 20022 account statements (camt.053), reports (camt.052) and advices (camt.054), read into frozen rows.

All versions from 02 on are read by their tags, which mean the same in each (docs/formats/bank-mt940-camt.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import list_currencies

from apps.core.tabular.problems import FileRefusedError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.reading import content_digest
from apps.core.tabular.xml_tree import XmlNode, read_xml
from apps.kernel.errors import gettext_noop
from apps.money.readers.camt_details import details_of, reference_of
from apps.money.readers.keys import with_keys
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

_STATEMENTS = {
    "BkToCstmrStmt": "Stmt",  # camt.053, the statement
    "BkToCstmrAcctRpt": "Rpt",  # camt.052, the report within the day
    "BkToCstmrDbtCdtNtfctn": "Ntfctn",  # camt.054, the advice of single entries
}
_SIGNS = {"CRDT": 1, "DBIT": -1}
# An entry without a status is booked; anything else than BOOK is announced (PDNG, FUTR) or for information (INFO).
_BOOKED = frozenset({"", "BOOK"})
_ACCOUNT_KINDS = {"CACC": "CHECKING", "TRAN": "CHECKING", "SVGS": "SAVINGS", "CARD": "CREDITCARD"}
_KNOWN_CURRENCIES = frozenset(list_currencies())
_AMOUNT = re.compile(r"\+?(?:\d{1,18}(?:\.\d{0,10})?|\.\d{1,10})", re.ASCII)
_CORRECT = gettext_noop("Download the file again, or ask the bank for a correct one.")


@dataclass(slots=True)
class _Notes:
    """What the reader collects on its way through one file."""

    problems: list[RowProblem]
    ignored: list[IgnoredRow]

    def add(
        self, node: XmlNode, path: str, code: str, message: str, severity: Severity = Severity.ERROR, mend: str = ""
    ) -> None:
        """Note a doubt about the tag at the path, with its value."""
        params = {"value": node.value(*path.split("/"))[:60], "tag": path}
        line = node.line_of(*path.split("/"))
        self.problems.append(RowProblem(line, path, code, message, mend or _CORRECT, params, severity))


def read_camt(data: bytes) -> StatementFile:
    """Read all statements of a camt.052, 053 or 054 file.

    A statement that does not add up is an error of its line; `demand_reconciled` raises it.
    Raises FileRefusedError, with the line, for other XML, broken XML, entities, and more than can be read.
    """
    document = read_xml(data)
    nodes = [node for outer in document.root.children for node in outer.each(_STATEMENTS.get(outer.tag, ""))]
    if not nodes:
        raise FileRefusedError(
            gettext_noop("This XML holds no account statement (camt.053)."),
            mend=gettext_noop("Choose “camt.053” where the bank offers formats for download."),
            line=document.root.line,
        )
    notes = _Notes([], [])
    statements, repeats = without_repeats([_statement(node, notes) for node in nodes])
    statements = with_keys(statements)
    notes.problems += [*not_reconciling(statements), *gaps_between(statements)]
    return StatementFile(
        content_digest(data),
        document.namespace,
        statements,
        tuple(sorted(notes.problems, key=lambda problem: problem.row)),
        tuple(sorted((*notes.ignored, *repeats), key=lambda ignored: ignored.row)),
    )


def _statement(node: XmlNode, notes: _Notes) -> BankStatement:
    balances = tuple(found for each in node.each("Bal") if (found := _balance(each, notes)))
    opening, closing = _coded(balances, "OPBD", "PRCD"), _coded(balances, "CLBD")
    currency = _currency(node, [opening, closing, *balances], notes)
    booked = [each for each in node.each("Ntry") if _status(each) in _BOOKED]
    announced = [each for each in node.each("Ntry") if _status(each) not in _BOOKED]
    entries = [_entry(each, currency, notes) for each in booked]
    pending = [_entry(each, currency, _Notes([], [])) for each in announced]
    notes.ignored += [IgnoredRow(entry.row, IgnoredReason.PENDING, entry.name) for entry in pending]
    _note_missing_balance(node, opening, closing, notes)
    return BankStatement(
        row=node.line,
        kind=StatementKind.CREDIT_CARD if node.value("Acct", "Tp", "Cd") == "CARD" else StatementKind.BANK,
        account=_account(node, notes),
        currency=currency,
        first_day=_iso_day(node.value("FrToDt", "FrDtTm")) or (opening.as_of if opening else None),
        last_day=_iso_day(node.value("FrToDt", "ToDtTm")) or (closing.as_of if closing else None),
        ledger_balance=closing,
        available_balance=_coded(balances, "CLAV"),
        transactions=tuple(entry for entry in entries if isinstance(entry, BankTransaction)),
        refused=tuple(entry for entry in entries if isinstance(entry, RefusedTransaction)),
        opening_balance=opening,
        balances=balances,
        pending=tuple(entry for entry in pending if isinstance(entry, BankTransaction)),
        number=node.value("Id"),
    )


def _account(node: XmlNode, notes: _Notes) -> StatementAccount:
    number = node.value("Acct", "Id", "IBAN") or node.value("Acct", "Id", "Othr", "Id")
    if not number:
        notes.add(
            node,
            "Acct",
            "no_account_number",
            gettext_noop("The statement does not say which account it is of."),
            Severity.WARNING,
            gettext_noop("Choose the account when you import it."),
        )
    servicer = node.first("Acct", "Svcr", "FinInstnId") or XmlNode("", node.line)
    kind = _ACCOUNT_KINDS.get(node.value("Acct", "Tp", "Cd"), "")
    return StatementAccount(number.replace(" ", ""), servicer.value("BICFI") or servicer.value("BIC"), "", kind)


def _currency(node: XmlNode, balances: Sequence[StatementBalance | None], notes: _Notes) -> str:
    """The account's currency; where the file does not say it, that of its balances, else of its entries."""
    entries = [entry.first("Amt") or entry for entry in node.each("Ntry")]
    codes = [
        node.value("Acct", "Ccy"),
        *(balance.currency for balance in balances if balance),
        *(amount.attributes.get("Ccy", "") for amount in entries),
    ]
    code = next((code for code in codes if code), "")
    if code in _KNOWN_CURRENCIES:
        return code
    notes.add(
        node,
        "Acct",
        "no_currency",
        gettext_noop("The statement does not say in which currency it is."),
        Severity.WARNING,
        gettext_noop("Choose an account that is there already when you import it."),
    )
    return ""


def _balance(node: XmlNode, notes: _Notes) -> StatementBalance | None:
    code = _code(node)
    amount, sign = _amount(node), _SIGNS.get(node.value("CdtDbtInd"))
    if amount is None or sign is None:
        message = gettext_noop("The balance “%(value)s” cannot be read: amount and side are needed.")
        severity = Severity.ERROR if code in {"OPBD", "PRCD", "CLBD"} else Severity.WARNING
        notes.add(node, "Amt", "unreadable_balance", message, severity)
        return None
    day = _iso_day(node.value("Dt", "Dt")) or _iso_day(node.value("Dt", "DtTm"))
    return StatementBalance(amount * sign, day, _currency_of(node), code, node.line)


def _code(balance: XmlNode) -> str:
    return balance.value("Tp", "CdOrPrtry", "Cd") or balance.value("Tp", "CdOrPrtry", "Prtry")


def _coded(balances: Sequence[StatementBalance], *codes: str) -> StatementBalance | None:
    """The balance with the first of the codes that there is: OPBD before PRCD, the closing one of the day before."""
    return next((balance for code in codes for balance in balances if balance.code == code), None)


def _note_missing_balance(
    node: XmlNode, opening: StatementBalance | None, closing: StatementBalance | None, notes: _Notes
) -> None:
    """Say where nobody can tell whether the statement is whole; one that cannot be read is a problem already."""
    given = {_code(each) for each in node.each("Bal")}
    if (opening or given & {"OPBD", "PRCD"}) and (closing or "CLBD" in given):
        return
    notes.add(
        node,
        "Bal",
        "no_balances",
        gettext_noop("The statement lacks its opening or closing balance, so nobody can tell whether it is whole."),
        Severity.WARNING,
        gettext_noop("Prefer the end-of-day statement (camt.053) to reports (camt.052) and advices (camt.054)."),
    )


def _entry(node: XmlNode, currency: str, notes: _Notes) -> BankTransaction | RefusedTransaction:
    booked = _iso_day(node.value("BookgDt", "Dt")) or _iso_day(node.value("BookgDt", "DtTm"))
    value = _iso_day(node.value("ValDt", "Dt")) or _iso_day(node.value("ValDt", "DtTm"))
    day, amount, sign = booked or value, _amount(node), _SIGNS.get(node.value("CdtDbtInd"))
    signed = None if amount is None or sign is None else amount * sign
    details = details_of(node)
    if amount is None:
        notes.add(node, "Amt", "not_an_amount", gettext_noop("“%(value)s” is not an amount of camt."))
    if sign is None:
        notes.add(node, "CdtDbtInd", "no_side", gettext_noop("“%(value)s” is neither CRDT nor DBIT."))
    if day is None:
        notes.add(node, "BookgDt", "not_a_date", gettext_noop("The entry has no day that can be read."))
    reference = node.value("AcctSvcrRef")
    if day is None or signed is None:
        return RefusedTransaction(node.line, day, signed, details.name or details.memo, reference)
    # The side is of this entry, reversal or not: a reversed debit comes as CRDT with RvslInd (ISO 20022, RvslInd).
    return BankTransaction(
        row=node.line,
        key="",
        digest="",
        posted_on=day,
        amount=signed,
        currency=_currency_of(node) or currency,
        kind=node.value("BkTxCd", "Domn", "Fmly", "SubFmlyCd") or node.value("BkTxCd", "Prtry", "Cd"),
        name=details.name or details.memo,
        memo=details.memo if details.name else "",
        fitid=reference,
        reference=reference_of(node),
        value_on=value,
    )


def _status(node: XmlNode) -> str:
    """BOOK, PDNG … as text up to version 07, as a code since."""
    return node.value("Sts", "Cd") or node.value("Sts", "Prtry") or node.value("Sts")


def _currency_of(node: XmlNode) -> str:
    amount = node.first("Amt")
    return amount.attributes.get("Ccy", "") if amount else ""


def _amount(node: XmlNode) -> Decimal | None:
    """The amount, which has no sign of its own: the side says it."""
    text = node.value("Amt")
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def _iso_day(text: str) -> date | None:
    """The day as the bank wrote it, in its own zone."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
