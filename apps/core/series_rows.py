"""Series of whole numbers between arrays and columns of bigint[], many in a row: a row costs more than a number.

For tables that engines compute from; everything else goes through models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Ints = NDArray[np.int64]
# COPY's own binary form: a signature, flags, and no extension
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_BLOCK = 5_000
# the database's number for the type bigint
_BIGINT = 20
_NOTHING = np.empty(0, dtype=np.int64)


def array_text(values: Iterable[object]) -> str:
    """Return whole numbers, days, or words without quotes as the text of an array, to be cast in SQL.

    A list that is handed over costs a call for each of its items.
    """
    return "{" + ",".join("NULL" if v is None else f'"{v}"' if isinstance(v, str) else str(v) for v in values) + "}"


@dataclass(frozen=True, slots=True)
class SeriesRows:
    """Rows with some numbers for a key and series of numbers: row i has those at `places[i]` and the next `sizes[i]`.

    `keys` (n_rows,) each, `places` and `sizes` (n_rows,), `series` (n_numbers,) each.
    """

    keys: Sequence[Ints]
    places: Ints
    sizes: Ints
    series: Sequence[Ints]


def read_series(query: str, keys: Sequence[str], series: Sequence[str], parameters: Mapping[str, Any]) -> SeriesRows:
    """Return a query's rows: `keys` are bigint, `series` bigint[] of one length in a row, none of them null.

    In the order of their lengths, and within one in that of the query.
    """
    parts = [f"string_agg(int8send({name}), ''::bytea)" for name in keys]
    parts += [f"string_agg(array_send({name}), ''::bytea)" for name in series]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT cardinality({series[0]}), {', '.join(parts)} FROM ({query}) AS told "  # noqa: S608 - our own text
            f"WHERE cardinality({series[0]}) > 0 GROUP BY 1 ORDER BY 1",
            parameters,
        )
        found = cursor.fetchall()
    sizes = [np.full(len(row[1]) // 8, row[0], dtype=np.int64) for row in found]
    columns = [
        np.concatenate([_unpacked(row[1 + place], row[0], place < len(keys)) for row in found] or [_NOTHING])
        for place in range(len(keys) + len(series))
    ]
    every = np.concatenate(sizes or [_NOTHING])
    return SeriesRows(columns[: len(keys)], np.cumsum(every) - every, every, columns[len(keys) :])


def _unpacked(told: bytes, size: int, is_key: bool) -> Ints:  # noqa: FBT001
    if is_key:
        return np.frombuffer(bytes(told), dtype=">i8").astype(np.int64)
    form = np.dtype([("form", ">i4", (5,)), ("items", [("length", ">i4"), ("number", ">i8")], (size,))])
    return np.frombuffer(bytes(told), dtype=form)["items"]["number"].astype(np.int64).ravel()


def write_series(table: str, keys: Mapping[str, str], series: Sequence[str], rows: SeriesRows) -> None:
    """Add rows by COPY: `keys` are "bigint" or "date" (days since EPOCH), `series` columns of bigint[]."""
    names = ", ".join([*keys, *series])
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(_HEADER)
        # rows of one size are all of one form
        for size in np.unique(rows.sizes):
            chosen = np.flatnonzero(rows.sizes == size)
            for first in range(0, len(chosen), _BLOCK):
                copy.write(_packed(keys, rows, chosen[first : first + _BLOCK], int(size)))
        copy.write(_TRAILER)


def _packed(keys: Mapping[str, str], rows: SeriesRows, chosen: Ints, size: int) -> bytes:
    """Rows in the form of COPY: how many fields, and each with its length; of an array its form, items with theirs."""
    widths = {"bigint": (8, ">i8"), "date": (4, ">i4")}
    item = np.dtype([("length", ">i4"), ("number", ">i8")])
    fields: list[Any] = [("n", ">i2")]
    for name, kind in keys.items():
        fields += [(f"length of {name}", ">i4"), (name, widths[kind][1])]
    for place in range(len(rows.series)):
        fields += [(f"form {place}", ">i4", (6,)), (f"items {place}", item, (size,))]
    told = np.empty(len(chosen), dtype=fields)
    told["n"] = len(keys) + len(rows.series)
    for (name, kind), key in zip(keys.items(), rows.keys, strict=True):
        told[f"length of {name}"], told[name] = widths[kind][0], key[chosen]
    at = rows.places[chosen, None] + np.arange(size)
    for place, numbers in enumerate(rows.series):
        # one dimension, no nulls, the type's number, how many, counted from 1
        told[f"form {place}"] = (20 + item.itemsize * size, 1, 0, _BIGINT, size, 1)
        told[f"items {place}"]["length"], told[f"items {place}"]["number"] = 8, numbers[at]
    return told.tobytes()
