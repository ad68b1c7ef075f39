import datetime as dt

from django.utils import timezone

from apps.core.jobs import titles
from apps.core.models import Job, JobState
from apps.desk.selectors.background import Work, work_under_way

NAME = "billing.calculate_run"


def job(state, *, name=NAME, topic="firm:all"):
    return Job.objects.create(name=name, topic=topic, state=state, asked_by="system:tests")


def test_open_and_finished_pieces_are_counted_while_one_is_open(in_alpha):
    job(JobState.DONE)
    job(JobState.FAILED)
    job(JobState.RUNNING)
    job(JobState.QUEUED)
    (work,) = work_under_way(titles())
    assert work == Work("Fees are being calculated.", 2, 4)
    assert work.percent == 50


def test_finished_work_is_not_shown(in_alpha):
    job(JobState.DONE)
    assert work_under_way(titles()) == ()


def test_jobs_of_one_household_and_jobs_without_a_title_are_not_shown(in_alpha):
    job(JobState.RUNNING, topic="household:1")
    job(JobState.RUNNING, name="notices.send_mail")
    assert work_under_way(titles()) == ()


def test_pieces_of_earlier_work_do_not_count(in_alpha):
    Job.objects.filter(pk=job(JobState.DONE).pk).update(created_at=timezone.now() - dt.timedelta(days=1))
    job(JobState.QUEUED)
    assert work_under_way(titles()) == (Work("Fees are being calculated.", 0, 1),)


def test_the_first_page_shows_it(ada, sign_in):
    job(JobState.RUNNING)
    assert "Fees are being calculated." in sign_in(ada).get("/").content.decode()
