from __future__ import annotations

import datetime as dt

from apps.core.models import AuditEvent
from apps.portfolios import tasks
from apps.portfolios.services.reports import start_reports
from tests.factories import portfolios


def test_the_job_makes_the_reports_on_behalf_of_who_asked(ada):
    portfolios.funded(ada)
    batch = start_reports(last_day=dt.date(2025, 3, 31), by=ada.as_actor())
    for _ in range(2):
        tasks.make_reports.run(batch_id=batch.pk)
    event = AuditEvent.objects.get(action="portfolios.make_report")
    assert (event.actor_key, event.on_behalf_of) == ("system:portfolios.make_reports", ada.as_actor().key)
