"""How far a portfolio is from its target."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.portfolios.engine.drift import (
    Band,
    BandRule,
    Position,
    SecurityTarget,
    SleeveTarget,
    drift_of,
)
from apps.portfolios.engine.errors import DriftRefusedError

D = Decimal
FIVE_25 = Band(D("0.05"), D("0.25"))


def sleeves() -> tuple[SleeveTarget, ...]:
    """60 stocks, half of each of two; 30 bonds; 10 cash."""
    return (
        SleeveTarget(
            "Stocks",
            "us_equity",
            D("0.6"),
            FIVE_25,
            (SecurityTarget("A", D("0.3"), Band(relative=D("0.2")), ("A2",)), SecurityTarget("B", D("0.3"))),
        ),
        SleeveTarget("Bonds", "government_bonds", D("0.3"), FIVE_25, (SecurityTarget("C", D("0.3")),)),
        SleeveTarget("Cash", "cash", D("0.1"), FIVE_25),
    )


def test_the_tighter_of_two_bands_holds() -> None:
    assert FIVE_25.width(D("0.6")) == D("0.05")  # 25 % of 60 would be 15 points
    assert FIVE_25.width(D("0.1")) == D("0.025")
    assert FIVE_25.broken(D("0.126"), D("0.1")) is BandRule.RELATIVE
    assert FIVE_25.broken(D("0.66"), D("0.6")) is BandRule.ABSOLUTE
    assert FIVE_25.broken(D("0.65"), D("0.6")) is None, "on the edge is inside"
    assert Band().broken(D(1), D(0)) is None


def test_a_portfolio_on_target_has_no_drift() -> None:
    held = [
        Position("A", "us_equity", D(300)),
        Position("B", "us_equity", D(300)),
        Position("C", "government_bonds", D(300)),
    ]
    drift = drift_of(sleeves(), held, D(100))
    assert drift.total == drift.investable == 1000
    assert [line.drift for line in drift.classes] == [0, 0, 0]
    assert drift.distance == 0
    assert not drift.is_out


def test_a_worked_example_by_class_and_by_security() -> None:
    held = [
        Position("A", "us_equity", D(200)),
        Position("A2", "us_equity", D(50)),  # stands in for A
        Position("B", "us_equity", D(300)),
        Position("Z", "us_equity", D(150)),  # of the class, not of the model
        Position("C", "government_bonds", D(250)),
    ]
    drift = drift_of(sleeves(), held, D(50))
    stocks, bonds, cash = drift.classes
    assert (stocks.weight, bonds.weight, cash.weight) == (D("0.7"), D("0.25"), D("0.05"))
    assert (stocks.broken, bonds.broken, cash.broken) == (BandRule.ABSOLUTE, None, BandRule.RELATIVE)
    assert (stocks.low, stocks.high, stocks.target_value) == (D("0.55"), D("0.65"), D(600))
    a, b, c, z = drift.securities
    assert (a.key, a.weight, a.drift) == ("A", D("0.25"), D("-0.05"))
    assert a.broken is None, "20 % of 30 is 6 points"
    assert (b.drift, c.drift, z.target, z.weight) == (0, D("-0.05"), 0, D("0.15"))
    assert drift.outside == ("Z",)
    # 0.15 is sold; 0.05 go to A, 0.05 to C, 0.05 to cash
    assert drift.distance == D("0.15")
    assert drift.largest == D("0.1")


def test_the_reserve_is_kept_out_of_the_weights() -> None:
    held = [Position("A", "us_equity", D(300)), Position("B", "us_equity", D(300)), Position("C", "cash", D(300))]
    drift = drift_of(sleeves(), held, D(600), reserve=D(500))
    assert drift.investable == 1000
    assert [line.drift for line in drift.classes] == [0, 0, 0]
    short = drift_of(sleeves(), held, D(100), reserve=D(500))
    assert short.short_of_reserve == 400
    assert short.classes[2].weight == D(-400) / 500


def test_what_the_model_does_not_name_has_the_band_of_the_version() -> None:
    held = [Position("X", "commodities", D(60)), Position("A", "us_equity", D(940))]
    inside = drift_of(sleeves(), held, D(0), outside_band=D("0.06"))
    assert inside.classes[-1].key == "commodities"
    assert inside.classes[-1].broken is None
    outside = drift_of(sleeves(), held, D(0), outside_band=D("0.05"))
    assert outside.classes[-1].broken is BandRule.OUTSIDE


def test_what_has_no_price_is_named_and_left_out() -> None:
    drift = drift_of(sleeves(), [Position("A", "us_equity", None)], D(100))
    assert drift.unpriced == ("A",)
    assert drift.total == 100


def test_an_empty_account_is_never_out() -> None:
    drift = drift_of(sleeves(), [], D(0), reserve=D(10))
    assert (drift.is_out, drift.distance, drift.short_of_reserve) == (False, 0, 10)


def test_a_target_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(DriftRefusedError, match="add up to"):
        drift_of(sleeves()[:2], [], D(1))
    twice = SleeveTarget("Cash", "cash", D("0.1"), securities=(SecurityTarget("A2", D("0.1")),))
    with pytest.raises(DriftRefusedError, match="twice"):
        drift_of((*sleeves()[:2], twice), [], D(1))


_AMOUNTS = st.decimals(min_value=0, max_value=10**7, places=2)


@given(st.lists(st.tuples(st.sampled_from("ABCXYZ"), _AMOUNTS), max_size=12), _AMOUNTS)
def test_weights_add_up_to_one_and_drift_to_nothing(held: list[tuple[str, Decimal]], cash: Decimal) -> None:
    classes = {"A": "us_equity", "B": "us_equity", "C": "government_bonds", "X": "other", "Y": "us_equity", "Z": "cash"}
    drift = drift_of(sleeves(), [Position(key, classes[key], value) for key, value in held], cash)
    if drift.investable > 0:
        assert abs(sum(line.weight for line in drift.classes) - 1) < D("1e-20")
        assert abs(sum(line.drift for line in drift.classes)) < D("1e-20")
        assert 0 <= drift.distance <= 1
