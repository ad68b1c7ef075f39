"""Investment statements in OFX or QFX (INVSTMTRS): positions and transactions as frozen rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from apps.core.tabular.ofx import OfxNode, read_ofx
from apps.core.tabular.ofx_values import read_amount, read_day
from apps.core.tabular.problems import CellError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.reading import content_digest
from apps.kernel.errors import gettext_noop
from apps.portfolios.readers.actions import signed_quantity
from apps.portfolios.readers.custodian_csv import KNOWN_CURRENCIES, Keys
from apps.portfolios.readers.folding import folded
from apps.portfolios.readers.investment_kinds import (
    KINDS,
    WITHIN,
    funded,
    id_of,
    memo_of,
    signed_total,
    signed_units,
    told_kind,
)
from apps.portfolios.readers.rows import (
    ActionTerms,
    CustodianAccount,
    CustodianFile,
    PositionRow,
    Rows,
    SecurityKey,
    TransactionKind,
    TransactionRow,
)
from apps.portfolios.readers.securities import SecurityCells, security_of

_Read = TypeVar("_Read")
_POSITIONS = ("POSDEBT", "POSMF", "POSOPT", "POSOTHER", "POSSTOCK")
_COSTS = ("COMMISSION", "FEES", "TAXES", "LOAD")
_ENTER_BY_HAND = gettext_noop("Enter it by hand, or ask the custodian for a correct file.")


@dataclass(slots=True)
class _Statement:
    """One account's statement on its way."""

    account: CustodianAccount
    currency: str
    as_of: date | None
    securities: Mapping[str, SecurityCells]
    keys: Keys
    problems: list[RowProblem] = field(default_factory=list)
    ignored: list[IgnoredRow] = field(default_factory=list)
    seen: dict[str, TransactionRow] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)

    def needed(self, node: OfxNode, tag: str, read: Callable[[str], _Read]) -> _Read | None:
        """Read the first tag of the name; a missing one is an error too."""
        found = next(iter(node.all(tag)), None)
        if found is None or not found.text:
            message = gettext_noop("The entry has no %(tag)s.")
            line = found.line if found else node.line
            self.problems.append(RowProblem(line, tag, "missing_value", message, _ENTER_BY_HAND, {"tag": tag}))
            return None
        return self.optional(node, tag, read)

    def optional(self, node: OfxNode, tag: str, read: Callable[[str], _Read]) -> _Read | None:
        """Read the first tag of the name where it stands; a broken one is an error."""
        found = next(iter(node.all(tag)), None)
        if found is None or not found.text:
            return None
        try:
            return read(found.text)
        except CellError as wrong:
            self.problems.append(wrong.at(found.line, tag))
            return None

    def errors(self) -> int:
        """How many errors have been found so far: an entry that adds one is kept out."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    def security(self, node: OfxNode) -> SecurityKey | None:
        """The security that SECID names, with the ticker and name that the file's list of securities gives."""
        found = next(iter(node.all("SECID")), None)
        if found is None:
            return None
        number, kind = found.value("UNIQUEID"), found.value("UNIQUEIDTYPE").upper()
        listed = self.securities.get(number, SecurityCells())
        cells = replace(
            listed,
            symbol=listed.symbol or (number if kind not in ("CUSIP", "ISIN") else ""),
            cusip=number if kind == "CUSIP" else "",
            isin=number if kind == "ISIN" else "",
        )
        key, doubts = security_of(cells, found.line)
        if number not in self.doubted:
            # Said once per security, not for each of its entries.
            self.doubted.add(number)
            self.problems.extend(doubts)
        return key


def read_investment_statements(data: bytes) -> CustodianFile:
    """Read all investment statements of an OFX or QFX file: `layout` is "ofx" and its version.

    Cash that can be spent (AVAILCASH) is a position of its own with `is_cash`. Raises FileRefusedError, with the line,
    when the bytes are no OFX file or end in the middle.
    """
    document = read_ofx(data)
    problems = list(document.problems)
    positions: list[PositionRow] = []
    transactions: list[TransactionRow] = []
    ignored: list[IgnoredRow] = []
    securities, keys = _securities(document.root), Keys()
    nodes = document.root.all("INVSTMTRS")
    for node in nodes:
        statement = _statement(node, securities, keys)
        positions.extend(_positions(node, statement))
        transactions.extend(_transactions(node, statement))
        problems.extend(statement.problems)
        ignored.extend(statement.ignored)
    if not nodes:
        problems.append(_no_statement(document.root))
    return CustodianFile(
        content_digest(data),
        f"ofx {document.version}".strip(),
        None,
        tuple(positions),
        tuple(transactions),
        tuple(sorted(problems, key=lambda problem: problem.row)),
        tuple(ignored),
        currencies=tuple(sorted({node.value("CURDEF").upper() for node in nodes} - {""})),
    )


def _no_statement(root: OfxNode) -> RowProblem:
    error = next((status for status in root.all("STATUS") if status.value("SEVERITY").upper() == "ERROR"), None)
    if error is not None:
        return RowProblem(
            error.line,
            "STATUS",
            "refused_by_custodian",
            gettext_noop("The custodian answered with error %(code)s: %(message)s"),
            gettext_noop("Sign in there and download the statement again."),
            {"code": error.value("CODE")[:10], "message": error.value("MESSAGE")[:200]},
        )
    return RowProblem(
        root.line,
        "",
        "no_statement",
        gettext_noop("The file holds no investment statement."),
        gettext_noop("Choose an investment account, and download it again."),
    )


def _securities(root: OfxNode) -> dict[str, SecurityCells]:
    listed: dict[str, SecurityCells] = {}
    for info in root.all("SECINFO"):
        number = info.value("SECID", "UNIQUEID")
        ticker = info.value("TICKER")
        # Some custodians write the CUSIP where a bond has no ticker.
        listed[number] = SecurityCells("" if ticker == number else ticker, description=info.value("SECNAME"))
    return listed


def _statement(node: OfxNode, securities: Mapping[str, SecurityCells], keys: Keys) -> _Statement:
    source = node.first("INVACCTFROM")
    account = CustodianAccount(source.value("ACCTID"), source.value("BROKERID")) if source else CustodianAccount()
    statement = _Statement(account, node.value("CURDEF").upper(), None, securities, keys)
    if node.first("DTASOF") is not None:
        statement.as_of = statement.optional(node, "DTASOF", read_day)
        # The rows can do without it: each price has its own day.
        statement.problems = [replace(problem, severity=Severity.WARNING) for problem in statement.problems]
    if statement.currency not in KNOWN_CURRENCIES:
        statement.problems.append(
            RowProblem(
                node.line_of("CURDEF"),
                "CURDEF",
                "no_currency",
                gettext_noop("“%(value)s” is no currency; the statement must name one."),
                gettext_noop("Choose the account's currency when you import it."),
                {"value": statement.currency[:10]},
                Severity.WARNING,
            )
        )
    return statement


def _currency(node: OfxNode, statement: _Statement) -> str:
    # <CURRENCY>: the amounts are in CURSYM; <ORIGCURRENCY>: they have been converted (OFX 2.2, 5.2).
    found = next((found for found in node.all("CURRENCY") if found.value("CURSYM")), None)
    return found.value("CURSYM").upper() if found else statement.currency


def _positions(node: OfxNode, statement: _Statement) -> list[PositionRow]:
    rows: list[PositionRow] = []
    for found in node.all(*_POSITIONS):
        errors = statement.errors()
        row = _position(found, statement)
        if row is not None and statement.errors() == errors:
            rows.append(row)
    cash = _cash(node, statement)
    return rows if cash is None else [*rows, cash]


def _position(node: OfxNode, statement: _Statement) -> PositionRow | None:
    value = statement.needed(node, "MKTVAL", read_amount)
    quantity = statement.needed(node, "UNITS", read_amount)
    price = statement.optional(node, "UNITPRICE", read_amount)
    day = statement.optional(node, "DTPRICEASOF", read_day)
    security = statement.security(node)
    if security is None:
        statement.problems.append(_nameless(node))
    if value is None or quantity is None or security is None:
        return None
    short = next((found.text.upper() == "SHORT" for found in node.all("POSTYPE")), False)
    key = statement.keys.key([statement.account.number, statement.as_of, node.tag, id_of(security), short])
    return PositionRow(
        row=node.line,
        key=key,
        account=statement.account,
        security=security,
        quantity=-abs(quantity) if short else quantity,
        price=price,
        market_value=value,
        cost_basis=None,
        currency=_currency(node, statement),
        as_of=statement.as_of or day,
    )


def _cash(node: OfxNode, statement: _Statement) -> PositionRow | None:
    balances = node.first("INVBAL")
    if balances is None:
        return None
    amount = statement.optional(balances, "AVAILCASH", read_amount)
    if amount is None:
        return None
    return PositionRow(
        row=balances.line_of("AVAILCASH"),
        key=statement.keys.key([statement.account.number, statement.as_of, "AVAILCASH"]),
        account=statement.account,
        security=None,
        quantity=None,
        price=None,
        market_value=amount,
        cost_basis=None,
        currency=statement.currency,
        as_of=statement.as_of,
        is_cash=True,
    )


def _nameless(node: OfxNode) -> RowProblem:
    return RowProblem(
        node.line,
        "SECID",
        "missing_security",
        gettext_noop("The entry names no security."),
        _ENTER_BY_HAND,
    )


def _transactions(node: OfxNode, statement: _Statement) -> list[TransactionRow]:
    rows: list[TransactionRow] = []
    for found in node.all(*KINDS, *WITHIN):
        if found.tag in WITHIN:
            statement.ignored.append(
                IgnoredRow(found.line, IgnoredReason.NOTE, f"{found.tag} {memo_of(found)}".strip())
            )
            continue
        errors = statement.errors()
        row = _transaction(found, statement)
        if row is None or statement.errors() > errors:
            continue
        earlier = statement.seen.setdefault(row.key, row)
        if earlier is not row:
            statement.ignored.append(IgnoredRow(row.row, IgnoredReason.DUPLICATE, f"{row.action} {row.description}"))
            continue
        rows.append(row)
        if found.tag == "SPLIT":
            rows += _paid_fraction(found, row, statement)
    columns, aside = folded(Rows.of(TransactionRow, funded(rows)).columns)
    statement.ignored += aside
    return list(Rows(TransactionRow, columns))


def _transaction(node: OfxNode, statement: _Statement) -> TransactionRow | None:
    is_bank = node.tag == "INVBANKTRAN"
    trade_date = statement.needed(node, "DTPOSTED" if is_bank else "DTTRADE", read_day)
    settle_date = None if is_bank else statement.optional(node, "DTSETTLE", read_day)
    amount = (
        statement.needed(node, "TRNAMT", read_amount) if is_bank else statement.optional(node, "TOTAL", read_amount)
    )
    quantity = statement.optional(node, "UNITS", read_amount)
    price = statement.optional(node, "UNITPRICE", read_amount)
    costs = [abs(cost) for tag in _COSTS if (cost := statement.optional(node, tag, read_amount)) is not None]
    security = statement.security(node)
    kind = KINDS[node.tag] or told_kind(node, quantity, amount, security)
    needs_security = quantity is not None and not is_bank
    if needs_security and security is None:
        statement.problems.append(_nameless(node))
    if trade_date is None:
        return None
    terms = _split_terms(node, statement) if node.tag == "SPLIT" else None
    if node.tag == "SPLIT":
        quantity = _split_units(node, statement)
    if kind is TransactionKind.JOURNAL:
        statement.problems.append(_review(node))
    memo = memo_of(node)
    fitid = next((found.text for found in node.all("FITID") if found.text), "")
    facts = [trade_date, id_of(security), quantity, price, amount, memo]
    return TransactionRow(
        row=node.line,
        key=_key_of(statement, fitid, [node.tag, amount, quantity], [node.tag, *facts]),
        account=statement.account,
        kind=kind,
        action=node.tag,
        trade_date=trade_date,
        settle_date=settle_date,
        security=security,
        quantity=signed_quantity(kind, signed_units(node, quantity) or None),
        price=price,
        fees=sum(costs, Decimal(0)),
        amount=signed_total(node, kind, amount),
        currency=_currency(node, statement),
        description=" ".join(memo.split()),
        terms=terms,
    )


def _key_of(statement: _Statement, fitid: str, marks: list[object], facts: list[object]) -> str:
    """FITID is unique per account only (OFX 2.2, 3.2.3), and some custodians give one to two entries of different
    marks. Without it all facts make the key, and equal entries are numbered."""
    if fitid:
        return Keys().key([statement.account.number, fitid, *marks])
    return statement.keys.key([statement.account.number, *facts])


def _split_units(node: OfxNode, statement: _Statement) -> Decimal | None:
    """What the split adds to the holding."""
    old, new = (statement.optional(node, tag, read_amount) for tag in ("OLDUNITS", "NEWUNITS"))
    return new - old if old and new else None


def _split_terms(node: OfxNode, statement: _Statement) -> ActionTerms:
    new, old = (statement.optional(node, tag, read_amount) for tag in ("NUMERATOR", "DENOMINATOR"))
    return ActionTerms(ratio=(new, old) if new and old and new > 0 and old > 0 else None)


def _paid_fraction(node: OfxNode, split: TransactionRow, statement: _Statement) -> list[TransactionRow]:
    """FRACCASH: what a split pays for the fraction that it leaves, an entry of its own."""
    cash = statement.optional(node, "FRACCASH", read_amount)
    if not cash:
        return []
    key = Keys().key([split.key, "FRACCASH"])
    return [
        replace(split, key=key, kind=TransactionKind.CASH_IN_LIEU, action="FRACCASH", quantity=None, amount=abs(cash))
    ]


def _review(node: OfxNode) -> RowProblem:
    return RowProblem(
        node.line,
        node.tag,
        "needs_review",
        gettext_noop("%(tag)s changes holdings in a way that the file does not tell in full."),
        gettext_noop("Compare the position after it with the custodian's, and enter what is missing."),
        {"tag": node.tag},
        Severity.WARNING,
    )
