"""What the services of plans share: the locked version, and the note that its inputs changed."""

from __future__ import annotations

from django.utils import timezone

from apps.core import realtime
from apps.kernel.errors import gettext_noop
from apps.plans import policies
from apps.plans.models import Plan, PlanStatus
from apps.plans.services.errors import PlanFrozenError


def locked(plan: Plan) -> Plan:
    """Return the version as it is now, locked until the transaction ends."""
    return Plan.objects.select_for_update(of=("self",)).select_related("household", "assumptions").get(pk=plan.pk)


def changeable(plan: Plan) -> Plan:
    """Return the version locked. Raises PlanFrozenError when the client has it."""
    plan = locked(plan)
    if not policies.can_change(plan):
        raise PlanFrozenError(
            gettext_noop("Version %(version)s was published and does not change any more."),
            mend=gettext_noop("Start a new version."),
            version=plan.version,
        )
    return plan


def note_change(plan: Plan) -> None:
    """Note that what the plan is made from changed: it is a draft again until it is generated."""
    plan.inputs_changed_at, plan.status = timezone.now(), PlanStatus.DRAFT
    plan.save(update_fields=["inputs_changed_at", "status", "updated_at"])
    tell(plan, "plan.changed")


def tell(plan: Plan, kind: str) -> None:
    """Tell who watches the household."""
    realtime.publish(f"household:{plan.household.public_id}", kind, plan=str(plan.public_id))
