from math import inf

import pytest

from apps.portfolios.engine.rebalancing.solver import Columns, NoAnswerError, Program, Rows, solve


def program() -> Program:
    return Program(Columns(), Rows())


def test_the_least_price_is_found_and_proved():
    asked = program()
    first, second = asked.columns.add(1.0, 4.0), asked.columns.add(2.0, inf)
    asked.rows.add({first: 1.0, second: 1.0}, 10.0, inf)
    found = solve(asked)
    assert found.chosen.tolist() == [4.0, 6.0]
    assert found.price == found.bound == 16.0


def test_a_choice_is_made_whole():
    asked = program()
    amount, choice = asked.columns.add(-1.0, 7.0), asked.columns.choose()
    cost = asked.columns.add(5.0, inf)
    asked.rows.add({amount: 1.0, choice: -10.0}, -inf, 0.0)
    asked.rows.add({cost: 1.0, choice: -1.0}, 0.0, inf)
    found = solve(asked)
    assert found.chosen[choice] == pytest.approx(1.0)
    assert found.price == pytest.approx(-2.0) == found.bound


def test_what_cannot_be_is_refused():
    asked = program()
    asked.rows.add({asked.columns.add(1.0, 1.0): 1.0}, 2.0, inf)
    with pytest.raises(NoAnswerError, match="keep every rule"):
        solve(asked)


def test_nothing_to_choose_costs_nothing():
    assert solve(program()).price == 0.0
