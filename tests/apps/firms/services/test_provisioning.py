import os
import signal

import psycopg
import pytest
from allauth.account.models import EmailAddress
from django.db import OperationalError, connection, connections, transaction
from django_tenants.utils import tenant_context

from apps.accounts.models import FirmProfile, User
from apps.accounts.policies import Role
from apps.core.actors import Actor
from apps.core.models import AuditEvent, Job
from apps.core.tenancy.roles import drop_firm_schema
from apps.firms.models import Domain, Firm, FirmState, Registration, RegistrationState
from apps.firms.services.provisioning import (
    StaleAttemptError,
    build_schema,
    clear_attempt,
    provision_firm,
    send_link_again,
)
from apps.firms.services.registrations import retry_registration
from apps.firms.tasks import provision_firm as provision_task
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from tests.factories.firms import VISITOR, registration

pytestmark = pytest.mark.usefixtures("committed")
BY = Actor.system("tests.provisioning")


def silent(fraction, step):
    """Tell nobody."""


def schemas():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname = 'harbor'")
        return [name for (name,) in cursor.fetchall()]


def test_a_registered_firm_gets_its_schema_its_profile_and_its_principal():
    made, told = registration(locale="pt-br"), []
    done = provision_firm(
        registration=made, attempt=1, tell=lambda fraction, step: told.append((fraction, step)), by=BY
    )
    assert done.state == RegistrationState.OPEN
    assert done.firm.state == FirmState.OPEN
    assert Domain.objects.get(tenant=done.firm).domain == "harbor.localhost"
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert len({step for _, step in told}) == len(told) >= 4
    with tenant_context(done.firm):
        profile, principal = FirmProfile.current(), User.objects.get()
        assert (profile.legal_name, profile.registration_number, profile.state) == (
            "Harbor Wealth LLC",
            "801-12345",
            "MA",
        )
        assert (principal.email, principal.role) == ("pia@harbor.example", Role.PRINCIPAL)
        assert not principal.has_usable_password()
        assert not EmailAddress.objects.get().verified
        mail = Mail.objects.get()
        assert (mail.kind, mail.to, mail.locale) == ("accounts/confirm_email", "pia@harbor.example", "pt-br")
        assert "http://harbor.localhost" in mail.text
        assert Job.objects.get(name="notices.send_mail").sent_at is not None
        assert AuditEvent.objects.filter(action="accounts.add_principal").count() == 1
    assert AuditEvent.objects.filter(action="firms.open_firm", target_id=str(done.firm.public_id)).count() == 1


def test_a_failed_set_up_leaves_no_firm_no_schema_and_says_why():
    made = registration()

    def break_at_the_profile(fraction, step):
        if fraction >= 0.8:
            raise InvalidInputError("The disk is full.")

    with pytest.raises(InvalidInputError):
        provision_firm(registration=made, attempt=1, tell=break_at_the_profile, by=BY)
    made.refresh_from_db()
    assert (made.state, made.error, made.firm) == (RegistrationState.FAILED, "The disk is full.", None)
    assert not Firm.objects.filter(schema_name="harbor").exists()
    assert not Domain.objects.filter(domain="harbor.localhost").exists()
    assert schemas() == []
    retry_registration(registration=made, by=VISITOR)
    assert provision_firm(registration=made, attempt=2, tell=silent, by=BY).state == RegistrationState.OPEN


@pytest.mark.parametrize("at", [0.15, 0.97])
def test_a_set_up_that_was_killed_is_run_again_and_makes_one_firm(at):
    made = registration()
    connections.close_all()
    child = os.fork()
    if child == 0:
        # a worker's process, killed without any chance to tidy up

        def die(fraction, step):
            if fraction >= at:
                os.kill(os.getpid(), signal.SIGKILL)

        provision_firm(registration=made, attempt=1, tell=die, by=BY)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    made.refresh_from_db()
    assert made.state == RegistrationState.PROVISIONING
    done = provision_firm(registration=made, attempt=1, tell=silent, by=BY)
    assert done.state == RegistrationState.OPEN
    assert Firm.objects.filter(schema_name="harbor").count() == 1
    with tenant_context(done.firm):
        assert User.objects.count() == Mail.objects.count() == FirmProfile.objects.count() == 1


def test_the_link_is_sent_again_inside_the_firm_until_it_is_confirmed():
    made = registration()
    with pytest.raises(StaleAttemptError):
        send_link_again(registration=made, by=BY)
    done = provision_firm(registration=made, attempt=1, tell=silent, by=BY)
    send_link_again(registration=done, by=BY)
    with tenant_context(done.firm):
        assert Mail.objects.filter(kind="accounts/confirm_email").count() == 2
        EmailAddress.objects.update(verified=True)
    with pytest.raises(InvalidInputError, match="confirmed already"):
        send_link_again(registration=done, by=BY)


def test_a_second_run_of_a_finished_job_changes_nothing():
    made = registration()
    provision_firm(registration=made, attempt=1, tell=silent, by=BY)
    events = AuditEvent.objects.count()
    assert provision_firm(registration=made, attempt=1, tell=silent, by=BY).state == RegistrationState.OPEN
    assert AuditEvent.objects.count() == events


def test_a_job_of_an_older_attempt_stops():
    made = registration()
    Registration.objects.update(state=RegistrationState.FAILED)
    retry_registration(registration=made, by=VISITOR)
    with pytest.raises(StaleAttemptError):
        provision_firm(registration=made, attempt=1, tell=silent, by=BY)
    made.refresh_from_db()
    assert made.state == RegistrationState.REQUESTED


def test_the_job_reports_its_steps_and_ends_at_a_hundred():
    made = registration()
    job = made.job
    provision_task.apply(kwargs=job.arguments, headers={"steward_job": str(job.public_id)})
    job.refresh_from_db()
    made.refresh_from_db()
    assert (job.state, job.percent, made.state) == ("done", 100, RegistrationState.OPEN)


@pytest.mark.parametrize("at", [0.05, 0.15])
def test_a_set_up_given_up_while_it_is_built_leaves_nothing(at):
    made = registration()

    def give_up(fraction, step):
        if fraction == at:
            clear_attempt(registration=Registration.objects.get(pk=made.pk), error="Cancelled.", by=BY)

    with pytest.raises(StaleAttemptError):
        provision_firm(registration=made, attempt=1, tell=give_up, by=BY)
    made.refresh_from_db()
    assert made.state == RegistrationState.FAILED
    assert not Firm.objects.filter(schema_name="harbor").exists()
    assert schemas() == []


def test_what_a_later_attempt_makes_is_not_cleared_by_an_earlier_one():
    made = registration()
    earlier = Registration.objects.get(pk=made.pk)
    Registration.objects.update(state=RegistrationState.FAILED)
    later = retry_registration(registration=made, by=VISITOR)
    Registration.objects.update(state=RegistrationState.PROVISIONING)
    build_schema(later.schema)
    assert clear_attempt(registration=earlier, error="Late.", by=BY).state == RegistrationState.PROVISIONING
    assert schemas() == ["harbor"]


def test_nobody_drops_a_schema_while_it_is_built():
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as builder:
        builder.execute("SELECT pg_advisory_xact_lock(hashtextextended('harbor.schema', 11))")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
            drop_firm_schema("harbor")
    drop_firm_schema("harbor")
    with transaction.atomic():
        build_schema("harbor")
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
            free = other.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('harbor.schema', 11))").fetchone()
        assert free == (False,)
