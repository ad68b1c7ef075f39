import dataclasses
import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.services.proofs import Proof
from apps.clients.models import (
    Document,
    DocumentVersion,
    FirmSeal,
    Signature,
    SignatureRequest,
    SignatureRequestState,
    SignatureState,
)
from apps.clients.models.sealed_files import FileDamagedError, seal
from apps.clients.ports import ports
from apps.clients.readers.pdf_seals import read_seal
from apps.clients.services.documents import SignedPaperError, add_version, file_document
from apps.clients.services.signatures import (
    NotTheSignerError,
    SignatureNotPossibleError,
    Signing,
    current_consent,
    decline_signature,
    request_signature,
    sign,
    view_for_signing,
    withdraw_request,
)
from apps.clients.services.verifications import verify_document
from apps.core.actors import Origin
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests.factories.clients import document, household, pdf, portal_user


@pytest.fixture
def rivera(ada):
    return household(ada)


@pytest.fixture
def ana(rivera):
    return portal_user(rivera.people.get(relationship="head"))


@pytest.fixture
def luis(rivera):
    return portal_user(rivera.people.get(relationship="partner"))


@pytest.fixture
def paper(rivera, ada):
    return document(rivera, by=ada.as_actor())


def asked(paper, ada, *users, purpose="test"):
    return request_signature(
        document=paper, signers=[user.person for user in users], purpose=purpose, by=ada.as_actor()
    )


def signing(user, **changes):
    given = Signing(
        typed_name=user.full_name,
        consent_version=current_consent().version,
        proof=Proof("password, totp", timezone.now()),
    )
    return dataclasses.replace(given, **changes)


def give(request, user):
    actor = user.as_actor(origin=Origin(ip="203.0.113.7", user_agent="Firefox"))
    signature = request.signatures.get(person=user.person)
    view_for_signing(signature=signature, by=actor)
    return sign(signature=signature, signing=signing(user), by=actor)


def test_a_signature_keeps_its_whole_evidence(paper, ada, ana):
    request = asked(paper, ada, ana)
    given = give(request, ana)
    assert given.state == SignatureState.SIGNED
    assert given.sent_at <= given.viewed_at <= given.signed_at == given.consented_at
    assert (given.typed_name, given.ip, given.user_agent) == (ana.full_name, "203.0.113.7", "Firefox")
    assert given.actor_key == ana.as_actor().key
    assert given.authentication.startswith("password, totp 20")
    assert given.authentication.endswith(" UTC")
    assert given.consent_version == current_consent().version
    assert "withdraw this consent" in given.consent_text
    assert given.sha256_before == hashlib.sha256(pdf("Agreement")).hexdigest()
    assert given.sha256_after == hashlib.sha256(paper.current.content()).hexdigest() != given.sha256_before
    assert given.history.first().sha256_after == given.sha256_after, "the sealing is a version of the row"


def test_the_last_signature_seals_the_paper_and_files_the_certificate(paper, ada, ana, luis):
    request = asked(paper, ada, ana, luis)
    give(request, ana)
    request.refresh_from_db()
    assert request.state == SignatureRequestState.OPEN
    give(request, luis)
    request.refresh_from_db()
    assert request.state == SignatureRequestState.COMPLETED
    sealed = request.sealed_version.content()
    assert sealed.startswith(pdf("Agreement"))
    reading = read_seal(sealed)
    assert (reading.is_intact, reading.covers_all) == (True, True)
    assert reading.fingerprint == FirmSeal.objects.get().fingerprint
    assert read_seal(request.certificate.current.content()).is_intact
    assert request.certificate.visible_to_client


def test_a_signed_document_verifies_and_a_changed_one_does_not(paper, ada, ana):
    request = asked(paper, ada, ana)
    give(request, ana)
    assert verify_document(document=paper, by=ada.as_actor()).is_unchanged
    version = DocumentVersion.objects.get(document=paper, number=2)
    sealed = seal("documents/forged", version.content().replace(b"Agreement", b"Agreemend"))
    DocumentVersion.objects.filter(pk=version.pk).update(stored_name=sealed.name, wrapped_key=sealed.wrapped_key)
    verdict = verify_document(document=paper, by=ada.as_actor())
    assert not verdict.is_unchanged
    assert {"content", "seal"} <= {finding.code for finding in verdict.findings}


def test_a_forger_who_also_changes_the_stored_hash_is_found_by_seal_and_trail(paper, ada, ana):
    give(asked(paper, ada, ana), ana)
    version = DocumentVersion.objects.get(document=paper, number=2)
    forged = version.content().replace(b"Agreement", b"Agreemend")
    sealed, digest = seal("documents/forged", forged), hashlib.sha256(forged).hexdigest()
    DocumentVersion.objects.filter(pk=version.pk).update(
        stored_name=sealed.name, wrapped_key=sealed.wrapped_key, sha256=digest
    )
    Signature.objects.update(sha256_after=digest)
    codes = {finding.code for finding in verify_document(document=paper, by=ada.as_actor()).findings}
    assert {"seal", "trail"} <= codes


def test_bytes_added_behind_the_seal_are_found(paper, ada, ana):
    give(asked(paper, ada, ana), ana)
    reading = read_seal(paper.current.content() + b"\n% more\n")
    assert reading is None or not reading.covers_all or not reading.is_intact


def test_nobody_signs_for_somebody_else(paper, ada, ana, luis):
    request = asked(paper, ada, ana, luis)
    signature = request.signatures.get(person=ana.person)
    for other in (luis, ada):
        with pytest.raises(NotTheSignerError, match="Only Ana Rivera"):
            view_for_signing(signature=signature, by=other.as_actor())
        with pytest.raises(NotTheSignerError):
            sign(signature=signature, signing=signing(ana), by=other.as_actor())
    signature.refresh_from_db()
    assert signature.state == SignatureState.WAITING


def test_what_was_not_read_cannot_be_signed(paper, ada, ana):
    signature = asked(paper, ada, ana).signatures.get()
    with pytest.raises(SignatureNotPossibleError, match="not opened"):
        sign(signature=signature, signing=signing(ana), by=ana.as_actor())


@pytest.mark.parametrize(
    ("changes", "field"), [({"consent_version": ""}, "consent"), ({"typed_name": "Ana R."}, "typed_name")]
)
def test_without_consent_or_with_another_name_nothing_is_signed(paper, ada, ana, changes, field):
    signature = asked(paper, ada, ana).signatures.get()
    view_for_signing(signature=signature, by=ana.as_actor())
    with pytest.raises(InvalidInputError) as refused:
        sign(signature=signature, signing=signing(ana, **changes), by=ana.as_actor())
    assert refused.value.field == field
    signature.refresh_from_db()
    assert signature.state == SignatureState.VIEWED
    assert not AuditEvent.objects.filter(action="clients.sign").exists()


def test_a_typed_name_may_differ_in_case_and_blanks(paper, ada, ana):
    request = asked(paper, ada, ana)
    signature = request.signatures.get()
    view_for_signing(signature=signature, by=ana.as_actor())
    given = sign(signature=signature, signing=signing(ana, typed_name="  ana   RIVERA "), by=ana.as_actor())
    assert given.state == SignatureState.SIGNED


def test_a_file_exchanged_after_sending_cannot_be_signed(paper, ada, ana):
    signature = asked(paper, ada, ana).signatures.get()
    version = signature.request.version
    view_for_signing(signature=signature, by=ana.as_actor())
    other = seal("documents/other", pdf("Another"))
    DocumentVersion.objects.filter(pk=version.pk).update(stored_name=other.name, wrapped_key=other.wrapped_key)
    with pytest.raises(SignatureNotPossibleError, match="not the one that was sent"):
        sign(signature=signature, signing=signing(ana), by=ana.as_actor())
    path = Path(default_storage.path(other.name))
    path.write_bytes(b"short")
    with pytest.raises(FileDamagedError):
        sign(signature=signature, signing=signing(ana), by=ana.as_actor())


def test_a_newer_version_filed_meanwhile_is_not_what_is_signed(paper, ada, ana):
    request = asked(paper, ada, ana)
    add_version(document=paper, filename="agreement.pdf", content=pdf("Newer"), by=ada.as_actor())
    signature = request.signatures.get()
    assert view_for_signing(signature=signature, by=ana.as_actor()) == pdf("Agreement")


def test_nothing_takes_the_place_of_what_was_signed_or_of_its_certificate(paper, ada, ana):
    """The client and the library read the newest version, under the word that it is signed."""
    request = asked(paper, ada, ana)
    give(request, ana)
    request.refresh_from_db()
    for signed in (paper, request.certificate):
        with pytest.raises(SignedPaperError):
            add_version(document=signed, filename="agreement.pdf", content=pdf("Dearer"), by=ada.as_actor())
    assert paper.versions.first() == request.sealed_version


def test_declining_needs_a_reason_and_ends_the_request_for_all(paper, ada, ana, luis):
    request = asked(paper, ada, ana, luis)
    signature = request.signatures.get(person=ana.person)
    with pytest.raises(InvalidInputError):
        decline_signature(signature=signature, reason=" ", by=ana.as_actor())
    decline_signature(signature=signature, reason="The fee is wrong.", by=ana.as_actor())
    request.refresh_from_db()
    assert request.state == SignatureRequestState.DECLINED
    with pytest.raises(SignatureNotPossibleError):
        give(request, luis)


def test_signing_twice_is_refused(paper, ada, ana, luis):
    request = asked(paper, ada, ana, luis)
    give(request, ana)
    with pytest.raises(SignatureNotPossibleError, match="already"):
        give(request, ana)


def test_a_withdrawn_request_can_be_sent_again(paper, ada, ana):
    request = asked(paper, ada, ana)
    with pytest.raises(SignatureNotPossibleError, match="already"):
        asked(paper, ada, ana)
    withdraw_request(request=request, reason="Wrong date.", by=ada.as_actor())
    assert asked(paper, ada, ana).state == SignatureRequestState.OPEN


def test_who_does_not_decide_for_the_household_is_not_asked(paper, ada, rivera):
    child, stranger = rivera.people.filter(relationship="child")[0], household(ada, name="Stone").people.first()
    for person in (child, stranger):
        with pytest.raises(InvalidInputError, match="does not sign"):
            request_signature(document=paper, signers=[person], purpose="test", by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="Nobody"):
        request_signature(document=paper, signers=[], purpose="test", by=ada.as_actor())
    assert not SignatureRequest.objects.exists()


def test_only_a_pdf_is_signed(rivera, ada, ana):
    note = file_document(
        household=rivera, category="other", title="Note", filename="n.txt", content=b"note", by=ada.as_actor()
    )
    with pytest.raises(InvalidInputError, match="Only a PDF"):
        asked(note, ada, ana)
    assert not Document.objects.get(pk=note.pk).visible_to_client


def test_the_app_that_asked_hears_of_the_end_in_the_same_transaction(paper, ada, ana, monkeypatch):
    heard = []
    monkeypatch.setitem(ports.signature_ends, "test", lambda *, ended, by: heard.append((ended.state, by.key)))
    give(asked(paper, ada, ana), ana)
    assert heard == [(SignatureRequestState.COMPLETED, ana.as_actor().key)]


def test_a_failing_end_takes_the_last_signature_back(paper, ada, ana, monkeypatch):
    def refuse(*, ended, by):
        raise InvalidInputError("no")

    monkeypatch.setitem(ports.signature_ends, "test", refuse)
    request = asked(paper, ada, ana)
    with pytest.raises(InvalidInputError):
        give(request, ana)
    assert request.signatures.get().state == SignatureState.VIEWED
    assert DocumentVersion.objects.filter(document=paper).count() == 1


def test_the_database_refuses_a_signature_without_evidence(paper, ada, ana):
    asked(paper, ada, ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.update(state=SignatureState.SIGNED)


def test_each_step_is_on_the_trail_once(paper, ada, ana, rivera):
    give(asked(paper, ada, ana), ana)
    actions = list(AuditEvent.objects.filter(subject_id=str(rivera.public_id)).values_list("action", flat=True))
    for action in ("request_signature", "view_for_signing", "sign", "end_signature_request", "release_document"):
        assert actions.count(f"clients.{action}") == 1, action
