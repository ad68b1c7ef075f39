"""Lives by path: by the table, the same under each plan, and a walk that ends with the last of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.compiled import LANES
from apps.plans.engine.horizon import age_in_months, last_month_of
from apps.plans.engine.inputs import Adult, CubeSpec, ProjectionInputs
from apps.plans.engine.lives import are_drawn, in_blocks, luck_of, months_lived
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from apps.plans.engine.mortality import LifeTable, Sex, life_table_from_mapping
from tests.apps.plans.engine.households import APPS, any_household, claiming, family, family_cube, insured, read_toml
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.depth import examples

TABLE: LifeTable = life_table_from_mapping(read_toml(APPS / "plans" / "reference" / "mortality_2022.toml"))


def mortal(inputs: ProjectionInputs) -> ProjectionInputs:
    """The household with the odds of the table for both."""
    sexes = (Sex.FEMALE, Sex.MALE)

    def with_odds(adult: Adult, sex: Sex) -> Adult:
        age = (
            inputs.start_date.year
            - adult.birth_date.year
            - ((adult.birth_date.month, adult.birth_date.day) > (inputs.start_date.month, 1))
        )
        return replace(adult, survival=tuple(TABLE.survival(sex, age, inputs.start_date.year).tolist()))

    return replace(inputs, adults=tuple(map(with_odds, inputs.adults, sexes)))


def test_luck_is_even_within_each_batch_and_belongs_to_the_scenarios() -> None:
    spec = CubeSpec(seed=7, n_paths=800, n_batches=4, n_months=600)
    luck = luck_of(spec)
    assert luck.shape == (2, 800)
    for adult in luck:
        for batch in adult.reshape(4, 200):
            assert sorted((batch * 200).astype(int)) == list(range(200))
    assert np.array_equal(luck, luck_of(replace(spec, n_months=120)))
    assert not np.array_equal(luck, luck_of(replace(spec, seed=8)))


def test_lives_drawn_are_as_long_on_average_as_the_table_says() -> None:
    inputs = mortal(family(4_096, 8))
    inputs = replace(inputs, adults=tuple(replace(adult, horizon_age=120) for adult in inputs.adults))
    lived = months_lived(inputs)
    for place, adult in enumerate(inputs.adults):
        since = age_in_months(adult, inputs.start_date, 0) % 12
        odds = np.array(adult.survival)
        alive = np.interp(np.arange(12 * (odds.size - 1) + 1) / 12, np.arange(odds.size), odds)[since:]
        # whole months lived: the sum of the odds of living through each
        assert lived[place].mean() == pytest.approx(alive[1:].sum() / alive[0], rel=5e-4)
        assert lived[place].min() >= 0


def test_who_has_no_odds_lives_to_the_horizon_age_and_nobody_longer() -> None:
    inputs = mortal(family())
    ana, ben = inputs.adults
    inputs = replace(inputs, adults=(replace(ana, survival=()), ben))
    lived = months_lived(inputs)
    assert set(lived[0]) == {last_month_of(ana, inputs.start_date)}
    assert lived[1].max() <= last_month_of(ben, inputs.start_date)
    assert are_drawn(inputs)
    assert not are_drawn(family())


def test_odds_that_do_not_fall_from_one_to_nothing_are_refused() -> None:
    ana = family().adults[0]
    for odds in ((1.0, 0.5), (0.9, 0.0), (1.0, 0.4, 0.5, 0.0)):
        with pytest.raises(InvalidInputError) as refused:
            replace(ana, survival=odds)
        assert refused.value.field == "adults[ana].survival"


def test_blocks_hold_the_paths_in_order() -> None:
    months = np.arange(2 * 100, dtype=np.int32).reshape(2, 100)
    blocks = in_blocks(months)
    assert blocks.shape == (2, 2, LANES)
    assert np.array_equal(blocks.transpose(1, 0, 2).reshape(2, -1)[:, :100], months)


@pytest.mark.parametrize("path", [0, 5, 17, 101, 300, 511])
@pytest.mark.parametrize("has_claims", [False, True])
def test_a_path_with_its_deaths_equals_the_plain_model(path: int, *, has_claims: bool) -> None:
    inputs = mortal(claiming(family()) if has_claims else family())
    _equals_the_plain_model(inputs, path)


@given(dice=st.randoms(use_true_random=False), path=st.integers(0, 511))
@settings(deadline=None, max_examples=examples(12))
def test_any_household_with_its_deaths_equals_the_plain_model(dice: Random, path: int) -> None:
    inputs = any_household(dice)
    if dice.random() < 0.5:
        inputs = claiming(inputs, (dice.randint(744, 840), dice.randint(744, 840)))
    # young deaths too: the odds of an older pair
    odds = tuple(TABLE.survival(Sex.UNKNOWN, dice.randint(30, 90), 2026).tolist())
    inputs = replace(inputs, adults=tuple(replace(adult, survival=odds) for adult in inputs.adults))
    if dice.random() < 0.5:
        inputs = insured(inputs, charges_standard=dice.random() < 0.5)
    _equals_the_plain_model(inputs, path)


@pytest.mark.parametrize("claims", [False, True])
@pytest.mark.parametrize("month", [1, 7, 12])
@pytest.mark.parametrize("dying", [(0,), (1,), (0, 1)])
def test_a_death_in_the_first_month_equals_the_plain_model(dying: tuple[int, ...], month: int, *, claims: bool) -> None:
    """The return of the year is a joint one: both lived as it began (IRC 6013(a)(2))."""
    inputs = insured(family())
    inputs = replace(inputs, start_date=date(2026, month, 1))
    inputs = claiming(inputs) if claims else inputs
    soon = tuple(
        replace(adult, survival=(1.0, 0.0)) if place in dying else adult for place, adult in enumerate(inputs.adults)
    )
    inputs = replace(inputs, adults=soon)
    gone = (months_lived(inputs)[list(dying)] == 0).all(axis=0)
    for path in np.flatnonzero(gone)[:2].tolist():
        _equals_the_plain_model(inputs, path)
    assert gone.any()


def _equals_the_plain_model(inputs: ProjectionInputs, path: int) -> None:
    simulation = simulate_lifetimes(inputs, family_cube())
    deaths = tuple(int(month) for month in months_lived(inputs)[:, path])
    twin = ReferenceModel(inputs, family_cube(), path, deaths).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)
    assert simulation.terminal_real()[path] == pytest.approx(twin.estate, rel=1e-6, abs=0.05)
    found = {
        demand.key: int(simulation.recorded.failed[place, path])
        for place, demand in enumerate(simulation.demands)
        if simulation.recorded.failed[place, path] >= 0
    }
    assert found == twin.books.failed


def test_lives_to_the_horizon_ages_are_the_plan_as_it_was() -> None:
    """Odds that keep everybody alive until after the horizon give the bits of known lives, claims or not."""
    for inputs in (family(), claiming(family())):
        alive = (1.0,) * 90 + (0.0,)
        long = replace(inputs, adults=tuple(replace(adult, survival=alive) for adult in inputs.adults))
        drawn, known = simulate_lifetimes(long, family_cube()), simulate(inputs, family_cube(), with_flows=False)
        assert np.array_equal(drawn.recorded.failed, known.recorded.failed)
        assert drawn.recorded.wealth[:-1] == pytest.approx(known.recorded.wealth[:-1], rel=1e-12)


def test_a_plan_over_lifetimes_succeeds_more_often_than_one_to_an_old_age() -> None:
    inputs = mortal(family())
    to_the_end, lifetimes = simulate(inputs, family_cube(), with_flows=False), simulate_lifetimes(inputs, family_cube())
    assert lifetimes.success().value > to_the_end.success().value
