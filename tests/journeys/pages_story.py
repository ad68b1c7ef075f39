"""Every page of a firm's site and of the public one, over full books, with who may see it and their session.

Run as a program inside the live site's environment: `python -m tests.journeys.pages_story`. The addresses are those of
the passports' walk; to them come the pages of signing in, those whose key lies in a mail, and the public site.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from allauth.account.forms import default_token_generator  # noqa: E402 - after the set-up
from allauth.account.models import EmailAddress  # noqa: E402
from allauth.account.utils import user_pk_to_url_str  # noqa: E402
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: E402
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402
from django_tenants.utils import schema_context, tenant_context  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.accounts.services._keys import digest  # noqa: E402
from apps.clients.models import Person  # noqa: E402
from apps.compliance.models import RiskAssessment  # noqa: E402
from apps.compliance.services.reviews import review_assessment  # noqa: E402
from tests.cast import SiteClient, firm  # noqa: E402
from tests.factories import clients, compliance, firms  # noqa: E402
from tests.isolation.routes import Route, routes  # noqa: E402
from tests.passports.books import Address, Books, addresses  # noqa: E402
from tests.passports.walk import ask  # noqa: E402

PUBLIC = ("landing", "register", "inbox")
KEY = "the-key-of-a-mail"
_DAY = 24 * 3600


def session_of(user: User) -> str:
    """Sign the person in as after password and second factor; no page asks for them again, however slow the walk."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["second_factor_known"] = True
    proof = {"method": "password", "at": time.time() + _DAY, "reauthenticated": True}
    session["account_authentication_methods"] = [proof]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return str(session.session_key)


def browser_of(key: str) -> Client:
    """Return a client with the session; without one, nobody's."""
    client = SiteClient(headers={"host": "alpha.localhost"})
    if key:
        client.cookies["sessionid"] = key
    return client


def own_addresses(books: Books, waiting: RiskAssessment) -> Iterator[tuple[str, Address]]:
    """Yield what the walk does not reach: other roles' days, keys that lie in a mail, a state the books are not in."""
    for name in ("paul", "connie"):  # a day looks otherwise to each role
        yield "desk:today", Address("/", (name,))
    yield "accounts:accept-invitation", Address(f"/invitations/{KEY}/", ("nobody",))
    reset = f"{user_pk_to_url_str(books.ada)}-{default_token_generator.make_token(books.ada)}"
    yield "account_reset_password_from_key", Address(f"/accounts/password/reset/key/{reset}/", ("nobody",))
    asked = {"assessment_id": waiting.public_id, "purpose": "exception"}
    yield (
        "portal:acknowledgement",
        Address(reverse("portal:acknowledgement", urlconf="config.urls.tenant", kwargs=asked), ("waiting",)),
    )


def _excepted(person: Person, by: User) -> RiskAssessment:
    """Review a profile above the recommended level: the client must say yes to it."""
    made = compliance.answered(person, by=by, points=2)
    compliance.capacity(person.household, by)
    made.refresh_from_db()
    level = (made.recommended_level or 0) + 1
    why = "She has lived through 2008 and stayed invested."
    review_assessment(
        assessment=made, accepted_level=level, note="Went through it.", exception_reason=why, by=by.as_actor()
    )
    return made


def of_route(route: Route, books: Books) -> list[Address]:
    """Return the addresses of a route; a library's own pages are first tried by nobody."""
    try:
        found = list(addresses(route, books))
    except NoReverseMatch:  # a key of a library's that has a form of its own
        return []
    if route.name.startswith(("account_", "mfa_", "usersessions_")):
        return [Address(each.path, ("nobody", "ada", "paul", "client")) for each in found]
    return found


def seen(address: Address, browsers: dict[str, Client]) -> str | None:
    """Return the first visitor who is shown a whole page; parts that htmx puts into a page are none."""
    for name in address.visitors:
        answer: Any = ask(browsers[name], address.path, follow=name == "nobody" and "/key/" in address.path)
        is_page = answer.status_code == 200 and "text/html" in answer.get("Content-Type", "")
        if is_page and b"<html" in answer.content:
            return name
    return None


def build() -> dict[str, Any]:
    """Fill the books; return the sessions and the pages."""
    with transaction.atomic():
        books = Books()
        books.build()
        books.invitation.key_digest = digest(KEY)
        books.invitation.save()
        lena = clients.household(books.ada, name="Lena").people.get(relationship="head")
        people = {"ada": books.ada, "paul": books.paul, "connie": books.connie, "client": books.client}
        people["waiting"] = clients.portal_user(lena)
        waiting = _excepted(lena, books.ada)
        for user in people.values():
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        TOTP.activate(books.paul, generate_totp_secret())
        RecoveryCodes.activate(books.paul)
        sessions = {name: session_of(user) for name, user in people.items()}
    browsers = {name: browser_of(key) for name, key in {**sessions, "nobody": ""}.items()}
    pages, others = [], []
    own = [route for route in routes() if not route.is_api and not route.name.startswith("admin:")]
    asked = [(route.name, address) for route in own for address in of_route(route, books)]
    for name, address in (*asked, *own_addresses(books, waiting)):
        visitor = seen(address, browsers)
        if visitor is None:
            others.append(name)
        else:
            pages.append({"name": name, "path": address.path, "who": visitor, "firm": "alpha"})
    return {"sessions": sessions, "pages": pages, "others": others, "household": str(books.household.public_id)}


def public() -> list[dict[str, str]]:
    """Return the pages of the public site."""
    paths = {f"firms:{name}": reverse(f"firms:{name}", urlconf="config.urls.public") for name in PUBLIC}
    kept = {"token": firms.registration().token}
    paths["firms:registration"] = reverse("firms:registration", urlconf="config.urls.public", kwargs=kept)
    return [{"name": name, "path": path, "who": "nobody", "firm": ""} for name, path in paths.items()]


if __name__ == "__main__":
    with tenant_context(firm("alpha")):
        told = build()
    with schema_context("public"):
        told["pages"] += public()
    json.dump(told, sys.stdout)
