"""A plan's state taxes laid out for the kernel, and in the walk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.plans.engine import state_tax_kernel as kernel
from apps.plans.engine.inputs import IncomeKind, ProjectionInputs
from apps.plans.engine.monte_carlo import project
from apps.plans.engine.schedules import states_of
from apps.plans.engine.state_program import income_columns, state_laws, state_trail
from tests.apps.plans.engine.households import family, family_cube
from tests.apps.plans.engine.test_state_tables import shipped


def living_in(code: str) -> ProjectionInputs:
    return replace(family(), state_table=shipped().of(code))


def test_each_year_has_the_law_of_who_lives_then() -> None:
    inputs = living_in("NY")
    laws = state_laws(inputs, states_of(inputs, drawn=False)[0], 50)
    assert laws.shape[0] == 50
    adults = laws[:, kernel.N_ADULTS]
    assert adults[0] == 2
    assert sorted(set(adults.tolist())) == [1, 2]
    assert (np.diff(adults) <= 0).all()
    assert (laws[adults == 1, kernel.SHARE] == 1.0).all()
    assert 0.0 < laws[0, kernel.SHARE] < 1.0


def test_without_a_state_or_a_tax_there_is_nothing_to_walk() -> None:
    assert state_laws(family(), (600, 600), 50).shape == (0, 0)
    assert state_laws(living_in("TX"), (600, 600), 50).shape == (0, 0)
    assert income_columns(family()) == {}
    assert IncomeKind.PENSION in income_columns(living_in("NY"))


def test_the_trail_names_the_state_and_how_far_it_is_confirmed() -> None:
    assert state_trail(family()) == ()
    assert dict(state_trail(living_in("CT"))[0].facts)["trust"] == "unverified"
    assert dict(state_trail(living_in("TX"))[0].facts) == {"state": "Texas", "table": "2025"}


def test_a_state_that_taxes_nothing_changes_nothing() -> None:
    cube = family_cube()
    without, texas = project(family(), cube), project(living_in("TX"), cube)
    assert texas.expected_flows == without.expected_flows
    assert texas.success == without.success


def test_a_state_takes_its_part_and_the_flows_still_add_up() -> None:
    cube = family_cube()
    without, taxed = project(family(), cube), project(living_in("NY"), cube)
    assert all(flow.state_taxes == 0.0 for flow in without.expected_flows)
    first = taxed.expected_flows[0]
    assert 0.0 < first.state_taxes < first.taxes
    # the federal tax does not change: the standard deduction is taken
    assert first.taxes - first.state_taxes == pytest.approx(without.expected_flows[0].taxes, abs=0.01)
    assert taxed.success.value <= without.success.value
    for flow in taxed.expected_flows:
        inflow = flow.wages + flow.social_security + flow.other_income + flow.withdrawals + flow.shortfall
        outflow = flow.contributions + flow.spending + flow.goals + flow.debt_payments + flow.taxes
        assert inflow == pytest.approx(outflow + flow.saved_surplus + flow.unplanned_spending, rel=1e-4, abs=1.0)
