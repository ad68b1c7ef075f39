import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.class_changes import ClassChange, amounts_for

# parts of a fund, to a hundredth of a per cent: the solver takes much less for the dust of floating point
PARTS = st.lists(st.integers(0, 10_000).map(lambda part: part / 10_000), min_size=3, max_size=3)


def test_each_class_gets_what_it_lacks():
    found = amounts_for([ClassChange({"STOCKS": 1}, 1000), ClassChange({"BONDS": 1}, -400)])
    assert found.amounts == {"BONDS": pytest.approx(-400), "STOCKS": pytest.approx(1000)}
    assert found.is_exact


def test_a_mixed_fund_moves_both_of_its_classes():
    stocks, bonds = ClassChange({"MIX": 0.6, "BND": 0}, 600), ClassChange({"MIX": 0.4, "BND": 1}, 900)
    found = amounts_for([stocks, bonds])
    assert found.amounts == {"MIX": pytest.approx(1000), "BND": pytest.approx(500)}
    assert found.is_exact


def test_wishes_that_contradict_each_other_are_met_half_way_and_say_so():
    found = amounts_for([ClassChange({"A": 1}, 2000), ClassChange({"A": 1}, 0)])
    assert found.amounts == {"A": pytest.approx(1000)}
    assert not found.is_exact
    assert found.missed_by == (pytest.approx(-1000), pytest.approx(1000))


def test_of_many_ways_the_one_with_the_smallest_trades():
    found = amounts_for([ClassChange({"A": 1, "B": 1}, 1000)])
    assert found.amounts == {"A": pytest.approx(500), "B": pytest.approx(500)}


@given(st.lists(PARTS, min_size=1, max_size=5), st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3))
def test_wishes_that_can_be_met_are(parts, trades):
    """Wishes made from trades are met, by trades no larger than those."""
    changes = [ClassChange(dict(zip("ABC", row, strict=True)), float(np.dot(row, trades))) for row in parts]
    found = amounts_for(changes)
    assert max(map(abs, found.missed_by)) <= 1e-6 * max(1.0, *(abs(change.amount) for change in changes))
    assert sum(value**2 for value in found.amounts.values()) <= sum(value**2 for value in trades) * (1 + 1e-6) + 1e-6


@pytest.mark.parametrize("changes", [[], [ClassChange({}, 1)], [ClassChange({"A": float("nan")}, 1)]])
def test_what_cannot_be_solved_is_refused(changes):
    with pytest.raises(InvalidInputError):
        amounts_for(changes)
