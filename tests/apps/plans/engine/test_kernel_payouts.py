"""A death's payment in the books."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.books import DEATHS, F_CONTRIBUTIONS, F_OTHER, FLOWS, balance_row
from apps.plans.engine.compiled import LANES
from apps.plans.engine.kernel_payouts import pay_out
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.pot import is_pot
from apps.plans.engine.program import build_program
from tests.apps.plans.engine.households import certain_assumptions, cube_of, family, family_cube, saver
from tests.apps.plans.engine.test_life_policies import OWN, covered


def test_only_who_dies_that_month_is_paid_for_and_all_of_it_is_basis() -> None:
    program = build_program(covered(), drawn=True)
    books = np.zeros((program.demands.shape[2] + balance_row(program.mix.size), LANES))
    books[DEATHS, :] = 400.0
    books[DEATHS, 3], books[DEATHS + 1, 5] = 101.0, 101.0
    pay_out(program, 100, True, books)
    row = balance_row(program.surplus_account)
    assert books[row].nonzero()[0].tolist() == [3, 5]
    assert books[row, [3, 5]].tolist() == [690_000.0, 400_000.0]
    assert books[row + 1].tolist() == books[row].tolist()
    assert books[FLOWS + F_OTHER].tolist() == books[FLOWS + F_CONTRIBUTIONS].tolist() == books[row].tolist()


def test_who_dies_at_once_is_paid_for_in_the_first_month() -> None:
    program = build_program(covered(), drawn=True)
    books = np.zeros((program.demands.shape[2] + balance_row(program.mix.size), LANES))
    books[DEATHS + 1, :] = 400.0
    pay_out(program, 0, True, books)
    assert books[balance_row(program.surplus_account), 0] == 690_000.0


def test_known_lives_are_paid_for_on_every_path_and_nothing_is_taxed() -> None:
    cube = family_cube(256, 4)
    plain = simulate(family(256, 4), cube, with_flows=True).recorded.flows
    paid = simulate(covered(family(256, 4), OWN), cube, with_flows=True).recorded.flows
    last = paid.shape[0] - 2
    gained = (paid - plain)[:, F_OTHER]
    assert gained.any(axis=1).sum() == 1
    year = int(gained.any(axis=1).argmax())
    assert gained[year] == pytest.approx(90_000.0)
    assert year >= last - 1


def test_a_fund_with_cover_takes_the_whole_way() -> None:
    inputs = saver(certain_assumptions(), balance=1_000.0, years=20)
    whole = covered(inputs, OWN)
    assert is_pot(build_program(inputs))
    assert not is_pot(build_program(whole))
    ended = simulate(whole, cube_of(inputs), with_flows=False).recorded.wealth[-1, 0]
    # level premiums are paid from the fund as long as it lasts
    assert ended == pytest.approx(90_000.0, rel=0.02)
