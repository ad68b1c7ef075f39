"""Pools of IRAs and gifts from them: what cannot be is refused at its field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.kernel.errors import InvalidInputError, MixedCurrenciesError
from apps.plans.engine.ira_choices import IraGifts, IraPool, still_held, tells_nothing
from tests.apps.plans.engine.households import family

POOLS = (IraPool("ana", ("plan_ana",), 90_000.0, "USD"), IraPool("ben", ("plan_ben",), 0.0, "USD"))
GIFTS = IraGifts(12_000.0, 12_000.0, 111_000.0, "USD")


@pytest.mark.parametrize(
    ("pools", "field"),
    [
        ((IraPool("eve", (), 0.0, "USD"),), "ira_pools[eve].owner"),
        ((IraPool("ana", ("nothing",), 0.0, "USD"),), "ira_pools[ana].accounts"),
        ((IraPool("ana", ("roth",), 0.0, "USD"),), "ira_pools[ana].accounts"),
        ((IraPool("ana", ("plan_ben",), 0.0, "USD"),), "ira_pools[ana].accounts"),
        ((POOLS[0], POOLS[0]), "ira_pools"),
    ],
)
def test_a_pool_holds_own_tax_deferred_accounts_of_an_adult(pools: tuple[IraPool, ...], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(family(), ira_pools=pools)
    assert refused.value.field == field


def test_negative_basis_gifts_and_limits_are_refused() -> None:
    for make in (
        lambda: IraPool("ana", (), -1.0, "USD"),
        lambda: IraGifts(-1.0, 0.0, 0.0, "USD"),
        lambda: IraGifts(0.0, -1.0, 0.0, "USD"),
        lambda: IraGifts(0.0, 0.0, -1.0, "USD"),
        lambda: IraGifts(2.0, 1.0, 0.0, "USD"),
    ):
        with pytest.raises(InvalidInputError):
            make()


def test_other_currencies_and_gifts_from_nothing_are_refused() -> None:
    with pytest.raises(MixedCurrenciesError):
        replace(family(), ira_pools=(IraPool("ana", (), 0.0, "EUR"),))
    with pytest.raises(MixedCurrenciesError):
        replace(family(), ira_pools=POOLS, ira_gifts=IraGifts(1.0, 1.0, 1.0, "EUR"))
    with pytest.raises(InvalidInputError) as refused:
        replace(family(), ira_pools=(IraPool("ana", (), 5.0, "USD"),), ira_gifts=GIFTS)
    assert refused.value.field == "ira_gifts"


def test_which_accounts_are_iras_tells_nothing_by_itself() -> None:
    idle = replace(family(), ira_pools=(IraPool("ana", ("plan_ana",), 0.0, "USD"),))
    assert tells_nothing(family())
    assert tells_nothing(idle)
    assert tells_nothing(replace(idle, ira_gifts=IraGifts(0.0, 12_000.0, 111_000.0, "USD")))
    assert not tells_nothing(replace(family(), ira_pools=POOLS))
    assert not tells_nothing(replace(idle, ira_gifts=GIFTS))
    after_tax = tuple(replace(item, is_deductible=False) for item in family().contributions)
    assert not tells_nothing(replace(idle, contributions=after_tax))
    assert tells_nothing(replace(family(), contributions=after_tax))


def test_pools_lose_what_is_not_there_any_more() -> None:
    kept = still_held(POOLS, ["ana"], family().accounts)
    assert [pool.owner for pool in kept] == ["ana"]
    gone = [account for account in family().accounts if account.key != "plan_ana"]
    assert still_held(POOLS, ["ana", "ben"], gone)[0] == replace(POOLS[0], accounts=())
    assert still_held(POOLS, ["ana", "ben"], gone)[1] == POOLS[1]
