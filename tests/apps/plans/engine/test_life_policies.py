"""Cover of a life: refused where it cannot be, and the walk equal to the plain model's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError, MixedCurrenciesError
from apps.plans.engine.digest import input_digest
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.life_events import LifeEvents, hung_on
from apps.plans.engine.life_policies import LifePolicy
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from tests.apps.plans.engine.households import any_household, family, family_cube
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_life_events import EVERYTHING
from tests.apps.plans.engine.test_lives import mortal

TERM = LifePolicy("term", "ana", 600_000.0, 55.0, True, date(2046, 3, 15), False, "USD")
WHOLE = LifePolicy("whole", "ben", 250_000.0, 210.0, False, None, False, "USD")
AT_WORK = LifePolicy("work", "ben", 150_000.0, 0.0, True, None, True, "USD")
OWN = LifePolicy("own", "ana", 90_000.0, 75.0, False, None, False, "USD")
COVER = LifeEvents(policies=(TERM, WHOLE, AT_WORK, OWN))


def covered(inputs: ProjectionInputs | None = None, *policies: LifePolicy) -> ProjectionInputs:
    """The household with cover of both lives."""
    return replace(inputs or family(), events=LifeEvents(policies=policies or COVER.policies))


@pytest.mark.parametrize("path", [0, 300])
def test_every_year_with_cover_equals_the_plain_model_to_the_cent(path: int) -> None:
    inputs, cube = replace(family(), events=replace(EVERYTHING, policies=COVER.policies)), family_cube()
    simulation = simulate(inputs, cube, with_flows=True)
    twin = ReferenceModel(inputs, cube, path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    assert simulation.recorded.flows[:, 9, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


@pytest.mark.parametrize("seed", [3, 8])
def test_drawn_households_with_drawn_lives_equal_the_plain_model_to_the_cent(seed: int) -> None:
    dice, cube = Random(seed), family_cube()  # noqa: S311 - households, not secrets
    own = tuple(replace(policy, benefit=dice.uniform(0.0, 9e5)) for policy in COVER.policies)
    inputs = mortal(covered(any_household(dice), *own))
    deaths, drawn = months_lived(inputs), simulate_lifetimes(inputs, cube)
    # one where a death finds the term cover in force, and any other
    early = int(np.flatnonzero(deaths[0] < 200)[0])
    for path in (early, dice.randrange(512)):
        lived = (int(deaths[0, path]), int(deaths[1, path]))
        twin = ReferenceModel(inputs, cube, path, lived).run()
        assert drawn.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
        assert drawn.recorded.estate[path] == pytest.approx(twin.estate, abs=0.01)


def test_what_nobody_survives_to_use_is_left_behind() -> None:
    plain, cube = mortal(family()), family_cube()
    whole = replace(plain, events=LifeEvents(policies=(replace(OWN, benefit=500_000.0, monthly_premium=0.0),)))
    deaths = months_lived(plain)
    last = np.flatnonzero(deaths[0] > deaths[1] + 12)
    before, after = (simulate_lifetimes(each, cube).recorded.estate for each in (plain, whole))
    assert (after[last] > before[last]).all()


def test_a_plan_without_cover_is_called_what_it_was() -> None:
    assert input_digest(family()) == input_digest(replace(family(), events=LifeEvents()))
    assert input_digest(covered()) != input_digest(family())


def test_cover_of_who_is_not_there_any_more_falls_away() -> None:
    assert [policy.key for policy in hung_on(COVER, {"ben"}, [], []).policies] == ["whole", "work"]


@pytest.mark.parametrize(
    ("field", "build"),
    [
        ("policies[term].benefit", lambda: replace(TERM, benefit=-1.0)),
        ("policies[term].monthly_premium", lambda: replace(TERM, monthly_premium=-1.0)),
        ("policies[term].insured", lambda: covered(None, replace(TERM, insured="eva"))),
        ("policies", lambda: covered(None, TERM, TERM)),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(field: str, build: Callable[[], object]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        build()
    assert refused.value.field == field
    assert refused.value.mend


def test_a_second_currency_is_refused() -> None:
    with pytest.raises(MixedCurrenciesError) as refused:
        covered(None, replace(TERM, currency="EUR"))
    assert refused.value.field == "policies[term].currency"
