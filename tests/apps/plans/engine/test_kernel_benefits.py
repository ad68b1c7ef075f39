"""What work takes of who is left alone, path by path against the plain model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.plans.engine.books import DEATHS, F_BENEFITS, FIRST_ALONE, FLOWS, STATES, UNSPENT, balance_row
from apps.plans.engine.compiled import LANES
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.kernel_benefits import hold_back
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import simulate_lifetimes
from apps.plans.engine.program import build_program
from apps.plans.engine.schedules import benefits_of
from apps.plans.engine.tax_law import BENEFITS
from tests.apps.plans.engine.households import claiming, cube_of, family
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_lives import mortal

EXEMPT = (24_480.0, 65_160.0)


def at_work_with_benefits() -> ProjectionInputs:
    """Both past 60, who claim early and go on working to 67: who is left alone has the survivor's benefit at once."""
    base = mortal(claiming(family(256, 4)))
    born = (date(1965, 3, 9), date(1964, 11, 2))
    adults = tuple(
        replace(each, birth_date=day, retirement_date=date(2032, 1, 1))
        for each, day in zip(base.adults, born, strict=True)
    )
    odds = tuple(np.linspace(1.0, 0.0, 14).tolist())
    claims = tuple(replace(each, claim_age=62 * 12 + 1, exempt=EXEMPT) for each in base.claims)
    goals = tuple(goal for goal in base.goals if not isinstance(goal.start, date))
    return replace(base, adults=tuple(replace(each, survival=odds) for each in adults), claims=claims, goals=goals)


def test_paths_of_who_is_left_alone_at_work_equal_the_plain_model() -> None:
    inputs = at_work_with_benefits()
    cube, claimed = cube_of(inputs), benefits_of(inputs)
    assert claimed is not None
    assert claimed.held.any()
    simulation, lived = simulate_lifetimes(inputs, cube), months_lived(inputs)
    n_deaths = claimed.held.shape[1]
    touched = [
        path
        for path in range(lived.shape[1])
        for heir in (0, 1)
        if 0 < lived[1 - heir, path] < min(n_deaths, lived[heir, path])
        and claimed.held[heir, lived[1 - heir, path]].any()
    ]
    assert len(touched) > 20
    for path in touched[:6]:
        deaths = tuple(int(month) for month in lived[:, path])
        twin = ReferenceModel(inputs, cube, path, deaths).run()
        assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.01)


def test_a_month_by_hand_takes_of_the_lanes_of_who_is_alone() -> None:
    program = build_program(at_work_with_benefits(), drawn=True)
    held = np.zeros((2, 5, 2))
    held[0, 3], held[1, 2] = (100.0, -20.0), (70.0, 7.0)
    program = program._replace(withheld=held, withheld_from=np.array([4, 6]))
    rows = np.zeros((balance_row(1) + 1, LANES))
    rows[STATES + FIRST_ALONE, 1::2] = 1.0
    rows[DEATHS + 1, :] = 3.0
    rows[DEATHS + 1, 3] = 5.0
    price = np.full(LANES, 1.1, dtype=np.float32)
    for month, taken in ((3, 0.0), (4, 110.0), (9, -22.0)):
        rows[[FLOWS + F_BENEFITS, UNSPENT, BENEFITS]] = 1_000.0
        hold_back(program, month, price, rows)
        for row in (FLOWS + F_BENEFITS, UNSPENT, BENEFITS):
            assert rows[row, 0] == rows[row, 3] == 1_000.0
            assert rows[row, 1] == pytest.approx(1_000.0 - taken)
