"""How a household sets its spending in retirement year by year, as a projection takes it.

Without one it spends the same in real terms. The steps are those of `spending_rules`; the walk takes them at each
year's end (`kernel_spending`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import within

if TYPE_CHECKING:
    from apps.plans.engine.inputs import ProjectionInputs


@dataclass(frozen=True, slots=True)
class RateGuardrails:
    """Guyton and Klinger's rules around the rate that a path draws in its first January of retirement.

    The figures are those of `spending_rules.GuytonKlinger`.
    """

    upper: float = 1.2
    lower: float = 0.8
    cut: float = 0.1
    raised: float = 0.1
    protected_years: int = 15
    inflation_cap: float | None = None

    def __post_init__(self) -> None:
        within(self.lower, 0.0, 1.0, "spending_rule.lower")
        within(self.upper, 1.0, 10.0, "spending_rule.upper")
        within(self.cut, 0.0, 1.0, "spending_rule.cut")
        within(self.raised, 0.0, 1.0, "spending_rule.raised")
        within(self.protected_years, 0, 120, "spending_rule.protected_years")
        if self.inflation_cap is not None:
            within(self.inflation_cap, 0.0, 10.0, "spending_rule.inflation_cap")


@dataclass(frozen=True, slots=True)
class PortfolioShare:
    """A share of what there is each January; the real draw falls and rises by these parts a year at most."""

    share: float
    fall: float = 0.025
    rise: float = 0.05

    def __post_init__(self) -> None:
        within(self.share, 1e-6, 1.0, "spending_rule.share")
        within(self.fall, 0.0, 1.0, "spending_rule.fall")
        within(self.rise, 0.0, 10.0, "spending_rule.rise")


@dataclass(frozen=True, slots=True)
class WealthGuardrails:
    """Two amounts of money, real, and the part of the planned spending that is spent past each."""

    below: float
    above: float
    part_below: float
    part_above: float

    def __post_init__(self) -> None:
        within(self.below, 0.0, self.above, "spending_rule.below")
        within(self.part_below, 0.0, 10.0, "spending_rule.part_below")
        within(self.part_above, 0.0, 10.0, "spending_rule.part_above")


@dataclass(frozen=True, slots=True)
class SpendingRule:
    """A rule, and the parts of the retirement goal that spending never leaves: success needs the floor alone.

    The step whose figures all have defaults is named last: stored rules are told apart by the figures they must have.
    """

    step: PortfolioShare | WealthGuardrails | RateGuardrails
    floor: float
    ceiling: float

    def __post_init__(self) -> None:
        within(self.floor, 0.0, 1.0, "spending_rule.floor")
        within(self.ceiling, 0.0, 10.0, "spending_rule.ceiling")
        if self.ceiling < max(self.floor, 1.0):
            raise InvalidInputError(
                gettext_noop("The most that is spent lies below what is planned."),
                mend=gettext_noop("Let the ceiling be at least the planned spending, and the floor at most."),
                field="spending_rule.ceiling",
            )


def check_spending_rule(inputs: ProjectionInputs) -> None:
    """Refuse a rule where no retirement goal says what is planned."""
    if inputs.spending_rule is not None and not any(str(goal.kind) == "retirement" for goal in inputs.goals):
        raise InvalidInputError(
            gettext_noop("A rule of spending needs a retirement goal: it says what is planned."),
            mend=gettext_noop("Add the retirement goal, or take the rule out."),
            field="spending_rule",
        )
