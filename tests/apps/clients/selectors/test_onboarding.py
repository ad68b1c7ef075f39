import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.clients.ports import StepReport, ports
from apps.clients.selectors.household_pages import household_for
from apps.clients.selectors.onboarding import onboarding_status
from apps.clients.services.agreement_texts import FeeSummary, FeeTier
from apps.clients.services.agreements import AgreementDraft, draft_agreement, ensure_standard_template
from apps.clients.services.documents import request_document
from apps.clients.services.households import assign_household, change_status, update_household
from apps.clients.services.people import update_person
from tests.factories.clients import document, household, portal_user


def states(ada, rivera):
    status = onboarding_status(household_for(ada.as_actor(), rivera.public_id))
    return {step.key: step.state for step in status.steps}


@pytest.fixture
def rivera(ada):
    return household(ada)


def test_a_new_household_waits_for_its_profile_and_says_what_is_missing(ada, rivera):
    status = onboarding_status(household_for(ada.as_actor(), rivera.public_id))
    assert status.current.key == "profile"
    assert status.current.who == "Ada"
    assert "e-mail of Luis" in status.current.missing
    assert "address" in status.current.missing
    assert {step.key: step.state for step in status.steps}["kickoff"] == "blocked"


def test_the_profile_is_done_when_its_data_are_there(ada, rivera):
    by = ada.as_actor()
    for person, number in zip(rivera.people.adults(), ("536-90-4399", "219-09-9998"), strict=True):
        email = f"{person.first_name.lower()}@example.com"
        fields = {"tax_id": number, "employment_status": "employed", "email": email}
        update_person(person=person, fields=fields, by=by)
    update_household(household=rivera, fields={"address": "1 Elm St", "objectives": "Retire at 60."}, by=by)
    assert states(ada, rivera)["profile"] == "done"


def test_documents_are_done_when_the_file_is_complete_and_nothing_is_asked_for(ada, rivera):
    by = ada.as_actor()
    for category in ("identity", "tax", "statement"):
        document(rivera, by=by, category=category)
    assert states(ada, rivera)["documents"] == "done"
    request_document(household=rivera, category="tax", title="Return 2024", by=by)
    status = onboarding_status(household_for(by, rivera.public_id))
    step = next(step for step in status.steps if step.key == "documents")
    assert (step.state != "done", step.who, step.missing) == (True, "Ana, Luis", ("Return 2024",))


def test_a_draft_is_an_agreement_but_no_signature(ada, rivera):
    fees = FeeSummary(tiers=(FeeTier(None, Decimal("0.01")),))
    draft = AgreementDraft(fees=fees, effective_on=dt.date(2026, 1, 1))
    template = ensure_standard_template(by=ada.as_actor())
    draft_agreement(household=rivera, template=template, draft=draft, by=ada.as_actor())
    found = states(ada, rivera)
    assert found["agreement"] == "done"
    assert found["signature"] == "blocked"


def test_portal_team_and_kickoff_follow_accounts_grants_and_status(ada, sue, rivera):
    for person in rivera.people.adults():
        portal_user(person)
    assign_household(household=rivera, user=sue, by=ada.as_actor())
    change_status(household=rivera, status="active", reason="", by=ada.as_actor())
    found = states(ada, rivera)
    assert (found["portal"], found["team"], found["kickoff"]) == ("done", "done", "done")


def test_an_app_above_tells_of_its_own_step(ada, rivera, monkeypatch):
    monkeypatch.setitem(ports.onboarding_steps, "suitability", lambda _household: StepReport(done=True))
    assert states(ada, rivera)["suitability"] == "done"


def test_the_status_costs_a_constant_number_of_queries(ada, rivera):
    found = household_for(ada.as_actor(), rivera.public_id)
    with CaptureQueriesContext(connection) as before:
        onboarding_status(found)
    for title in ("Passport", "Agreement", "Statement"):
        document(rivera, by=ada.as_actor(), title=title)
    larger = household_for(ada.as_actor(), rivera.public_id)
    with CaptureQueriesContext(connection) as after:
        onboarding_status(larger)
    assert len(after) == len(before)
