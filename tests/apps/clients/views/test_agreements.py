import pytest
from django.urls import reverse

from apps.clients.models import Agreement, AgreementState, SignatureRequest
from tests.factories.clients import household

TERMS = {
    "effective_on": "2026-01-01", "kind": "graduated", "frequency": "quarterly", "timing": "arrears",
    "value_basis": "period_end", "up_to_1": "1000000", "rate_1": "1", "rate_2": "0.5",
}  # fmt: skip


@pytest.fixture
def rivera(ada):
    return household(ada)


def test_an_agreement_is_drafted_seen_and_sent(rivera, ada, sign_in):
    browser = sign_in(ada)
    answer = browser.post(reverse("clients:agreement-new", args=[rivera.public_id]), TERMS)
    agreement = Agreement.objects.get()
    assert answer["Location"] == reverse("clients:document-detail", args=[agreement.document.public_id])
    assert agreement.clause("4.2") == (
        "The rates a year are: 1.00% of the first $1,000,000; 0.50% of the part above $1,000,000."
    )
    browser.post(reverse("clients:agreement-send", args=[agreement.public_id]))
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.SENT
    text = browser.get(reverse("clients:household-documents", args=[rivera.public_id])).content.decode()
    assert "Out for signature" in text
    request = SignatureRequest.objects.get()
    browser.post(reverse("clients:signature-withdraw", args=[request.public_id]))
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.DRAFT


@pytest.mark.parametrize("change", [{"rate_1": ""}, {"up_to_1": ""}, {"timing": "advance"}, {"effective_on": "soon"}])
def test_terms_that_do_not_hold_are_refused_and_nothing_is_drafted(rivera, ada, sign_in, change):
    answer = sign_in(ada).post(reverse("clients:agreement-new", args=[rivera.public_id]), TERMS | change)
    assert answer.status_code == 422
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("sue", 403), ("connie", 403), ("mallory", 404)])
def test_who_may_not_is_kept_out(role, status, request, rivera, sign_in):
    browser = sign_in(request.getfixturevalue(role))
    assert browser.get(reverse("clients:agreement-new", args=[rivera.public_id])).status_code == status
