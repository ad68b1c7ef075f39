"""Great falls of the past, on a mix that is held through them."""

import tomllib
from pathlib import Path

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.falls import change_of, falls_from_mapping

TABLE = Path(__file__).resolve().parents[4] / "apps" / "plans" / "reference" / "market_falls.toml"
ROW = {"key": "x", "first_month": "2000-01", "last_month": "2000-03", "changes": {"us_equity": -0.5, "cash": 0.02}}


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
        falls(changes={"us_equity": -1.2})
    assert refused.value.field == "falls[x].changes.us_equity"


def test_the_table_holds_the_fall_of_2008_as_published():
    """Month-end total return of the S&P 500 from 2007-10 to 2009-02: -50.95 % (S&P); the whole market fell as much."""
    table = {fall.key: fall for fall in falls_from_mapping(tomllib.loads(TABLE.read_text()))}
    assert change_of(table["2008"], (("us_equity", 1.0),)) == pytest.approx(-0.5095, abs=0.01)
    assert {fall.first_month for fall in table.values()} == {"2007-11", "2000-09", "1973-01"}
