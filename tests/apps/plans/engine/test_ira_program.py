"""IRAs laid out for the walk: nothing where nobody asks, the months in which gifts may be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.inputs import Adult, ProjectionInputs
from apps.plans.engine.ira_choices import IraGifts, IraPool
from apps.plans.engine.ira_program import DEDUCTED_LATE, GIFT, LIMIT, MAY_GIVE, NOT_DEDUCTED, POOL, UNTIL, Iras
from apps.plans.engine.program import build_program
from tests.apps.plans.engine.households import family
from tests.apps.plans.engine.test_ira_choices import GIFTS, POOLS

N_ACCOUNTS = 6


def laid_out(inputs: ProjectionInputs, *, drawn: bool = False) -> Iras:
    return build_program(inputs, drawn=drawn).iras


def years_of(inputs: ProjectionInputs) -> int:
    return int(build_program(inputs).year_facts.shape[1])


def months_of(inputs: ProjectionInputs, *, drawn: bool = False) -> NDArray[np.float64]:
    """Rows of the months (n_states, n_months, 3)."""
    return laid_out(inputs, drawn=drawn).real[:, 1 + years_of(inputs) :]


def test_a_plan_that_asks_nothing_of_iras_has_none_to_walk() -> None:
    told = laid_out(replace(family(), ira_pools=(IraPool("ana", ("plan_ana",), 0.0, "USD"),)))
    assert told.whole.shape == (0, 4)
    assert told.real.shape[1] == 0


def test_accounts_stand_by_their_owner_and_others_by_nobody() -> None:
    told = laid_out(replace(family(), ira_pools=POOLS))
    assert told.whole[:, POOL].tolist() == [-1, 0, 1, -1, -1, -1]
    assert told.real[0, 0].tolist() == [90_000.0, 0.0, 0.0]
    # 59 1/2 of Ana, born in March 1981, is in September 2040
    assert told.whole[1, UNTIL] == (2040 - 2026) * 12 + 2


def test_who_is_left_alone_as_a_year_begins_has_the_iras_of_both() -> None:
    told = laid_out(replace(family(), ira_pools=POOLS), drawn=True).real[:, 1:, 0]
    assert told.shape[0] == 3
    assert not told[0, :40].any()
    assert told[1:].all()
    known = laid_out(replace(family(), ira_pools=POOLS)).real[0, 1:, 0]
    # Ben is counted on until November 2069, Ana until March 2073
    assert known.tolist() == [float(2026 + year >= 2070) for year in range(known.size)]


def test_contributions_count_for_basis_or_after_70_and_a_half_against_gifts() -> None:
    mine = family().contributions
    after_tax = (replace(mine[0], is_deductible=False), *mine[1:])
    assert laid_out(replace(family(), ira_pools=POOLS, contributions=after_tax)).whole[N_ACCOUNTS:].tolist() == [
        [0, 0, 0, NOT_DEDUCTED]
    ]
    # Ana is 70 1/2 on 9 September 2051
    month = (2051 - 2026) * 12 + 2
    assert laid_out(replace(family(), ira_pools=POOLS, ira_gifts=GIFTS)).whole[N_ACCOUNTS:].tolist() == [
        [0, 0, month, DEDUCTED_LATE]
    ]


def test_gifts_are_paid_from_the_month_of_70_and_a_half_on() -> None:
    inputs = replace(family(), ira_pools=POOLS, ira_gifts=GIFTS)
    assert laid_out(inputs).real[0, 0, LIMIT] == 111_000.0
    gifts, gives = months_of(inputs)[:, :, GIFT], months_of(inputs)[:, :, MAY_GIVE:]
    ana, ben = (2051 - 2026) * 12 + 2, (2050 - 2026) * 12 - 2
    assert np.flatnonzero(gives[0, :, 0])[0] == ana
    assert np.flatnonzero(gives[0, :, 1])[0] == ben
    assert gifts[0, 0] == 1_000.0
    # one is left: the survivor's part, from the IRAs of both
    alone = (2069 - 2026) * 12 + 4
    assert gifts[0, alone] == 700.0
    assert gives[0, alone].tolist() == [1.0, 1.0]
    assert gifts[0, -1] == 0.0


def test_more_than_the_living_costs_is_not_given() -> None:
    inputs = replace(family(), ira_pools=POOLS, ira_gifts=IraGifts(240_000.0, 240_000.0, 111_000.0, "USD"))
    gifts = months_of(inputs)[0, :, GIFT]
    assert gifts[0] == 6_800.0
    assert gifts[12 * 25] == 118_000.0 / 12


def test_a_survivor_gives_once_70_and_a_half() -> None:
    young = replace(family(), adults=(Adult("ana", date(1990, 3, 9), date(2046, 4, 1), 92), family().adults[1]))
    first_alone = months_of(replace(young, ira_pools=POOLS, ira_gifts=GIFTS), drawn=True)[1, :, MAY_GIVE]
    assert np.flatnonzero(first_alone)[0] == (2060 - 2026) * 12 + 2
