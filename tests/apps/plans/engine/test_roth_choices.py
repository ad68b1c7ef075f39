"""Pools of Roth accounts: what cannot be is refused at its field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from apps.kernel.errors import InvalidInputError, MixedCurrenciesError
from apps.plans.engine.roth_choices import RothKind, RothPool, kept_roths, with_money
from tests.apps.plans.engine.households import family


def pool(owner: str = "ana", *accounts: str, **told: Any) -> RothPool:
    given = {"kind": RothKind.IRA, "first_year": 2015, "contributions": 30_000.0, "conversions": (), **told}
    return RothPool(
        owner,
        given["kind"],
        accounts,
        given["first_year"],
        given["contributions"],
        given["conversions"],
        given.get("currency", "USD"),
    )


@pytest.mark.parametrize(
    ("pools", "field"),
    [
        ((pool("eve"),), "roth_pools[eve].owner"),
        ((pool("ana", "nothing"),), "roth_pools[ana].accounts"),
        ((pool("ana", "plan_ana"),), "roth_pools[ana].accounts"),
        ((pool("ben", "roth"),), "roth_pools[ben].accounts"),
        ((pool("ana", "roth"), pool("ana", "roth", kind=RothKind.PLAN)), "roth_pools[ana].accounts"),
        ((pool("ana"), pool("ana")), "roth_pools"),
        ((pool("ana", first_year=1997),), "roth_pools[ana].first_year"),
        ((pool("ana", first_year=2027),), "roth_pools[ana].first_year"),
        ((pool("ana", conversions=((2027, 1.0, 0.0),)),), "roth_pools[ana].conversions"),
    ],
)
def test_a_pool_holds_own_tax_free_accounts_of_an_adult(pools: tuple[RothPool, ...], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(family(), roth_pools=pools)
    assert refused.value.field == field


def test_negative_amounts_years_told_twice_and_other_currencies_are_refused() -> None:
    for told in (
        {"contributions": -1.0},
        {"conversions": ((2024, -1.0, 0.0),)},
        {"conversions": ((2024, 0.0, -1.0),)},
        {"conversions": ((2024, 1.0, 0.0), (2024, 2.0, 0.0))},
    ):
        with pytest.raises(InvalidInputError):
            pool(**told)  # type: ignore[arg-type]
    with pytest.raises(MixedCurrenciesError):
        replace(family(), roth_pools=(pool("ana", currency="EUR"),))


def test_pools_lose_what_is_not_there_any_more() -> None:
    told = (pool("ana", "roth", conversions=((2024, 5.0, 1.0), (2026, 7.0, 0.0))), pool("ben"))
    kept = kept_roths(told, ["ana"], family().accounts, 2025)
    assert kept == (pool("ana", "roth", conversions=((2024, 5.0, 1.0),)),)
    gone = [account for account in family().accounts if account.key != "roth"]
    assert kept_roths(told, ["ana", "ben"], gone, 2026)[0].accounts == ()
    assert kept_roths((pool("ana", first_year=None),), ["ana"], gone, 2026)[0].first_year is None


def test_layers_grow_with_the_money() -> None:
    told = with_money(pool("ana", conversions=((2024, 5.0, 1.0),)), 2.0)
    assert (told.contributions, told.conversions) == (60_000.0, ((2024, 10.0, 2.0),))
