import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.clients.models import Document, DocumentRequest
from apps.clients.services.documents import request_document
from apps.clients.services.households import assign_household
from apps.core.models import AuditEvent
from tests.factories.clients import document, household, pdf


@pytest.fixture
def rivera(ada):
    return household(ada)


def test_a_paper_is_filed_by_the_form_and_listed(rivera, ada, sign_in):
    browser = sign_in(ada)
    fields = {"file": SimpleUploadedFile("r.pdf", pdf(), "application/pdf"), "category": "tax", "title": "Return 2025"}
    answer = browser.post(reverse("clients:document-upload", args=[rivera.public_id]), fields)
    assert answer.status_code == 302
    text = browser.get(answer["Location"]).content.decode()
    assert "Return 2025" in text
    assert "The file lacks" in text


def test_a_file_that_is_not_taken_in_is_refused_at_the_field(rivera, ada, sign_in):
    fields = {"file": SimpleUploadedFile("r.pdf", b"<html></html>"), "category": "tax", "title": "Return"}
    answer = sign_in(ada).post(reverse("clients:document-upload", args=[rivera.public_id]), fields)
    assert answer.status_code == 422
    assert "not taken in" in answer.content.decode()
    assert not Document.objects.exists()


def test_the_content_is_sent_safely_and_each_reading_is_on_the_trail(rivera, ada, sign_in):
    paper = document(rivera, by=ada.as_actor())
    answer = sign_in(ada).get(reverse("clients:document-download", args=[paper.public_id, 1]))
    assert answer.content == pdf("Agreement")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert AuditEvent.objects.filter(action="clients.read_document").count() == 1
    assert sign_in(ada).get(reverse("clients:document-download", args=[paper.public_id, 9])).status_code == 404


def test_support_opens_an_identity_paper_and_no_tax_return(rivera, ada, sue, sign_in):
    assign_household(household=rivera, user=sue, by=ada.as_actor())
    identity = document(rivera, by=ada.as_actor(), category="identity", title="Passport")
    tax = document(rivera, by=ada.as_actor(), category="tax", title="Return")
    browser = sign_in(sue)
    text = browser.get(reverse("clients:household-documents", args=[rivera.public_id])).content.decode()
    assert "Passport" in text
    assert "Return" in text
    assert browser.get(reverse("clients:document-download", args=[identity.public_id, 1])).status_code == 200
    assert browser.get(reverse("clients:document-download", args=[tax.public_id, 1])).status_code == 404
    assert browser.get(reverse("clients:document-detail", args=[tax.public_id])).status_code == 404


def test_anothers_paper_is_not_found_and_a_stranger_signs_in(rivera, ada, mallory, sign_in):
    paper = document(rivera, by=ada.as_actor())
    for name, args in (("document-detail", [paper.public_id]), ("document-download", [paper.public_id, 1])):
        assert sign_in(mallory).get(reverse(f"clients:{name}", args=args)).status_code == 404
        assert sign_in().get(reverse(f"clients:{name}", args=args)).status_code == 302


def test_buttons_release_withhold_verify_and_file_a_version(rivera, ada, sign_in):
    paper = document(rivera, by=ada.as_actor())
    browser = sign_in(ada)
    browser.post(reverse("clients:document-release", args=[paper.public_id]))
    paper.refresh_from_db()
    assert paper.visible_to_client
    browser.post(reverse("clients:document-withhold", args=[paper.public_id]))
    paper.refresh_from_db()
    assert not paper.visible_to_client
    file = SimpleUploadedFile("b.pdf", pdf("Two"), "application/pdf")
    browser.post(reverse("clients:document-version", args=[paper.public_id]), {"file": file})
    assert paper.versions.count() == 2
    answer = browser.post(reverse("clients:document-verify", args=[paper.public_id]), follow=True)
    assert "Every version is what was filed and signed." in answer.content.decode()


def test_a_paper_is_asked_for_and_the_request_closed(rivera, ada, sign_in):
    browser = sign_in(ada)
    browser.post(
        reverse("clients:document-request", args=[rivera.public_id]), {"title": "Passport", "category": "identity"}
    )
    asked = DocumentRequest.objects.get()
    browser.post(reverse("clients:request-waive", args=[asked.public_id]))
    asked.refresh_from_db()
    assert asked.state == "waived"


def test_nobody_waives_a_request_of_a_household_that_is_not_theirs(rivera, ada, mallory, sign_in):
    asked = request_document(household=rivera, category="tax", title="Return", by=ada.as_actor())
    sign_in(mallory).post(reverse("clients:request-waive", args=[asked.public_id]))
    asked.refresh_from_db()
    assert asked.state == "open"


def test_the_library_costs_the_same_for_one_and_for_many(rivera, ada, sign_in, django_assert_max_num_queries):
    browser, address = sign_in(ada), reverse("clients:household-documents", args=[rivera.public_id])
    document(rivera, by=ada.as_actor())
    browser.get(address)
    with django_assert_max_num_queries(25) as few:
        browser.get(address)
    for n in range(8):
        document(rivera, by=ada.as_actor(), title=f"Paper {n}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(address)
