"""Roth accounts laid out for the walk: nothing where nothing can be taxed, owners, clocks and layers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.horizon import until_of
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.program import build_program
from apps.plans.engine.roth_choices import RothKind, RothPool
from apps.plans.engine.roth_program import (
    CLOCKS,
    MAX_ADULTS,
    N_LAYERS,
    N_POOLS,
    POOL,
    ROTH,
    UNTIL,
    Roths,
    cannot_be_taxed,
    first_year_of,
    places_of,
)
from tests.apps.plans.engine.households import account, conversion, converting, family
from tests.apps.plans.engine.test_roth_choices import pool

OLD = pool("ana", "roth", first_year=2021)
NONE_OF_BEN = pool("ben", first_year=None, contributions=0.0)


def laid_out(inputs: ProjectionInputs, *, drawn: bool = False) -> Roths:
    return build_program(inputs, drawn=drawn).roths


def aged(*born: date) -> ProjectionInputs:
    adults = tuple(
        replace(adult, birth_date=day, retirement_date=date(2026, 7, 1))
        for adult, day in zip(family().adults, born, strict=True)
    )
    return replace(family(), adults=adults)


SIXTY, FIFTY = date(1966, 1, 1), date(1976, 1, 1)


@pytest.mark.parametrize(
    ("inputs", "pools", "drawn", "is_free"),
    [
        (family(), (), False, True),
        (family(), (OLD,), False, False),
        (aged(SIXTY, SIXTY), (OLD,), True, True),
        # the five years of this one are not over
        (aged(SIXTY, SIXTY), (replace(OLD, first_year=2022),), True, False),
        # Ben may be left alone young
        (aged(SIXTY, FIFTY), (OLD, NONE_OF_BEN), True, False),
        # but not where both live to their horizon ages
        (aged(SIXTY, FIFTY), (OLD, NONE_OF_BEN), False, True),
        (aged(FIFTY, SIXTY), (NONE_OF_BEN,), False, True),
    ],
)
def test_nothing_is_walked_where_nothing_can_be_taxed(
    inputs: ProjectionInputs, pools: tuple[RothPool, ...], drawn: bool, is_free: bool
) -> None:
    told = replace(inputs, roth_pools=pools)
    assert cannot_be_taxed(told, drawn=drawn) is is_free
    assert (laid_out(told, drawn=drawn).whole.shape[0] == 0) is is_free
    codes = build_program(told, drawn=drawn).payers.sources[:, 1]
    assert (codes >= ROTH).any() != is_free


def test_accounts_stand_in_their_pool_and_adults_with_their_clocks() -> None:
    of_plan = replace(pool("ben", "roth_ben", first_year=2024), kind=RothKind.PLAN)
    inputs = replace(
        family(),
        accounts=(*family().accounts, account("roth_ben", TaxTreatment.TAX_FREE, 10.0, owner="ben")),
        roth_pools=(OLD, of_plan),
    )
    told = laid_out(inputs)
    assert told.whole[:7, POOL].tolist() == [-1, -1, -1, 0, -1, -1, 3]
    people = told.whole[7 : 7 + MAX_ADULTS]
    # 59 1/2 of Ana, born in March 1981, is in September 2040
    assert people[0, UNTIL] == (2040 - 2026) * 12 + 2 == until_of(inputs, inputs.adults[0])
    assert people[:, CLOCKS].tolist() == [0, 9_999]
    assert people[:, CLOCKS + 1].tolist() == [9_999, 3]
    sources = build_program(inputs).payers.sources
    assert sources[sources[:, 0] == 6, 1].tolist() == [ROTH + 3]


def test_layers_lie_by_the_remainder_of_their_year_and_old_ones_are_like_contributions() -> None:
    told = replace(OLD, conversions=((2026, 1.0, 0.5), (2025, 2.0, 0.0), (2022, 5.0, 0.25), (2021, 40.0, 4.0)))
    start = laid_out(replace(family(), roth_pools=(told,))).real[-1]
    assert start[0] == 30_044.0
    layers = start[N_POOLS : N_POOLS + N_LAYERS].tolist()
    assert layers == [1.0, 0.5, 5.0, 0.25, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0]
    assert not start[N_POOLS + N_LAYERS : N_POOLS + 2 * N_LAYERS].any()


def test_who_is_left_alone_is_told_by_year() -> None:
    told = laid_out(replace(family(), roth_pools=(OLD,)), drawn=True).real
    assert told[0, :40].tolist() == [0.0] * 40
    assert set(told[1, :40].tolist()) == {1.0}
    assert set(told[2, :40].tolist()) == {2.0}


def test_five_years_begin_with_what_is_told_held_saved_or_converted_first() -> None:
    assert first_year_of(replace(family(), roth_pools=(OLD,)), 0) == 2021
    assert first_year_of(replace(family(), roth_pools=(replace(OLD, first_year=None),)), 0) == 2026
    plans = converting(family(), conversion("ben", years=(2030, 2035)))
    inputs = replace(plans, roth_pools=(OLD, NONE_OF_BEN))
    assert first_year_of(inputs, 1) == 2030
    assert places_of(inputs) == {"roth": 0, "roth_ben": 1}
    assert first_year_of(inputs, 3) is None
    paid = replace(family().contributions[0], key="to_roth", account="roth_ben", start=date(2028, 2, 1))
    saving = replace(inputs, contributions=(*inputs.contributions, paid), conversions=(), roth_pools=(OLD, NONE_OF_BEN))
    of_ben = replace(NONE_OF_BEN, accounts=("roth_ben",))
    assert first_year_of(replace(saving, roth_pools=(OLD, of_ben)), 1) == 2028
