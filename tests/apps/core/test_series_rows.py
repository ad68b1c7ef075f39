"""Rows of whole numbers go to the database and come back as they were."""

import datetime as dt

import numpy as np
from django.db import connection

from apps.core.series_rows import SeriesRows, array_text, read_series, write_series
from apps.core.whole_rows import EPOCH, read_columns
from apps.portfolios.models import AccountMonth
from apps.portfolios.models.kept_values import SERIES


def ints(*numbers):
    return np.array(numbers, dtype=np.int64)


def test_text_of_an_array_is_cast_into_it(ada):
    with connection.cursor() as cursor:
        told = [array_text([1, -2]), array_text(["", "USD"]), array_text([None, dt.date(2026, 1, 2)])]
        cursor.execute("SELECT %s::bigint[], %s::text[], %s::date[]", told)
        assert cursor.fetchone() == ([1, -2], ["", "USD"], [None, dt.date(2026, 1, 2)])


def test_columns_of_a_query_are_read_in_its_order(ada):
    found = read_columns("SELECT n, -n AS less FROM generate_series(1, 3) AS n", ("n", "less"), {})
    assert [column.tolist() for column in found] == [[1, 2, 3], [-1, -2, -3]]
    assert [len(column) for column in read_columns("SELECT 1::bigint AS n WHERE false", ("n",), {})] == [0]


def test_series_of_unlike_length_come_back_by_their_length(ada):
    first = dt.date(2026, 1, 1)
    day = int((np.datetime64(first) - EPOCH).astype(int))
    numbers = ints(1, 2, 3, -(2**62), 5, 6)
    rows = SeriesRows(
        (ints(8, 7, 9), ints(day, day, day)), ints(0, 2, 5), ints(2, 3, 1), [numbers * n for n in range(5)]
    )
    write_series(AccountMonth._meta.db_table, {"account_id": "bigint", "first_day": "date"}, SERIES, rows)
    assert AccountMonth.objects.get(account_id=7, first_day=first).cash == [3, -(2**62), 5]
    found = read_series("SELECT * FROM portfolios_accountmonth", ("account_id",), SERIES[:2], {})
    assert (found.keys[0].tolist(), found.sizes.tolist(), found.places.tolist()) == ([9, 8, 7], [1, 2, 3], [0, 1, 3])
    assert found.series[1].tolist() == [6, 1, 2, 3, -(2**62), 5]
    empty = read_series("SELECT * FROM portfolios_accountmonth WHERE false", ("account_id",), SERIES, {})
    assert (len(empty.sizes), len(empty.series)) == (0, 5)
