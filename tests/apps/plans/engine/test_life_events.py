"""What a household expects: refused where it cannot be, and the walk equal to the plain model's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from apps.kernel.errors import InvalidInputError, MixedCurrenciesError
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.life_events import LifeEvents, SpendingPhase, Thing, Windfall
from apps.plans.engine.monte_carlo import simulate
from tests.apps.plans.engine.households import family, family_cube
from tests.apps.plans.engine.reference_model import ReferenceModel

CHILDCARE = SpendingPhase("childcare", 1_500.0, 0.0, None, False, date(2032, 5, 1), 0, True, "USD")
QUIETER = SpendingPhase("quieter", 0.0, -0.2, date(2052, 1, 1), False, None, 0, True, "USD")
TRAVEL = SpendingPhase("travel", 900.0, 0.0, None, True, None, 10, False, "USD")
COMMUTE = SpendingPhase("commute", -250.0, 0.0, date(2045, 1, 1), False, None, 0, True, "USD")
AUNT = Windfall("aunt", "ben", 180_000.0, True, date(2034, 3, 10), False, "brokerage", "USD")
BONUS = Windfall("bonus", "", 40_000.0, False, date(2029, 12, 1), True, "", "USD")
HOME = Thing(
    "home", 700_000.0, 0.035, 260_000.0, date(2047, 6, 1), 0.06, (250_000.0, 500_000.0), False, "mortgage", "savings",
    "USD",
)  # fmt: skip
FLAT = Thing("flat", 200_000.0, 0.0, 260_000.0, date(2031, 2, 1), 0.06, (0.0, 0.0), True, "", "", "USD")
EVERYTHING = LifeEvents((CHILDCARE, QUIETER, TRAVEL, COMMUTE), (AUNT, BONUS), (HOME, FLAT))


def with_events(events: LifeEvents) -> ProjectionInputs:
    return replace(family(), events=events)


@pytest.mark.parametrize("path", [0, 300])
def test_every_year_with_events_equals_the_plain_model_to_the_cent(path: int) -> None:
    inputs, cube = with_events(EVERYTHING), family_cube()
    simulation = simulate(inputs, cube, with_flows=True)
    twin = ReferenceModel(inputs, cube, path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    assert simulation.recorded.flows[:, 9, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


@pytest.mark.parametrize(
    ("field", "build"),
    [
        ("phases[childcare].end", lambda: replace(CHILDCARE, start=date(2033, 1, 1))),
        ("phases[childcare].end", lambda: replace(CHILDCARE, years=3)),
        ("phases[travel].end", lambda: replace(TRAVEL, from_retirement=False)),
        ("phases[quieter].share", lambda: replace(QUIETER, share=-1.5)),
        ("phases[childcare].monthly_amount", lambda: replace(CHILDCARE, monthly_amount=float("nan"))),
        ("windfalls[aunt].amount", lambda: replace(AUNT, amount=-1.0)),
        ("things[home].value", lambda: replace(HOME, value=-1.0)),
        ("things[home].cost", lambda: replace(HOME, cost=-1.0)),
        ("things[home].annual_growth", lambda: replace(HOME, annual_growth=3.0)),
        ("things[home].selling_cost", lambda: replace(HOME, selling_cost=0.6)),
        ("things[home].exclusion", lambda: replace(HOME, exclusion=(-1.0, 0.0))),
        ("phases", lambda: with_events(LifeEvents(phases=(CHILDCARE, CHILDCARE)))),
        # a goal's key: the outcomes would not be told apart
        ("phases", lambda: with_events(LifeEvents(phases=(replace(CHILDCARE, key="boat"),)))),
        ("windfalls[aunt].owner", lambda: with_events(LifeEvents(windfalls=(replace(AUNT, owner="eva"),)))),
        ("windfalls[aunt].account", lambda: with_events(LifeEvents(windfalls=(replace(AUNT, account="roth"),)))),
        ("things[home].account", lambda: with_events(LifeEvents(things=(replace(HOME, account="plan_ana"),)))),
        ("things[home].debt", lambda: with_events(LifeEvents(things=(replace(HOME, debt="boat"),)))),
        ("things.debt", lambda: with_events(LifeEvents(things=(HOME, replace(FLAT, debt="mortgage"))))),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(field: str, build: Callable[[], object]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        build()
    assert refused.value.field == field
    assert refused.value.mend


def test_a_second_currency_is_refused() -> None:
    with pytest.raises(MixedCurrenciesError) as refused:
        with_events(LifeEvents(windfalls=(replace(AUNT, currency="EUR"),)))
    assert refused.value.field == "windfalls[aunt].currency"
