from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import FirmProfile
from apps.core.models import AuditEvent, Job
from apps.portfolios import tasks
from apps.portfolios.models import AccountQuarter, TradeState
from apps.portfolios.services.reports import start_reports
from tests.factories import portfolios
from tests.factories.trades import line, proposal


def test_the_job_makes_the_reports_on_behalf_of_who_asked(ada):
    portfolios.funded(ada)
    batch = start_reports(last_day=dt.date(2025, 3, 31), by=ada.as_actor())
    for _ in range(2):
        tasks.make_reports.run(batch_id=batch.pk)
    event = AuditEvent.objects.get(action="portfolios.make_report")
    assert (event.actor_key, event.on_behalf_of) == ("system:portfolios.make_reports", ada.as_actor().key)


@pytest.fixture
def at(monkeypatch):
    def be(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return be


def asked(firm):
    with tenant_context(firm):
        return Job.objects.filter(name="portfolios.keep_values").count()


def test_each_firm_is_asked_once_a_day_when_its_own_night_has_come(firm_a, firm_b, at):
    with tenant_context(firm_a):
        FirmProfile.objects.update(time_zone="America/New_York")
    with tenant_context(firm_b):
        FirmProfile.objects.update(time_zone="Asia/Tokyo")
    at(dt.datetime(2026, 3, 3, 1, tzinfo=ZoneInfo("America/New_York")))  # 15:00 in Tokyo
    assert tasks.keep_values_everywhere() == 1
    at(dt.datetime(2026, 3, 3, 3, tzinfo=ZoneInfo("America/New_York")))
    assert tasks.keep_values_everywhere() == 1
    assert tasks.keep_values_everywhere() == 0
    assert (asked(firm_a), asked(firm_b)) == (1, 1)


def test_the_job_keeps_values_up_to_yesterday_of_the_firm(ada, at):
    _, account, _ = portfolios.funded(ada)
    at(dt.datetime(2025, 3, 20, 3, tzinfo=dt.UTC))
    tasks.keep_values_of_firm.run()
    quarter = AccountQuarter.objects.filter(account=account).latest("first_day")
    last = quarter.first_day + dt.timedelta(days=len(quarter.holdings) // 8 - 1)
    assert last == dt.date(2025, 3, 18)  # 11 in the evening of the 19th in New York
    assert int.from_bytes(quarter.holdings[-8:], "little") == 5500 * 10**8


def test_the_night_ends_proposals_that_came_too_late(ada, at):
    household, account, fund = portfolios.funded(ada)
    late = proposal(household, ada, line(account, fund))
    at(dt.datetime.now(dt.UTC) + dt.timedelta(days=9))
    tasks.keep_values_of_firm.run()
    late.refresh_from_db()
    assert late.state == TradeState.EXPIRED
    event = AuditEvent.objects.get(action="portfolios.expire_proposal")
    assert event.actor_key == "system:portfolios.expire_proposals"
