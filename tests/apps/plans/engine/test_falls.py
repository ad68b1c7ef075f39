"""Great falls of the past, on a mix that is held through them."""

import math
import tomllib
from pathlib import Path

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.falls import change_of, falls_from_mapping

TABLE = Path(__file__).resolve().parents[4] / "apps" / "plans" / "reference" / "market_falls.toml"
STEP = {"months": 3, "inflation": 0.01, "us_equity": -0.5, "cash": 0.02}
ROW = {"key": "x", "first_month": "2000-01", "last_month": "2000-03", "in_reports": True, "steps": [STEP]}


def falls(**changed):
    return falls_from_mapping({"source": "by hand", "falls": [{**ROW, **changed}]})


def test_a_mix_changes_by_the_weighted_sum():
    (fall,) = falls()
    assert change_of(fall, (("us_equity", 0.6), ("cash", 0.4))) == pytest.approx(0.6 * -0.5 + 0.4 * 0.02)
    assert change_of(fall, (("us_equity", 1.0), ("gold", 0.0))) == -0.5


def test_a_class_without_history_gives_no_number():
    (fall,) = falls()
    assert change_of(fall, (("us_equity", 0.9), ("gold", 0.1))) is None
    assert change_of(fall, ()) is None


def test_a_loss_of_more_than_all_is_refused():
    with pytest.raises(InvalidInputError) as refused:
        falls(steps=[{**STEP, "us_equity": -1.2}])
    assert refused.value.field == "falls[x].us_equity"


def test_steps_follow_each_other_to_the_end_of_the_stretch_and_tell_the_same_classes():
    (fall,) = falls(last_month="2001-01", steps=[STEP, {**STEP, "months": 10, "us_equity": 0.5}])
    assert dict(fall.changes) == {"us_equity": pytest.approx(-0.25), "cash": pytest.approx(1.02**2 - 1)}
    for wrong in ([STEP, STEP], [{**STEP, "months": 2}], [{**STEP, "months": 2}, {**STEP, "months": 1, "gold": 0.1}]):
        with pytest.raises(InvalidInputError) as refused:
            falls(steps=wrong)
        assert refused.value.field == "falls[x]"


def test_the_table_holds_the_fall_of_2008_as_published():
    """Month-end total return of the S&P 500 from 2007-10 to 2009-02: -50.95 % (S&P); the whole market fell as much."""
    table = {fall.key: fall for fall in falls_from_mapping(tomllib.loads(TABLE.read_text()))}
    assert change_of(table["2008"], (("us_equity", 1.0),)) == pytest.approx(-0.5095, abs=0.01)
    assert [fall.key for fall in table.values() if fall.in_reports] == ["2008", "2000", "1973"]


def test_the_great_depression_and_its_prices_as_published():
    """S&P 500 with dividends, 1929-08 to 1932-06: -83.4 % (S&P); CPI-U fell from 17.3 to 13.6, -21.4 % (BLS)."""
    table = {fall.key: fall for fall in falls_from_mapping(tomllib.loads(TABLE.read_text()))}
    assert change_of(table["1929"], (("us_equity", 1.0),)) == pytest.approx(-0.834, abs=0.01)
    assert math.prod(1 + step.inflation for step in table["1929"].steps) - 1 == pytest.approx(-0.214, abs=0.02)


def test_prices_of_the_oil_shock_and_of_the_stagflation_as_published():
    """CPI-U, Decembers, BLS: 42.5 in 1972, 46.2 in 1973, 31.8 in 1965, 97.6 in 1982."""
    table = {fall.key: fall for fall in falls_from_mapping(tomllib.loads(TABLE.read_text()))}
    assert table["1973"].steps[0].inflation == pytest.approx(46.2 / 42.5 - 1, abs=0.005)
    assert math.prod(1 + step.inflation for step in table["1966"].steps) == pytest.approx(97.6 / 31.8, rel=0.01)
