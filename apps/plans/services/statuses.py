"""Moving a plan through its life by the name of the status wanted."""

from __future__ import annotations

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans import policies
from apps.plans.models import Plan, PlanStatus
from apps.plans.services._plans import changeable, note_change
from apps.plans.services.plans import discard_draft
from apps.plans.services.publishing import check_step, fresh_result, publish_plan, refuse_step
from apps.plans.services.signed_plans import confirm_facts


@service
def move_plan(*, plan: Plan, status: str, by: Actor, reason: str = "", facts_digest: str = "") -> Plan:
    """Bring a plan to a status: into review when it has a fresh result, to the client, back to draft, or out.

    Into force a plan comes by signature; one that is signed and held for facts that moved, by confirming
    them, named by `facts_digest`.
    Raises StatusNotPossibleError, what publishing, discarding and confirming raise, and InvalidInputError for a draft
    given up without a reason.
    """
    if status == PlanStatus.PUBLISHED:
        return publish_plan(plan=plan, by=by)
    if status == PlanStatus.SUPERSEDED:
        if not reason.strip():
            raise InvalidInputError(gettext_noop("Say why the draft is given up."), field="reason")
        return discard_draft(plan=plan, reason=reason, by=by)
    if status == PlanStatus.IN_FORCE:
        if not policies.is_held(plan):
            refuse_step(plan, status)
        return confirm_facts(plan=plan, reason=reason, seen=facts_digest, by=by)
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
