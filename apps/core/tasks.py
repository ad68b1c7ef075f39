"""Tasks of the core."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from celery import shared_task
from django.db.utils import ProgrammingError
from django_tenants.utils import get_tenant_model, tenant_context

from apps.core import cleaning, jobs

log = structlog.get_logger(__name__)


@shared_task(name="core.sweep_jobs")
def sweep_jobs() -> int:
    """Send again, in the public schema and in every open firm, the jobs that were lost."""
    return _everywhere(jobs.sweep)


@shared_task(name="core.forget")
def forget() -> int:
    """Remove, in the public schema and in every open firm, what has served its purpose."""
    return _everywhere(cleaning.forget)


def _everywhere(work: Callable[[], int]) -> int:
    done = work()
    for firm in get_tenant_model().objects.filter(state="open"):
        try:
            with tenant_context(firm):
                done += work()
        except ProgrammingError as lagging:
            # its schema is being migrated: the other firms do not wait for it
            log.warning("core.not_done", work=work.__name__, firm=firm.schema_name, reason=str(lagging))
    return done
