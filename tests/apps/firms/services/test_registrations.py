import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.models import AuditEvent, Job
from apps.core.tenancy.names import is_schema_name
from apps.firms.models import Registration, RegistrationState
from apps.firms.policies import MAX_REGISTRATIONS_AN_HOUR, RESERVED_ADDRESSES, is_address
from apps.firms.services.registrations import (
    RegistrationClosedError,
    TooManyRegistrationsError,
    register_firm,
    retry_registration,
)
from apps.kernel.errors import InvalidInputError
from tests.factories.firms import VISITOR, registration, wish

pytestmark = pytest.mark.django_db


def test_a_registration_is_written_on_the_trail_and_handed_to_a_job(django_capture_on_commit_callbacks):
    made = registration()
    assert made.state == RegistrationState.REQUESTED
    job = Job.objects.get(name="firms.provision_firm")
    assert job.arguments == {"registration_id": made.pk, "attempt": 1}
    assert made.job == job
    event = AuditEvent.objects.get(action="firms.register_firm")
    assert event.after["token"] == "set"
    assert event.ip == "203.0.113.7"


def test_nothing_is_sent_before_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        made = registration()
        assert Job.objects.get(pk=made.job_id).sent_at is None
    assert len(callbacks) == 1


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"sec_number": ""}, "sec_number", "801- and five or six digits"),
        ({"sec_number": "12345"}, "sec_number", "801-12345"),
        ({"sec_number": "801-1234"}, "sec_number", "801-12345"),
        ({"sec_number": "801-1234567"}, "sec_number", "801-12345"),
        ({"sec_number": "802-12345"}, "sec_number", "801-12345"),
        ({"registration_kind": "state", "sec_number": ""}, "crd_number", "Item 1.E"),
        ({"crd_number": "0123"}, "crd_number", "CRD"),
        ({"crd_number": "12a45"}, "crd_number", "CRD"),
        ({"registration_kind": "moon"}, "registration_kind", "moon"),
        ({"state_code": "XX"}, "state_code", "state"),
        ({"legal_name": "  "}, "legal_name", "blank"),
        ({"principal_email": "pia"}, "principal_email", "valid"),
        ({"address": "ab"}, "address", "3 to 40"),
        ({"address": "1harbor"}, "address", "3 to 40"),
        ({"address": "har--bor"}, "address", "3 to 40"),
        ({"address": "harbor-"}, "address", "3 to 40"),
        ({"address": "har_bor"}, "address", "3 to 40"),
        ({"address": "pg-harbor"}, "address", "cannot be"),
        ({"address": "hârbor"}, "address", "3 to 40"),
        ({"address": "public"}, "address", "cannot be"),
        ({"address": "admin"}, "address", "taken"),
        ({"address": "alpha"}, "address", "taken"),
        ({"legal_name": "ALPHA advisory llc"}, "legal_name", "registered already"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_leaves_nothing(changes, field, message):
    before = (Registration.objects.count(), Job.objects.count(), AuditEvent.objects.count())
    with pytest.raises(InvalidInputError, match=message) as refused:
        registration(**changes)
    assert refused.value.field == field
    assert (Registration.objects.count(), Job.objects.count(), AuditEvent.objects.count()) == before


def test_spaces_and_capitals_are_put_right():
    made = registration(address=" Harbor ", principal_email="Pia@Harbor.Example", legal_name=" Harbor   Wealth LLC")
    assert (made.address, made.principal_email, made.legal_name) == (
        "harbor",
        "pia@harbor.example",
        "Harbor Wealth LLC",
    )


def test_the_same_form_twice_is_one_registration_and_one_job():
    asked = wish()
    first, second = register_firm(wish=asked, by=VISITOR), register_firm(wish=asked, by=VISITOR)
    assert first.pk == second.pk
    assert Job.objects.filter(name="firms.provision_firm").count() == 1
    assert AuditEvent.objects.filter(action="firms.register_firm").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"), [({"legal_name": "Other LLC"}, "address"), ({"address": "other"}, "legal_name")]
)
def test_a_name_or_address_that_is_asked_for_already_is_taken(changes, field):
    registration()
    with pytest.raises(InvalidInputError) as refused:
        registration(**changes)
    assert refused.value.field == field


def test_a_failed_registration_holds_neither_name_nor_address():
    first = registration()
    Registration.objects.update(state=RegistrationState.FAILED)
    second = registration()
    assert second.pk != first.pk
    with pytest.raises(InvalidInputError, match="taken"):
        retry_registration(registration=first, by=VISITOR)


def test_a_retry_is_another_attempt_with_its_own_job():
    made = registration()
    with pytest.raises(RegistrationClosedError):
        retry_registration(registration=made, by=VISITOR)
    Registration.objects.update(state=RegistrationState.FAILED, error="gone")
    again = retry_registration(registration=made, by=VISITOR)
    assert (again.state, again.attempt, again.error) == (RegistrationState.REQUESTED, 2, "")
    assert again.job.arguments["attempt"] == 2


def test_a_job_that_was_given_up_can_be_retried_too():
    made = registration()
    Registration.objects.update(state=RegistrationState.PROVISIONING)
    Job.objects.update(state="failed")
    assert retry_registration(registration=made, by=VISITOR).attempt == 2


def test_one_network_address_cannot_register_without_end():
    for n in range(MAX_REGISTRATIONS_AN_HOUR):
        registration(legal_name=f"Firm {n} LLC", address=f"firm-{n}")
    with pytest.raises(TooManyRegistrationsError):
        registration()


@given(st.text(alphabet="abcxyz019-_.", min_size=1, max_size=45))
def test_every_address_that_is_accepted_names_a_schema_and_a_host(text):
    if is_address(text):
        assert is_schema_name(text.replace("-", "_"))
        assert text == text.replace("-", "_").replace("_", "-")
        assert not text.startswith("-")
        assert not text.endswith("-")


def test_reserved_addresses_are_written_as_addresses_are():
    assert all(word == word.lower().strip() for word in RESERVED_ADDRESSES)
