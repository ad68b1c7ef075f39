"""Keeping a calculation on a household: what it becomes, and who may."""

from __future__ import annotations

import html
import re

import pytest

from apps.money.models import Debt
from apps.plans.models import Calculation
from tests.apps.money.views.test_calculators import SAID, address
from tests.factories import clients, plans

KINDS = {"loan": "loan", "refinancing": "refinancing", "rent-or-buy": "rent-or-buy", "interest": "interest"}


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


def keep(household, kind):
    return f"/households/{household.public_id}/plan/calculators/{kind}/keep/"


@pytest.mark.parametrize("kind", SAID)
def test_an_answer_is_kept_as_it_was_read_and_opens_again(kind, ada, household, sign_in):
    client = sign_in(ada)
    page = client.get(client.post(address(household, kind), SAID[kind]).url).content.decode()
    (link,) = re.findall(rf'href="([^"]+/calculators/{kind}/keep/[^"]+)"', page)
    assert "What is kept" in client.get(link).content.decode()
    assert client.post(link, {"becomes": "note", "note": "For the review"}).status_code == 302
    row = Calculation.objects.get()
    assert row.note == "For the review"
    listed = client.get(f"/households/{household.public_id}/plan/calculators/").content.decode()
    assert "For the review" in listed
    (again,) = re.findall(rf'href="([^"]+/calculators/{kind}/\?typed=[^"]+)"', listed)
    assert row.answer[0][1] in client.get(again).content.decode()


def test_a_loan_becomes_a_debt_once_however_often_it_is_sent(ada, household, sign_in):
    client = sign_in(ada)
    link = client.get(client.post(address(household, "loan"), SAID["loan"]).url).context["keep_url"]
    form = client.get(link).content.decode()
    (token,) = set(re.findall(r'name="submission" value="([^"]+)"', form[form.index("What is kept") :]))
    said = {"becomes": "debt", "name": "New loan", "debt_kind": "auto", "note": "", "submission": token}
    for _again in range(2):
        assert client.post(link, said).status_code == 302
    assert Debt.objects.filter(name="New loan").count() == 1
    assert client.post(link, {**said, "submission": "", "name": ""}).status_code == 422


def test_what_cannot_be_asked_leads_back_and_a_client_is_told_apart(ada, household, sign_in):
    client = sign_in(ada)
    wrong = client.get(keep(household, "loan"), {**SAID["loan"], "principal": 0})
    assert wrong.url.startswith(f"{address(household, 'loan')}?typed=")
    assert client.get(keep(household, "tax")).status_code == 200


def test_only_who_edits_this_households_plans_keeps_and_settles(ada, household, sign_in, connie, sue, paul):
    other = clients.household(paul, name="Elsewhere")
    for kind in [*KINDS, "tax"]:
        assert sign_in(connie).get(keep(household, kind)).status_code == 403
        assert sign_in(sue).post(keep(household, kind), {}).status_code == 403
        assert sign_in(ada).get(keep(other, kind)).status_code == 404
    head = household.people.get(relationship="head")
    row = Calculation.objects.create(
        household=household, person=head, kind="loan", asked={}, answer=[["a", "b"]], written_by="Ana"
    )
    settle = f"/plans/calculations/{row.public_id}/settle/"
    assert sign_in(connie).post(settle).status_code == 403
    listed = sign_in(ada).get(f"/households/{household.public_id}/plan/calculators/").content.decode()
    assert "Told by the client" in listed
    assert sign_in(ada).post(settle).status_code == 302
    row.refresh_from_db()
    assert row.settled_by == str(ada)
    strange = Calculation.objects.create(household=other, kind="loan", asked={}, answer=[], written_by="Paul")
    assert sign_in(ada).post(f"/plans/calculations/{strange.public_id}/settle/").status_code == 404


def action(page):
    return html.unescape(re.search(r'<form class="stack" method="post" action="([^"]+)"', page)[1])


def test_an_untouched_calculator_is_kept_as_it_was_read_whatever_the_household_owes_since(ada, household, sign_in):
    client = sign_in(ada)
    shown = client.get(address(household, "loan"))
    read = str(shown.context["told"].lines[0].value.amount)
    debts = Debt.objects.filter(household=household, balance=15_000)
    assert debts.update(balance=22_000) == 1
    kept = client.get(shown.context["keep_url"])
    assert str(kept.context["told"].lines[0].value.amount) == read
    # a page of the bare address begins with today's facts, and its form keeps those
    bare = client.get(keep(household, "loan")).content.decode()
    Debt.objects.filter(household=household, balance=22_000).update(balance=31_000)
    assert client.post(action(bare), {"becomes": "note", "note": ""}).status_code == 302
    assert Calculation.objects.get().asked["principal"] == "22000.00"
    unread = client.post(keep(household, "loan"), {"becomes": "note", "note": ""})
    assert unread.status_code == 422
    assert "The answer may have changed since you read it." in unread.content.decode()
    assert client.post(action(unread.content.decode()), {"becomes": "note", "note": ""}).status_code == 302
    assert set(Calculation.objects.values_list("asked__principal", flat=True)) == {"22000.00", "31000.00"}


@pytest.mark.parametrize("kind", [*KINDS, "tax"])
def test_a_link_that_cannot_be_read_says_so_and_keeps_nothing(kind, ada, household, sign_in):
    client = sign_in(ada)
    page = f"/households/{household.public_id}/plan/taxes/" if kind == "tax" else address(household, kind)
    told = client.get(f"{page}?typed=broken").content.decode()
    assert "This link is not complete" in told
    assert not re.search(rf"/calculators/{kind}/keep/|The answer</|Taxes of", told)
    back = client.get(f"{keep(household, kind)}?typed=broken")
    assert back.status_code == 302
    assert "This link is not complete" in client.get(back.url).content.decode()
    assert client.post(f"{keep(household, kind)}?typed=broken", {"becomes": "note"}).status_code == 422
    assert not Calculation.objects.exists()
    assert "This link is not complete" not in client.get(page).content.decode()
