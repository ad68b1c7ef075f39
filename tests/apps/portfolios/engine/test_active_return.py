"""The lead over a benchmark, split and linked: the parts sum to it, and agree with the engine of one period."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.active_return import ActivePeriods, Linking, active_return, linked_parts
from apps.portfolios.engine.attribution import Segments, brinson_fachler, link

SEEDS = st.integers(0, 10_000)
LINKINGS = st.sampled_from(list(Linking))


def drawn(seed, n=6, n_holdings=5, n_segments=3, fee=0.0):
    dice = np.random.default_rng(seed)
    weights = dice.dirichlet(np.ones(n_holdings), n)
    returns = dice.normal(0.005, 0.04, (n, n_holdings))
    theirs = dice.dirichlet(np.ones(n_segments), n)
    base = dice.normal(0.004, 0.03, (n, n_segments))
    return ActivePeriods(
        weights=weights,
        returns=returns,
        segment_of=np.array([0, 0, 1, 1, 2][:n_holdings]),
        benchmark_weights=theirs,
        benchmark_returns=base,
        whole=(weights * returns).sum(axis=1) - fee,
        benchmark=(theirs * base).sum(axis=1),
    )


@given(SEEDS, LINKINGS, st.sampled_from([0.0, 0.0005]))
def test_the_parts_sum_to_the_lead_of_the_whole_span(seed, linking, fee):
    periods = drawn(seed, fee=fee)
    found = active_return(periods, linking)
    lead = np.prod(1 + periods.whole) - np.prod(1 + periods.benchmark)
    parts = found.allocation.sum() + found.selection.sum() + found.interaction.sum()
    assert found.active == pytest.approx(lead, abs=1e-12)
    assert parts + found.rest == pytest.approx(lead, abs=1e-12)
    if not fee:
        assert found.rest == pytest.approx(0, abs=1e-10)


@given(SEEDS, LINKINGS)
def test_holdings_sum_to_selection_and_interaction_of_their_segment(seed, linking):
    periods = drawn(seed)
    found = active_return(periods, linking)
    of_segments = np.bincount(periods.segment_of, found.holdings)
    assert of_segments == pytest.approx(found.selection + found.interaction, abs=1e-12)


@given(SEEDS, LINKINGS)
def test_it_agrees_with_the_attribution_that_the_published_cases_hold(seed, linking):
    periods = drawn(seed)
    member = np.eye(3)[periods.segment_of]
    weight = periods.weights @ member
    ours = (periods.weights * periods.returns) @ member / weight
    rows = zip(weight, periods.benchmark_weights, ours, periods.benchmark_returns, strict=True)
    each = [Segments.of(*row) for row in rows]
    known = link(each, [brinson_fachler(one) for one in each], menchero=linking is Linking.MENCHERO)
    found = active_return(periods, linking)
    assert found.allocation == pytest.approx(known.allocation, abs=1e-12)
    assert found.selection == pytest.approx(known.selection, abs=1e-12)
    assert found.interaction == pytest.approx(known.interaction, abs=1e-12)


def test_a_segment_that_the_benchmark_lacks_is_measured_against_the_whole_of_it():
    periods = ActivePeriods(
        weights=np.array([[0.5, 0.5]]),
        returns=np.array([[0.10, 0.02]]),
        segment_of=np.array([0, 1]),
        benchmark_weights=np.array([[1.0, 0.0]]),
        benchmark_returns=np.array([[0.04, np.nan]]),
        whole=np.array([0.06]),
        benchmark=np.array([0.04]),
    )
    found = active_return(periods, Linking.CARINO)
    assert found.allocation == pytest.approx([0, 0])
    assert found.holdings == pytest.approx([0.03, -0.01])
    assert found.active == pytest.approx(0.02)


def test_without_periods_or_after_a_loss_of_everything_nothing_is_split():
    with pytest.raises(InvalidInputError):
        active_return(drawn(1, n=0), Linking.CARINO)
    lost = drawn(1)
    lost.whole[2] = -1
    with pytest.raises(InvalidInputError):
        active_return(lost, Linking.MENCHERO)


@given(SEEDS)
def test_linked_parts_sum_to_the_return(seed):
    parts = np.random.default_rng(seed).normal(0.001, 0.02, (20, 4))
    whole = parts.sum(axis=1)
    assert linked_parts(parts, whole).sum() == pytest.approx(np.prod(1 + whole) - 1, abs=1e-12)
