import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.services.proofs import Proof
from apps.clients.models import Agreement, AgreementState, AgreementTemplate, Document
from apps.clients.services.agreement_texts import FeeSummary, FeeTier, fee_places, standard_template
from apps.clients.services.agreements import (
    AgreementDraft,
    AgreementStateError,
    draft_agreement,
    ensure_standard_template,
    send_agreement,
    write_template,
)
from apps.clients.services.signatures import (
    Signing,
    current_consent,
    decline_signature,
    sign,
    view_for_signing,
    withdraw_request,
)
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.kernel.money import Money
from tests.factories.clients import household, portal_user

TIERS = (
    FeeTier(Money(Decimal(1_000_000), "USD"), Decimal("0.01")),
    FeeTier(Money(Decimal(3_000_000), "USD"), Decimal("0.008")),
    FeeTier(None, Decimal("0.005")),
)
FEES = FeeSummary(tiers=TIERS, minimum_annual=Money(Decimal(2_000), "USD"))
DAY = dt.date(2026, 1, 1)


@pytest.fixture
def rivera(ada):
    return household(ada)


def drafted(rivera, ada, **changes):
    template = ensure_standard_template(by=ada.as_actor())
    draft = replace(AgreementDraft(fees=FEES, effective_on=DAY), **changes)
    return draft_agreement(household=rivera, template=template, draft=draft, by=ada.as_actor())


def signed_by_all(request):
    for signature in request.signatures.select_related("person"):
        user = signature.person.user or portal_user(signature.person)
        view_for_signing(signature=signature, by=user.as_actor())
        signing = Signing(
            typed_name=str(signature.person),
            consent_version=current_consent().version,
            proof=Proof("password", timezone.now()),
        )
        sign(signature=signature, signing=signing, by=user.as_actor())


def test_a_draft_says_who_agrees_and_what_it_costs_in_numbered_clauses(rivera, ada):
    agreement = drafted(rivera, ada)
    assert "Ana Rivera and Luis Rivera" in agreement.clause("1.1")
    assert "January 1, 2026" in agreement.clause("1.1")
    assert agreement.clause("4.2") == (
        "The rates a year are: 1.00% of the first $1,000,000; 0.80% of the part up to $3,000,000;"
        " 0.50% of the part above $3,000,000."
    )
    assert "after the period" in agreement.clause("4.3")
    assert "$2,000 a year" in agreement.clause("4.5")
    with pytest.raises(KeyError):
        agreement.clause("99.9")


def test_each_fee_term_names_a_clause_that_the_agreement_has(rivera, ada):
    agreement = drafted(rivera, ada)
    for number in agreement.fee_terms["clauses"].values():
        assert agreement.clause(number)
    assert agreement.fee_terms["tiers"][0] == {"up_to": "1000000", "annual_rate": "0.01"}
    assert agreement.fee_terms["tiers"][2]["up_to"] is None


def test_a_draft_is_a_pdf_that_the_client_does_not_see_yet(rivera, ada):
    agreement = drafted(rivera, ada)
    assert agreement.document.current.content().startswith(b"%PDF")
    assert agreement.document.category == "agreement"
    assert not agreement.document.visible_to_client


def test_a_signed_agreement_is_in_force_and_replaces_the_one_before(rivera, ada):
    first = drafted(rivera, ada)
    signed_by_all(send_agreement(agreement=first, by=ada.as_actor()))
    first.refresh_from_db()
    assert first.state == AgreementState.SIGNED
    assert first.signed_at is not None
    second = drafted(rivera, ada, supersedes=first, effective_on=dt.date(2027, 1, 1))
    signed_by_all(send_agreement(agreement=second, by=ada.as_actor()))
    first.refresh_from_db()
    assert first.state == AgreementState.SUPERSEDED
    assert list(Agreement.objects.signed()) == [second]


def test_a_declined_agreement_says_so_and_a_withdrawn_one_is_a_draft_again(rivera, ada):
    agreement = drafted(rivera, ada)
    request = send_agreement(agreement=agreement, by=ada.as_actor())
    withdraw_request(request=request, reason="Wrong date.", by=ada.as_actor())
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.DRAFT
    request = send_agreement(agreement=agreement, by=ada.as_actor())
    ana = portal_user(rivera.people.get(relationship="head"))
    decline_signature(signature=request.signatures.get(person=ana.person), reason="Too dear.", by=ana.as_actor())
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.DECLINED
    with pytest.raises(AgreementStateError):
        send_agreement(agreement=agreement, by=ada.as_actor())


@pytest.mark.parametrize(
    ("fees", "field"),
    [
        (FeeSummary(tiers=()), "tiers"),
        (FeeSummary(tiers=TIERS[:2]), "tiers"),
        (FeeSummary(tiers=(TIERS[1], TIERS[0], TIERS[2])), "tiers"),
        (replace(FEES, discount=Decimal(2)), "tiers"),
        (replace(FEES, frequency="fortnightly"), "frequency"),
        (replace(FEES, timing="advance"), "value_basis"),
        (replace(FEES, value_basis="opening"), "value_basis"),
    ],
)
def test_terms_that_contradict_themselves_leave_no_agreement(rivera, ada, fees, field):
    with pytest.raises(InvalidInputError) as refused:
        drafted(rivera, ada, fees=fees)
    assert refused.value.field == field
    assert not Agreement.objects.exists()
    assert not Document.objects.exists()


def test_an_agreement_of_another_household_cannot_be_replaced(rivera, ada):
    other = drafted(household(ada, name="Stone"), ada)
    with pytest.raises(InvalidInputError):
        drafted(rivera, ada, supersedes=other)


def test_a_changed_template_is_a_new_version_and_old_agreements_keep_theirs(rivera, ada):
    agreement = drafted(rivera, ada)
    standard = standard_template()
    again = write_template(name="advisory", title="Agreement 2", articles=standard["articles"], by=ada.as_actor())
    assert (again.version, agreement.template.version) == (2, 1)
    assert ensure_standard_template(by=ada.as_actor()) == again


@pytest.mark.parametrize(
    "paragraphs",
    [
        [{"number": "1.1", "text": "Pay ${bribe}."}],
        [{"number": "1.1", "text": "Pay $ now."}],
        [{"number": "1.1", "text": "A."}, {"number": "1.1", "text": "B."}],
    ],
)
def test_a_template_with_an_unknown_place_or_a_number_twice_is_refused(ada, paragraphs):
    articles = [{"number": "1", "heading": "Fees", "paragraphs": paragraphs}]
    with pytest.raises(InvalidInputError) as refused:
        write_template(name="mine", title="Mine", articles=articles, by=ada.as_actor())
    assert refused.value.field == "articles"
    assert not AgreementTemplate.objects.filter(name="mine").exists()


def test_a_fee_in_words_for_one_rate_and_for_a_cliff():
    assert (
        fee_places(FeeSummary(tiers=(FeeTier(None, Decimal("0.0075")),)))["fee_schedule"] == "0.75% of the whole value"
    )
    cliff = fee_places(replace(FEES, kind="cliff", discount=Decimal("0.1"), minimum_annual=None))
    assert "1.00% of the whole value when it is up to $1,000,000" in cliff["fee_schedule"]
    assert cliff["minimum_and_discount"] == "From the fee so calculated 10.00% is taken off."


def test_each_state_is_on_the_trail(rivera, ada):
    signed_by_all(send_agreement(agreement=drafted(rivera, ada), by=ada.as_actor()))
    states = [
        event.after["state"] for event in AuditEvent.objects.filter(action="clients.move_agreement").order_by("id")
    ]
    assert states == ["sent", "signed"]
