"""Rows with numbers for a key and series of whole numbers, to and from columns of bytea, many at a time.

For tables that engines compute from: a row costs more than a number in it, and a bytea is taken in and given out
as it is. Items are 64 bits, the lowest first. Everything else goes through models.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apps.core.whole_rows import read_fields

Ints = NDArray[np.int64]
# COPY's own binary form: a signature, flags, and no extension
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_BLOCK = 5_000
# how many bytes a key of that type has, and which; "empty" is a text without letters
_KEYS = {"bigint": (8, ">i8"), "date": (4, ">i4"), "boolean": (1, "i1"), "empty": (0, "")}


def array_text(values: Iterable[object]) -> str:
    """Return whole numbers, days, or words without quotes as the text of an array, to be cast in SQL.

    A list that is handed over costs a call for each of its items.
    """
    values = list(values)
    if set(map(type, values)) <= {int, dt.date}:
        return "{" + ",".join(map(str, values)) + "}"
    return "{" + ",".join("NULL" if v is None else f'"{v}"' if isinstance(v, str) else str(v) for v in values) + "}"


@dataclass(frozen=True, slots=True)
class Series:
    """A series of numbers for each of some rows, end to end: `sizes` (n_rows,), `items` (n_numbers,)."""

    sizes: Ints
    items: Ints

    @property
    def starts(self) -> Ints:
        """Where each row's numbers begin, and where the last one's end: (n_rows + 1,)."""
        return np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)

    def at(self, rows: Ints) -> Series:
        """Return the series of these rows."""
        return Series(self.sizes[rows], self.items[ranges(self.starts[rows], self.sizes[rows])])

    def text(self) -> str:
        """Return the rows as the text of an array of bytea, to be cast in SQL."""
        told = self.items.astype("<i8").tobytes().hex()
        parts = (f'"\\\\x{told[start:end]}"' for start, end in pairwise((16 * self.starts).tolist()))
        return "{" + ",".join(parts) + "}"


def ranges(starts: Ints, sizes: Ints) -> Ints:
    """Return the places of ranges, one after the other."""
    found: Ints = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    return found


def read_rows(
    query: str, keys: Sequence[str], series: Mapping[str, str], parameters: Mapping[str, Any]
) -> tuple[list[Ints], list[Series]]:
    """Return a query's rows in its order: `keys` are bigint, `series` bytea of items of the form given ("<i8")."""
    parts = [f"string_agg(int8send({name}), ''::bytea)" for name in keys]
    for name in series:
        parts += [f"string_agg(int4send(octet_length({name})), ''::bytea)", f"string_agg({name}, ''::bytea)"]
    told = read_fields(f"SELECT {', '.join(parts)} FROM ({query}) AS told", parameters)  # noqa: S608 - text of our own
    found = []
    for place, form in enumerate(series.values()):
        lengths, items = told[len(keys) + 2 * place :][:2]
        sizes = np.frombuffer(lengths, ">i4").astype(np.int64) // np.dtype(form).itemsize
        found.append(Series(sizes, np.frombuffer(items, form).astype(np.int64, copy=False)))
    return [np.frombuffer(each, ">i8").astype(np.int64) for each in told[: len(keys)]], found


def write_rows(table: str, keys: Mapping[str, tuple[str, Ints]], series: Mapping[str, Series] | None = None) -> None:
    """Add rows by COPY: `keys` are of the types of _KEYS (a date in days since EPOCH), `series` columns of bytea."""
    series = series or {}
    n = max(len(numbers) for _, numbers in keys.values())
    if not n:
        return
    # rows whose series are of one size are all of one form
    sizes = np.stack([each.sizes for each in series.values()]) if series else np.zeros((1, n), dtype=np.int64)
    _, form_of = np.unique(sizes, axis=1, return_inverse=True)
    order = np.argsort(form_of.ravel(), kind="stable")
    bounds = np.cumsum(np.bincount(form_of.ravel()))
    names = ", ".join([*keys, *series])
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(_HEADER)
        for first, end in zip([0, *bounds[:-1].tolist()], bounds.tolist(), strict=True):
            for at in range(first, end, _BLOCK):
                copy.write(_packed(keys, list(series.values()), order[at : min(at + _BLOCK, end)]))
        copy.write(_TRAILER)


def _packed(keys: Mapping[str, tuple[str, Ints]], series: Sequence[Series], chosen: Ints) -> bytes:
    """Rows in the form of COPY: how many fields, and each with its length."""
    fields: list[Any] = [("n", ">i2")]
    for name, (kind, _) in keys.items():
        fields += [(f"length of {name}", ">i4"), *([(name, _KEYS[kind][1])] if _KEYS[kind][0] else [])]
    sizes = [int(each.sizes[chosen[0]]) for each in series]
    for place, size in enumerate(sizes):
        fields += [(f"length {place}", ">i4"), (f"items {place}", "<i8", (size,))]
    told = np.empty(len(chosen), dtype=fields)
    told["n"] = len(keys) + len(series)
    for name, (kind, numbers) in keys.items():
        told[f"length of {name}"] = _KEYS[kind][0]
        if _KEYS[kind][0]:
            told[name] = numbers[chosen]
    for place, (each, size) in enumerate(zip(series, sizes, strict=True)):
        told[f"length {place}"] = 8 * size
        told[f"items {place}"] = each.items[each.starts[chosen, None] + np.arange(size)]
    return told.tobytes()
