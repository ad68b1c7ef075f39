"""Months of history are whole, in order, and can be moved to what is assumed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.history import MIN_MONTHS, History, check_returns, column_facts, history_of
from tests.apps.plans.engine.histories import KEYS, made_up
from tests.apps.plans.engine.households import simple_assumptions


def months(count: int) -> list[date]:
    return [date(1990 + place // 12, place % 12 + 1, 28) for place in range(count)]


def test_rows_become_a_history_that_knows_its_months() -> None:
    rows = [list(row) for row in made_up().rows]
    assert history_of(months(240), KEYS, rows) == made_up()
    assert made_up().month(239) == date(2009, 12, 1)
    assert made_up().digest != replace(made_up(), first_month=date(1990, 2, 1)).digest


def test_a_month_left_out_is_named() -> None:
    days = months(241)
    del days[100]
    with pytest.raises(InvalidInputError) as refused:
        history_of(days, KEYS, made_up().rows)
    assert refused.value.field == "history"
    assert refused.value.params["month"] == "1998-04"


@pytest.mark.parametrize("bad", [float("nan"), -1.0, 4.5])
def test_a_month_that_is_no_return_is_named(bad: float) -> None:
    rows = list(made_up().rows)
    rows[13] = (bad, *rows[13][1:])
    with pytest.raises(InvalidInputError) as refused:
        History(date(1990, 1, 1), KEYS, tuple(rows))
    assert refused.value.params["month"] == "1991-02"


def test_ten_years_and_a_column_of_inflation_are_the_least() -> None:
    short = made_up().rows[: MIN_MONTHS - 1]
    with pytest.raises(InvalidInputError, match="ten years"):
        History(date(1990, 1, 1), KEYS, short)
    with pytest.raises(InvalidInputError, match="inflation"):
        History(date(1990, 1, 1), (*KEYS[:-1], "prices"), made_up().rows)
    with pytest.raises(InvalidInputError):
        history_of([], KEYS, [])


def test_factors_come_in_the_order_of_the_set_and_lacking_classes_are_refused() -> None:
    assumptions = simple_assumptions()
    swapped = made_up()
    turned = History(
        swapped.first_month,
        ("cash", "bonds", "equity", "inflation"),
        tuple((c, b, e, i) for e, b, c, i in swapped.rows),
    )
    assert np.array_equal(swapped.factors(assumptions), turned.factors(assumptions))
    renamed = replace(swapped, keys=("stocks", *KEYS[1:]))
    with pytest.raises(InvalidInputError) as refused:
        renamed.factors(assumptions)
    assert refused.value.params["key"] == "equity"


def test_recentred_history_has_the_assumed_means_and_its_own_swings() -> None:
    assumptions, history = simple_assumptions(), made_up()
    moved, plain = history.recentred(assumptions), history.factors(assumptions)
    assert moved[:, :-1].mean(axis=0) ** 12 == pytest.approx(1 + assumptions.means(), rel=1e-12)
    assert np.log(moved[:, -1]).mean() * 12 == pytest.approx(assumptions.inflation.mean, rel=1e-12)
    assert np.log(moved).std(axis=0) == pytest.approx(np.log(plain).std(axis=0), rel=1e-12)
    assert np.corrcoef(np.log(moved).T) == pytest.approx(np.corrcoef(np.log(plain).T), rel=1e-9)


def test_complete_stretches_begin_in_each_month_that_has_months_enough_after_it() -> None:
    assert made_up().complete(240) == 1
    assert made_up().complete(120) == 121
    assert made_up().complete(241) == 0


@pytest.mark.parametrize(("second", "words"), [(3, "comes twice"), (1, "an earlier one"), (7, "is missing")])
def test_months_out_of_step_are_refused_by_what_is_wrong_with_them(second: int, words: str) -> None:
    days = months(240)
    days[4] = days[second]
    with pytest.raises(InvalidInputError, match=words):
        history_of(days, KEYS, made_up().rows)


def test_what_columns_did_is_told_by_hand() -> None:
    falls = [(-0.1 if place == 30 else 0.01, 0.002, 0.0025) for place in range(120)]
    equity, calm, prices = column_facts(History(date(2000, 1, 1), ("equity", "cash", "inflation"), tuple(falls)))
    assert equity.yearly == pytest.approx((1.01**119 * 0.9) ** 0.1 - 1.0)
    assert equity.volatility == pytest.approx(12**0.5 * np.std([row[0] for row in falls], ddof=1))
    assert (equity.worst, equity.worst_month) == (-0.1, date(2002, 7, 1))
    assert (calm.yearly, calm.volatility) == (pytest.approx(1.002**12 - 1.0), pytest.approx(0.0, abs=1e-12))
    assert prices.key == "inflation"


@pytest.mark.parametrize(
    ("place", "change", "words"),
    [
        (0, lambda value: 1.0 + value, "these are no returns"),
        (0, abs, "minus signs"),
        (-1, lambda value: 0.06 + value, "these are no returns"),
    ],
)
def test_columns_that_are_no_monthly_returns_are_refused(place: int, change, words: str) -> None:
    history = made_up()
    check_returns(history, simple_assumptions())
    rows = [list(row) for row in history.rows]
    for row in rows:
        row[place] = change(row[place])
    wrong = replace(history, rows=tuple(tuple(row) for row in rows))
    with pytest.raises(InvalidInputError, match=words) as refused:
        check_returns(wrong, simple_assumptions())
    assert refused.value.params["key"] == KEYS[place]
