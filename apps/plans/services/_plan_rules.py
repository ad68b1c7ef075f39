"""What a version of a plan states besides facts: saving, shares, conversions to Roth, how far spending may fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.kernel.errors import gettext_noop
from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.inputs import GoalKind, ProjectionInputs
from apps.plans.engine.rule_levers import (
    has_something_to_convert,
    with_conversions,
    with_conversions_below,
    with_spending_rule,
)
from apps.plans.engine.what_if_levers import with_taken
from apps.plans.models import CONVERTING, Override, OverrideKind, Plan
from apps.plans.selectors.plan_rules import stated_rule
from apps.plans.services._iras import with_gifts_from_iras

Caveat = tuple[str, dict[str, str]]


def as_stated(
    inputs: ProjectionInputs, plan: Plan, overrides: Sequence[Override], places: SavingPlaces, names: Mapping[str, str]
) -> tuple[ProjectionInputs, list[Caveat]]:
    """Return the plan as its version states it, and what of that cannot be: message ids with what fills them.

    More saving goes to ``places``; ``names`` are those behind the keys of the plan.
    """
    own = {row.kind: row.value for row in overrides if row.person is None}
    share = own.get(OverrideKind.EQUITY_SHARE)
    saving = float(own.get(OverrideKind.EXTRA_SAVING, 0))
    inputs = with_taken(inputs, places, saving, None if share is None else float(share / 100))
    told: list[Caveat] = []
    for row in overrides:
        if row.kind in CONVERTING and row.person is not None:
            owner = str(row.person.public_id)
            inputs, cannot = _converting(inputs, owner, row)
            told += [(message, {"name": names.get(owner, str(row.person))}) for message in cannot]
    inputs, cannot = with_gifts_from_iras(inputs, float(own.get(OverrideKind.IRA_GIFTS, 0)))
    told += [(message, {}) for message in cannot]
    rule = stated_rule(plan)
    if rule is not None and any(goal.kind is GoalKind.RETIREMENT for goal in inputs.goals):
        inputs = with_spending_rule(inputs, rule)
    elif rule is not None:
        told.append((_NOTHING_PLANNED, {}))
    return inputs, told


def _converting(inputs: ProjectionInputs, owner: str, row: Override) -> tuple[ProjectionInputs, list[str]]:
    """Let an adult convert to Roth as the version states it; or why that cannot be."""
    if not any(adult.key == owner and has_something_to_convert(inputs, adult) for adult in inputs.adults):
        return inputs, [_NOTHING_TO_CONVERT]
    if row.kind == OverrideKind.ROTH_BRACKET:
        return with_conversions(inputs, owner, float(row.value)), []
    if inputs.medicare is None:
        return inputs, [_NO_PREMIUMS]
    return with_conversions_below(inputs, owner, int(row.value)), []


_NOTHING_PLANNED = gettext_noop("The rule of spending does nothing: no retirement goal says what is planned.")
_NO_PREMIUMS = gettext_noop("%(name)s converts nothing: the plan knows no premiums of Medicare to stay below.")
_NOTHING_TO_CONVERT = gettext_noop("%(name)s has no tax-deferred account to convert from.")
