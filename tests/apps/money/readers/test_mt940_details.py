from __future__ import annotations

import pytest

from apps.money.readers.mt940_details import Mt940Details, details_of
from apps.money.readers.mt940_fields import Mt940Field


def read(*lines: str, tag: str = "86") -> Mt940Details:
    return details_of([Mt940Field(tag, 1, lines)])


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ("166?00GUTSCHRIFT?20EREF+1?21SVWZ+Miete Novembe", "r?22 Haus 4?32Karl?33a Kaufmann"),
            Mt940Details("Karl a Kaufmann", "Miete November Haus 4", "GUTSCHRIFT"),
        ),
        (("020^00Wyplata^20ZAPLATA^32HUTA",), Mt940Details("HUTA", "ZAPLATA", "Wyplata")),
        (
            ("/TRTP/SEPA OVERBOEKING/IBAN/NL1/NAME/J. Jansen/REMI/Huur", " mei/EREF/NOTPROVIDED"),
            Mt940Details("J. Jansen", "Huur mei", "SEPA OVERBOEKING"),
        ),
        (
            ("/EREF/13//CNTP/NL92RABO0/RABONL2U/De Bakker///REMI/USTD//00006/",),
            Mt940Details("De Bakker", "00006", ""),
        ),
        (("RENT MAY", "HOUSE 4"), Mt940Details("", "RENT MAY HOUSE 4", "")),
        (("x" * 65, "y"), Mt940Details("", "x" * 65 + "y", "")),
        (("",), Mt940Details("", "", "")),
    ],
)
def test_each_country_writes_in_its_own_way(lines: tuple[str, ...], told: Mt940Details) -> None:
    assert read(*lines) == told


def test_the_german_lines_without_86() -> None:
    told = read("01Zweck 1", "02Zweck 2", "15Empfänger", "17Buchung", "1812345", tag="NS")
    assert told == Mt940Details("Empfänger", "Zweck 1 Zweck 2", "Buchung")
