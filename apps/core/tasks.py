"""Tasks of the core."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db.utils import ProgrammingError
from django_tenants.utils import get_tenant_model, tenant_context

from apps.core import jobs

log = structlog.get_logger(__name__)


@shared_task(name="core.sweep_jobs")
def sweep_jobs() -> int:
    """Send again, in the public schema and in every open firm, the jobs that were lost."""
    sent = jobs.sweep()
    for firm in get_tenant_model().objects.filter(state="open"):
        try:
            with tenant_context(firm):
                sent += jobs.sweep()
        except ProgrammingError as lagging:
            # its schema is being migrated: the other firms' jobs do not wait for it
            log.warning("job.not_swept", firm=firm.schema_name, reason=str(lagging))
    return sent
