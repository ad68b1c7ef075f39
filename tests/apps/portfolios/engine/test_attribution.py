import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.attribution import (
    Segments,
    brinson_fachler,
    brinson_hood_beebower,
    carino_factors,
    compounded,
    link,
    linked,
    menchero_factors,
)

SHARES = st.lists(st.floats(0.01, 1), min_size=3, max_size=3)
GAINS = st.lists(st.floats(-0.4, 0.6), min_size=3, max_size=3)


@st.composite
def periods(draw):
    """One to six periods of three segments."""
    found = []
    for _ in range(draw(st.integers(1, 6))):
        wp, wb = np.array(draw(SHARES)), np.array(draw(SHARES))
        found.append(Segments.of(wp / wp.sum(), wb / wb.sum(), draw(GAINS), draw(GAINS)))
    return found


@given(periods(), st.sampled_from([brinson_fachler, brinson_hood_beebower]))
def test_effects_of_a_period_sum_to_its_active_return(found, method):
    for period in found:
        assert method(period).total == pytest.approx(period.portfolio_return - period.benchmark_return, abs=1e-12)


@given(periods(), st.booleans())
def test_linked_effects_sum_to_the_active_return_of_the_whole(found, menchero):
    whole = compounded([p.portfolio_return for p in found]) - compounded([p.benchmark_return for p in found])
    squares = sum((p.portfolio_return - p.benchmark_return) ** 2 for p in found)
    assume(squares > 1e-12 or abs(whole) < 1e-15)
    effects = link(found, [brinson_fachler(period) for period in found], menchero=menchero)
    assert effects.total == pytest.approx(whole, abs=1e-9)


def test_the_two_methods_differ_only_in_what_allocation_counts():
    period = Segments.of([0.4, 0.3, 0.3], [0.4, 0.2, 0.4], [0.2, -0.05, 0.06], [0.1, -0.04, 0.08])
    fachler, hood = brinson_fachler(period), brinson_hood_beebower(period)
    assert list(fachler.selection) == list(hood.selection)
    assert fachler.allocation.sum() == pytest.approx(hood.allocation.sum())
    assert list(fachler.selection_with_interaction) == pytest.approx([0.04, -0.003, -0.006])


def test_equal_returns_take_the_limit_of_the_logarithm():
    assert carino_factors([0.1, 0.1], [0.1, 0.1]) == pytest.approx([1.21 / 1.1] * 2)
    assert menchero_factors([0.1, 0.1], [0.1, 0.1]) == pytest.approx([1.1] * 2)
    assert carino_factors([0.1], [0.05]) == pytest.approx([1])
    assert menchero_factors([0.1], [0.05]) == pytest.approx([1])


def test_a_period_whose_parts_do_not_fit_is_refused():
    for wp in ([0.5, 0.4], [0.5, 0.5, 0.0], [0.5, float("nan")]):
        with pytest.raises(InvalidInputError):
            Segments.of(wp, [0.5, 0.5], [0.1, 0.1], [0.1, 0.1])
    with pytest.raises(InvalidInputError, match="everything"):
        carino_factors([-1.0], [0.1])
    with pytest.raises(InvalidInputError, match="Each period"):
        menchero_factors([0.1], [0.1, 0.2])
    with pytest.raises(InvalidInputError, match="same segments"):
        link([], [])


def test_linking_weighs_each_period():
    assert list(linked([[0.01, 0.02], [0.03, 0.04]], np.array([2.0, 1.0]))) == pytest.approx([0.05, 0.08])
