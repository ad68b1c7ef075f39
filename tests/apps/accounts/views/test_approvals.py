import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import ApprovalRule, Delegation, FirmProfile, SelfReview
from apps.accounts.services.approvals import request_approval
from apps.kernel.money import Money
from tests.factories.clients import household


@pytest.fixture
def asked(ada):
    return request_approval(
        kind="tests.run",
        target=household(ada),
        title="Run 7",
        suggestion="Approve",
        reasons=["Small."],
        by=ada.as_actor(),
    )


def page(request, end=""):
    return f"/approvals/{request.public_id}/{end}"


def test_the_queue_shows_what_waits_and_for_whom(ada, paul, mallory, asked, sign_in):
    assert "Run 7" in sign_in(paul).get("/approvals/").content.decode()
    assert "Run 7" not in sign_in(mallory).get("/approvals/").content.decode()
    assert "You asked for" in sign_in(ada).get("/approvals/").content.decode()


def test_a_request_of_others_does_not_exist_for_a_stranger(paul, mallory, sue, asked, sign_in):
    for stranger in (mallory, sue):
        assert sign_in(stranger).get(page(asked)).status_code == 404
    assert sign_in(mallory).post(page(asked, "decide/"), {"decision": "approve"}).status_code == 404
    assert sign_in(sue).post(page(asked, "decide/"), {"decision": "approve"}).status_code == 403


def test_who_asks_for_the_whole_firm_reads_nothing_of_households_that_are_not_theirs(ada, paul, connie, sign_in):
    """A billing run is sent for review by an advisor; what stands out in it names households of others."""
    told = {"amount": Money(Decimal("98765.43"), "USD"), "reasons": ["Stone: 812.00, last period 610.00"]}
    run = request_approval(kind="tests.run", target=FirmProfile.current(), title="Fees", by=ada.as_actor(), **told)
    for address in (page(run), "/approvals/"):
        own = sign_in(ada).get(address).content.decode()
        assert "Fees" in own
        assert "Stone" not in own
        assert "98,765" not in own
    assert sign_in(ada).get(page(run, "figures/")).status_code == 404
    for reviewer in (paul, connie):
        assert "Stone" in sign_in(reviewer).get(page(run)).content.decode()
        assert sign_in(reviewer).get(page(run, "figures/")).status_code == 200
        assert "98,765" in sign_in(reviewer).get("/approvals/").content.decode()


def test_a_decline_without_a_note_stays_on_the_page_with_the_reason(paul, asked, sign_in):
    refused = sign_in(paul).post(page(asked, "decide/"), {"decision": "decline", "note": ""})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "A decline needs a note." in html
    assert "A suggestion never decides." in html


def test_a_decision_is_recorded_and_shown(paul, asked, sign_in):
    browser = sign_in(paul)
    done = browser.post(page(asked, "decide/"), {"decision": "approve", "note": "Fine."}, follow=True)
    assert done.redirect_chain == [(page(asked), 302)]
    html = done.content.decode()
    assert "Approved" in html
    assert "Fine." in html
    assert 'name="decision"' not in html


def test_who_asked_sees_no_form_and_cannot_decide_but_may_withdraw(ada, paul, asked, sign_in):
    browser = sign_in(ada)
    html = browser.get(page(asked)).content.decode()
    assert 'name="decision"' not in html
    assert "Withdraw the request" in html
    refused = browser.post(page(asked, "decide/"), {"decision": "approve"})
    assert refused.status_code == 403
    assert "You asked for this approval yourself." in refused.content.decode()
    browser.post(page(asked, "withdraw/"))
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_a_firm_of_one_reviews_itself_on_the_page(paul, sign_in):
    request = request_approval(kind="tests.run", target=household(paul), title="Run 7", by=paul.as_actor())
    browser = sign_in(paul)
    assert "Open the review" in browser.get(page(request)).content.decode()
    browser.post(page(request, "self-review/"))
    early = browser.post(
        page(request, "self-review/attest/"), {"attestation": "I compared each fee with the agreement."}
    )
    assert early.status_code == 409
    assert "more minutes" in early.content.decode()
    SelfReview.objects.update(opened_at=timezone.now() - dt.timedelta(minutes=6))
    done = browser.post(
        page(request, "self-review/attest/"), {"attestation": "I compared each fee with the agreement."}, follow=True
    )
    assert "Self-review" in done.content.decode()


def test_a_rule_is_set_and_retired_by_the_principal_alone(paul, ada, connie, asked, sign_in):
    fields = {"kind": "tests.run", "approver_role": "compliance", "approvals_needed": 1, "deadline_hours": 24}
    assert sign_in(ada).post("/settings/approvals/rules/new/", fields).status_code == 403
    browser = sign_in(paul)
    assert browser.post("/settings/approvals/rules/new/", {**fields, "approver_role": ""}).status_code == 422
    assert browser.post("/settings/approvals/rules/new/", fields).status_code == 302
    rule = ApprovalRule.objects.get()
    assert "tests.run" in browser.get("/settings/approvals/").content.decode()
    browser.post(f"/settings/approvals/rules/{rule.public_id}/retire/")
    rule.refresh_from_db()
    assert not rule.is_active


def test_a_delegation_is_made_and_ended_by_its_owner(ada, paul, mallory, sign_in):
    today = timezone.localdate().isoformat()
    fields = {"delegate": paul.pk, "starts_on": today, "ends_on": today, "reason": "Away"}
    assert sign_in(ada).post("/settings/approvals/delegations/new/", fields).status_code == 302
    delegation = Delegation.objects.get()
    end = f"/settings/approvals/delegations/{delegation.public_id}/end/"
    assert sign_in(mallory).post(end, follow=True).status_code in {200, 404}
    delegation.refresh_from_db()
    assert delegation.ended_at is None
    sign_in(ada).post(end)
    delegation.refresh_from_db()
    assert delegation.ended_at
