import datetime as dt
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from apps.core import tasks
from apps.core.cleaning import KEPT_FOR, forget
from apps.core.models import IdempotentAnswer, Job, JobState


def answer(key, age):
    kept = IdempotentAnswer.objects.create(actor_key="partner:x", key=key, request_digest="d", body={"name": "Rivera"})
    IdempotentAnswer.objects.filter(pk=kept.pk).update(created_at=timezone.now() - age)


def test_answers_with_clients_data_go_after_a_day(in_alpha):
    answer("old", KEPT_FOR + dt.timedelta(minutes=1))
    answer("new", KEPT_FOR - dt.timedelta(minutes=1))
    forget()
    assert [kept.key for kept in IdempotentAnswer.objects.all()] == ["new"]


def test_a_job_that_ended_knows_no_more_from_where_it_was_asked_for(in_alpha):
    said = {"batch_id": 7, "origin": {"ip": "203.0.113.7", "user_agent": "Browser"}}
    for state in (JobState.RUNNING, JobState.DONE, JobState.FAILED):
        Job.objects.create(name="clients.apply_import", arguments=said, state=state, asked_by="person:x")
    forget()
    kept = dict(Job.objects.values_list("state", "arguments"))
    assert kept == {"running": said, "done": {"batch_id": 7}, "failed": {"batch_id": 7}}


def test_sessions_that_ran_out_go(in_alpha):
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for _ in range(2):
        store().save()
    first = Session.objects.first()
    Session.objects.filter(pk=first.pk).update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    forget()
    assert not Session.objects.filter(pk=first.pk).exists()
    assert Session.objects.count() == 1


def test_each_open_firm_is_cleaned_every_hour(in_alpha):
    answer("old", KEPT_FOR + dt.timedelta(minutes=1))
    assert settings.CELERY_BEAT_SCHEDULE["forget"] == {
        "task": tasks.forget.name,
        "schedule": 3600.0,
        "options": {"expires": 3000},
    }
    connection.set_schema_to_public()
    tasks.forget()
    connection.set_tenant(in_alpha)
    assert not IdempotentAnswer.objects.exists()
