"""Every page, mail and paper in a language that no one speaks: what stands outside its marks was never translated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real
from django_tenants.utils import schema_context, tenant_context

from apps.firms.policies import US_STATES
from apps.notices.models import Mail
from config.env import ROOT
from tests.cast import SiteClient, firm
from tests.factories import firms
from tests.factories.plans import WANTED
from tests.isolation.routes import Route, routes
from tests.languages import pseudo
from tests.languages.finder import Found, Known, untranslated, untranslated_text
from tests.languages.words import OF_DJANGO, OF_OAUTH, SAME, texts_in_columns, texts_of_tables, texts_of_trails
from tests.languages.world import PAPERS, Firm, path_of, texts_of_the_firm

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGES = [route for route in routes() if not route.is_api]
MAILS = sorted(
    str(path.relative_to(ROOT / "templates/_emails").with_suffix(""))
    for path in (ROOT / "templates/_emails").glob("*/*.html")
)
# addresses that show no page of their own to anybody of this firm, and why
NOT_SHOWN = {
    "health": "a monitor reads it",
    "accounts:password-set": "goes on to the one page of the password",
    "account_set_password": "goes on to the one page of the password",
    "account_confirm_login_code": "sign-in by code is off",
    "accounts:brand-logo": "a picture",
    "mfa_authenticate": "while somebody signs in with a second factor; walked in a browser",
    "mfa_login_webauthn": "the challenge of a passkey",
    "portal:acknowledgement": "only while a reviewed profile waits for the client's word",
    "portal:questionnaire": "goes on to the next question",
    "portal:signature-paper": "a PDF",
    "admin:login": "goes to the sign-in page",
    "admin:password_change": "goes to the one page of the password",
    "admin:view_on_site": "goes to a page",
}
# a page of the library's, or one that the library hides in this state
HIDDEN_BY = ("mfa_", "admin:")


class Readers:
    """The firm and those who look at its pages."""

    def __init__(self, language: pseudo.PseudoTranslation) -> None:
        self.language = language
        self.firm = Firm()
        kept = (*texts_of_the_firm(), *texts_in_columns(), *texts_of_trails())
        self.known = Known.of([*kept, *texts_of_tables(), *SAME])
        people = (self.firm.paul, self.firm.ada, self.firm.connie, self.firm.client)
        self.clients = [*(self._entered(user) for user in people), SiteClient(headers={"host": "alpha.localhost"})]

    def _entered(self, user: Any) -> Client:
        site = SiteClient(headers={"host": "alpha.localhost"})
        site.force_login(user, backend=BACKEND)
        session = site.session
        session["second_factor_known"] = True
        session.save()
        return site

    def shown(self, route: Route) -> tuple[str, int]:
        """Return the page as the first of them sees it who may, else nothing and the last answer's status."""
        path = path_of(route, self.firm)
        for site in reversed(self.clients) if route.name.startswith("portal:") else self.clients:
            with transaction.atomic():
                answer = site.get(path)
                content = b"" if answer.streaming else answer.content
                transaction.set_rollback(True)
            if answer.status_code == 405:
                break
            if answer.status_code in {200, 422}:
                return content.decode() if "html" in answer.headers["Content-Type"] else "", 200
        return "", answer.status_code

    def refused(self, route: Route) -> str:
        """Return the page that answers an empty form, as the first of them sees it who may send it."""
        path = path_of(route, self.firm)
        for site in reversed(self.clients) if route.name.startswith("portal:") else self.clients:
            with transaction.atomic():
                answer = site.post(path)
                content = b"" if answer.streaming else answer.content
                transaction.set_rollback(True)
            if answer.status_code == 405:
                break
            if answer.status_code in {200, 409, 422} and "html" in answer.headers.get("Content-Type", ""):
                return content.decode()
        return ""


@pytest.fixture(scope="module")
def _readers(django_db_setup: None, django_db_blocker: Any) -> Iterator[Readers]:
    with (
        pseudo.spoken() as language,
        django_db_blocker.unblock(),
        transaction.atomic(),
        tenant_context(firm("alpha")),
    ):
        yield Readers(language)
        connection.set_schema_to_public()
        transaction.set_rollback(True)


@pytest.fixture
def readers(_readers: Readers) -> Iterator[Readers]:
    """Stand in the firm and speak the language, whatever the test before left."""
    with tenant_context(firm("alpha")), translation.override(pseudo.CODE):
        yield _readers


def told(found: list[Found]) -> str:
    """Name each text once."""
    return "\n".join(str(each) for each in found)


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.name)
def test_a_page_holds_no_untranslated_string(route, readers):
    page, status = readers.shown(route)
    found = [each for each in untranslated(page, readers.known) if str(each) not in OF_DJANGO]
    assert not found, f"{route.name}:\n{told(found)}"
    is_button, is_hidden = status == 405, route.name.startswith(HIDDEN_BY) or route.name in NOT_SHOWN
    assert status == 200 or is_button or is_hidden, f"nobody sees {route.name} ({status}): make it in Firm"


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.name)
def test_a_form_sent_empty_is_refused_in_translated_sentences(route, readers):
    found = [each for each in untranslated(readers.refused(route), readers.known) if str(each) not in OF_DJANGO]
    assert not found, f"{route.name}:\n{told(found)}"


@pytest.mark.parametrize("kind", MAILS)
def test_a_mail_holds_no_untranslated_string(kind, readers):
    mails = list(Mail.objects.filter(kind=kind))
    assert mails, f"no service of the world sends {kind}: let one do so in Firm"
    for mail in mails:
        found = untranslated(mail.html, readers.known) + untranslated_text(mail.text, readers.known)
        found += untranslated_text(mail.subject, readers.known)
        assert not found, told(found)


@pytest.mark.parametrize("template", PAPERS)
def test_a_paper_holds_no_untranslated_string(template, readers):
    assert template in readers.firm.papers, f"no service of the world draws {template}: let one do so in Firm"
    found = untranslated(readers.firm.papers[template], readers.known)
    assert not found, told(found)


ERRORS = [
    *("400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"),
    *("_errors/503.html", "_errors/no_firm.html"),
]


@pytest.mark.parametrize("template", ERRORS)
def test_an_error_page_holds_no_untranslated_string(template, readers):
    found = untranslated(render_to_string(template, {}), readers.known)
    assert not found, told(found)


@pytest.mark.parametrize("page", ["landing", "register", "registration", "inbox"])
def test_a_page_of_the_public_site_holds_no_untranslated_string(page, readers, settings, tmp_path):
    settings.LANGUAGE_CODE, settings.LOCAL_INBOX = pseudo.CODE, tmp_path
    with schema_context("public"):
        kwargs = {"token": firms.registration().token} if page == "registration" else {}
    path = reverse(f"firms:{page}", urlconf="config.urls.public", kwargs=kwargs)
    site = SiteClient(headers={"host": "localhost"})
    known = Known.of([*SAME, *US_STATES.values(), "Harbor Wealth LLC", "Pia Harbor", "harbor.localhost"])
    for answer in (site.get(path), site.post(path)):
        if "html" in answer.headers.get("Content-Type", "") and answer.status_code != 405:
            found = untranslated(answer.content.decode(), known)
            assert not found, f"{path} ({answer.status_code}): {told(found)}"


def test_what_the_libraries_say_has_its_translation_too(readers):
    """Stands last: the pages above have asked for everything that they show."""
    spoken = trans_real.translation("pt-br")._catalog
    asked = [text if isinstance(text, str) else (text[0], 0) for text in readers.language.asked]
    missing = sorted(str(text) for text in asked if spoken.get(text) is None)
    # the trail asks for each reason, since those of the house have a translation; this one was typed
    assert set(missing) - OF_OAUTH - {WANTED} == set()
