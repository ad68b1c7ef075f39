"""Whose the money of a couple is, and what a death does to its cost: facts as values of the engine."""

from __future__ import annotations

from dataclasses import replace

from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import HouseholdFacts
from apps.plans.engine.basis_steps import share_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.ownership import Ownership
from apps.plans.services._state_tax import state_table_of

Caveat = tuple[str, dict[str, str]]
# where spouses own together what they earn (IRS Pub. 555; Wisconsin by its marital property, Rev. Rul. 87-13)
COMMUNITY_STATES = frozenset({"AZ", "CA", "ID", "LA", "NV", "NM", "TX", "WA", "WI"})
_MARRIED = frozenset({"joint", "separate"})


def with_ownership(inputs: ProjectionInputs, facts: HouseholdFacts) -> tuple[ProjectionInputs, list[Caveat]]:
    """Return the plan with whose its accounts are, and what it takes of their cost when one of a couple dies."""
    couple = {adult.key for adult in inputs.adults}
    if len(couple) < 2:
        return inputs, []
    owners = {account.key: str(account.owner_id) for account in facts.accounts if account.owner_id}
    others = tuple(key for key, owner in owners.items() if owner not in couple)
    state = facts.state.strip().upper()
    is_community = state in COMMUNITY_STATES and facts.filing_status in _MARRIED
    inputs = replace(inputs, ownership=Ownership(is_community, others))
    if not _may_sell(inputs):
        return inputs, []
    if not is_community:
        return inputs, [(_BY_TITLE, {})]
    table = state_table_of(state)
    return inputs, [(_COMMUNITY, {"state": table.name if table else state})]


def _may_sell(inputs: ProjectionInputs) -> bool:
    """Say whether there is anything whose cost a death changes."""
    held = any(share_of(account, adult, inputs) for account in inputs.accounts for adult in inputs.adults)
    return held or any(thing.sale_day is not None for thing in inputs.events.things)


_BY_TITLE = gettext_noop(
    "When one of a couple dies, what they alone owned of taxable accounts and shares counts as bought at its value of "
    "that day, and so does half of what both own, homes and other property among it: gains and losses from before no "
    "longer count (IRC §1014, §2040(b))."
)
_COMMUNITY = gettext_noop(
    "What a couple in %(state)s owns is taken as community property: when one of them dies, all their taxable "
    "accounts, shares, homes and other property count as bought at their value of that day, and gains and losses from "
    "before no longer count (IRC 1014(b)(6)). That some of it may be owned apart is not known."
)
