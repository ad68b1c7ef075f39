"""Letting partners in, and out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import get_access_token_model, get_application_model

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.integrations.models import Partner
from apps.kernel.errors import InvalidInputError, gettext_noop


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a partner signs in with; the secret is shown once and stored as a hash."""

    partner: Partner
    client_id: str
    client_secret: str


@service
def register_partner(
    *, name: str, contact_email: str, scopes: Sequence[str], by: Actor, purpose: str = ""
) -> Credentials:
    """Let a partner in with client credentials. Raises InvalidInputError for a taken name or unknown scopes."""
    if Partner.objects.filter(name__iexact=name).exists():
        raise InvalidInputError(
            gettext_noop("A partner with this name is registered already."),
            mend=gettext_noop("Choose another name, or renew that partner's secret."),
            field="name",
        )
    if not scopes:
        raise InvalidInputError(
            gettext_noop("A partner without a scope can do nothing."), mend=gettext_noop("Choose one."), field="scopes"
        )
    application_model = get_application_model()
    secret = generate_client_secret()
    application = application_model.objects.create(
        name=name,
        client_type=application_model.CLIENT_CONFIDENTIAL,
        authorization_grant_type=application_model.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    partner = Partner(
        name=name, contact_email=contact_email, purpose=purpose, scopes=sorted(set(scopes)), application=application
    )
    try:
        partner.full_clean()
    except ValidationError as wrong:
        field, messages = next(iter(wrong.message_dict.items()))
        raise InvalidInputError("%(reason)s", field=field, reason=messages[0]) from wrong
    partner.save()
    audit.record("integrations.register_partner", by=by, target=partner, after=audit.snapshot(partner))
    return Credentials(partner, application.client_id, secret)


@service
def renew_secret(*, partner: Partner, by: Actor) -> Credentials:
    """Give the partner a new secret; the old one and every open token end at once."""
    secret = generate_client_secret()
    partner.application.client_secret = secret
    partner.application.save(update_fields=["client_secret", "updated"])
    _end_tokens(partner)
    audit.record("integrations.renew_secret", by=by, target=partner)
    return Credentials(partner, partner.application.client_id, secret)


@service
def suspend_partner(*, partner: Partner, reason: str, by: Actor) -> Partner:
    """Shut the partner out at once. Raises InvalidInputError without a reason."""
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why: the reason stands on the trail."), field="reason")
    partner.is_active = False
    partner.save(update_fields=["is_active", "updated_at"])
    _end_tokens(partner)
    audit.record("integrations.suspend_partner", by=by, target=partner, reason=reason, after={"is_active": False})
    return partner


def _end_tokens(partner: Partner) -> None:
    get_access_token_model().objects.filter(application=partner.application).delete()
