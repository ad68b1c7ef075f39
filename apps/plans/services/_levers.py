"""The one number of each kind of advice that an advisor may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.plans.models import Recommendation
from apps.plans.selectors.levers import LEVERS, Lever
from apps.plans.services.errors import NotAdjustableError


@dataclass(frozen=True, slots=True)
class Change:
    """An adjusted piece of advice: which, and its own facts."""

    key: str
    kind: str
    value: float
    facts: Mapping[str, float]


def lever_of(kind: str) -> Lever | None:
    """Return what may be changed about advice of a kind."""
    return LEVERS.get(kind)


def check_value(recommendation: Recommendation, value: Decimal) -> None:
    """Refuse a value that the lever cannot take. Raises NotAdjustableError."""
    lever = lever_of(recommendation.kind)
    if lever is None:
        raise NotAdjustableError(
            gettext_noop("This advice has no number to change."), mend=gettext_noop("Accept or decline it.")
        )
    if not lever.low <= value <= lever.high:
        is_share = lever.unit == "percent"
        raise NotAdjustableError(
            gettext_noop("The value must lie between %(low)s %% and %(high)s %%.")
            if is_share
            else gettext_noop("The value must lie between %(low)s and %(high)s."),
            field="value",
            low=lever.low * (100 if is_share else 1),
            high=lever.high * (100 if is_share else 1),
        )
    if lever.unit == "count" and value != value.to_integral_value():
        raise NotAdjustableError(gettext_noop("Give whole months."), field="value")
