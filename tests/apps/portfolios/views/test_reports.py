"""Staff pages of performance reports, and what the client finds in the portal."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.portfolios.models import PerformanceReport, ReportBatch
from apps.portfolios.services.reports import deliver_reports, make_reports, start_reports
from tests.factories import clients, portfolios

QUARTER = dt.date(2025, 3, 31)


@pytest.fixture
def batch(ada):
    portfolios.funded(ada)
    batch = start_reports(last_day=QUARTER, by=ada.as_actor())
    make_reports(batch=batch, by=ada.as_actor())
    return batch


def pages(batch):
    report = batch.reports.get()
    return [
        reverse("portfolios:report-list"),
        reverse("portfolios:report-new"),
        batch.get_absolute_url(),
        reverse("portfolios:report-progress", args=[batch.public_id]),
        reverse("portfolios:report-restate", args=[report.public_id]),
        reverse("portfolios:report-passport", args=[report.public_id, "inception-net"]),
    ]


def test_pages_open_for_staff_and_for_nobody_else(ada, clay, sign_in, batch):
    for path in pages(batch):
        assert sign_in(ada).get(path).status_code == 200, path
        assert sign_in().get(path).status_code == 302, path
        assert sign_in(clay).get(path).status_code in {302, 403, 404}, path


def test_another_advisor_sees_the_batch_but_no_report_of_it(mallory, sign_in, batch):
    report = batch.reports.get()
    page = sign_in(mallory).get(batch.get_absolute_url())
    assert report.household.name not in page.text
    assert "The firm has more reports" in page.text
    for name in ("report-restate", "report-passport"):
        figure = ["inception-net"] if name == "report-passport" else []
        path = reverse(f"portfolios:{name}", args=[report.public_id, *figure])
        assert sign_in(mallory).get(path).status_code == 404


def test_a_quarter_is_started_made_delivered_and_made_anew_by_buttons(ada, sign_in):
    household = portfolios.funded(ada)[0]
    staff = sign_in(ada)
    form = staff.get(reverse("portfolios:report-new"))
    assert form.status_code == 200
    day = max(dt.date.fromisoformat(value) for value, _label in form.context["form"].fields["last_day"].choices)
    answer = staff.post(reverse("portfolios:report-new"), {"last_day": day.isoformat(), "message": "Hello"})
    batch = ReportBatch.objects.get()
    assert answer["Location"] == batch.get_absolute_url()
    make_reports(batch=batch, by=ada.as_actor())
    batch.job.__class__.objects.update(state="done")
    answer = staff.post(reverse("portfolios:report-deliver", args=[batch.public_id]), follow=True)
    assert "1 report is in the portal now." in answer.text
    report = PerformanceReport.objects.get()
    staff.post(reverse("portfolios:report-restate", args=[report.public_id]), {"reason": "A late price"})
    report.refresh_from_db()
    assert (report.state, report.household) == ("waiting", household)
    assert staff.post(reverse("portfolios:report-make", args=[batch.public_id])).status_code == 302


def test_a_report_whose_ledger_changed_leads_to_what_changed_and_why(ada, sign_in, batch):
    staff = sign_in(ada)
    assert "The ledger has changed since" not in staff.get(batch.get_absolute_url()).text
    report = batch.reports.get()
    account = report.household.accounts.get()
    portfolios.entry(account, ada, "interest", dt.date(2025, 3, 20), cash="12.50", description="Found late")
    page = staff.get(batch.get_absolute_url()).text
    link = re.search(r'href="([^"]*moment=[^"]*)"', page)
    assert link is not None
    told = staff.get(html.unescape(link[1])).text
    assert "12.50" in told


def test_an_unknown_quarter_stands_beside_its_field(ada, sign_in, batch):
    answer = sign_in(ada).post(reverse("portfolios:report-new"), {"last_day": QUARTER.isoformat()})
    assert answer.status_code == 422
    assert "last_day" in answer.context["form"].errors


def test_the_client_finds_the_report_once_it_is_delivered(ada, sign_in, batch):
    report = batch.reports.get()
    user = clients.portal_user(report.household.people.get(relationship="head"))
    client = sign_in(user)
    paper = reverse("portal:document", args=[report.document.public_id])
    assert client.get(paper).status_code == 404
    assert report.document.title not in client.get(reverse("portal:portfolio")).text
    deliver_reports(batch=batch, by=ada.as_actor())
    assert report.document.title in client.get(reverse("portal:portfolio")).text
    answer = client.get(paper)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


def test_a_batch_of_two_costs_as_many_queries_as_one_of_one(ada, sign_in, batch, django_assert_num_queries):
    staff = sign_in(ada)
    staff.get(batch.get_absolute_url())
    with CaptureQueriesContext(connection) as one:
        staff.get(batch.get_absolute_url())
    PerformanceReport.objects.create(batch=batch, household=clients.household(ada, name="Silva"))
    with django_assert_num_queries(len(one)):
        assert "Silva" in staff.get(batch.get_absolute_url()).text


def test_what_failed_stands_first_and_a_long_batch_has_pages(ada, sign_in, batch):
    rows = [
        PerformanceReport(batch=batch, household=clients.household(ada, name=f"Family{n:02}"), state="waiting")
        for n in range(51)
    ]
    rows[7].state, rows[7].problem = "failed", "No price."
    PerformanceReport.objects.bulk_create(rows)
    first, second = (sign_in(ada).get(batch.get_absolute_url(), {"page": page}) for page in (1, 2))
    listed = [row.report.household.name for row in first.context["view"].rows]
    assert (listed[0], len(listed)) == ("Family07", 50)
    assert [row.report.state for row in second.context["view"].rows] == ["waiting", "made"]
    assert first.context["view"].n_waiting == 50
