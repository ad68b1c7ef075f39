"""Tasks of the core."""

from __future__ import annotations

from celery import shared_task
from django_tenants.utils import get_tenant_model, tenant_context

from apps.core import jobs


@shared_task(name="core.sweep_jobs")
def sweep_jobs() -> int:
    """Send again, in the public schema and in every open firm, the jobs that were lost."""
    sent = jobs.sweep()
    for firm in get_tenant_model().objects.filter(state="open"):
        with tenant_context(firm):
            sent += jobs.sweep()
    return sent
