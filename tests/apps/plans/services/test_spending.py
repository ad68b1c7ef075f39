"""Choosing the rule of spending of a version."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.engine.spending_choices import PortfolioShare, RateGuardrails, WealthGuardrails
from apps.plans.models import Plan, PlanStatus, SpendingRuleKind
from apps.plans.selectors.plan_rules import PUBLISHED, stated_rule
from apps.plans.services.errors import PlanFrozenError
from apps.plans.services.plans import draft_plan
from apps.plans.services.spending import LIMITS, SpendingDetails, set_spending_floor, set_spending_rule
from tests.factories import plans

BOUNDS = {"floor": Decimal("0.75"), "ceiling": Decimal("1.2")}
BANDS = {"cut": Decimal("0.1"), "raised": Decimal("0.15")}
RATE = {**BOUNDS, **BANDS, "lower": Decimal("0.8"), "upper": Decimal("1.2")}
SHARE = {**BOUNDS, **BANDS, "share": Decimal("0.045")}
DOLLARS = {**BOUNDS, **BANDS, "below": Decimal(900_000), "above": Decimal(2_000_000)}


@pytest.fixture
def plan(ada):
    return plans.drafted(ada)


def ruled(plan, ada, kind, figures):
    return set_spending_rule(plan=plan, details=SpendingDetails(SpendingRuleKind(kind), figures), by=ada.as_actor())


def changes():
    return AuditEvent.objects.filter(action="plans.set_spending_rule")


@pytest.mark.parametrize(
    ("kind", "figures", "step"),
    [
        ("rate", RATE, RateGuardrails(1.2, 0.8, 0.1, 0.15)),
        ("share", SHARE, PortfolioShare(0.045, 0.1, 0.15)),
        ("dollars", DOLLARS, WealthGuardrails(900_000.0, 2_000_000.0, 0.9, 1.15)),
    ],
)
def test_each_rule_reaches_the_engine_as_it_was_stated(ada, plan, kind, figures, step):
    ruled(plan, ada, kind, figures)
    plan.refresh_from_db()
    rule = stated_rule(plan)
    assert rule is not None
    assert (rule.step, rule.floor, rule.ceiling) == (step, 0.75, 1.2)
    event = changes().get()
    assert (event.before["spending_rule"], event.after["spending_rule"]["kind"]) == (None, kind)


def test_the_same_rule_a_second_time_changes_nothing_and_none_takes_it_out(ada, plan):
    ruled(plan, ada, "rate", RATE)
    changed_at = Plan.objects.get(pk=plan.pk).inputs_changed_at
    ruled(plan, ada, "rate", {name: +value for name, value in RATE.items()})
    assert Plan.objects.get(pk=plan.pk).inputs_changed_at == changed_at
    assert changes().count() == 1
    ruled(plan, ada, "same", {})
    assert Plan.objects.get(pk=plan.pk).spending_rule is None


@pytest.mark.parametrize(
    ("kind", "figures", "field"),
    [
        ("rate", {**RATE, "upper": None}, "upper"),
        ("rate", {**RATE, "floor": Decimal("0.39")}, "floor"),
        ("rate", {**RATE, "ceiling": Decimal("0.99")}, "ceiling"),
        ("rate", {**RATE, "lower": Decimal("1.01")}, "lower"),
        ("share", {**SHARE, "share": Decimal("0.31")}, "share"),
        ("share", {**SHARE, "cut": Decimal("NaN")}, "cut"),
        ("dollars", {**DOLLARS, "below": Decimal(0)}, "below"),
        ("dollars", {**DOLLARS, "above": Decimal(900_000)}, "above"),
    ],
)
def test_a_figure_that_is_missing_or_cannot_be_is_named(ada, plan, kind, figures, field):
    with pytest.raises(InvalidInputError) as refused:
        ruled(plan, ada, kind, figures)
    assert refused.value.field == field
    assert Plan.objects.get(pk=plan.pk).spending_rule is None
    assert not changes().exists()


def test_what_may_be_stated_is_what_the_engine_takes():
    """The ends of every range make a rule that the engine does not refuse."""
    for end in (0, 1):
        told = {**PUBLISHED, **{name: str(limits[end]) for name, limits in LIMITS.items()}}
        for kind in ("rate", "share"):
            assert stated_rule(Plan(spending_rule={"kind": kind, **told})) is not None


def test_a_floor_alone_begins_the_published_rule_and_keeps_one_that_is_there(ada, plan):
    by = ada.as_actor()
    set_spending_floor(plan=plan, floor=Decimal("0.7"), by=by)
    plan.refresh_from_db()
    rule = stated_rule(plan)
    assert (rule.step, rule.floor, rule.ceiling) == (RateGuardrails(), 0.7, 1.25)
    ruled(plan, ada, "share", SHARE)
    set_spending_floor(plan=plan, floor=Decimal("0.6"), by=by)
    plan.refresh_from_db()
    assert (plan.spending_rule["kind"], plan.spending_rule["floor"]) == ("share", "0.6")
    set_spending_floor(plan=plan, floor=Decimal(1), by=by)
    plan.refresh_from_db()
    assert plan.spending_rule is None


def test_the_next_version_keeps_the_rule_and_a_given_one_is_frozen(ada, plan):
    ruled(plan, ada, "dollars", DOLLARS)
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUPERSEDED)
    with pytest.raises(PlanFrozenError):
        ruled(plan, ada, "same", {})
    plan.refresh_from_db()
    assert draft_plan(household=plan.household, by=ada.as_actor()).spending_rule == plan.spending_rule
