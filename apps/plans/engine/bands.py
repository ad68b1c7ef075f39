"""Percentiles of rows by partial selection: only the neighbourhood of each wanted place is put in order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.chunks import Chunk, Mapper, chunks_of
from apps.plans.engine.compiled import compiled_with_arrays
from apps.plans.engine.results import PERCENTILES

# Buckets of a row: some hundred for each doubling of the amount, so that a place shares its bucket with few.
_BUCKETS = 8192
_SIGN = 0x80000000

_CHUNKS = 4


@compiled_with_arrays
def _write_keys(row: NDArray[np.floating], single: NDArray[np.float32], keys: NDArray[np.uint32]) -> None:
    """The row as unsigned integers of the same order: its bits as float32, the sign turned, negatives mirrored."""
    for place in range(row.size):
        single[place] = row[place]
    bits = single.view(np.uint32)
    for place in range(row.size):
        negative = np.uint32(0) - (bits[place] >> np.uint32(31))
        keys[place] = bits[place] ^ (negative | np.uint32(_SIGN))


@compiled_with_arrays
def _write_values(keys: NDArray[np.uint32], values: NDArray[np.float64]) -> None:
    """The amounts of keys."""
    bits = np.empty(keys.size, np.uint32)
    for place in range(keys.size):
        mirrored = (keys[place] >> np.uint32(31)) - np.uint32(1)
        bits[place] = keys[place] ^ (mirrored | np.uint32(_SIGN))
    values[:] = bits.view(np.float32)


@compiled_with_arrays
def _bounds(keys: NDArray[np.uint32]) -> tuple[np.uint32, int, np.uint32, np.uint32]:
    """Smallest key, how often it occurs (ruin leaves many a path with nothing), the next larger one, the largest."""
    low, high = keys[0], keys[0]
    for place in range(keys.size):
        low = min(low, keys[place])
        high = max(high, keys[place])
    count, above = 0, high
    for place in range(keys.size):
        same = keys[place] == low
        count += same
        above = min(above, high if same else keys[place])
    return low, count, above, high


@compiled_with_arrays
def _mark(counts: NDArray[np.int32], n_low: int, places: NDArray[np.int64], skipped: NDArray[np.int64]) -> int:
    """Turn counts into marks: 1 for each bucket that holds a wanted place; returns how many keys those hold.

    ``skipped`` says for each place how many keys of the order lie before it outside the marked buckets.
    """
    below, gathered, wanted = n_low, 0, 0
    while wanted < places.size and places[wanted] < n_low:
        wanted += 1
    for bucket in range(counts.size):
        if wanted == places.size:
            counts[bucket:] = 0
            break
        inside = int(counts[bucket])
        counts[bucket] = 0
        while wanted < places.size and places[wanted] < below + inside:
            skipped[wanted] = below - gathered
            counts[bucket] = 1
            wanted += 1
        gathered += inside * int(counts[bucket])
        below += inside
    return gathered


@compiled_with_arrays
def _select(
    keys: NDArray[np.uint32], places: NDArray[np.int64], counts: NDArray[np.int32], found: NDArray[np.uint32]
) -> None:
    """Find the keys at ``places`` (ascending) of the order."""
    low, n_low, above, high = _bounds(keys)
    shift = np.uint32(0)
    while (high - above) >> shift >= np.uint32(_BUCKETS):
        shift += np.uint32(1)
    used = counts[: np.int64((high - above) >> shift) + 1]
    used[:] = 0
    for place in range(keys.size):
        if keys[place] != low:
            used[(keys[place] - above) >> shift] += 1
    skipped = np.zeros(places.size, np.int64)
    near = np.empty(_mark(used, n_low, places, skipped), np.uint32)
    size = 0
    for place in range(keys.size):
        if keys[place] != low and used[(keys[place] - above) >> shift] == 1:
            near[size] = keys[place]
            size += 1
    near.sort()
    for wanted in range(places.size):
        found[wanted] = low if places[wanted] < n_low else near[places[wanted] - skipped[wanted]]


@compiled_with_arrays
def _order(rows: NDArray[np.floating], places: NDArray[np.int64], values: NDArray[np.float64]) -> None:
    """Write the values at ``places`` of the order of each row, to seven digits."""
    single = np.empty(rows.shape[1], np.float32)
    keys = np.empty(rows.shape[1], np.uint32)
    counts = np.empty(_BUCKETS, np.int32)
    found = np.empty(places.size, np.uint32)
    for row in range(rows.shape[0]):
        _write_keys(rows[row], single, keys)
        _select(keys, places, counts, found)
        _write_values(found, values[row])


def ordered(rows: NDArray[np.floating], places: NDArray[np.int64], mapper: Mapper = map) -> NDArray[np.float64]:
    """Return what stands at ``places`` of the ascending order of each row: (n_rows, n_places).

    Seven digits are more than the scenarios are worth: amounts are compared as float32. Sorting whole rows takes
    several times as long, np.partition longer still.
    """
    sought, where = np.unique(places, return_inverse=True)
    values = np.empty((rows.shape[0], sought.size))
    compact = np.ascontiguousarray(rows)

    def order(chunk: Chunk) -> None:
        some = slice(*chunk)
        _order(compact[some], sought, values[some])

    for _ in mapper(order, chunks_of(rows.shape[0], _CHUNKS)):
        pass
    return values[:, where]


def percentiles_of(rows: NDArray[np.floating], mapper: Mapper = map) -> NDArray[np.float64]:
    """Percentiles of each row (n_rows, n_paths) at PERCENTILES, linear between order statistics (type 7)."""
    place = np.array(PERCENTILES) / 100.0 * (rows.shape[1] - 1)
    low = np.floor(place).astype(np.int64)
    part = place - low
    values = ordered(rows, np.concatenate([low, np.minimum(low + 1, rows.shape[1] - 1)]), mapper)
    result: NDArray[np.float64] = values[:, : low.size] * (1.0 - part) + values[:, low.size :] * part
    return result
