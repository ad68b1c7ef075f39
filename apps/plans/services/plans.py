"""Starting a version of a plan and setting how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils import timezone

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Person
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.selectors.situations import household_facts
from apps.plans.models import CONVERTING, Goal, GoalKind, GoalPriority, Override, Plan, PlanStatus
from apps.plans.models.plan import LEAST_TARGET, MOST_TARGET
from apps.plans.selectors.mixes import mix_taken_over
from apps.plans.services._checks import checked
from apps.plans.services._override_bounds import check_override
from apps.plans.services._plans import changeable, note_change, tell
from apps.plans.services.assumptions import assumptions_in_force
from apps.plans.services.errors import PlanInTheWorksError

CHOICES = (
    "target_success",
    "horizon_age",
    "annual_fee",
    "survivor_share",
    "surplus_saved_share",
    "latest_retirement_age",
    "max_savings_rate",
    "emergency_months",
    "extra_debt_payment",
)
_COPIED_GOAL = (
    "kind",
    "name",
    "annual_amount",
    "starts_on",
    "years",
    "priority",
    "person_id",
    "own_words",
    "calculation",
    "funded_by",
    "funded_only",
    "wait_years",
    "least_share",
)
_COPIED_OVERRIDE = ("kind", "person_id", "value", "reason", "set_on", "set_by")


@service
def draft_plan(*, household: Household, by: Actor, based_on: Plan | None = None) -> Plan:
    """Start the next version, with goals, choices and overrides of `based_on`, else of the newest version.

    The first version of a household whose spending is known begins with the goal to live on as today after work.
    Raises PlanInTheWorksError while a version is being prepared, NoTableError without assumptions.
    """
    household = Household.objects.select_for_update().get(pk=household.pk)
    versions = Plan.objects.filter(household=household)
    if versions.in_the_works().exists():
        raise PlanInTheWorksError(
            gettext_noop("A plan of this household is being prepared already."),
            mend=gettext_noop("Go on with that one."),
        )
    today = firm_today()
    source = based_on or versions.newest_first().first()
    plan = Plan(
        household=household,
        version=(versions.aggregate(newest=Max("version"))["newest"] or 0) + 1,
        based_on=source,
        assumptions=assumptions_in_force(day=today, by=by),
        prepared_by=by.label,
        inputs_changed_at=timezone.now(),
        **({name: getattr(source, name) for name in CHOICES} if source else {}),
    )
    plan.chosen_mix = mix_taken_over(source, plan) if source else None
    plan.spending_rule = source.spending_rule if source else None
    checked(plan, exclude=["household", "assumptions"])
    plan.save()
    if source is not None:
        _copy_contents(source, plan)
    else:
        _live_on_as_today(plan)
    audit.record("plans.draft_plan", by=by, target=plan, after=audit.snapshot(plan))
    tell(plan, "plan.drafted")
    return plan


@service
def set_choices(*, plan: Plan, choices: Mapping[str, Any], by: Actor) -> Plan:
    """Set how the plan is made (target, horizon, costs …).

    Raises PlanFrozenError, InvalidInputError for an unknown or impossible choice.
    """
    plan = changeable(plan)
    unknown = set(choices) - set(CHOICES)
    if unknown:
        raise InvalidInputError(gettext_noop("“%(name)s” is no choice of a plan."), name=min(unknown))
    if "target_success" in choices and not LEAST_TARGET <= choices["target_success"] <= MOST_TARGET:
        raise InvalidInputError(
            gettext_noop("No plan is certain, and none aims for nothing: give a success from 1 to 99.9 per cent."),
            field="target_success",
        )
    before = audit.snapshot(plan)
    for name, value in choices.items():
        setattr(plan, name, value)
    checked(plan, exclude=["household", "assumptions"])
    plan.save(update_fields=[*choices, "updated_at"])
    audit.record("plans.set_choices", by=by, target=plan, before=before, after=audit.snapshot(plan))
    note_change(plan)
    return plan


@service
def set_override(
    *, plan: Plan, kind: str, value: Decimal, reason: str, by: Actor, person: Person | None = None
) -> Override:
    """Take a fact differently in this version, with the reason; a second time changes the entry.

    One way of converting to Roth takes the place of the other.

    Raises PlanFrozenError, InvalidInputError for a person outside of the household, for somebody where the fact is the
    household's and nobody where it is a person's, for a value out of its bounds, and for a missing reason.
    """
    plan = changeable(plan)
    if person is not None and person.household_id != plan.household_id:
        raise InvalidInputError(gettext_noop("This person is not in the household."), field="person")
    check_override(kind, value, person)
    row = Override.objects.filter(plan=plan, kind=kind, person=person).first() or Override(
        plan=plan, kind=kind, person=person
    )
    before = audit.snapshot(row) if row.pk else None
    row.value, row.reason, row.set_on, row.set_by = value, reason.strip(), firm_today(), by.label
    checked(row)
    row.save()
    if kind in CONVERTING:
        for other in Override.objects.filter(plan=plan, kind__in=CONVERTING, person=person).exclude(pk=row.pk):
            remove_override(override=other, by=by)
    audit.record("plans.set_override", by=by, target=row, before=before, after=audit.snapshot(row), reason=row.reason)
    note_change(plan)
    return row


@service
def remove_override(*, override: Override, by: Actor) -> None:
    """Take the household's fact again. Raises PlanFrozenError."""
    plan = changeable(override.plan)
    audit.record("plans.remove_override", by=by, target=override, before=audit.snapshot(override))
    override.delete()
    note_change(plan)


@service
def discard_draft(*, plan: Plan, reason: str, by: Actor) -> Plan:
    """Give up a version that the client never saw; it is kept as superseded. Raises PlanFrozenError."""
    plan = changeable(plan)
    before = {"status": plan.status}
    plan.status = PlanStatus.SUPERSEDED
    plan.save(update_fields=["status", "updated_at"])
    audit.record("plans.discard_draft", by=by, target=plan, before=before, after={"status": plan.status}, reason=reason)
    tell(plan, "plan.changed")
    return plan


def _copy_contents(source: Plan, plan: Plan) -> None:
    for goal in source.goals.all():
        Goal.objects.create(plan=plan, **{name: getattr(goal, name) for name in _COPIED_GOAL})
    for override in source.overrides.all():
        Override.objects.create(plan=plan, **{name: getattr(override, name) for name in _COPIED_OVERRIDE})


def _live_on_as_today(plan: Plan) -> None:
    spending = household_facts(plan.household, firm_today()).spending
    if spending is not None:
        Goal.objects.create(
            plan=plan,
            kind=GoalKind.RETIREMENT,
            name=str(GoalKind.RETIREMENT.label),
            annual_amount=12 * spending.monthly_amount,
            priority=GoalPriority.ESSENTIAL,
        )
