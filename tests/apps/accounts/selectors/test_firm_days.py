"""What day it is: the firm's, whoever asks and wherever the work runs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.firm_days import firm_today, firm_zone
from apps.core import jobs
from apps.core.actors import Actor
from apps.core.zones import in_firms_zone
from apps.kernel.errors import InvalidInputError
from config.env import ROOT
from tests.factories import clients, portfolios

# in Los Angeles it is nine in the evening of the last of February
FIVE = dt.datetime(2026, 3, 1, 5, tzinfo=dt.UTC)
LAST = dt.date(2026, 2, 28)
SEEN: list[tuple[str, dt.date]] = []


@jobs.job("tests.tell_the_day")
def tell_the_day(_task):
    SEEN.append((timezone.get_current_timezone_name(), timezone.localdate(FIVE)))


@pytest.fixture
def in_los_angeles(in_alpha):
    FirmProfile.objects.update(time_zone="America/Los_Angeles")


@pytest.fixture
def at_five(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: FIVE)


def test_the_firms_day_is_neither_the_servers_nor_the_readers(in_los_angeles, at_five):
    with timezone.override("Asia/Tokyo"):
        assert (timezone.localdate(), firm_today()) == (LAST + dt.timedelta(days=1), LAST)


def test_a_job_works_by_the_firms_clock(in_los_angeles, settings, tmp_path):
    settings.HOME = tmp_path
    SEEN.clear()
    job = jobs.enqueue("tests.tell_the_day", by=Actor.system("tests"))
    tell_the_day.apply(headers={jobs.JOB_HEADER: str(job.public_id), jobs.SCHEMA_HEADER: "alpha"})
    job.refresh_from_db()
    assert (SEEN, job.state) == ([("America/Los_Angeles", LAST)], "done")
    assert timezone.get_current_timezone_name() == "UTC", "the zone ends with the job"


def test_where_there_is_no_firm_the_servers_zone_stays(in_alpha):
    FirmProfile.objects.all().delete()
    assert firm_zone() == ""
    with in_firms_zone():
        assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.django_db
def test_a_job_of_the_public_site_works_by_the_servers_clock(settings, tmp_path):
    settings.HOME = tmp_path
    SEEN.clear()
    job = jobs.enqueue("tests.tell_the_day", by=Actor.system("tests"))
    tell_the_day.apply(headers={jobs.JOB_HEADER: str(job.public_id), jobs.SCHEMA_HEADER: "public"})
    job.refresh_from_db()
    assert (job.state, job.error, SEEN) == ("done", "", [("UTC", FIVE.date())])


def test_an_entry_of_the_firms_tomorrow_lies_in_the_future(ada, in_los_angeles, at_five):
    account = portfolios.account(clients.household(ada), ada)
    portfolios.entry(account, ada, "deposit", LAST, cash="100")
    with pytest.raises(InvalidInputError, match="future"):
        portfolios.entry(account, ada, "deposit", LAST + dt.timedelta(days=1), cash="100")


def test_services_and_jobs_of_a_firm_ask_for_its_day():
    """`timezone.localdate()` is the reader's day in a request: fit for pages, not for what is kept."""
    rooms = [*ROOT.glob("apps/*/services/*.py"), *ROOT.glob("apps/*/tasks.py")]
    others = {"apps/firms/tasks.py"}  # the public site and its demo
    found = {str(path.relative_to(ROOT)) for path in rooms if "timezone.localdate()" in path.read_text()}
    assert found - others == set()
    days = {str(path.relative_to(ROOT)) for path in ROOT.glob("apps/*/**/*.py") if "_at.date()" in path.read_text()}
    assert days == set(), "the day of a moment is timezone.localdate(moment)"
