"""Markets as a household sees them: worked out once, the same however they come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from apps.plans.engine import monte_carlo
from apps.plans.engine.compiled import LANES
from apps.plans.engine.growth import MarketCache, Span, grown, year_prices
from apps.plans.engine.monte_carlo import project
from apps.plans.engine.program import build_program
from tests.apps.plans.engine.households import family, family_cube

WEIGHTS = build_program(family()).weights
SPAN, TEN_YEARS = Span(570, 6), Span(120, 12)


@pytest.mark.parametrize("first_year", [12, 6, 1])
def test_growth_is_that_of_holdings_rebalanced_at_year_ends(first_year: int) -> None:
    factors, path = family_cube().factors, 70
    growth = grown(WEIGHTS, factors, Span(36, first_year))
    markets = factors[path // LANES, :36, :, path % LANES].astype(np.float64)
    for mix, weights in enumerate(WEIGHTS):
        holdings, found = weights.copy(), growth[path // LANES, mix, :, path % LANES]
        for month in range(36):
            holdings = weights.copy() if (month - first_year) % 12 == 0 else holdings
            after = holdings * markets[month, :-1]
            assert found[month] == pytest.approx(after.sum() / holdings.sum(), rel=1e-7)
            holdings = after


def test_prices_multiply_up_from_one() -> None:
    factors = family_cube().factors
    for n_months, first_year in ((120, 12), (117, 9)):
        prices = year_prices(factors, Span(n_months, first_year), 500)
        assert prices.shape == (11, 500)
        assert np.all(prices[0] == 1.0)
        levels = factors[3, :n_months, -1, 5].astype(np.float64).cumprod()
        assert prices[1, 3 * LANES + 5] == pytest.approx(levels[first_year - 1], rel=1e-7)
        assert prices[10, 3 * LANES + 5] == pytest.approx(levels[-1], rel=1e-7)


def test_markets_are_worked_out_once_and_cannot_be_changed() -> None:
    cache = MarketCache()
    first = cache.of(family_cube(), WEIGHTS, SPAN, map)
    assert cache.of(family_cube(), WEIGHTS.copy(), SPAN, map) is first
    assert cache.of(family_cube(), WEIGHTS, Span(558, 6), map) is not first
    assert cache.of(family_cube(), WEIGHTS, Span(570, 12), map) is not first
    assert first.growth is not None
    assert not first.growth.flags.writeable
    assert not first.prices.flags.writeable


def test_threads_work_out_the_same_markets() -> None:
    with ThreadPoolExecutor(3) as pool:
        threaded = MarketCache().of(family_cube(), WEIGHTS, SPAN, pool.map)
    alone = MarketCache().of(family_cube(), WEIGHTS, SPAN, map)
    assert threaded.growth is not None
    assert alone.growth is not None
    assert np.array_equal(threaded.growth, alone.growth)
    assert np.array_equal(threaded.prices, alone.prices)


def test_what_was_not_used_longest_goes_first_and_the_bound_holds() -> None:
    one = MarketCache().of(family_cube(), WEIGHTS, TEN_YEARS, map).nbytes
    cache = MarketCache(kept_bytes=2 * one)
    kept = cache.of(family_cube(), WEIGHTS, TEN_YEARS, map)
    cache.of(family_cube(), WEIGHTS[::-1].copy(), TEN_YEARS, map)
    assert cache.of(family_cube(), WEIGHTS, TEN_YEARS, map) is kept
    cache.of(family_cube(), 0.5 * WEIGHTS, TEN_YEARS, map)
    assert cache.nbytes <= 2 * one
    assert cache.of(family_cube(), WEIGHTS, TEN_YEARS, map) is kept


def test_what_is_too_large_to_keep_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = project(family(), family_cube()).to_json_bytes()
    small = MarketCache(kept_bytes=1_000_000)
    monkeypatch.setattr(monte_carlo, "MARKETS", small)
    assert project(family(), family_cube()).to_json_bytes() == kept
    assert small.nbytes <= 1_000_000
