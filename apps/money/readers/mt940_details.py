"""Who and what for: the free text of an MT940 entry (:86:, :NS:), which each country's banks write in their own way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.money.readers.mt940_fields import Mt940Field

# A line of :86: has 65 characters, a part of the German structure 27; a full one may end within a word.
_FULL_LINE = 65
_FULL_PART = 27
# Germany and Poland: three digits of the kind of entry, then parts that a sign and two digits begin.
_STRUCTURED = re.compile(r"\s*\d{3}(?P<sign>[?^<>~@/|])(?=\d\d)")
_PURPOSE = frozenset([*(f"{n}" for n in range(20, 30)), *(f"{n}" for n in range(60, 64))])
_SEPA = "EREF|KREF|MREF|BREF|RREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC"
_REMITTANCE = re.compile(rf"SVWZ\+(.*?)(?=(?:{_SEPA})\+|\Z)")
# The Netherlands: words between strokes.
_WORDS = re.compile(
    r"/(TRTP|NAME|REMI|EREF|CNTP|IBAN|BIC|MARF|CSID|ORDP|BENM|TRCD|RTRN|PURP|PREF|NRTX|ADDR|ISDT|SVCL|OCMT|ULTC|ULTD|ID)/"
)


@dataclass(frozen=True, slots=True)
class Mt940Details:
    """Who is on the other side, what for, and the bank's own word for the entry; each may be empty."""

    name: str = ""
    memo: str = ""
    posting: str = ""


def details_of(fields: Sequence[Mt940Field]) -> Mt940Details:
    """Read the texts that follow an entry."""
    found = [_non_swift(field.lines) if field.tag == "NS" else _text(field.lines) for field in fields]
    return Mt940Details(
        next((each.name for each in found if each.name), ""),
        one_line(" ".join(each.memo for each in found)),
        next((each.posting for each in found if each.posting), ""),
    )


def one_line(text: str) -> str:
    """The text without line ends and blanks that pad it."""
    return " ".join(text.split())


def _text(lines: Sequence[str]) -> Mt940Details:
    structured = _STRUCTURED.match(lines[0])
    if structured is not None:
        return _structured("".join(lines), structured["sign"])
    joined = _joined(lines, _FULL_LINE)
    words = _WORDS.split(joined)
    if len(words) > 1 and not words[0].strip():
        return _worded(dict(zip(words[1::2], words[2::2], strict=True)))
    return Mt940Details(memo=one_line(joined))


def _structured(text: str, sign: str) -> Mt940Details:
    cut = re.split(rf"{re.escape(sign)}(\d\d)", text)
    parts = list(zip(cut[1::2], cut[2::2], strict=True))
    purpose = _joined([part for code, part in parts if code in _PURPOSE], _FULL_PART)
    remittance = _REMITTANCE.search(purpose)
    return Mt940Details(
        one_line(_joined([part for code, part in parts if code in {"32", "33"}], _FULL_PART)),
        one_line(remittance[1] if remittance else purpose),
        one_line(" ".join(part for code, part in parts if code == "00")),
    )


def _worded(words: dict[str, str]) -> Mt940Details:
    party = words.get("CNTP", "").split("/")
    name = words.get("NAME", "") or (party[2] if len(party) > 2 else "")
    memo = re.sub(r"^(?:USTD|STRD)//", "", words.get("REMI", ""))
    return Mt940Details(one_line(name), one_line(memo.rstrip("/ ")), one_line(words.get("TRTP", "")))


def _non_swift(lines: Sequence[str]) -> Mt940Details:
    """German banks without :86:: 01 to 14 what for, 15 and 16 who, 17 the bank's word."""
    parts = [(line[:2], line[2:]) for line in lines]
    return Mt940Details(
        one_line(" ".join(part for code, part in parts if code in {"15", "16"})),
        one_line(" ".join(part for code, part in parts if "01" <= code <= "14" and code.isdigit())),
        one_line(" ".join(part for code, part in parts if code == "17")),
    )


def _joined(parts: Sequence[str], full: int) -> str:
    return "".join(part if len(part) >= full else f"{part} " for part in parts)
