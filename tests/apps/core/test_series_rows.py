"""Rows of whole numbers go to the database and come back as they were."""

import datetime as dt

import numpy as np
from django.db import connection

from apps.core.series_rows import Series, array_text, read_rows, write_rows
from apps.core.whole_rows import EPOCH, read_columns, read_fields
from apps.portfolios.models import AccountQuarter, KeptHolding

ROWS = "SELECT account_id, holdings, changes FROM portfolios_accountquarter"
FORMS = {"holdings": "<i8", "changes": "<i8"}


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


def test_fields_of_a_row_come_as_the_database_sends_them(ada):
    found = read_fields("SELECT %(word)s::text, NULL::text, int4send(258), ''::bytea", {"word": "it's 5 %"})
    assert found == [b"it's 5 %", b"", b"\x00\x00\x01\x02", b""]


def test_rows_with_series_of_unlike_length_come_back_as_they_were(ada):
    first = dt.date(2026, 1, 1)
    day = int((np.datetime64(first) - EPOCH).astype(int))
    holdings = Series(ints(2, 3, 1, 3), ints(1, 2, 3, -(2**62), 5, 6, 7, 8, 9))
    changes = Series(ints(0, 2, 4, 2), ints(1, -1, 2, -2, 3, -3, 4, -4))
    keys = {"account_id": ("bigint", ints(8, 7, 9, 6)), "first_day": ("date", np.full(4, day))}
    write_rows(AccountQuarter._meta.db_table, keys, {"holdings": holdings, "changes": changes})
    kept = AccountQuarter.objects.get(account_id=7, first_day=first)
    assert np.frombuffer(kept.holdings, "<i8").tolist() == [3, -(2**62), 5]
    (accounts,), (held, changed) = read_rows(f"{ROWS} ORDER BY account_id", ("account_id",), FORMS, {})
    assert accounts.tolist() == [6, 7, 8, 9]
    assert held.starts.tolist() == [0, 3, 6, 8, 9]
    assert held.items.tolist() == [7, 8, 9, 3, -(2**62), 5, 1, 2, 6]
    assert (changed.sizes.tolist(), changed.items.tolist()) == ([2, 2, 0, 4], [4, -4, 1, -1, 2, -2, 3, -3])


def test_no_rows_are_read_and_written_as_none(ada):
    write_rows(AccountQuarter._meta.db_table, {"account_id": ("bigint", ints())})
    (accounts,), (held, _) = read_rows(ROWS, ("account_id",), FORMS, {})
    assert (len(accounts), len(held.sizes), held.starts.tolist()) == (0, 0, [0])


def test_a_text_without_letters_and_a_truth_are_keys_too(ada):
    keys = {
        "account_id": ("bigint", ints(1, 2)),
        "currency": ("empty", ints(0, 0)),
        "first_day": ("date", ints(-366, 366)),
    }
    write_rows(KeptHolding._meta.db_table, keys)
    told = KeptHolding.objects.order_by("account_id").values_list("account_id", "currency", "first_day", "instrument")
    assert list(told) == [(1, "", dt.date(1998, 12, 31), None), (2, "", dt.date(2001, 1, 1), None)]


def test_series_are_told_as_an_array_and_those_of_some_rows_are_taken(ada):
    series = Series(ints(2, 0, 1), ints(1, -2, 2**62))
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::bytea[]", [series.text()])
        (told,) = cursor.fetchone()
    assert [np.frombuffer(part, "<i8").tolist() for part in told] == [[1, -2], [], [2**62]]
    chosen = series.at(ints(2, 0))
    assert (chosen.sizes.tolist(), chosen.items.tolist()) == ([1, 2], [2**62, 1, -2])
