import dataclasses

import pytest

from apps.clients.models import ImportBatch, ImportState, Person
from apps.clients.services.import_jobs import run_import
from apps.clients.services.imports import open_batch, request_apply
from apps.clients.tasks import apply_import
from apps.core.actors import Origin
from apps.core.models import AuditEvent, Job
from apps.kernel.errors import InvalidInputError

TEXT = b"First name,Last name,Relationship,Annual income\nIo,Wolf,Head,50000\n"
TOO_MUCH = TEXT.replace(b"50000", b"99999999999999")


def asked(ada, content=TEXT):
    batch = open_batch(kind="clients", filename="c.csv", content=content, by=ada.as_actor())
    job = request_apply(batch=batch, by=ada.as_actor(origin=Origin(ip="203.0.113.7")))
    return batch, job


def test_asking_sends_the_job_only_after_commit(ada, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as later:
        batch, job = asked(ada)
    batch.refresh_from_db()
    assert (batch.state, batch.job) == (ImportState.APPLYING, job)
    assert job.name == apply_import.name
    assert job.sent_at is None
    assert later
    assert not Person.objects.exists()


def test_the_job_acts_in_the_name_of_who_asked_from_where_they_asked(ada):
    _batch, job = asked(ada)
    run_import(**job.arguments)
    assert str(Person.objects.get()) == "Io Wolf"
    event = AuditEvent.objects.get(action="clients.add_person")
    assert (event.actor_key, event.ip) == (ada.as_actor().key, "203.0.113.7")


def test_a_job_that_runs_again_changes_nothing(ada):
    _batch, job = asked(ada)
    run_import(**job.arguments)
    run_import(**job.arguments)
    assert Person.objects.count() == 1


def test_a_refusal_is_kept_on_the_batch_and_nothing_else(ada):
    batch, job = asked(ada, TOO_MUCH)
    with pytest.raises(InvalidInputError):
        run_import(**job.arguments)
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert batch.state == ImportState.FAILED
    assert batch.problems[0]["params"]["line"] == "2"
    assert not Person.objects.exists()
    assert Job.objects.count() == 1


def test_the_arguments_of_the_job_are_plain(ada):
    _batch, job = asked(ada)
    assert set(job.arguments["origin"]) == {field.name for field in dataclasses.fields(Origin)}
