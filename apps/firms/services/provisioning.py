"""Opening a firm's site: schema, role, tables, first rows, the principal."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context

from apps.accounts.models import FirmProfile, User
from apps.accounts.policies import STAFF_ROLES
from apps.accounts.services.team import add_principal, send_confirmation
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import host_for
from apps.core.tenancy.building import build_tables
from apps.core.tenancy.connections import connection
from apps.core.tenancy.roles import create_firm_schema, drop_firm_schema, hold_schema
from apps.firms.models import Domain, Firm, FirmState, Registration, RegistrationState
from apps.kernel.errors import DomainError, gettext_noop

Tell = Callable[[float, str], None]


class StaleAttemptError(DomainError):
    """A later attempt has taken over, or the firm is open."""

    code = "stale_attempt"


def build_schema(schema: str) -> None:
    """Make the schema anew with all its tables, whole or not at all; what a failed attempt left is removed first."""
    with transaction.atomic():
        hold_schema(schema)
        drop_firm_schema(schema)
        create_firm_schema(schema)
        build_tables(schema)


@service
def create_firm(*, schema: str, legal_name: str, by: Actor) -> Firm:
    """Write the firm and its address; its schema is built apart from this transaction."""
    firm = Firm(schema_name=schema, legal_name=legal_name)
    firm.full_clean()
    firm.save()
    Domain.objects.create(domain=host_for(schema), tenant=firm, is_primary=True)
    audit.record("firms.create_firm", by=by, target=firm, after=audit.snapshot(firm))
    return firm


@service
def open_firm(*, firm: Firm, by: Actor) -> Firm:
    """Write the first rows of the firm's schema, unless they are there, and let its site answer."""
    with tenant_context(firm):
        if not FirmProfile.objects.exists():
            write_profile(firm=firm, registration=None, by=by)
    firm.state, firm.opened_at = FirmState.OPEN, timezone.now()
    firm.save(update_fields=["state", "opened_at"])
    audit.record("firms.open_firm", by=by, target=firm, after={"state": firm.state})
    return firm


@service
def write_profile(*, firm: Firm, registration: Registration | None, by: Actor) -> FirmProfile:
    """Write the firm's profile in its own schema, with what the registration says of it."""
    profile = FirmProfile(
        id=1,
        legal_name=firm.legal_name,
        display_name=firm.legal_name[:120],
        # staff cannot do without a second factor; whether clients can is the firm's choice
        mfa_roles=sorted(STAFF_ROLES),
    )
    if registration is not None:
        profile.registration_kind = registration.registration_kind
        profile.registration_number = registration.sec_number or registration.crd_number
        profile.state = registration.state_code
        profile.locale = registration.locale
    profile.full_clean(exclude=["id"])
    profile.save()
    audit.record("accounts.create_firm_profile", by=by, target=profile, after=audit.snapshot(profile))
    return profile


def provision_firm(*, registration: Registration, attempt: int, tell: Tell, by: Actor) -> Registration:
    """Set a registered firm up, step by step, each step in its own transaction; `tell` hears how far it is.

    A run that was killed is run again from the start: the schema is made anew until the firm is open, and what is
    there already is not written twice. A run that fails removes what it made, marks the registration as failed and
    raises. Raises StaleAttemptError when another attempt took over.
    """
    registration = _begin(registration=registration, attempt=attempt, by=by)
    if registration.state == RegistrationState.OPEN:
        return registration
    with _Undone(registration, by), translation.override(registration.locale):
        tell(0.05, _("Reserving the address"))
        firm = registration.firm or _reserve(registration=registration, by=by)
        tell(0.15, _("Building the firm's own database"))
        build_schema(firm.schema_name)
        _refuse_cleared(registration)
        tell(0.8, _("Writing the firm's profile"))
        with tenant_context(firm):
            write_profile(firm=firm, registration=registration, by=by)
        tell(0.9, _("Inviting the principal"))
        # its transaction ends inside the firm: what it enqueues is sent on commit, to the schema entered then
        with tenant_context(firm):
            add_principal(
                email=registration.principal_email,
                full_name=registration.principal_name,
                locale=registration.locale,
                by=by,
            )
        tell(0.97, _("Opening the site"))
        return _finish(registration=registration, firm=firm, by=by)


def send_link_again(*, registration: Registration, by: Actor) -> None:
    """Mail the principal of an open firm another link.

    Raises StaleAttemptError while the firm is not open, InvalidInputError once the address is confirmed.
    """
    if registration.firm is None:
        raise StaleAttemptError(gettext_noop("%(name)s is not open yet."), name=registration.legal_name)
    with tenant_context(registration.firm):
        principal = User.objects.get(email__iexact=registration.principal_email)
        send_confirmation(user=principal, by=by)


class _Undone:
    """Clears a failed attempt and lets the reason pass; a killed process never gets here, the next run clears it."""

    def __init__(self, registration: Registration, by: Actor) -> None:
        self.registration, self.by = registration, by

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, broken: BaseException | None, trace: object) -> None:
        if broken is not None:
            connection.set_schema_to_public()
            clear_attempt(registration=self.registration, error=_reason(broken), by=self.by)


def _reason(broken: BaseException) -> str:
    """Return what the page may say: our own refusals in full, anything else by its kind alone."""
    if isinstance(broken, DomainError):
        return str(broken)
    if isinstance(broken, ValidationError):
        return " ".join(broken.messages)
    return type(broken).__name__


@service
def _begin(*, registration: Registration, attempt: int, by: Actor) -> Registration:
    """Take the registration up for this attempt."""
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    if registration.state == RegistrationState.OPEN:
        return registration
    if registration.attempt != attempt:
        raise StaleAttemptError(
            gettext_noop("Another attempt has taken over the registration of %(name)s."), name=registration.legal_name
        )
    registration.state, registration.error = RegistrationState.PROVISIONING, ""
    registration.save(update_fields=["state", "error", "updated_at"])
    audit.record("firms.provision_firm", by=by, target=registration, after={"attempt": attempt})
    return registration


def _refuse_cleared(registration: Registration) -> None:
    """Raise StaleAttemptError when the attempt was given up while it built: what it made is then removed."""
    here = Registration.objects.filter(pk=registration.pk, attempt=registration.attempt)
    if not here.filter(state=RegistrationState.PROVISIONING).exists():
        raise StaleAttemptError(
            gettext_noop("The set-up of %(name)s was given up meanwhile."), name=registration.legal_name
        )


@service
def _reserve(*, registration: Registration, by: Actor) -> Firm:
    """Write the firm, closed, and tie it to its registration."""
    firm = create_firm(schema=registration.schema, legal_name=registration.legal_name, by=by)
    registration.firm = firm
    registration.save(update_fields=["firm", "updated_at"])
    return firm


@service
def _finish(*, registration: Registration, firm: Firm, by: Actor) -> Registration:
    """Open the firm and say so to whoever watches."""
    open_firm(firm=firm, by=by)
    registration.state = RegistrationState.OPEN
    registration.save(update_fields=["state", "updated_at"])
    realtime.publish(f"registration:{registration.token}", "registration.open", registration=registration.token)
    return registration


@service
def clear_attempt(*, registration: Registration, error: str, by: Actor) -> Registration:
    """Remove what an attempt made, schema and all, and mark the registration as failed.

    An open firm is left alone, and so is what a later attempt makes.
    """
    attempt, registration = registration.attempt, Registration.objects.select_for_update().get(pk=registration.pk)
    if registration.state == RegistrationState.OPEN or registration.attempt != attempt:
        return registration
    drop_firm_schema(registration.schema)
    if registration.firm is not None:
        firm, registration.firm = registration.firm, None
        registration.save(update_fields=["firm", "updated_at"])
        firm.delete()
    registration.state, registration.error = RegistrationState.FAILED, error[:500]
    registration.save(update_fields=["state", "error", "updated_at"])
    audit.record("firms.clear_attempt", by=by, target=registration, after={"state": registration.state}, reason=error)
    realtime.publish(f"registration:{registration.token}", "registration.failed", registration=registration.token)
    return registration
