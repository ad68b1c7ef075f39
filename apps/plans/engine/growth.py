"""The cube as one household sees it: monthly growth of each of its allocations, and the price level.

Within a year flows keep the drifted weights of an allocation, so its growth over a month is the same for every account
that holds it and for every plan tried on it. It is worked out once per cube and set of allocations and kept as float32,
like the factors it is made from; the price level is kept beside it, multiplied up from the start.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.chunks import Chunk, Mapper, chunks_of
from apps.plans.engine.compiled import LANES, compiled_with_arrays
from apps.plans.engine.scenarios import ScenarioCube

Growth = NDArray[np.float32]
Prices = NDArray[np.float32]

# A household of 47 years with three allocations takes 92 MB. What is larger than the bound is not kept.
KEPT_BYTES = 192 * 2**20
_CHUNKS = 8


class Span(NamedTuple):
    """The months of a plan: calendar years, of which the first has ``first_year`` months, the others twelve."""

    n_months: int
    first_year: int

    @property
    def n_years(self) -> int:
        """How many calendar years, the first one included."""
        return 1 + (self.n_months - self.first_year) // 12


@compiled_with_arrays
def grow_block(
    weights: NDArray[np.float64], first_year: int, factors: NDArray[np.float32], growth: NDArray[np.float32]
) -> None:
    """Work out the growth of a block.

    ``factors`` (n_months, n_assets + 1, LANES) as in the cube, ``growth`` (n_mixes + 1, n_months, LANES): each mix,
    rebalanced to its row of ``weights`` (n_mixes, n_assets) at the end of each calendar year, the first of which has
    ``first_year`` months, then the price level.
    """
    n_mixes, n_assets = weights.shape
    drift = np.empty((n_assets, LANES))
    before = np.empty(LANES)
    after = np.empty(LANES)
    for mix in range(n_mixes):
        for month in range(growth.shape[1]):
            if month == 0 or month % 12 == first_year % 12:
                before[:] = 1.0
                for asset in range(n_assets):
                    drift[asset, :] = weights[mix, asset]
            after[:] = 0.0
            for asset in range(n_assets):
                if weights[mix, asset] > 0.0:
                    for lane in range(LANES):
                        drift[asset, lane] *= factors[month, asset, lane]
                        after[lane] += drift[asset, lane]
            for lane in range(LANES):
                growth[mix, month, lane] = after[lane] / before[lane]
                before[lane] = after[lane]
    before[:] = 1.0
    for month in range(growth.shape[1]):
        for lane in range(LANES):
            before[lane] *= factors[month, n_assets, lane]
            growth[n_mixes, month, lane] = before[lane]


@compiled_with_arrays
def _grow_blocks(
    weights: NDArray[np.float64], first_year: int, factors: NDArray[np.float32], growth: NDArray[np.float32]
) -> None:
    for block in range(factors.shape[0]):
        grow_block(weights, first_year, factors[block], growth[block])


def grown(weights: NDArray[np.float64], factors: NDArray[np.float32], span: Span) -> Growth:
    """Growth (n_blocks, n_mixes + 1, n_months, LANES) of some blocks of a cube, read-only."""
    growth = np.empty((factors.shape[0], weights.shape[0] + 1, span.n_months, LANES), dtype=np.float32)
    _grow_blocks(weights, span.first_year, factors, growth)
    growth.setflags(write=False)
    return growth


def year_prices(factors: NDArray[np.float32], span: Span, n_paths: int) -> Prices:
    """Price level at the start and at year ends, (n_years + 1, n_paths), read-only."""
    levels = grown(np.empty((0, factors.shape[2] - 1)), factors, span)[:, 0, span.first_year - 1 :: 12, :]
    prices = np.ones((span.n_years + 1, n_paths), dtype=np.float32)
    prices[1:] = levels.transpose(1, 0, 2).reshape(span.n_years, -1)[:, :n_paths]
    prices.setflags(write=False)
    return prices


class Markets(NamedTuple):
    """What plans with the same allocations and length read of a cube.

    ``growth`` (n_blocks, n_mixes + 1, n_months, LANES), None where it would be too large to keep: the caller then works
    it out for a few blocks at a time. ``prices`` as `year_prices` returns them.
    """

    growth: Growth | None
    prices: Prices

    @property
    def nbytes(self) -> int:
        """How much memory they take."""
        return self.prices.nbytes + (0 if self.growth is None else self.growth.nbytes)


class MarketCache:
    """Markets by cube, allocations and length; what was not used longest goes first."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._kept: OrderedDict[tuple[str, bytes, Span], Markets] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, cube: ScenarioCube, weights: NDArray[np.float64], span: Span, mapper: Mapper) -> Markets:
        """Return markets kept from before or worked out now; arrays are read-only, and shared by threads."""
        key = (cube.digest, weights.tobytes(), span)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        growth = self._growth(cube, weights, span, mapper)
        found = Markets(growth, year_prices(cube.factors, span, cube.spec.n_paths))
        with self._lock:
            self._kept[key] = found
            while self.nbytes > self._kept_bytes:
                self._kept.popitem(last=False)
        return found

    def _growth(self, cube: ScenarioCube, weights: NDArray[np.float64], span: Span, mapper: Mapper) -> Growth | None:
        n_blocks = cube.factors.shape[0]
        shape = (n_blocks, weights.shape[0] + 1, span.n_months, LANES)
        if 4 * math.prod(shape) > self._kept_bytes:
            return None
        growth = np.empty(shape, dtype=np.float32)

        def grow(chunk: Chunk) -> None:
            blocks = slice(*chunk)
            _grow_blocks(weights, span.first_year, cube.factors[blocks], growth[blocks])

        for _ in mapper(grow, chunks_of(n_blocks, _CHUNKS)):
            pass
        growth.setflags(write=False)
        return growth

    @property
    def nbytes(self) -> int:
        """How much memory what is kept takes."""
        return sum(markets.nbytes for markets in self._kept.values())


MARKETS = MarketCache()
