"""What custodians write in words about a corporate action: ratio, parent and the number of the reorganisation.

Shapes that were met (docs/formats/custodian-csv.md): "R/S FROM 517103404#REOR M0051311040001", "1 FOR 5 R/S INTO",
"EXCHANGED FOR 1.225 SHARES OF CUSIP 777777777", "SPINOFF FROM:(SPGI ) …", "XXXMANDATORY MERGER EFF: 08/01/19".
"""

from __future__ import annotations

import re
from decimal import Decimal

from stdnum import cusip

from apps.portfolios.readers.rows import SecurityKey

_NUMBER = r"(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})"
_RATIOS = (
    re.compile(rf"\bexchanged for {_NUMBER} (?:shs?|shares?)\b", re.IGNORECASE),
    re.compile(rf"\b(?:ratio|rate)(?: of|:)? {_NUMBER}(?![\d.]*[%/])", re.IGNORECASE),
    re.compile(rf"(?<![\d./]){_NUMBER} ?(?:-for-| for ){_NUMBER}\b", re.IGNORECASE),
    re.compile(rf"(?<![\d./]){_NUMBER} (?:new )?(?:shs?|shares?) (?:per|for each|for every)\b", re.IGNORECASE),
)
_PARENT = re.compile(r"(?i:spin-? ?off from):? ?(?:\(([A-Z0-9./-]{1,12}) ?\)|([0-9A-Z]{9})\b)")
_REORGANISATION = re.compile(r"#REOR[ A-Z]*?([0-9]{8,})\b")


def ratio_in(text: str) -> tuple[Decimal, Decimal] | None:
    """Find new shares and old ones: "1 FOR 5" is one for five, "EXCHANGED FOR 1.225 SHARES" so many for one."""
    for shape in _RATIOS:
        found = shape.search(text)
        if found is None:
            continue
        new, old = Decimal(found[1]), Decimal(found[2]) if shape.groups > 1 else Decimal(1)
        return (new, old) if new > 0 and old > 0 else None
    return None


def parent_in(text: str) -> SecurityKey | None:
    """Find what a spin-off came from: a symbol or a CUSIP."""
    found = _PARENT.search(text)
    if found is None:
        return None
    name = found[1] or found[2]
    if cusip.is_valid(name):
        return SecurityKey(cusip=name)
    return SecurityKey(symbol=name) if found[1] else None


def reorganisation_in(text: str) -> str:
    """Find the number that the lines of one reorganisation share: its last digit counts them (Fidelity)."""
    found = _REORGANISATION.search(text)
    return found[1][:-1] if found else ""
