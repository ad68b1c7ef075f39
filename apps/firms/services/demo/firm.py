"""The demo firm and its people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import FirmProfile, User
from apps.accounts.policies import Role
from apps.accounts.services.profile import update_firm_profile
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.firms.models import Firm, FirmState
from apps.firms.services.provisioning import build_schema, create_firm, open_firm
from apps.market.models import ActionKind, CorporateAction
from apps.market.services.actions import ActionNotice, keep_action
from apps.market.services.updates import bring_up_to_date

SCHEMA = "harbor"
DEMO_PASSWORD = "harbor-demo-2026"  # noqa: S105 - of a firm that exists on local machines only
STAFF = (
    (Role.PRINCIPAL, "Helen Marsh", "helen@harbor.example"),
    (Role.ADVISOR, "Daniel Okafor", "daniel@harbor.example"),
    (Role.ADVISOR, "Priya Raman", "priya@harbor.example"),
    (Role.SUPPORT, "Sofia Lind", "sofia@harbor.example"),
    (Role.COMPLIANCE, "Marcus Webb", "marcus@harbor.example"),
)
PROFILE = {
    "display_name": "Harbor Light",
    "address": "12 Harbor Street\nSalem, MA 01970",
    "phone": "+1 617 555 0142",
    "disclosures": "Harbor Light is a demonstration. Its people are invented, and prices after 2018 are simulated.",
}
# symbol, how many days ago, cash given back per share
ANNOUNCED, ANNOUNCED_BY = (("VB", 130, "0.18"), ("VCIT", 12, "0.11")), "Harbor demonstration"
STAND_IN = STAFF[3][2]  # the support person sees every household


@dataclass(frozen=True, slots=True)
class DemoFirm:
    """Where the demo firm is and who signs in."""

    firm: Firm
    url: str
    logins: tuple[tuple[str, str], ...]


def ensure_demo_firm() -> DemoFirm:
    """Create the demo firm and its people where they are missing."""
    by = Actor.system("firms.seed_demo")
    firm = Firm.objects.filter(schema_name=SCHEMA).first()
    if firm is None:
        firm = create_firm(schema=SCHEMA, legal_name="Harbor Light Advisory LLC", by=by)
    if firm.state != FirmState.OPEN:
        build_schema(SCHEMA)
        open_firm(firm=firm, by=by)
    bring_up_to_date(by=by)
    announce_actions(by=by)
    with tenant_context(firm):
        ensure_people(by=by)
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    logins = tuple((str(role.label), email) for role, _, email in STAFF)
    return DemoFirm(firm, f"{settings.SCHEME}://{SCHEMA}.{settings.BASE_DOMAIN}{port}/", logins)


@service
def announce_actions(*, by: Actor) -> None:
    """Have two funds give capital back, one of them lately; nothing is announced while one is recent."""
    today = timezone.localdate()
    recent = CorporateAction.objects.filter(source=ANNOUNCED_BY, day__gte=today - dt.timedelta(days=200))
    if not recent.exists():
        for symbol, days, cash in ANNOUNCED:
            day = today - dt.timedelta(days=days)
            notice = ActionNotice(symbol, ActionKind.RETURN_OF_CAPITAL, day, cash_per_share=Decimal(cash))
            keep_action(notice=notice, source=ANNOUNCED_BY, by=by)


@service
def ensure_people(*, by: Actor) -> None:
    """Create the demo firm's staff; they sign in without a second factor, since nobody can enrol for them."""
    profile = FirmProfile.current()
    if profile.mfa_roles:
        profile.mfa_roles = []
        profile.save(update_fields=["mfa_roles", "updated_at"])
    if not profile.address:
        update_firm_profile(fields=PROFILE, by=by)
    for role, name, email in STAFF:
        if User.objects.filter(email=email).exists():
            continue
        user = User.objects.create_user(email=email, password=DEMO_PASSWORD, full_name=name, role=role)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        audit.record("accounts.create_user", by=by, target=user, after=audit.snapshot(user))
