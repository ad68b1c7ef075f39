"""The stress tests of a plan in the staff's pages: asked for once, followed while they run, read when they are done."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.core.models import Job, JobState
from apps.plans.models import StressRun
from tests.factories import plans

HTMX = {"hx-request": "true"}


@pytest.fixture
def run(ada):
    return plans.computed(plans.drafted(ada), ada)


@pytest.fixture
def base(run):
    return f"/plans/{run.plan.public_id}/stress/"


def test_what_nobody_asked_for_begins_by_itself_and_by_a_button(base, ada, sign_in):
    client = sign_in(ada)
    page = client.get(base).content.decode()
    assert f'hx-post="{base}run/" hx-trigger="load, submit"' in page
    assert "Run the tests" in page
    assert not StressRun.objects.exists()
    assert client.get(f"{base}figures/base:success/").status_code == 404


def test_a_run_is_asked_for_followed_and_then_shown_in_its_place(base, run, ada, sign_in):
    client = sign_in(ada)
    told = client.post(f"{base}run/", {"care": "90000"}, headers=HTMX, follow=True)
    part = told.content.decode()
    job = Job.objects.get(name="plans.run_stress_tests")
    assert "<html" not in part
    assert f'data-live-id="{job.public_id}"' in part
    assert f'hx-get="{base}results/?care=90000" hx-trigger="live"' in part
    assert f'hx-post="{base}cancel/?care=90000"' in part
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, percent=42, step="The oil shock")
    part = client.get(f"{base}results/?care=90000").content.decode()
    assert "The oil shock" in part
    assert 'value="42"' in part
    plans.stressed(run, ada, Decimal(90_000))
    part = client.get(f"{base}results/?care=90000").content.decode()
    for name in ("Great Depression", "Stagflation", "long-term care", "Everybody lives to 100", "earns nothing"):
        assert name in part
    assert part.count("<figure") == 2
    assert part in client.get(f"{base}?care=90000").content.decode()
    assert client.post(f"{base}run/", {"care": "90000"}).url == f"{base}?care=90000"
    assert Job.objects.filter(name="plans.run_stress_tests").count() == 1


def test_every_figure_says_where_it_is_from(base, run, ada, sign_in):
    plans.stressed(run, ada, Decimal(90_000))
    client = sign_in(ada)
    part = client.get(f"{base}results/?care=90000").content.decode()
    links = sorted({link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*/stress/figures/[^"]+)"', part)})
    assert len(links) > 60
    assert all("care=90000" in link for link in links)
    for link in links[:: len(links) // 10]:
        told = client.get(link, headers=HTMX)
        assert told.status_code == 200, link
        assert "CareScout" in told.content.decode()
    assert client.get(f"{base}figures/nothing:success/?care=90000").status_code == 404
    assert client.get(f"{base}figures/base:success/?care=1").status_code == 404


def test_who_failed_was_stopped_or_lost_its_worker_says_so_and_how_to_go_on(base, ada, sign_in):
    client = sign_in(ada)
    client.post(f"{base}run/", {"care": "90000"})
    job = Job.objects.filter(name="plans.run_stress_tests")
    gone = {"state": JobState.RUNNING, "lease_until": timezone.now() - dt.timedelta(seconds=5)}
    wanted = {
        "Another one begins again within a minute": gone,
        "stopped before their end": {"state": JobState.FAILED, "error": "Given up after 5 attempts."},
        "The tests were stopped": {"state": JobState.CANCELLED},
    }
    for words, state in wanted.items():
        job.update(**state)
        part = client.get(f"{base}results/?care=90000").content.decode()
        assert words in part
        assert ("Run the tests again" in part) == (state is not gone)
        assert 'hx-trigger="load' not in part, "what ended badly does not begin by itself again and again"


def test_a_run_under_way_is_stopped(base, ada, sign_in):
    client = sign_in(ada)
    client.post(f"{base}run/", {"care": "90000"})
    part = client.post(f"{base}cancel/?care=90000", headers=HTMX, follow=True).content.decode()
    assert "The tests were stopped" in part
    assert Job.objects.get(name="plans.run_stress_tests").state == JobState.CANCELLED


@pytest.mark.parametrize("care", ["much", "-1", "1e9", "nan", "1000001"])
def test_a_cost_of_care_that_is_no_amount_is_told_and_kept_in_the_field(base, ada, sign_in, care):
    page = sign_in(ada).get(base, {"care": care}).content.decode()
    assert "an amount between 0 and 1,000,000" in page
    assert f'value="{care}"' in page
    assert '<input type="hidden" name="care" value="127750">' in page
    assert sign_in(ada).get(f"{base}results/", {"care": care}).status_code == 422
    told = sign_in(ada).post(f"{base}run/", {"care": care}, follow=True).content.decode()
    assert "an amount between 0 and 1,000,000" in told
    assert not StressRun.objects.exists()


@pytest.fixture
def stressed(run, ada):
    return plans.stressed(run, ada)


@pytest.mark.parametrize(("name", "status"), [("", 302), ("sue", 403), ("clay", 403), ("mallory", 404)])
def test_only_who_may_read_the_plan_runs_or_stops_its_tests(stressed, sign_in, request, name, status):
    client = sign_in(request.getfixturevalue(name)) if name else sign_in()
    base = f"/plans/{stressed.run.plan.public_id}/stress/"
    for path in (f"{base}run/", f"{base}cancel/"):
        assert client.post(path).status_code == status, path
        assert client.get(path).status_code in {status, 405}, path
    assert client.get(f"{base}figures/base:success/").status_code == status
