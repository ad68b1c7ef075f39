"""Tasks of the core."""

from __future__ import annotations

from celery import shared_task

from apps.core import cleaning, jobs
from apps.core.everywhere import everywhere


@shared_task(name="core.sweep_jobs")
def sweep_jobs() -> int:
    """Send again, in the public schema and in every open firm, the jobs that were lost."""
    return jobs.sweep() + everywhere("core.sweep_jobs", jobs.sweep)


@shared_task(name="core.forget")
def forget() -> int:
    """Remove, in the public schema and in every open firm, what has served its purpose."""
    return cleaning.forget() + everywhere("core.forget", cleaning.forget)
