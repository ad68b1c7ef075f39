"""Opening a firm's site: schema, role, tables, first rows."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import FirmProfile
from apps.accounts.policies import Role
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.building import build_tables
from apps.core.tenancy.roles import create_firm_schema, drop_firm_schema
from apps.firms.models import Domain, Firm, FirmState


def build_schema(schema: str) -> None:
    """Make the schema anew with all its tables; what a failed attempt left is removed first."""
    drop_firm_schema(schema)
    create_firm_schema(schema)
    build_tables(schema)


@service
def create_firm(*, schema: str, legal_name: str, by: Actor) -> Firm:
    """Write the firm and its address; its schema is built apart from this transaction."""
    firm = Firm(schema_name=schema, legal_name=legal_name)
    firm.full_clean()
    firm.save()
    Domain.objects.create(domain=f"{schema.replace('_', '-')}.{settings.BASE_DOMAIN}", tenant=firm, is_primary=True)
    audit.record("firms.create_firm", by=by, target=firm, after=audit.snapshot(firm))
    return firm


@service
def open_firm(*, firm: Firm, by: Actor) -> Firm:
    """Write the first rows of the firm's schema and let its site answer."""
    with tenant_context(firm):
        profile = FirmProfile(
            id=1,
            legal_name=firm.legal_name,
            display_name=firm.legal_name,
            mfa_roles=[Role.PRINCIPAL, Role.ADVISOR, Role.COMPLIANCE, Role.SUPPORT],
        )
        profile.full_clean(exclude=["id"])
        profile.save()
        audit.record("accounts.create_firm_profile", by=by, target=profile, after=audit.snapshot(profile))
    firm.state, firm.opened_at = FirmState.OPEN, timezone.now()
    firm.save(update_fields=["state", "opened_at"])
    audit.record("firms.open_firm", by=by, target=firm, after={"state": firm.state})
    return firm
