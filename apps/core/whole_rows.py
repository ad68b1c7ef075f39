"""Many rows to and from the database by COPY and arrays, without a statement for each.

For what engines compute from, and for what files of a hundred thousand rows become; the rest goes through models.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

import numpy as np
from django.db import connection, models
from django.utils import timezone
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_TEXTS = 5_000
# COPY's binary form: a signature, flags, the length of an extension; a row says how many fields, a field its length
_HEADER_SIZE = 19
_FIELDS, _LENGTH = struct.Struct(">h"), struct.Struct(">i")
# what separates in COPY's text form
_ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
# days are counted from here in the database's binary form
EPOCH = np.datetime64("2000-01-01")


def read_columns(query: str, columns: Sequence[str], parameters: Mapping[str, Any]) -> list[Ints]:
    """Return the named columns (bigint, not null) of a query's rows as arrays, in the order of its rows."""
    sums = ", ".join(f"string_agg(int8send({name}), ''::bytea)" for name in columns)
    told = read_fields(f"SELECT {sums} FROM ({query}) AS told", parameters)  # noqa: S608 - names and text of our own
    return [np.frombuffer(part, dtype=">i8").astype(np.int64) for part in told]


def read_fields(query: str, parameters: Mapping[str, Any]) -> list[memoryview]:
    """Return the fields of a query's only row as the database sends them in COPY, NULL as nothing.

    An ordinary answer writes each byte of a bytea in two letters.
    """
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", parameters) as copy:
        told = memoryview(b"".join(copy))
    (n_fields,) = _FIELDS.unpack_from(told, _HEADER_SIZE)
    at, found = _HEADER_SIZE + _FIELDS.size, []
    for _ in range(n_fields):
        (length,) = _LENGTH.unpack_from(told, at)
        at += _LENGTH.size
        found.append(told[at : at + max(length, 0)])
        at += max(length, 0)
    return found


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Add rows of any kind by COPY in its text form: None is NULL, everything else its text. JSON comes as text.

    Nothing of a model is asked: the caller gives every column without a default, values checked before.
    """
    copy_lines(table, columns, ("\t".join([_text(value) for value in row]) for row in rows))


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Add rows that have COPY's text form already."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        rest = iter(lines)
        while block := list(islice(rest, _TEXTS)):
            copy.write("\n".join(block) + "\n")


def copied_text(text: str) -> str:
    """Return the text as COPY takes it."""
    return text.translate(_ESCAPED)


def _text(value: object) -> str:
    if value is None:
        return "\\N"
    return copied_text(value) if type(value) is str else str(value)


def insert_models(rows: Sequence[models.Model]) -> None:
    """Add new records of one model by COPY, and give each its row id.

    No signal, no history, no field with a form of its own in the database (JSON); the caller checked the values.
    """
    if not rows:
        return
    meta, now = rows[0]._meta, timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [meta.db_table, len(rows)]
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    of_now = [
        field.attname
        for field in meta.concrete_fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]
    for row, pk in zip(rows, ids, strict=True):
        row.pk = pk
        for name in of_now:
            setattr(row, name, now)
    told = attrgetter(*(field.attname for field in meta.concrete_fields))
    copy_in(meta.db_table, [str(field.column) for field in meta.concrete_fields], map(told, rows))
    for row in rows:
        row._state.adding = False  # noqa: SLF001 - as bulk_create leaves them


def updated_at(model: type[models.Model], public_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Return when records were last changed, by public id."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT public_id, updated_at FROM {model._meta.db_table} WHERE public_id = ANY(%s)",  # noqa: S608 - our name
            [list(public_ids)],
        )
        return dict(cursor.fetchall())
