"""Moving a plan through its life by the name of the status wanted."""

from __future__ import annotations

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.models import Plan, PlanStatus
from apps.plans.services._plans import changeable, note_change
from apps.plans.services.plans import discard_draft
from apps.plans.services.publishing import check_step, fresh_result, publish_plan, refuse_step


@service
def move_plan(*, plan: Plan, status: str, by: Actor, reason: str = "") -> Plan:
    """Bring a plan to a status: into review when it has a fresh result, to the client, back to draft, or out.

    Raises StatusNotPossibleError (into force a plan comes by signature only), and what publishing and discarding
    raise; InvalidInputError for a draft given up without a reason.
    """
    if status == PlanStatus.PUBLISHED:
        return publish_plan(plan=plan, by=by)
    if status == PlanStatus.SUPERSEDED:
        if not reason.strip():
            raise InvalidInputError(gettext_noop("Say why the draft is given up."), field="reason")
        return discard_draft(plan=plan, reason=reason, by=by)
    if status == PlanStatus.IN_FORCE:
        refuse_step(plan, status)
    plan = changeable(plan)
    check_step(plan, status)
    before = {"status": plan.status}
    if status == PlanStatus.IN_REVIEW:
        fresh_result(plan)
        plan.status = PlanStatus.IN_REVIEW
        plan.save(update_fields=["status", "updated_at"])
    else:
        note_change(plan)
    audit.record("plans.move_plan", by=by, target=plan, before=before, after={"status": plan.status}, reason=reason)
    return plan
