"""Rows of whole numbers between the database and arrays, without an object for each value.

For tables of millions of rows that engines compute from; everything else goes through models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Ints = NDArray[np.int64]
# COPY's own binary form: a signature, flags, and no extension
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_BLOCK = 50_000
# days are counted from here in the database's binary form
EPOCH = np.datetime64("2000-01-01")


def read_columns(query: str, columns: Sequence[str], parameters: Mapping[str, Any]) -> list[Ints]:
    """Return the named columns (bigint, not null) of a query's rows as arrays, in the order of its rows."""
    sums = ", ".join(f"string_agg(int8send({name}), ''::bytea)" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sums} FROM ({query}) AS told", parameters)  # noqa: S608 - names and text of our own
        row = cursor.fetchone()
    return [np.frombuffer(bytes(part or b""), dtype=">i8").astype(np.int64) for part in row]


def write_rows(table: str, columns: Mapping[str, str], values: Sequence[Ints]) -> None:
    """Add rows by COPY. `columns` says of each name whether it is a "bigint" or a "date" (days since EPOCH)."""
    sizes = {"bigint": (8, ">i8"), "date": (4, ">i4")}
    fields: list[tuple[str, str]] = [("n", ">i2")]
    for name, kind in columns.items():
        fields += [(f"size of {name}", ">i4"), (name, sizes[kind][1])]
    names = ", ".join(columns)
    n = len(values[0]) if values else 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(_HEADER)
        for first in range(0, n, _BLOCK):
            part = slice(first, min(first + _BLOCK, n))
            rows = np.empty(part.stop - part.start, dtype=fields)
            rows["n"] = len(columns)
            for (name, kind), column in zip(columns.items(), values, strict=True):
                rows[f"size of {name}"] = sizes[kind][0]
                rows[name] = column[part]
            copy.write(rows.tobytes())
        copy.write(_TRAILER)
