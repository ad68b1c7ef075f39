"""Life insurance as the walk knows it: what is paid at a death, tax free, and what the cover costs until then."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from apps.plans.engine.checks import known, not_negative

if TYPE_CHECKING:
    from apps.plans.engine.inputs import ProjectionInputs


@dataclass(frozen=True, slots=True)
class LifePolicy:
    """Cover of an adult's life: ``benefit``, nominal, is paid if they die while it is in force (IRC 101(a)(1)).

    In force are the months before that of ``end``, or before the retirement of the insured where ``until_retirement``;
    with neither it ends with the life alone. ``monthly_premium`` is level, nominal, and paid while it is in force.
    Where ``premium_in_costs`` the living costs hold it already, and fall by it, real, when it stops.
    """

    key: str
    insured: str
    benefit: float
    monthly_premium: float
    premium_in_costs: bool
    end: date | None
    until_retirement: bool
    currency: str

    def __post_init__(self) -> None:
        not_negative(self.benefit, f"policies[{self.key}].benefit")
        not_negative(self.monthly_premium, f"policies[{self.key}].monthly_premium")


def check_policies(inputs: ProjectionInputs, adults: Collection[str]) -> None:
    """Refuse cover of who is not there."""
    for policy in inputs.events.policies:
        known(policy.insured, list(adults), f"policies[{policy.key}].insured")
