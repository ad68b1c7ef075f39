"""Choosing how spending in retirement moves in a version of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.models import Plan, SpendingRuleKind
from apps.plans.selectors.plan_rules import PUBLISHED
from apps.plans.services._plans import changeable, note_change

# What each rule is told besides its floor and ceiling.
FIGURES = {
    SpendingRuleKind.RATE: ("lower", "upper", "cut", "raised"),
    SpendingRuleKind.SHARE: ("share", "cut", "raised"),
    SpendingRuleKind.DOLLARS: ("below", "above", "cut", "raised"),
}
# Least and most of each figure: parts of the planned spending, of the rate drawn first, or of what there is.
LIMITS = {
    "floor": (Decimal("0.4"), Decimal(1)),
    "ceiling": (Decimal(1), Decimal(3)),
    "lower": (Decimal("0.1"), Decimal(1)),
    "upper": (Decimal(1), Decimal(5)),
    "cut": (Decimal(0), Decimal("0.5")),
    "raised": (Decimal(0), Decimal(1)),
    "share": (Decimal("0.005"), Decimal("0.3")),
}


@dataclass(frozen=True, slots=True)
class SpendingDetails:
    """A rule as an advisor states it: proportions as fractions, ``below`` and ``above`` in money of today."""

    kind: SpendingRuleKind
    figures: Mapping[str, Decimal | None]


@service
def set_spending_rule(*, plan: Plan, details: SpendingDetails, by: Actor) -> Plan:
    """Let spending in retirement follow a rule, or stay the same each year.

    Raises PlanFrozenError, InvalidInputError that names the figure that is missing or cannot be.
    """
    plan = changeable(plan)
    rule = None if details.kind is SpendingRuleKind.SAME else _checked(details)
    return _keep(plan, rule, by)


@service
def set_spending_floor(*, plan: Plan, floor: Decimal, by: Actor) -> Plan:
    """Change the part of the planned spending that is never cut; the whole of it is no rule.

    Without a rule the published one of Guyton and Klinger begins. Raises PlanFrozenError, InvalidInputError.
    """
    plan = changeable(plan)
    if floor >= 1:
        return _keep(plan, None, by)
    now = plan.spending_rule or {"kind": SpendingRuleKind.RATE.value, **PUBLISHED}
    figures: dict[str, Decimal | None] = {
        name: Decimal(now[name]) for name in now if name in {*LIMITS, "below", "above"}
    }
    return _keep(plan, _checked(SpendingDetails(SpendingRuleKind(now["kind"]), {**figures, "floor": floor})), by)


def _keep(plan: Plan, rule: dict[str, str] | None, by: Actor) -> Plan:
    if _said(rule) == _said(plan.spending_rule):
        return plan
    before = {"spending_rule": plan.spending_rule}
    plan.spending_rule = rule and {**rule, "by": by.label, "on": firm_today().isoformat()}
    plan.save(update_fields=["spending_rule", "updated_at"])
    after = {"spending_rule": plan.spending_rule}
    audit.record("plans.set_spending_rule", by=by, target=plan, before=before, after=after)
    note_change(plan)
    return plan


def _checked(details: SpendingDetails) -> dict[str, str]:
    """Return the rule as it is stored. Raises InvalidInputError."""
    told: dict[str, str] = {"kind": details.kind.value}
    for name in ("floor", "ceiling", *FIGURES[details.kind]):
        value = details.figures.get(name)
        if value is None:
            raise InvalidInputError(
                gettext_noop("This rule needs a figure here."),
                mend=gettext_noop("Enter it, or choose another rule."),
                field=name,
            )
        _check_limits(name, value)
        told[name] = f"{value.normalize():f}"
    if details.kind is SpendingRuleKind.DOLLARS and Decimal(told["below"]) >= Decimal(told["above"]):
        raise InvalidInputError(
            gettext_noop("The upper guardrail lies no higher than the lower one."),
            mend=gettext_noop("Enter a larger amount here, or a smaller one for the lower guardrail."),
            field="above",
        )
    return told


def _check_limits(name: str, value: Decimal) -> None:
    if name not in LIMITS:
        if not value.is_finite() or value <= 0:
            raise InvalidInputError(
                gettext_noop("A guardrail in dollars is an amount above zero."),
                mend=gettext_noop("Enter an amount in money of today."),
                field=name,
            )
        return
    low, high = LIMITS[name]
    if not value.is_finite() or not low <= value <= high:
        raise InvalidInputError(
            gettext_noop("This must lie between %(low)s and %(high)s per cent."),
            mend=gettext_noop("Correct the value."),
            field=name,
            low=f"{(100 * low).normalize():f}",
            high=f"{(100 * high).normalize():f}",
        )


def _said(rule: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if rule is None else {name: value for name, value in rule.items() if name not in {"by", "on"}}
