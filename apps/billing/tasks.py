"""Jobs of billing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.billing.models import BillingRun
from apps.billing.services import invoices, runs
from apps.core.actors import Actor
from apps.core.jobs import job


@job("billing.calculate_run", title=_("Fees are being calculated."))
def calculate_run(task: Any, run_id: int) -> None:
    """Calculate the fees of a run."""
    run = BillingRun.objects.select_related("job").get(pk=run_id)
    runs.calculate_as_asked(run=run, by=_asked_by(run, "billing.calculate_run"), progress=task.progress)


@job("billing.issue_invoices", title=_("Invoices are being written."))
def issue_invoices(task: Any, run_id: int) -> None:
    """Write the invoices of a locked run."""
    run = BillingRun.objects.select_related("job").get(pk=run_id)
    invoices.issue_invoices(run=run, by=_asked_by(run, "billing.issue_invoices"), progress=task.progress)


def _asked_by(run: BillingRun, name: str) -> Actor:
    return Actor.system(name, on_behalf_of=run.job.asked_by if run.job else "")
