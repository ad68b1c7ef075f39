"""Days that are packed come back as they were, whatever lies in them, and take no more place than what moves."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.portfolios.engine.kept_days import DaySeries, joined, packed, quarter_of, unpacked

NUMBER = st.one_of(st.just(0), st.integers(-5, 5), st.integers(-(2**63), 2**63 - 1))
DAY = st.tuples(NUMBER, NUMBER, NUMBER, NUMBER, NUMBER)


def series_of(days):
    return DaySeries(*np.array(days, dtype=np.int64).reshape(-1, 5).T)


@given(st.lists(st.lists(DAY, min_size=1, max_size=12), max_size=5))
def test_rows_come_back_as_they_were(rows):
    sizes = np.array([len(row) for row in rows], dtype=np.int64)
    days = series_of([day for row in rows for day in row])
    counts, changes = packed(days, sizes, 0 * sizes, 0 * sizes)
    assert len(changes) == counts.sum()
    found = unpacked(days.holdings, sizes, counts, changes)
    for was, comes in zip(days.columns, found.columns, strict=True):
        assert was.tolist() == comes.tolist()


def test_what_does_not_move_takes_no_place():
    days = series_of([(5, 7, 0, 0, 0)] * 90 + [(5, 8, 1, 0, 0), (5, 8, 0, 0, 0)])
    counts, changes = packed(days, *np.array([[92], [0], [0]]))
    assert counts.tolist() == [6]
    assert changes.tolist() == [0, 7, 90, 1, 128 + 90, 1]


@given(st.lists(DAY, min_size=1, max_size=6), st.lists(DAY, min_size=1, max_size=6))
def test_days_that_go_on_in_a_row_follow_those_it_has(had, more):
    first, second = series_of(had), series_of(more)
    _, begun = packed(first, *np.array([[len(had)], [0], [0]]))
    _, changes = packed(second, np.array([len(more)]), np.array([len(had)]), first.cash[-1:])
    whole = joined(first, second)
    sizes = np.array([len(had) + len(more)])
    found = unpacked(whole.holdings, sizes, np.array([len(begun) + len(changes)]), np.concatenate([begun, changes]))
    for was, comes in zip(whole.columns, found.columns, strict=True):
        assert was.tolist() == comes.tolist()


def test_days_of_both_follow_each_other():
    both = joined(series_of([(1, 2, 3, 4, 5)]), series_of([(6, 7, 8, 9, 10)]))
    assert [column.tolist() for column in both.columns] == [[1, 6], [2, 7], [3, 8], [4, 9], [5, 10]]
    assert both.at(np.array([1])).fees.tolist() == [10]


@pytest.mark.parametrize(
    ("day", "first"), [((1, 1), (1, 1)), ((3, 31), (1, 1)), ((8, 15), (7, 1)), ((12, 31), (10, 1))]
)
def test_a_quarter_begins_with_its_first_month(day, first):
    assert quarter_of(dt.date(2026, *day)) == dt.date(2026, *first)
