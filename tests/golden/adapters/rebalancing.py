"""Properties of a rebalance: Hypothesis draws households, the engine proposes, the trades are held against the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.portfolios.engine.rebalancing.inputs import PastTrade, RebalanceInputs, Restriction, RestrictionKind
from apps.portfolios.engine.rebalancing.proposal import rebalance
from apps.portfolios.engine.rebalancing.results import LineKind, Side
from apps.portfolios.engine.rebalancing.settings import Mode
from tests.apps.portfolios.engine.rebalancing import households
from tests.golden.loader import GoldenFolders

EFFORT = settings(max_examples=60, deadline=None, database=None, derandomize=True)


def _holds(check: Callable[[], None]) -> dict[str, Any]:
    try:
        check()
    except AssertionError:
        return {"holds": False}
    return {"holds": True}


def property_targets_met(_case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """Within rounding: of a step of the security itself, and of one of the dearest for what cash is left over."""

    @EFFORT
    @given(households.households(most_accounts=1))
    def check(household: RebalanceInputs) -> None:
        (account,) = household.accounts
        account = replace(account, cash=abs(account.cash) + 3000, needs=())
        free = replace(household, accounts=(account,), restrictions=(), caps=(), loss_sales=(), purchases=())
        proposal = rebalance(free, households.settings())
        dearest = max(float(each.price) for each in free.securities)
        for line in proposal.drift:
            if line.kind is LineKind.HOLDING:
                assert abs(line.after - line.target) * float(proposal.value) <= 2 * dearest + 0.01

    return _holds(check)


def property_tlh_wash(_case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """In every mode, with purchases and losses of the 60 days before anywhere in the household."""
    traded = st.builds(
        PastTrade,
        st.sampled_from(households.NAMES),
        st.just("elsewhere"),
        st.integers(0, 60).map(lambda days: households.TODAY - timedelta(days=days)),
    )

    @EFFORT
    @given(households.households(), households.runs(), st.lists(traded, max_size=3), st.lists(traded, max_size=3))
    def check(household: RebalanceInputs, run: Any, bought: list[PastTrade], lost: list[PastTrade]) -> None:
        past = replace(household, purchases=tuple(bought), loss_sales=tuple(lost))
        for mode in (run.mode, Mode.HARVEST):
            assert households.washed(past, rebalance(past, replace(run, mode=mode))) == []

    return _holds(check)


def property_restricted(_case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """One security is not sold, one not bought, one neither; cash is short, so that there is reason to."""

    @EFFORT
    @given(households.households(), households.runs(), st.permutations(households.NAMES), st.integers(0, 50_000))
    def check(household: RebalanceInputs, run: Any, names: list[str], needed: int) -> None:
        kinds = (RestrictionKind.NO_SELL, RestrictionKind.NO_BUY, RestrictionKind.HOLD)
        bound = tuple(Restriction(kind, security_id=name) for kind, name in zip(kinds, names, strict=False))
        accounts = tuple(replace(each, cash=each.cash - Decimal(needed)) for each in household.accounts)
        proposal = rebalance(replace(household, restrictions=bound, accounts=accounts), run)
        for trade in proposal.trades:
            assert trade.side is Side.BUY or trade.security_id not in {names[0], names[2]}
            assert trade.side is Side.SELL or trade.security_id not in {names[1], names[2]}

    return _holds(check)


ADAPTERS = {
    "property_targets_met": property_targets_met,
    "property_tlh_wash": property_tlh_wash,
    "property_restricted": property_restricted,
}
