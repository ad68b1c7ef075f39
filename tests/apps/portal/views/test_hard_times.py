"""The stress tests of the published plan, run and followed by the client."""

import pytest

from apps.core.models import Job, JobState
from apps.plans.models import StressRun
from tests.factories import plans

BASE = "/portal/plan/closer/stress/"
HTMX = {"hx-request": "true"}


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


@pytest.fixture
def published(household, ana, publish):
    return publish(household)


def test_the_client_runs_the_tests_follows_them_and_reads_what_comes(portal, published, ada):
    part = portal.get(f"{BASE}answer/", headers=HTMX).content.decode()
    assert f'hx-post="{BASE}run/" hx-trigger="load, submit"' in part
    part = portal.post(f"{BASE}run/", headers=HTMX, follow=True).content.decode()
    assert f'hx-get="{BASE}part/" hx-trigger="live"' in part
    job = Job.objects.get(name="plans.run_stress_tests")
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, error="ValueError: nan")
    part = portal.get(f"{BASE}part/").content.decode()
    assert "stopped before their end" in part
    assert "ValueError" not in part, "a client is told what to do, not what broke"
    row = plans.stressed(published.published_run, ada)
    part = portal.get(f"{BASE}part/").content.decode()
    assert "Shares fall by a quarter now" in part
    assert "Facts as of" in part
    assert portal.post(f"{BASE}run/").url == BASE
    assert StressRun.objects.get() == row


def test_the_client_stops_them(portal, published):
    portal.post(f"{BASE}run/")
    part = portal.post(f"{BASE}cancel/", headers=HTMX, follow=True).content.decode()
    assert "The tests were stopped" in part


def test_nothing_runs_before_the_plan_is_published_or_for_somebody_else(portal, household, ana, ada, sign_in):
    plans.computed(plans.drafted(ada, household), ada)
    for path in ("run/", "cancel/"):
        assert portal.post(f"{BASE}{path}").status_code == 404
        assert sign_in(ada).post(f"{BASE}{path}").status_code == 403
        assert portal.get(f"{BASE}{path}").status_code == 405
    assert portal.get(f"{BASE}part/").status_code == 404
    assert not StressRun.objects.exists()
