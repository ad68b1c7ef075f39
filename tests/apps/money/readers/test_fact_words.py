"""Every column and kind of entry has one name in each language, and a file is read as its language writes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.core.tabular.problems import CellError
from apps.core.tabular.values import read_date, read_decimal, read_percent
from apps.money.readers.fact_columns import COLUMNS, HEADINGS
from apps.money.readers.fact_words import (
    READ_IN_PORTUGUESE,
    entry_in,
    entry_of,
    heading_in,
    heading_of,
    headings_told,
    language_of,
    spoken,
)


def test_each_column_and_entry_is_told_in_both_languages_and_found_again():
    for heading in HEADINGS:
        told = heading_in("pt", heading)
        assert told != heading
        assert heading_of(told.upper()) == heading_of(heading.title()) == heading
    for entry in COLUMNS:
        told = entry_in("pt", entry)
        assert told != entry
        assert entry_of(told) == entry_of(entry) == entry
    assert len(set(headings_told(HEADINGS))) == 2 * len(HEADINGS)
    assert heading_of("colour") == "colour"


def test_a_file_is_portuguese_by_its_headings_and_a_reader_by_the_page():
    assert language_of(["Entry", "Name", "As of"]) == "en"
    assert language_of(["Lançamento", "Name"]) == "pt"
    assert (spoken("pt-br"), spoken("en"), spoken(None)) == ("pt", "en", "en")


def test_numbers_and_days_of_a_portuguese_file():
    assert READ_IN_PORTUGUESE[read_decimal]("1.234,56") == Decimal("1234.56")
    assert READ_IN_PORTUGUESE[read_percent]("6,5%") == Decimal("0.065")
    assert READ_IN_PORTUGUESE[read_date]("03/04/2026") == date(2026, 4, 3)
    with pytest.raises(CellError):
        READ_IN_PORTUGUESE[read_decimal]("1,234.56")
