"""A client's facts in the portal, and the advisor's decision on what they suggest."""

from __future__ import annotations

import re

import pytest

from apps.money.forms import FACT_HELP
from apps.money.models import Debt, FactSuggestion
from apps.money.services.facts import change_fact
from tests.factories import clients, money

DEBT = {
    "name": "House", "kind": "mortgage", "lender": "", "balance": "300000", "annual_rate": "6.5",
    "monthly_payment": "2100", "as_of": "2026-10-01", "note": "As of the last statement",
}  # fmt: skip


@pytest.fixture
def household(ada):
    return clients.household(ada)


@pytest.fixture
def debt(household, ada):
    return money.fact("debt", household, ada, name="House")


@pytest.fixture
def portal(household, sign_in):
    return sign_in(clients.portal_user(household.people.get(relationship="head")))


def own(debt, end=""):
    return f"/portal/facts/debt/{debt.public_id}/{end}"


def suggested(portal, debt, **fields):
    assert portal.post(own(debt), {**DEBT, **fields}).url == "/portal/facts/"
    return FactSuggestion.objects.latest("id")


def review(row):
    return f"/money/suggestions/{row.public_id}/"


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1].replace("&#x2B;", "+")


def test_a_change_is_shown_with_before_and_after_and_is_made_by_the_advisor(portal, debt, ada, sign_in, household):
    assert "$310,000" in portal.get("/portal/facts/").content.decode()
    assert 'value="6.5' in portal.get(own(debt)).content.decode()
    row = suggested(portal, debt)
    assert "With your advisor" in portal.get("/portal/facts/").content.decode()
    debt.refresh_from_db()
    assert debt.balance == 310_000
    staff = sign_in(ada)
    assert review(row) in staff.get(f"/households/{household.public_id}/money/").content.decode()
    page = staff.get(review(row)).content.decode()
    assert "310,000" in page
    assert "2,100" not in page
    assert 'name="balance" value="300000"' in page
    assert "As of the last statement" in page
    assert "was changed since" not in page
    assert "To be decided" in page
    assert "amounts in USD" in page
    said = {name: value for name, value in DEBT.items() if name != "note"}
    assert staff.post(review(row), {**said, "seen_at": hidden(page, "seen_at")}).status_code == 302
    debt.refresh_from_db()
    assert debt.balance == 300_000
    assert "Accepted" in portal.get("/portal/facts/").content.decode()


def test_a_wrong_field_is_told_and_nothing_is_sent(portal, debt):
    answer = portal.post(own(debt), {**DEBT, "balance": "much"})
    assert answer.status_code == 422
    assert not FactSuggestion.objects.exists()
    same = {**DEBT, "balance": "310000", "as_of": money.DAY.isoformat()}
    assert portal.post(own(debt), same).status_code == 422


def test_what_changed_since_is_shown_as_such(portal, debt, ada, sign_in):
    row = suggested(portal, debt)
    staff = sign_in(ada)
    seen = hidden(staff.get(review(row)).content.decode(), "seen_at")
    change_fact(fact=debt, fields={"lender": "Shore Bank"}, by=ada.as_actor())
    said = {name: value for name, value in DEBT.items() if name != "note"}
    refused = staff.post(review(row), {**said, "seen_at": seen})
    assert refused.status_code == 409
    page = staff.get(review(row)).content.decode()
    assert "was changed since the client suggested this" in page
    assert "Shore Bank" in page
    debt.delete()
    assert "The entry is no more" in staff.get(review(row)).content.decode()


def test_an_addition_a_removal_and_a_refusal(portal, household, debt, ada, sign_in):
    token_page = portal.get("/portal/facts/debt/new/").content.decode()
    token = hidden(token_page[token_page.index("form-actions") - 20_000 :], "submission")
    for _again in range(2):
        assert portal.post("/portal/facts/debt/new/", {**DEBT, "name": "Boat", "submission": token}).status_code == 302
    new = FactSuggestion.objects.get(action="add")
    staff, said = sign_in(ada), {name: value for name, value in DEBT.items() if name != "note"}
    assert staff.post(review(new), {**said, "name": "Boat", "seen_at": ""}).status_code == 302
    assert Debt.objects.filter(household=household, name="Boat").count() == 1
    assert portal.post(own(debt, "gone/")).url == "/portal/facts/"
    gone = FactSuggestion.objects.get(action="remove")
    page = staff.get(review(gone)).content.decode()
    assert "The entry is removed" in page
    decline = f"{review(gone)}decline/"
    assert staff.post(decline, {"reason": ""}).status_code == 422
    assert staff.post(decline, {"reason": "It runs until May."}).status_code == 302
    assert "It runs until May." in portal.get("/portal/facts/").content.decode()
    assert portal.post(own(debt, "gone/")).status_code == 302
    again = FactSuggestion.objects.filter(action="remove").latest("id")
    seen = hidden(staff.get(review(again)).content.decode(), "seen_at")
    assert staff.post(review(again), {"seen_at": seen}).status_code == 302
    assert not Debt.objects.filter(pk=debt.pk).exists()


def test_what_the_advisor_corrects_is_told_as_corrected_on_both_pages_of_the_client(portal, debt, ada, sign_in):
    row, staff = suggested(portal, debt), sign_in(ada)
    seen = hidden(staff.get(review(row)).content.decode(), "seen_at")
    said = {name: value for name, value in DEBT.items() if name != "note"}
    assert staff.post(review(row), {**said, "balance": "301000", "seen_at": seen}).status_code == 302
    assert "Accepted with corrections" in portal.get("/portal/facts/").content.decode()
    home = portal.get("/portal/").content.decode()
    assert "Your facts: House" in home
    assert "Accepted with corrections" in home


KINDS = {
    "phase": {"name": "Travel", "change": "less", "monthly_amount": "400", "starts_at_retirement": "on", "years": "10",
              "as_of": "2026-10-01"},
    "ira_basis": {"name": "Form 8606", "amount": "12000", "tax_year": "2025", "as_of": "2026-10-01"},
    "roth_basis": {"name": "Roth", "kind": "ira", "first_year": "2015", "contributions": "", "tax_year": "2025",
                   **{f"converted_{n}": "0" for n in range(5)}, "as_of": "2026-10-01"},
    "payment": {"name": "Church", "kind": "gift", "annual_amount": "3000", "as_of": "2026-10-01"},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_phases_gifts_and_taxed_money_are_suggested_and_stand_on_the_page_once_accepted(
    kind, portal, household, ada, sign_in
):
    person = household.people.get(relationship="head")
    said = KINDS[kind] | ({"person": person.pk} if kind.endswith("basis") else {})
    assert portal.post(f"/portal/facts/{kind}/new/", said).status_code == 302
    row, staff = FactSuggestion.objects.get(), sign_in(ada)
    assert str(FACT_HELP[kind])[:30] in portal.get(f"/portal/facts/{kind}/new/").content.decode()
    assert row.kind == kind
    assert staff.get(review(row)).status_code == 200
    assert staff.post(review(row), {**said, "seen_at": ""}).status_code == 302
    row.refresh_from_db()
    assert row.state == "accepted"
    page = portal.get("/portal/facts/").content.decode()
    told = {
        "phase": "less a month", "ira_basis": "at the end of 2025", "roth_basis": "not known", "payment": "a year"
    }  # fmt: skip
    assert told[kind] in page
    assert f"/portal/facts/{kind}/{row.fact_id}/" in page


def test_a_suggestion_is_taken_back(portal, debt):
    row = suggested(portal, debt)
    back = f"/portal/facts/suggestions/{row.public_id}/withdraw/"
    assert portal.post(back).url == "/portal/facts/"
    row.refresh_from_db()
    assert row.state == "withdrawn"
    suggested(portal, debt)


def test_only_clients_suggest_and_only_for_their_household(portal, debt, ada, connie, paul, sign_in):
    pages = ["/portal/facts/", "/portal/facts/debt/new/", own(debt)]
    for page in pages:
        assert sign_in().get(page).status_code == 302
        assert sign_in(ada).get(page).status_code == 403
    stranger = sign_in(clients.portal_user(clients.household(paul, name="Else").people.get(relationship="head")))
    assert stranger.get(own(debt)).status_code == 404
    assert stranger.post(own(debt, "gone/")).status_code == 404
    row = suggested(portal, debt)
    assert stranger.post(f"/portal/facts/suggestions/{row.public_id}/withdraw/").status_code == 404
    assert "House" not in stranger.get("/portal/facts/").content.decode()
    assert portal.get("/portal/facts/former_spouse/new/").status_code == 404
    assert portal.get(review(row)).status_code == 403
    assert sign_in(connie).post(review(row), DEBT).status_code == 403
    other = money.fact("debt", clients.household(paul, name="Third"), paul)
    assert portal.get(own(other)).status_code == 404
