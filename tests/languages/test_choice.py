"""Who reads in which language: one's own, else the browser's, else the firm's; mails and papers in their reader's."""

from __future__ import annotations

import pytest
from django.utils import translation

from apps.accounts.models import FirmProfile
from apps.clients.selectors.languages import language_of
from apps.core import jobs
from apps.core.field_words import choice_words, field_words
from apps.core.models import AuditEvent, JobState
from apps.notices.models import Mail
from apps.plans.services.publishing import publish_plan
from apps.plans.services.questions import answer_question, ask_question
from tests.factories import billing, clients, plans

PORTUGUESE = "pt-BR,pt;q=0.9,en;q=0.5"


HEARD = []


@jobs.job("tests.note_language")
def note_language(_task):
    HEARD.append(translation.get_language())


@pytest.mark.parametrize(
    ("own", "browser", "firms", "spoken"),
    [
        ("", "", "en", "en"),
        ("", "", "pt-br", "pt-br"),
        ("", PORTUGUESE, "en", "pt-br"),
        ("", "de-DE,de", "pt-br", "pt-br"),
        ("", "en-GB", "pt-br", "en"),
        ("en", PORTUGUESE, "pt-br", "en"),
        ("pt-br", "en", "en", "pt-br"),
    ],
)
def test_a_page_is_in_ones_own_language_else_the_browsers_else_the_firms(ada, sign_in, own, browser, firms, spoken):
    FirmProfile.objects.update(locale=firms)
    ada.locale = own
    ada.save()
    answer = sign_in(ada).get("/account/", headers={"accept-language": browser} if browser else {})
    assert answer.headers["Content-Language"] == spoken
    assert f'<html lang="{spoken}"' in answer.content.decode()


def test_a_visitor_who_is_not_signed_in_reads_in_the_language_of_the_browser(in_alpha, sign_in):
    answer = sign_in().get("/accounts/login/", headers={"accept-language": PORTUGUESE})
    assert answer.headers["Content-Language"] == "pt-br"


@pytest.mark.parametrize("role", ["staff", "client"])
def test_everybody_chooses_their_language_on_the_page_of_their_account(ada, sign_in, role):
    user = ada if role == "staff" else clients.portal_user(clients.household(ada).people.get(relationship="head"))
    chosen = {"full_name": user.full_name, "locale": "pt-br", "time_zone": ""}
    assert sign_in(user).post("/account/", chosen).status_code == 302
    user.refresh_from_db()
    assert user.locale == "pt-br"
    assert AuditEvent.objects.filter(action="accounts.update_own_profile").count() == 1
    assert sign_in(user).get("/account/").headers["Content-Language"] == "pt-br"


def test_a_job_speaks_the_language_of_who_asked_for_it(in_alpha, system):
    with translation.override("pt-br"):
        asked = jobs.enqueue("tests.note_language", by=system)
    assert asked.language == "pt-br"
    headers = {jobs.JOB_HEADER: str(asked.public_id), jobs.SCHEMA_HEADER: "alpha"}
    note_language.apply(headers=headers)
    asked.refresh_from_db()
    assert asked.state == JobState.DONE, asked.error
    assert HEARD == ["pt-br"]


def test_papers_are_in_the_language_of_the_households_head_else_the_firms(ada):
    household = clients.household(ada)
    assert language_of(household) == "en"
    FirmProfile.objects.update(locale="pt-br")
    assert language_of(household) == "pt-br"
    user = clients.portal_user(household.people.get(relationship="head"))
    user.locale = "en"
    user.save()
    assert language_of(household) == "en"


def test_an_invoice_and_its_mail_are_in_the_language_of_the_client(ada, paul):
    household = clients.household(ada)
    user = clients.portal_user(household.people.get(relationship="head"))
    user.locale = "pt-br"
    user.save()
    billing.cash_account(household, ada, "600000")
    billing.assigned(household, ada, billing.version(ada))
    (invoice,) = billing.invoiced(ada, paul)
    mail = Mail.objects.get(kind="billing/invoice", to=user.email)
    assert mail.locale == "pt-br"
    with translation.override("pt-br"):
        assert invoice.document.title == translation.gettext("Invoice %(number)s") % {"number": invoice.number}
        assert translation.gettext("Open the invoice") in mail.text
    assert invoice.document.title.startswith("Fatura ")


def test_mails_about_a_plan_are_in_the_language_of_the_one_they_go_to(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    user = clients.portal_user(plan.household.people.get(relationship="head"))
    user.locale = "pt-br"
    user.save()
    publish_plan(plan=plan, by=ada.as_actor())
    plan.refresh_from_db()
    asked = ask_question(plan=plan, text="Dura?", by=user.as_actor())
    answer_question(question=asked, text="Sim.", by=ada.as_actor())
    languages = dict(Mail.objects.filter(kind__startswith="plans/").values_list("kind", "locale"))
    assert languages["plans/plan_published"] == "pt-br"
    assert languages["plans/question_answered"] == "pt-br"
    assert languages["plans/question_asked"] == "en"
    with translation.override("pt-br"):
        assert translation.gettext("Read the answer") in Mail.objects.get(kind="plans/question_answered").text


def test_names_of_fields_and_values_are_words_of_the_reader(in_alpha):
    with translation.override("pt-br"):
        assert field_words("advisor", "clients.Household") == translation.gettext("advisor")
        assert field_words("liquidity_coverage") == "ativos líquidos sobre a necessidade de um ano"
        assert choice_words("status", "active", "clients.Household") != "active"
    assert field_words("no_such_name", "clients.Nothing") == "no such name"
    assert choice_words("status", "no such value", "clients.Household") == "no such value"
