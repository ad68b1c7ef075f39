from __future__ import annotations

from apps.billing import tasks
from apps.billing.models import Invoice, RunState
from apps.billing.services.invoices import request_invoices
from apps.billing.services.runs import start_run
from apps.core.models import AuditEvent
from tests.factories import billing, clients


def test_the_jobs_calculate_and_invoice_on_behalf_of_who_asked(ada, paul):
    household = clients.household(ada)
    billing.cash_account(household, ada, "365000")
    billing.assigned(household, ada, billing.version(ada))
    run = start_run(timing="arrears", first_day=billing.Q1, by=ada.as_actor())
    tasks.calculate_run.run(run_id=run.pk)
    event = AuditEvent.objects.get(action="billing.calculate_run")
    assert (event.actor_key, event.on_behalf_of) == ("system:billing.calculate_run", ada.as_actor().key)
    run.refresh_from_db()
    assert run.state == RunState.CALCULATED
    billing.approved(run, ada, paul)
    billing.lock_run(run=run, by=ada.as_actor())
    request_invoices(run=run, by=ada.as_actor())
    for _ in range(2):
        tasks.issue_invoices.run(run_id=run.pk)
    assert Invoice.objects.count() == 1
    run.refresh_from_db()
    assert run.state == RunState.INVOICED
