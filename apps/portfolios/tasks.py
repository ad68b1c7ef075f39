"""Jobs of portfolios."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.everywhere import everywhere
from apps.core.jobs import job
from apps.portfolios.models import ReportBatch
from apps.portfolios.services import drift_watch, reports, trades
from apps.portfolios.services.kept_values import ask_for_night, keep_values


@job("portfolios.make_reports", title=_("Performance reports are being made."))
def make_reports(task: Any, batch_id: int) -> None:
    """Make the reports of a batch that wait."""
    batch = ReportBatch.objects.select_related("job").get(pk=batch_id)
    asked_by = batch.job.asked_by if batch.job else ""
    reports.make_reports(
        batch=batch, by=Actor.system("portfolios.make_reports", on_behalf_of=asked_by), progress=task.progress
    )


@job("portfolios.keep_values", title=_("Keeping the daily values of accounts"))
def keep_values_of_firm(task: Any) -> None:
    """End the proposals that came too late, and bring the kept values of a firm's accounts up to yesterday."""
    trades.expire_proposals(by=Actor.system("portfolios.expire_proposals"))
    keep_values(by=Actor.system("portfolios.keep_values"), progress=task.progress)


@shared_task(name="portfolios.keep_values_everywhere")
def keep_values_everywhere() -> int:
    """Ask for the night of each open firm whose clock says so; return how many were asked."""
    by = Actor.system("portfolios.keep_values_everywhere")
    return everywhere("portfolios.keep_values_everywhere", lambda: ask_for_night(by=by))


@job("portfolios.watch_drift", title=_("Portfolios are being compared with their targets."))
def watch_drift(task: Any) -> None:
    """Look at every target of a firm."""
    drift_watch.watch_firm(by=Actor.system("portfolios.watch_drift"), progress=task.progress)


@job("portfolios.watch_household")
def watch_household(_task: Any, household_id: int) -> None:
    """Look at the targets of a household whose terms changed."""
    households = list(Household.objects.filter(pk=household_id))
    by = Actor.system("portfolios.watch_household")
    drift_watch.watch_households(households=households, day=firm_today(), by=by)
    for household in households:
        drift_watch.watch_losses(household=household, day=firm_today(), by=by)


@shared_task(name="portfolios.watch_drift_everywhere")
def watch_drift_everywhere() -> int:
    """Ask for the look of each open firm whose clock says so; return how many were asked."""
    by = Actor.system("portfolios.watch_drift_everywhere")
    return everywhere("portfolios.watch_drift_everywhere", lambda: drift_watch.ask_for_watch(by=by))
