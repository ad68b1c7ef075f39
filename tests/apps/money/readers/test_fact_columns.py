"""Every heading of a list fills a field that its kind of fact has, and cells are read as that field holds them."""

from __future__ import annotations

import pytest

from apps.core.tabular.problems import CellError
from apps.money.readers.fact_columns import (
    ALWAYS,
    COLUMNS,
    HEADINGS,
    NEEDS_PERSON,
    TAKES_PERSON,
    fact_word,
    read_text,
    read_whole,
    read_yes,
)
from apps.money.services.facts import FACT_KINDS


def test_a_list_tells_of_every_kind_of_fact_in_fields_that_it_has():
    assert {fact_word(entry) for entry in COLUMNS} == set(FACT_KINDS)
    for entry, columns in COLUMNS.items():
        fields = {field.name: field for field in FACT_KINDS[fact_word(entry)]._meta.get_fields()}
        assert {field for field, _read in columns.values()} <= set(fields), entry
        assert (entry in TAKES_PERSON) == ("person" in fields), entry
        assert (entry in NEEDS_PERSON) == ("person" in fields and not fields["person"].null), entry
        assert set(columns) | set(ALWAYS) <= set(HEADINGS)
    assert len(HEADINGS) == len(set(HEADINGS))


@pytest.mark.parametrize(("cell", "value"), [("2015", 2015), ("1,200", 1200), ("48.0", 48), ("--", None)])
def test_a_whole_number_is_read(cell, value):
    assert read_whole(cell) == value


@pytest.mark.parametrize(("cell", "value"), [("Yes", True), ("x", True), ("no", False), ("Não", False)])
def test_yes_and_no_are_read(cell, value):
    assert read_yes(cell) is value


@pytest.mark.parametrize(
    ("read", "cell", "code"), [(read_whole, "1.5", "not_whole"), (read_yes, "maybe", "not_yes_or_no")]
)
def test_anything_else_is_refused_with_what_to_write(read, cell, code):
    with pytest.raises(CellError) as refused:
        read(cell)
    assert refused.value.code == code
    assert refused.value.mend
    assert cell in str(refused.value)


def test_words_lose_the_spaces_around_them():
    assert read_text("  Salary ") == "Salary"
