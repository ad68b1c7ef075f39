"""Tasks of accounts."""

from __future__ import annotations

from celery import shared_task

from apps.accounts.services import approvals
from apps.core.actors import Actor
from apps.core.everywhere import everywhere
from apps.core.zones import in_firms_zone


@shared_task(name="accounts.escalate_approvals")
def escalate_approvals() -> int:
    """Escalate, in every open firm, the approval requests whose deadline has passed."""
    by = Actor.system("accounts.escalate_approvals")

    def escalate() -> int:
        with in_firms_zone():
            return approvals.escalate_overdue(by=by)

    return everywhere("accounts.escalate_approvals", escalate)
