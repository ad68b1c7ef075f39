"""Two firms for the load test: people of all roles with a second factor, households, plans, fees, a partner each.

`build` runs inside the site, as `manage.py shell -c "from tests.deep import world; world.build()"`. Every name of a
firm holds its marker, so that a word of the other firm shows wherever it turns up.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django_tenants.utils import tenant_context

from apps.accounts.models import User
from apps.accounts.policies import Role
from apps.billing.services.assignments import assign_fee
from apps.billing.services.schedules import define_schedule
from apps.core.models import Job, JobState
from apps.firms.models import Firm
from apps.integrations.services.partners import register_partner
from tests.factories import billing, clients, plans

MARKERS = {"alpha": "Quillfeather", "beta": "Thistlewood"}
PASSWORD = "correct horse battery"
ADVISORS, CLIENTS, PLANS_EACH = 3, 3, 2
STAFF = (Role.PRINCIPAL, Role.COMPLIANCE, Role.SUPPORT, *[Role.ADVISOR] * ADVISORS)
SCOPES = ["clients:read", "clients:write", "plans:read", "portfolios:read", "billing:read"]
BEGAN = dt.date(2020, 1, 1)


def build() -> None:
    """Make both firms and print who there is, as one line of JSON."""
    told = {}
    for schema, marker in MARKERS.items():
        with tenant_context(Firm.objects.get(schema_name=schema)), transaction.atomic():
            told[schema] = _firm(marker)
            Job.objects.update(state=JobState.CANCELLED)
    sys.stdout.write(f"world {json.dumps(told)}\n")


def _firm(marker: str) -> dict[str, Any]:
    staff = [_staff(marker, number, role) for number, role in enumerate(STAFF)]
    principal = staff[0][0]
    advisors = [user for user, _ in staff if user.role == Role.ADVISOR]
    fee = define_schedule(name=f"{marker} fees", terms=billing.terms(), effective_on=BEGAN, by=principal.as_actor())
    visitors = [_told(user, secret) for user, secret in staff]
    for number, advisor in enumerate(advisors):
        made = [plans.household_with_facts(advisor, name=f"{marker}{number}{place}") for place in range(PLANS_EACH)]
        for household in made:
            billing.cash_account(household, advisor, "500000", on=BEGAN)
            assign_fee(
                household=household,
                version=fee,
                agreement=billing.agreement(household, principal, effective_on=BEGAN),
                clause="4.1",
                starts_on=BEGAN,
                by=principal.as_actor(),
            )
        place = next(each for each in visitors if each["email"] == advisor.email)
        place["households"] = [str(household.public_id) for household in made]
        place["plans"] = [str(plans.drafted(advisor, household).public_id) for household in made]
        visitors.append(_told(_signed_up(clients.portal_user(made[0].people.get(relationship="head"))), ""))
    given = register_partner(
        name=f"{marker} CRM", contact_email=f"it@{marker}.test".lower(), scopes=SCOPES, by=principal.as_actor()
    )
    return {"visitors": visitors, "partner": [given.client_id, given.client_secret]}


def _staff(marker: str, number: int, role: str) -> tuple[User, str]:
    email, name = f"{role}{number}@{marker}.test".lower(), f"{role.title()} {number} {marker}"
    user = _signed_up(User.objects.create_user(email=email, password=PASSWORD, full_name=name, role=role))
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret


def _signed_up(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _told(user: User, secret: str) -> dict[str, Any]:
    return {"email": user.email, "role": user.role, "pk": user.pk, "secret": secret, "households": [], "plans": []}
