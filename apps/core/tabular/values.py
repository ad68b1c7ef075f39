"""Cells read as amounts, days, percentages and answers, by the file's own way of writing them.

Every parser answers None for a cell that says nothing (empty, "--", "N/A") and raises CellError for one that says
something else than its column should hold: a guess about money is worse than a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_date_format, get_month_names
from babel.numbers import get_decimal_symbol, get_group_symbol

from apps.core.tabular.problems import CellError
from apps.core.tabular.tables import Cell
from apps.kernel.errors import InvalidInputError, gettext_noop

# What custodians and spreadsheets write for "no value".
_MISSING = frozenset({"", "-", "--", "---", "—", "–", "n/a", "na", "#n/a", "n.a.", "null", "none", "not available"})
_LONGEST_MISSING = max(map(len, _MISSING))
_CURRENCY = r"(?:[A-Z]{3}|R\$|US\$|C\$|A\$|CA\$|[$€£¥])"
_CURRENCY_TOLD = re.compile(rf"(?<![A-Za-z]){_CURRENCY}(?![A-Za-z])")
_CODES = {"R$": "BRL", "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_MONEY = re.compile(
    rf"(?P<sign>[+-]?)\s*(?:{_CURRENCY})?\s*(?P<inner>[+-]?)\s*(?P<digits>[0-9][0-9.,'\s]*|[.,][0-9]+)"
    rf"(?P<power>[eE][+-]?(?:1[0-5]|[0-9]))?\s*(?:{_CURRENCY})?\s*(?P<after>-?)",
)
# the plain way of most files, in languages that write 1,234.56
_PLAIN = re.compile(r"(-?)\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(\.[0-9]{1,12})?")
_MAX_DIGITS = 30
_MAX_TEXT = 60
# Excel counts days from here, after its invented 29 February 1900 (ECMA-376 part 1, 18.17.4.1).
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_SERIALS = range(61, 109_575)  # 1 March 1900 to the end of 2199
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FIGURES_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
_WORD_DAY_FIRST = re.compile(r"(\d{1,2})[\s./-]+(?:de\s+)?([^\W\d_]+)\.?,?[\s./-]+(?:de\s+)?(\d{4}|\d{2})")
_WORD_MONTH_FIRST = re.compile(r"([^\W\d_]+)\.?[\s-]+(\d{1,2}),?[\s-]+(\d{4}|\d{2})")
_CLOCK = re.compile(
    r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|[+-]\d{2}:?\d{2}|[A-Z]{2,4})?$"
)


class DateOrder(StrEnum):
    """How 3/4/2026 is meant where a day is written in figures only."""

    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How a file writes days.

    ``pivot``: two-digit years from it on are 19xx, below it 20xx; None refuses two-digit years. ``strptime`` is a
    declared format such as "%d.%m.%Y"; when it is set, nothing else is tried.
    """

    order: DateOrder = DateOrder.MONTH_FIRST
    pivot: int | None = None
    strptime: str = ""

    @classmethod
    def of_locale(cls, locale: str, pivot: int | None = None) -> DateStyle:
        """The order that the language and country writes. Raises InvalidInputError for an unknown locale."""
        pattern = get_date_format("short", _known_locale(locale)).pattern.lower()
        day_first = pattern.index("d") < pattern.index("m")
        return cls(DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST, pivot)


# POSIX: 69 to 99 are 19xx (strptime %y). Right for trades; births need four digits or a pivot of their own.
TRADE_DATES = DateStyle(pivot=69)


@lru_cache(maxsize=64)
def _known_locale(name: str) -> Locale:
    try:
        return Locale.parse(name, sep="-" if "-" in name else "_")
    except (UnknownLocaleError, ValueError) as unknown:
        raise InvalidInputError(
            gettext_noop("“%(locale)s” is no known language and country."),
            mend=gettext_noop("Choose one such as en_US or pt_BR."),
            locale=name[:20],
        ) from unknown


@lru_cache(maxsize=64)
def _marks(locale: str) -> tuple[str, str]:
    known = _known_locale(locale)
    return get_decimal_symbol(known), get_group_symbol(known)


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in ("en", "pt"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                names[name.rstrip(".").casefold()] = number
    names["sept"] = 9
    return names


def text_of(cell: Cell) -> str:
    """The cell as a person reads it: numbers without exponent, days by ISO, outer spaces gone."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        plain = f"{cell:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat()


def currency_told(cell: Cell) -> str:
    """Return the currency that stands beside a number: its ISO code, "$" where that is all it says, else nothing."""
    found = _CURRENCY_TOLD.search(cell) if isinstance(cell, str) and any(each.isdigit() for each in cell) else None
    return "" if found is None else _CODES.get(found.group(), found.group())


def is_missing(cell: Cell) -> bool:
    """Whether the cell says nothing, which is not zero."""
    return isinstance(cell, str) and not said_text(cell)


def said_text(cell: str) -> str:
    """A text as a person reads it; empty where it says nothing."""
    text = " ".join(cell.split())
    return "" if len(text) <= _LONGEST_MISSING and text.casefold() in _MISSING else text


def _not_a_number(text: str) -> CellError:
    return CellError(
        "not_a_number",
        gettext_noop("“%(value)s” is not a number as this file writes them."),
        mend=gettext_noop("Correct the cell, or choose the language whose decimal mark the file uses."),
        value=text[:40],
    )


def _plain_digits(digits: str, locale: str) -> str | None:
    """Drop the group marks, or None where they do not stand every three digits."""
    decimal_mark, group_mark = _marks(locale)
    whole, _, part = digits.partition(decimal_mark)
    if not re.fullmatch(r"[0-9]*", part):
        return None
    groups = re.split(r"[\s']" if group_mark.isspace() else f"[{re.escape(group_mark)}\\s']", whole.strip())
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        return None
    plain = "".join(groups)
    if not re.fullmatch(r"[0-9]*", plain) or not plain + part:
        return None
    return f"{plain or '0'}.{part or '0'}"


def read_decimal(cell: Cell, locale: str = "en_US") -> Decimal | None:
    """Read an amount, price or count: "$1,234.56", "(1,234.56)", "1.234,56" in pt_BR, "12.50-"; "--" is None.

    Raises CellError when the cell holds anything else, a wrong decimal mark among it.
    """
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, str) and (told := _PLAIN.fullmatch(cell)) and _marks(locale) == (".", ","):
        sign, whole, part = told.groups()
        number = Decimal(whole.replace(",", "") + (part if part and part != ".0" else ""))
        return -number if sign else number
    text = text_of(cell)
    if is_missing(cell):
        return None
    bare = text.replace("−", "-")
    bracketed = bare.startswith("(") and bare.endswith(")")
    match = _MONEY.fullmatch(bare[1:-1].strip() if bracketed else bare)
    if match is None or not isinstance(cell, str) or len(text) > _MAX_TEXT:
        raise _not_a_number(text)
    signs = [mark for mark in (match["sign"], match["inner"], match["after"]) if mark]
    plain = _plain_digits(match["digits"].strip(), locale)
    if plain is None or len(signs) > 1 or (bracketed and signs) or len(plain) > _MAX_DIGITS:
        raise _not_a_number(text)
    value = Decimal(plain.removesuffix(".0") + (match["power"] or ""))
    return -value if bracketed or "-" in signs else value


def read_percent(cell: Cell, locale: str = "en_US") -> Decimal | None:
    """Read a percentage as a proportion: "+2.68%" is 0.0268. A figure without the sign is percent as well."""
    if isinstance(cell, str):
        cell = cell.strip().removesuffix("%")
    value = read_decimal(cell, locale)
    return None if value is None else value / 100


def _not_a_day(text: str) -> CellError:
    return CellError(
        "not_a_date",
        gettext_noop("“%(value)s” is not a date as this file writes them."),
        mend=gettext_noop("Write the day as 2026-03-31, or choose the file's order of day and month."),
        value=text[:40],
    )


def _full_year(text: str, style: DateStyle) -> int:
    if len(text) == 4:
        return int(text)
    if style.pivot is None:
        raise CellError(
            "two_digit_year",
            gettext_noop("The year “%(year)s” has two digits only."),
            mend=gettext_noop("Write the year with four digits."),
            year=text,
        )
    return int(text) + (1900 if int(text) >= style.pivot else 2000)


def _from_words(text: str, style: DateStyle) -> tuple[int, int, int] | None:
    if match := _WORD_DAY_FIRST.fullmatch(text):
        day, word, year = match.groups()
    elif match := _WORD_MONTH_FIRST.fullmatch(text):
        word, day, year = match.groups()
    else:
        return None
    month = _months().get(word.casefold())
    return None if month is None else (_full_year(year, style), month, int(day))


def _parts(text: str, style: DateStyle) -> tuple[int, int, int] | None:
    """Year, month and day as written, or None where the text has no known shape."""
    if match := _ISO_DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return year, month, day
    if match := _FIGURES_DAY.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        year = _full_year(match[3], style)
        return (year, first, second) if style.order is DateOrder.MONTH_FIRST else (year, second, first)
    return _from_words(text, style)


def _from_declared(text: str, style: DateStyle) -> date:
    try:
        return datetime.strptime(text, style.strptime).date()  # noqa: DTZ007 -- a day of the file, not a moment
    except (ValueError, re.error) as wrong:
        raise _not_a_day(text) from wrong


def read_date(cell: Cell, style: DateStyle = TRADE_DATES) -> date | None:
    """Read a day: ISO, figures in the file's order, month names, an Excel serial number; a time of day is dropped.

    Raises CellError for a day that does not exist, an unknown shape, or a two-digit year where no pivot is declared.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if is_missing(cell):
        return None
    text = text_of(cell)
    if isinstance(cell, (bool, time)):
        raise _not_a_day(text)
    if style.strptime and isinstance(cell, str):
        return _from_declared(text, style)
    if re.fullmatch(r"[0-9]{2,6}(\.[0-9]+)?", text) and int(float(text)) in _EXCEL_SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(float(text)))
    parts = _parts(_CLOCK.sub("", text), style) if text.isprintable() and len(text) <= _MAX_TEXT else None
    try:
        return date(*parts) if parts else _refuse_day(text)
    except ValueError as impossible:
        raise _not_a_day(text) from impossible


def _refuse_day(text: str) -> date:
    raise _not_a_day(text)


def detected_order(cells: Iterable[Cell]) -> DateOrder | None:
    """Tell the order of day and month from days that only one order allows; None when none or both speak."""
    votes: set[DateOrder] = set()
    for cell in cells:
        match = _FIGURES_DAY.match(text_of(cell)) if isinstance(cell, str) else None
        if match and int(match[1]) > 12 >= int(match[2]):
            votes.add(DateOrder.DAY_FIRST)
        if match and int(match[2]) > 12 >= int(match[1]):
            votes.add(DateOrder.MONTH_FIRST)
    return votes.pop() if len(votes) == 1 else None
