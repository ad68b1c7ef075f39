"""What the portal's journeys begin with: a household with a plan, a book, papers and invoices, on a live site's clone.

Run as a program inside the live site's environment: `python -m tests.journeys.portal_story`.
"""

from __future__ import annotations

import datetime as dt
import json
import sys

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402 - after the set-up
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django_tenants.utils import tenant_context  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.accounts.policies import Role  # noqa: E402
from apps.clients.services.documents import release_document, request_document  # noqa: E402
from apps.core.actors import Actor  # noqa: E402
from apps.plans.services.publishing import file_report, publish_plan  # noqa: E402
from apps.plans.services.recommendations import decide_recommendation  # noqa: E402
from tests.cast import firm, person  # noqa: E402
from tests.factories import billing, clients, compliance, plans, portfolios  # noqa: E402


def session_of(user: User) -> str:
    """Sign the person in as their browser would be after password and second factor."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["second_factor_known"] = True
    session.save()
    return str(session.session_key)


def build() -> dict[str, str]:
    """Build the story; return sessions and ids."""
    ada, paul, connie = (
        person(Role.ADVISOR, "Ada"),
        person(Role.PRINCIPAL, "Paul"),
        person(Role.COMPLIANCE, "Connie"),
    )
    by = ada.as_actor()
    household = plans.household_with_facts(ada)
    household.next_review_on = dt.date(2026, 1, 15)
    household.save()
    head = household.people.get(relationship="head")
    ana = clients.portal_user(head)
    billing.cash_account(household, ada, "365000")
    billing.assigned(household, ada, billing.version(ada))
    billing.invoiced(ada, paul)
    security = portfolios.instrument(ada, "AAA", {portfolios.DAY: "50", portfolios.DAY + dt.timedelta(days=7): "55"})
    account = portfolios.account(household, ada)
    portfolios.entry(account, ada, "deposit", cash="120000")
    portfolios.entry(account, ada, "buy", portfolios.DAY, instrument=security, units="1500", cash="-75000", price="50")
    compliance.opened(head, ada)
    request_document(household=household, category="tax", title="Tax return 2025", due_on=dt.date(2026, 11, 1), by=by)
    release_document(document=clients.document(household, by=by, title="Welcome letter"), by=by)
    plan = plans.drafted(ada, household)
    run = plans.computed(plan, ada)
    for row in run.recommendations.filter(kind="allocation"):
        decide_recommendation(recommendation=row, decision="declined", reason="After the risk profile.", by=by)
    for row in run.recommendations.filter(decision="open"):
        decide_recommendation(recommendation=row, decision="accepted", reason="It goes with the rest.", by=by)
    plans.told_together(run)
    publish_plan(plan=plan, by=by)
    file_report(plan=plan, by=Actor.system("plans.file_report"))
    return {
        "household": str(household.public_id),
        "ana": session_of(ana),
        "ada": session_of(ada),
        "connie": session_of(connie),
        "paul": session_of(paul),
    }


if __name__ == "__main__":
    with tenant_context(firm("alpha")):
        json.dump(build(), sys.stdout)
