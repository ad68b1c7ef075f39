"""The demo firm's performance reports: the last quarter, made for every household and delivered."""

from __future__ import annotations

import datetime as dt

from apps.accounts.models import User
from apps.core import jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.firms.services.demo.firm import STAFF
from apps.portfolios.models import ReportBatch
from apps.portfolios.selectors.reports import quarters_over
from apps.portfolios.services.reports import deliver_reports, make_reports, start_reports

LETTER = (
    "Below is what your portfolio earned, held and cost in the quarter. Prices after the history that ships with this "
    "demonstration are simulated. Write to us in the portal about anything that raises a question."
)


def report_quarter(*, today: dt.date) -> None:
    """Report the last quarter; one that has its batch is left as it is."""
    principal = User.objects.get(email=STAFF[0][2]).as_actor()
    last_day = quarters_over(today)[0][1]
    if ReportBatch.objects.filter(last_day=last_day).exists():
        return
    batch = _open_batch(last_day=last_day, by=principal)
    if make_reports(batch=batch, by=principal):
        deliver_reports(batch=batch, by=principal)


@service
def _open_batch(*, last_day: dt.date, by: Actor) -> ReportBatch:
    """Open a batch whose reports are not left to a job: the caller is one."""
    batch = start_reports(last_day=last_day, message=LETTER, by=by)
    if batch.job is not None:
        jobs.cancel(batch.job, by=by)
    return batch
