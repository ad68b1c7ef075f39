"""Jobs of portfolios."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor
from apps.core.jobs import job
from apps.portfolios.models import ReportBatch
from apps.portfolios.services import reports


@job("portfolios.make_reports", title=_("Performance reports are being made."))
def make_reports(task: Any, batch_id: int) -> None:
    """Make the reports of a batch that wait."""
    batch = ReportBatch.objects.select_related("job").get(pk=batch_id)
    asked_by = batch.job.asked_by if batch.job else ""
    reports.make_reports(
        batch=batch, by=Actor.system("portfolios.make_reports", on_behalf_of=asked_by), progress=task.progress
    )
