"""A version that gives way to a newer one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import SignatureRequestState
from apps.clients.services.signatures import withdraw_request
from apps.core import audit
from apps.core.actors import Actor
from apps.plans.models import Plan, PlanAlert, PlanStatus
from apps.plans.services.alerts import close_alert


def supersede(plan: Plan, by: Actor) -> None:
    """End a version: its alerts close, and signatures that are still asked for are no longer."""
    request = plan.signature_request
    before = {"status": plan.status}
    plan.status = PlanStatus.SUPERSEDED
    plan.save(update_fields=["status", "updated_at"])
    for alert in PlanAlert.objects.filter(plan=plan, closed_on=None).select_related("plan__household"):
        close_alert(alert, firm_today(), by)
    audit.record("plans.supersede_plan", by=by, target=plan, before=before, after={"status": plan.status})
    if request is not None and request.state == SignatureRequestState.OPEN:
        withdraw_request(request=request, reason=_("A newer version of the plan was published."), by=by)
