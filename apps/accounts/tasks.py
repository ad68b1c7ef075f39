"""Tasks of accounts."""

from __future__ import annotations

from celery import shared_task
from django_tenants.utils import get_tenant_model, tenant_context

from apps.accounts.services import approvals
from apps.core.actors import Actor
from apps.core.zones import in_firms_zone


@shared_task(name="accounts.escalate_approvals")
def escalate_approvals() -> int:
    """Escalate, in every open firm, the approval requests whose deadline has passed."""
    by = Actor.system("accounts.escalate_approvals")
    escalated = 0
    for firm in get_tenant_model().objects.filter(state="open"):
        with tenant_context(firm), in_firms_zone():
            escalated += approvals.escalate_overdue(by=by)
    return escalated
