"""Registering a firm: checked at the field, once per form, nothing half-made."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from dataclasses import asdict, dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.models import Job
from apps.core.services import service
from apps.core.tenancy.addresses import host_for
from apps.firms.models import Domain, Firm, Registration, RegistrationKind, RegistrationState
from apps.firms.policies import MAX_REGISTRATIONS_AN_HOUR, US_STATES, is_address, is_reserved
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop

_NAME_TAKEN = gettext_noop("A firm with this legal name is registered already.")
_ADDRESS_TAKEN = gettext_noop("This address is taken.")
_TRY_ANOTHER = gettext_noop("Try your name with the city, such as harbor-boston.")


class TooManyRegistrationsError(DomainError):
    """One network address registers more firms than a person would."""

    code = "too_many_registrations"
    status = 429


class RegistrationClosedError(DomainError):
    """There is nothing to retry: the registration runs, or is open."""

    code = "registration_closed"


@dataclass(frozen=True, slots=True)
class FirmWish:
    """What somebody asks for. `form_key` is of the form: the same one twice is one registration."""

    legal_name: str
    registration_kind: str
    state_code: str
    principal_name: str
    principal_email: str
    address: str
    form_key: UUID
    sec_number: str = ""
    crd_number: str = ""
    locale: str = "en"


@service
def register_firm(*, wish: FirmWish, by: Actor) -> Registration:
    """Write a registration and have a job set the firm up.

    Raises InvalidInputError at the field for a number that is wrong or missing, a name or address that is taken,
    reserved or no address; TooManyRegistrationsError for a network address that registers too often.
    """
    registration, is_new = record_registration(wish=wish, by=by)
    if is_new:
        _enqueue(registration, by)
    return registration


@service
def retry_registration(*, registration: Registration, by: Actor) -> Registration:
    """Try again after a failure, from the start; the job removes what a failed attempt left.

    Raises RegistrationClosedError while it runs or once it is open, InvalidInputError when the name or the address
    was taken meanwhile.
    """
    registration = Registration.objects.select_for_update(of=("self",)).select_related("job").get(pk=registration.pk)
    if not registration.has_failed:
        raise RegistrationClosedError(
            gettext_noop("There is nothing to retry."), mend=gettext_noop("The page shows how far the set-up is.")
        )
    _refuse_taken(registration)
    registration.state, registration.error = RegistrationState.REQUESTED, ""
    registration.attempt += 1
    _save(registration)
    audit.record("firms.retry_registration", by=by, target=registration, after={"attempt": registration.attempt})
    _enqueue(registration, by)
    return registration


@service
def request_link_again(*, registration: Registration, by: Actor) -> None:
    """Have a job mail the principal's link again, once a minute.

    Raises RegistrationClosedError before the firm is open, TooManyRegistrationsError within a minute of the last time.
    """
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    if registration.state != RegistrationState.OPEN:
        raise RegistrationClosedError(
            gettext_noop("The site is not open yet."), mend=gettext_noop("The link is sent when it is.")
        )
    lately = timezone.now() - dt.timedelta(minutes=1)
    asked = Job.objects.filter(name="firms.send_link_again", arguments__registration_id=registration.pk)
    if asked.filter(created_at__gt=lately).exists():
        raise TooManyRegistrationsError(
            gettext_noop("The link was sent a moment ago."), mend=gettext_noop("Look into your mail, then try again.")
        )
    audit.record("firms.request_link_again", by=by, target=registration)
    jobs.enqueue("firms.send_link_again", by=by, registration_id=registration.pk)


@service
def record_registration(*, wish: FirmWish, by: Actor) -> tuple[Registration, bool]:
    """Check and write a registration; return it and whether it is new. Raises what `register_firm` raises."""
    twice = Registration.objects.filter(form_key=wish.form_key).first()
    if twice is not None:
        return twice, False
    _refuse_flood(by)
    registration = Registration(**_cleaned(wish), ip=_network_address(by))
    _refuse_wrong(registration)
    try:
        _refuse_taken(registration)
        _save(registration)
    except InvalidInputError:
        # the same form, sent twice at the same moment, is no conflict
        if same := Registration.objects.filter(form_key=wish.form_key).first():
            return same, False
        raise
    audit.record("firms.register_firm", by=by, target=registration, after=audit.snapshot(registration))
    return registration, True


def _enqueue(registration: Registration, by: Actor) -> None:
    registration.job = jobs.enqueue(
        "firms.provision_firm",
        by=by,
        topic=f"registration:{registration.token}",
        registration_id=registration.pk,
        attempt=registration.attempt,
    )
    registration.save(update_fields=["job", "updated_at"])


def _cleaned(wish: FirmWish) -> dict[str, object]:
    fields = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in asdict(wish).items()
    }
    fields["address"] = wish.address.strip().lower()
    fields["principal_email"] = wish.principal_email.strip().lower()
    return fields


def _network_address(by: Actor) -> str | None:
    """Return where the request came from; None for a command, or behind a proxy that passes on no address."""
    try:
        return str(ipaddress.ip_address(by.origin.ip))
    except ValueError:
        return None


def _refuse_flood(by: Actor) -> None:
    recent = Registration.objects.filter(
        ip=_network_address(by), ip__isnull=False, created_at__gt=timezone.now() - dt.timedelta(hours=1)
    )
    if recent.count() >= MAX_REGISTRATIONS_AN_HOUR:
        raise TooManyRegistrationsError(
            gettext_noop("Too many firms were registered from your network within an hour."),
            mend=gettext_noop("Try again in an hour."),
        )


def _refuse_wrong(registration: Registration) -> None:
    if registration.registration_kind == RegistrationKind.SEC and not registration.sec_number:
        raise InvalidInputError(
            gettext_noop("Give the SEC file number."),
            mend=gettext_noop("It is on your Form ADV, Item 1.D: 801- and five or six digits."),
            field="sec_number",
        )
    if registration.registration_kind == RegistrationKind.STATE and not registration.crd_number:
        raise InvalidInputError(
            gettext_noop("Give the CRD number."),
            mend=gettext_noop("It is on your Form ADV, Item 1.E."),
            field="crd_number",
        )
    if registration.state_code not in US_STATES:
        raise InvalidInputError(gettext_noop("Choose a state."), field="state_code")
    if not is_address(registration.address):
        raise InvalidInputError(
            gettext_noop("This cannot be an address."),
            mend=gettext_noop("Use 3 to 40 small letters, digits and hyphens, beginning with a letter."),
            field="address",
        )
    try:
        registration.clean_fields(exclude=["job", "firm"])
    except ValidationError as wrong:
        field, messages = next(iter(wrong.message_dict.items()))
        raise InvalidInputError(" ".join(messages), field=field) from wrong


def _refuse_taken(registration: Registration) -> None:
    others = Registration.objects.exclude(pk=registration.pk).exclude(state=RegistrationState.FAILED)
    schema, host = registration.schema, host_for(registration.schema)
    firms = Firm.objects.exclude(pk=registration.firm_id)
    domains = Domain.objects.exclude(tenant=registration.firm_id)
    has_firm = firms.filter(schema_name=schema).exists() or domains.filter(domain=host).exists()
    if is_reserved(registration.address) or has_firm or others.filter(address=registration.address).exists():
        raise InvalidInputError(_ADDRESS_TAKEN, mend=_TRY_ANOTHER, field="address")
    named = firms.filter(legal_name__iexact=registration.legal_name)
    if named.exists() or others.filter(legal_name__iexact=registration.legal_name).exists():
        raise InvalidInputError(
            _NAME_TAKEN,
            mend=gettext_noop("If it is yours, sign in at its own address or write to us."),
            field="legal_name",
        )


def _save(registration: Registration) -> None:
    """Save; a registration that came first at this very moment makes this one refuse at its field."""
    try:
        with transaction.atomic():
            registration.save()
    except IntegrityError as twice:
        if re.search("registration_name_once", str(twice)):
            raise InvalidInputError(_NAME_TAKEN, field="legal_name") from twice
        raise InvalidInputError(_ADDRESS_TAKEN, mend=_TRY_ANOTHER, field="address") from twice
