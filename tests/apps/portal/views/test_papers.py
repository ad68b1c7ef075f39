"""The client's papers: read, sent, signed."""

from __future__ import annotations

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.clients.models import Document, RequestState, Signature, SignatureState
from apps.clients.services.documents import release_document, request_document
from apps.clients.services.signatures import current_consent, request_signature
from apps.core.models import AuditEvent
from tests.factories import clients
from tests.factories.users import PASSWORD


@pytest.fixture
def paper(household, ada):
    document = clients.document(household, by=ada.as_actor(), title="Statement")
    return release_document(document=document, by=ada.as_actor())


@pytest.fixture
def signature(household, ana, ada):
    document = clients.document(household, by=ada.as_actor())
    head = household.people.get(relationship="head")
    request_signature(document=document, signers=[head], purpose="test", by=ada.as_actor())
    return Signature.objects.get()


def test_a_released_paper_is_read_and_the_reading_is_kept(portal, paper):
    answer = portal.get(f"/portal/documents/{paper.public_id}/")
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert AuditEvent.objects.filter(action="clients.read_document", target_id=str(paper.public_id)).count() == 1


def test_it_can_be_saved(portal, paper):
    answer = portal.get(f"/portal/documents/{paper.public_id}/?download")
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_paper_that_was_not_released_does_not_exist(portal, household, ada):
    document = clients.document(household, by=ada.as_actor(), title="Internal note")
    assert portal.get(f"/portal/documents/{document.public_id}/").status_code == 404
    assert "Internal note" not in portal.get("/portal/documents/").content.decode()


def test_a_paper_of_another_household_does_not_exist(stranger, sign_in, paper):
    assert sign_in(stranger).get(f"/portal/documents/{paper.public_id}/").status_code == 404


@pytest.fixture
def asked(household, ada):
    return request_document(household=household, category="tax", title="Tax return 2025", by=ada.as_actor())


def test_a_paper_that_was_asked_for_is_sent(portal, asked):
    assert "Send: Tax return 2025" in portal.get("/portal/").content.decode()
    sent = SimpleUploadedFile("return.pdf", clients.pdf("Return"), content_type="application/pdf")
    answer = portal.post(f"/portal/documents/asked/{asked.public_id}/", {"paper": sent})
    assert answer["Location"] == "/portal/documents/"
    asked.refresh_from_db()
    assert asked.state == RequestState.RECEIVED
    assert "Tax return 2025" in portal.get("/portal/documents/").content.decode()


def test_a_file_of_a_kind_that_is_not_taken_says_so_and_leaves_nothing(portal, asked):
    sent = SimpleUploadedFile("return.html", b"<html><script>alert(1)</script></html>")
    answer = portal.post(f"/portal/documents/asked/{asked.public_id}/", {"paper": sent})
    assert answer.status_code == 422
    assert "not taken in" in answer.content.decode()
    assert not Document.objects.exists()


def test_a_request_of_another_household_does_not_exist(stranger, sign_in, asked):
    assert sign_in(stranger).get(f"/portal/documents/asked/{asked.public_id}/").status_code == 404


def proved(portal):
    """Note in the session that the password was typed a moment ago."""
    session = portal.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def typed(**changed):
    return {"consent_version": current_consent().version, "consent": "on", "typed_name": "Ana Rivera", **changed}


def test_a_paper_is_read_then_signed_with_its_evidence(portal, signature):
    page = f"/portal/signatures/{signature.public_id}/"
    assert "Open the paper" in portal.get(page).content.decode()
    assert portal.get(f"{page}paper/").content.startswith(b"%PDF")
    # a session that was left open signs nothing: the password is asked for, and the form goes on by itself
    again = portal.post(page, typed())["Location"]
    assert "/reauthenticate/" in again
    asking = portal.get(again).content.decode().partition("<main")[2]
    assert 'name="password"' in asking
    assert "Confirm" in asking
    assert portal.post(again, {"password": "wrong"}).status_code == 200
    signature.refresh_from_db()
    assert signature.state == SignatureState.VIEWED
    assert portal.post(again, {"password": PASSWORD})["Location"] == page
    signature.refresh_from_db()
    assert (signature.state, signature.ip) == (SignatureState.SIGNED, "127.0.0.1")
    assert signature.authentication.startswith("password ")
    assert "Read the certificate" in portal.get(page).content.decode()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"consent": ""}, "Tick the box"),
        ({"typed_name": "Luis Rivera"}, "does not match"),
        ({"consent_version": "1999-1"}, "consent"),
    ],
)
def test_a_signature_that_lacks_something_is_refused_at_its_field(portal, signature, changed, reason):
    page = f"/portal/signatures/{signature.public_id}/"
    portal.get(f"{page}paper/")
    proved(portal)
    answer = portal.post(page, typed(**changed))
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    signature.refresh_from_db()
    assert signature.state == SignatureState.VIEWED


def test_a_paper_that_was_not_opened_is_not_signed(portal, signature):
    proved(portal)
    answer = portal.post(f"/portal/signatures/{signature.public_id}/", typed())
    assert answer.status_code == 409
    assert "was not opened" in answer.content.decode()


def test_declining_needs_a_reason(portal, signature):
    page = f"/portal/signatures/{signature.public_id}/decline/"
    assert portal.post(page, {"reason": " "}).status_code == 422
    assert portal.post(page, {"reason": "The fee is not what we agreed."})["Location"] == "/portal/"
    signature.refresh_from_db()
    assert signature.state == SignatureState.DECLINED


def test_the_partner_sees_it_and_cannot_give_it(household, sign_in, signature):
    luis = sign_in(clients.portal_user(household.people.get(relationship="partner")))
    page = f"/portal/signatures/{signature.public_id}/"
    assert "for Ana Rivera to give" in luis.get(page).content.decode()
    assert luis.get(f"{page}paper/").status_code == 403
    proved(luis)
    assert luis.post(page, typed()).status_code == 403


def test_a_signature_of_another_household_does_not_exist(stranger, sign_in, signature):
    browser = sign_in(stranger)
    for rest in ["", "paper/", "decline/"]:
        assert browser.get(f"/portal/signatures/{signature.public_id}/{rest}").status_code == 404
