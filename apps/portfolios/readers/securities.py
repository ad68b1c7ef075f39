"""How files name securities and accounts: symbols, CUSIP and ISIN with their check digits, masked numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from stdnum import cusip, isin

from apps.core.tabular.problems import CellError, RowProblem, Severity
from apps.core.tabular.values import read_date
from apps.kernel.errors import gettext_noop
from apps.portfolios.readers.rows import CustodianAccount, SecurityKey

_CUSIP_SHAPE = re.compile(r"[0-9]{3}[0-9A-Z*@#]{5}[0-9]|[A-Z][0-9]{4}[0-9A-Z]{3}[0-9]")
_CASH = re.compile(
    r"cash(?:\b|$)|us dollars?\b|usd$|fcash|core\*\*|sweep|bank deposit|insured deposit|held in money market",
    re.IGNORECASE,
)
_CORE_MARK = "**"
_ACCOUNT = re.compile(r"(?:[Xx*•]{2,}|\.{3})[-\s]?[0-9]{2,8}\b|\b[A-Z]?[0-9]{2,4}-?[0-9]{3,8}[A-Z]?\b")
_AS_OF = re.compile(r"\bas of\b(?P<rest>.*)$|\bdate downloaded\b(?P<later>.*)$", re.IGNORECASE)
_DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}|[A-Z][a-z]{2,8} \d{1,2}, \d{4}")
_LEAD = re.compile(
    r"^(?:positions|transactions|holdings|activity|history|balances)\s+for\s+(?:account\s+)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SecurityCells:
    """What the cells of a row say about the security."""

    symbol: str = ""
    cusip: str = ""
    isin: str = ""
    description: str = ""


def security_of(cells: SecurityCells, row: int) -> tuple[SecurityKey | None, tuple[RowProblem, ...]]:
    """Name the security. A CUSIP or ISIN whose check digit is wrong is left out, with a warning.

    None when the cells name nothing.
    """
    symbol = cells.symbol.strip().rstrip("*").strip().upper()
    number, international = cells.cusip.strip().upper(), cells.isin.strip().upper()
    # Custodians put the CUSIP where a bond or a fund has no symbol.
    if not number and _CUSIP_SHAPE.fullmatch(symbol) and cusip.is_valid(symbol):
        symbol, number = "", symbol
    if not international and len(symbol) == 12 and isin.is_valid(symbol):
        symbol, international = "", symbol
    problems: list[RowProblem] = []
    if number and not cusip.is_valid(number):
        problems.append(_wrong_check_digit(row, "CUSIP", number))
        symbol, number = symbol or number, ""
    if international and not isin.is_valid(international):
        problems.append(_wrong_check_digit(row, "ISIN", international))
        symbol, international = symbol or international, ""
    description = " ".join(cells.description.split())
    if not (symbol or number or international or description):
        return None, tuple(problems)
    return SecurityKey(symbol, number, international, description), tuple(problems)


def _wrong_check_digit(row: int, kind: str, number: str) -> RowProblem:
    return RowProblem(
        row,
        kind,
        "wrong_check_digit",
        gettext_noop("The %(kind)s %(number)s cannot exist: its check digit is wrong."),
        gettext_noop("Choose the security by hand."),
        {"kind": kind, "number": number[:14]},
        Severity.WARNING,
    )


def is_cash_line(symbol: str, description: str) -> bool:
    """Whether a position is the account's cash: named so, or marked as core fund by two asterisks (Fidelity)."""
    return bool(_CASH.match(symbol) or symbol.endswith(_CORE_MARK) or (not symbol and _CASH.match(description)))


def account_in(text: str) -> CustodianAccount | None:
    """Find the account in a caption such as "Positions for account Intelligent XXXX-4321 as of …"."""
    before = re.split(r"\bas of\b", text, maxsplit=1, flags=re.IGNORECASE)[0]
    found = _ACCOUNT.search(_DAY.sub(" ", before))
    if found is None:
        return None
    return CustodianAccount(found[0].strip(), " ".join(_LEAD.sub("", before[: before.find(found[0])]).split()))


def account_in_name(filename: str) -> CustodianAccount | None:
    """Find the account in a file name such as History_for_Account_X81234567.csv."""
    found = re.search(
        r"(?:account|acct)[_\s-]*([A-Z]{0,2}[0-9X*]{4,}[0-9A-Z]*)|\b(X{2,}[-_]?[0-9]{2,})", filename, re.IGNORECASE
    )
    spaced = found or re.search(r"(X{2,}[0-9]{2,})", filename)
    return CustodianAccount(next(group for group in spaced.groups() if group)) if spaced else None


def day_in(texts: Iterator[str]) -> date | None:
    """Find the day that captions say the figures are of: "… as of 02:45 AM ET, 08/25/2020"."""
    for text in texts:
        said = _AS_OF.search(text)
        day = _DAY.search((said["rest"] or said["later"] or "") if said else "")
        if day is None:
            continue
        try:
            return read_date(day[0])
        except CellError:
            continue
    return None
