"""Taxes, loans and homes in the portal: a client's own facts, plain words, and what is told to the advisor."""

from __future__ import annotations

import html
import re

import pytest

from apps.money.models import Debt
from apps.plans.models import Calculation
from tests.days import today

KINDS = ["tax", "loan", "refinancing", "rent-or-buy"]
LOAN = {"principal": 200000, "annual_rate": 6, "years": 30, "extra": 0}


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_begins_with_what_is_known_and_only_clients_have_it(kind, portal, ada, connie, sign_in):
    page = portal.get(f"/portal/calculators/{kind}/").content.decode()
    assert "The answer" in page
    assert 'method="post"' in page
    assert f"/portal/calculators/{kind}/" in portal.get("/portal/calculators/").content.decode()
    assert "<form" not in portal.get(f"/portal/calculators/{kind}/?how=1").content.decode()
    for end in ("", "tell/"):
        assert sign_in().get(f"/portal/calculators/{kind}/{end}").status_code == 302
        for who in (ada, connie):
            assert sign_in(who).get(f"/portal/calculators/{kind}/{end}").status_code == 403


def test_what_is_typed_is_answered_sealed_and_told_once_with_all_that_was_entered(portal, household, ada, sign_in):
    answer = portal.post("/portal/calculators/loan/", LOAN)
    assert "200000" not in answer.url
    page = portal.get(answer.url)
    assert "$1,199.10" in page.content.decode()
    tell = page.context["tell_url"]
    shown = portal.get(tell).content.decode()
    assert "How much do you borrow, or owe?" in shown
    (token,) = set(re.findall(r'name="submission" value="([^"]+)"', shown[shown.index("What you entered") :]))
    for _again in range(2):
        told = portal.post(tell, {"note": "Is it wise?", "submission": token})
        assert told.url == "/portal/calculators/"
    row = Calculation.objects.get()
    assert (row.household, row.note) == (household, "Is it wise?")
    assert row.asked["principal"] == "200000"
    mine = portal.get("/portal/calculators/").content.decode()
    assert "With your advisor" in mine
    assert "Is it wise?" in mine
    listed = sign_in(ada).get(f"/households/{household.public_id}/plan/calculators/").content.decode()
    assert "Told by the client" in listed


def test_what_cannot_be_is_told_at_its_field_and_is_not_sent(portal):
    back = portal.post("/portal/calculators/loan/", {**LOAN, "principal": 0}).url
    page = portal.get(back)
    text = page.content.decode()
    assert "form-errors" in text[text.index('id="id_principal_told"') :][:400]
    assert "The answer" not in text
    tell = page.context["tell_url"]
    assert portal.get(tell).status_code == 302
    assert portal.post(tell, {"note": ""}).status_code == 422
    assert not Calculation.objects.exists()


def test_a_stranger_sees_nothing_of_it(portal, stranger, sign_in):
    portal.post(portal.get("/portal/calculators/loan/").context["tell_url"], {"note": "Ours alone"})
    assert "Ours alone" in portal.get("/portal/calculators/").content.decode()
    assert "Ours alone" not in sign_in(stranger).get("/portal/calculators/").content.decode()


def action(page):
    return html.unescape(re.search(r'<form class="stack" method="post" action="([^"]+)"', page)[1])


def test_an_untouched_calculator_is_told_as_it_was_read_whatever_is_owed_since(portal, household):
    owed = {"household": household, "kind": "auto", "name": "Car", "annual_rate": "0.05", "monthly_payment": 400}
    debt = Debt.objects.create(**owed, balance=10_000, as_of=today())
    tell = portal.get("/portal/calculators/loan/").context["tell_url"]
    bare = portal.get("/portal/calculators/loan/tell/").content.decode()
    Debt.objects.filter(pk=debt.pk).update(balance=20_000)
    assert "10000" in portal.get(tell).content.decode()
    assert portal.post("/portal/calculators/loan/tell/", {"note": ""}).status_code == 422
    assert not Calculation.objects.exists()
    assert portal.post(action(bare), {"note": ""}).status_code == 302
    assert Calculation.objects.get().asked["principal"] == "10000.00"


@pytest.mark.parametrize("kind", [*KINDS, "retirement", "education"])
def test_a_link_that_cannot_be_read_says_so_and_tells_nothing(kind, portal):
    page = f"/portal/calculators/{kind}/"
    told = portal.get(f"{page}?typed=broken").content.decode()
    assert "This link is not complete" in told
    assert f"{page}tell/" not in told
    back = portal.get(f"{page}tell/?typed=broken")
    assert back.status_code == 302
    assert "This link is not complete" in portal.get(back.url).content.decode()
    assert portal.post(f"{page}tell/?typed=broken", {"note": ""}).status_code == 422
    assert not Calculation.objects.exists()
