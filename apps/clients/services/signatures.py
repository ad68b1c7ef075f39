"""Electronic signatures: asked for, read, given or declined, and sealed with their evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language

from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.proofs import Proof, demand_proof
from apps.clients import policies
from apps.clients.models import (
    Document,
    Person,
    Signature,
    SignatureRequest,
    SignatureRequestState,
    SignatureState,
)
from apps.clients.ports import EndedRequest, ports
from apps.clients.services._certificates import file_certificate
from apps.clients.services._consents import Consent, consent_on
from apps.clients.services.documents import add_version, release_document
from apps.clients.services.seals import seal_pdf
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, NotAllowedError, gettext_noop


class SignatureNotPossibleError(DomainError):
    """The signature cannot be given now: the request has ended, the paper was not read, or it was changed."""

    code = "signature_not_possible"


class NotTheSignerError(NotAllowedError):
    """Only the person who was asked can sign."""

    code = "not_the_signer"


@dataclass(frozen=True, slots=True)
class Signing:
    """What the signer did on the page.

    `consent_version` is the version they were shown and ticked; `proof` tells how and when they last proved who they
    are.
    """

    typed_name: str
    consent_version: str
    proof: Proof


@service
def request_signature(*, document: Document, signers: Sequence[Person], purpose: str, by: Actor) -> SignatureRequest:
    """Ask people to sign the newest version of a PDF, in the order given, and release it to the client.

    Raises InvalidInputError for no signer, a signer of another household or one who does not decide for it, and for a
    paper that is no PDF; SignatureNotPossibleError while signatures for it are collected already.
    """
    document = Document.objects.select_for_update().get(pk=document.pk)
    _check_signers(document, signers)
    version = document.current
    if version.mime != "application/pdf":
        raise InvalidInputError(gettext_noop("Only a PDF can be signed."), mend=gettext_noop("File the paper as PDF."))
    if document.signature_requests.filter(state=SignatureRequestState.OPEN).exists():
        raise SignatureNotPossibleError(
            gettext_noop("Signatures for this paper are being collected already."),
            mend=gettext_noop("Wait for them, or withdraw the request."),
        )
    request = SignatureRequest.objects.create(
        document=document, version=version, purpose=purpose, requested_by=by.label
    )
    now = timezone.now()
    for position, person in enumerate(signers, start=1):
        Signature.objects.create(
            request=request, person=person, position=position, sent_at=now, sha256_before=version.sha256
        )
    release_document(document=document, by=by)
    names = [str(person) for person in signers]
    image = {"purpose": purpose, "signers": names, "sha256": version.sha256, "version": version.number}
    audit.record("clients.request_signature", by=by, target=request, after=image)
    _tell(request, "signature.requested")
    return request


@service
def view_for_signing(*, signature: Signature, by: Actor) -> bytes:
    """Hand the signer the very bytes they are asked to sign, and note when they first saw them.

    Raises NotTheSignerError, SignatureNotPossibleError when the request has ended or the file was changed.
    """
    signature = _locked(signature, by)
    content = _unchanged_content(signature)
    if signature.viewed_at is None:
        signature.viewed_at, signature.state = timezone.now(), SignatureState.VIEWED
        signature.save(update_fields=["viewed_at", "state", "updated_at"])
        audit.record("clients.view_for_signing", by=by, target=signature, after={"sha256": signature.sha256_before})
        _tell(signature.request, "signature.viewed")
    return content


@service
def sign(*, signature: Signature, signing: Signing, by: Actor) -> Signature:
    """Sign with the typed name and keep the evidence; the last signature seals the paper and files the certificate.

    Raises NotTheSignerError; SignatureNotPossibleError when the request has ended, the paper was not opened before,
    or it was changed; InvalidInputError when the consent is not the one in force or the name is not the signer's;
    ProofNeededError from somebody who has not just proved who they are: a session left open signs nothing.
    """
    signature = _locked(signature, by)
    consent = current_consent()
    _check_signing(signature, signing, consent)
    demand_proof(signing.proof)
    _unchanged_content(signature)
    now = timezone.now()
    signature.state = SignatureState.SIGNED
    signature.signed_at = signature.consented_at = now
    signature.typed_name, signature.intent = signing.typed_name.strip(), consent.intent
    signature.consent_version, signature.consent_text = consent.version, consent.text
    signature.identity, signature.actor_key = by.label, by.key
    signature.authentication = signing.proof.evidence[:120]
    signature.ip, signature.user_agent = by.origin.ip, by.origin.user_agent
    signature.full_clean(exclude=["request", "person"])
    signature.save()
    audit.record("clients.sign", by=by, target=signature, after=audit.snapshot(signature))
    if policies.is_complete(signature.request):
        _complete(signature.request, by)
        signature.refresh_from_db()
    _tell(signature.request, "signature.given")
    return signature


@service
def decline_signature(*, signature: Signature, reason: str, by: Actor) -> Signature:
    """Decline to sign, with a reason; nobody else signs this request any more.

    Raises NotTheSignerError, SignatureNotPossibleError when the request has ended, InvalidInputError without a reason.
    """
    signature = _locked(signature, by)
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why, so that your advisor can put it right."), field="reason")
    signature.state, signature.declined_at = SignatureState.DECLINED, timezone.now()
    signature.decline_reason = reason.strip()
    signature.save(update_fields=["state", "declined_at", "decline_reason", "updated_at"])
    audit.record("clients.decline_signature", by=by, target=signature, reason=reason.strip())
    _end(signature.request, SignatureRequestState.DECLINED, by)
    return signature


@service
def withdraw_request(*, request: SignatureRequest, reason: str, by: Actor) -> SignatureRequest:
    """Take the request back before all have signed. Raises SignatureNotPossibleError when it has ended."""
    request = SignatureRequest.objects.select_for_update().select_related("document__household").get(pk=request.pk)
    _check_open(request)
    audit.record("clients.withdraw_signature_request", by=by, target=request, reason=reason)
    _end(request, SignatureRequestState.WITHDRAWN, by)
    return request


def current_consent() -> Consent:
    """Return the consent in force, in the reader's language."""
    return consent_on(firm_today(), get_language() or "en")


def _check_signers(document: Document, signers: Sequence[Person]) -> None:
    if not signers:
        raise InvalidInputError(gettext_noop("Nobody is asked to sign."), field="signers")
    for person in signers:
        if person.household_id != document.household_id or not policies.is_of_age(person):
            raise InvalidInputError(
                gettext_noop("%(name)s does not sign for this household."),
                mend=gettext_noop("Choose among its head and partner."),
                field="signers",
                name=str(person),
            )


def _check_open(request: SignatureRequest) -> None:
    if not policies.is_open(request):
        raise SignatureNotPossibleError(
            gettext_noop("Signatures for this paper are not collected any more."),
            mend=gettext_noop("Ask your advisor for a new request."),
        )


def _locked(signature: Signature, by: Actor) -> Signature:
    """Lock the request, so that two last signers end it once; check that it is open and that this is the signer."""
    SignatureRequest.objects.select_for_update().get(pk=signature.request_id)
    signature = Signature.objects.select_related("request__document__household", "request__version", "person").get(
        pk=signature.pk
    )
    if by.user_id is None or signature.person.user_id != by.user_id:
        raise NotTheSignerError(
            gettext_noop("Only %(name)s can give this signature."),
            mend=gettext_noop("Sign in as this person."),
            name=str(signature.person),
        )
    _check_open(signature.request)
    if signature.state == SignatureState.SIGNED:
        raise SignatureNotPossibleError(
            gettext_noop("You have signed this already."), mend=gettext_noop("The signed paper is in your documents.")
        )
    return signature


def _unchanged_content(signature: Signature) -> bytes:
    content = signature.request.version.content()
    if hashlib.sha256(content).hexdigest() != signature.sha256_before:
        raise SignatureNotPossibleError(
            gettext_noop("The paper is not the one that was sent for signature."),
            mend=gettext_noop("Tell your advisor: it must be sent again."),
        )
    return content


def _check_signing(signature: Signature, signing: Signing, consent: Consent) -> None:
    if signature.viewed_at is None:
        raise SignatureNotPossibleError(
            gettext_noop("The paper was not opened yet."), mend=gettext_noop("Read it, then sign.")
        )
    if signing.consent_version != consent.version:
        raise InvalidInputError(
            gettext_noop("The consent to electronic signature is missing."),
            mend=gettext_noop("Read it and tick the box."),
            field="consent",
        )
    if _folded(signing.typed_name) != _folded(str(signature.person)):
        raise InvalidInputError(
            gettext_noop("The name does not match."),
            mend=gettext_noop("Type it as it stands in the paper: %(name)s."),
            field="typed_name",
            name=str(signature.person),
        )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _complete(request: SignatureRequest, by: Actor) -> None:
    """Seal what was signed, note the hash after sealing with each signature, file the certificate."""
    document = request.document
    original = request.version.content()
    names = ", ".join(str(signature.person) for signature in request.signatures.select_related("person"))
    sealed = seal_pdf(pdf=original, reason=f"Signed electronically by {names}", by=by)
    version = add_version(document=document, filename=request.version.filename, content=sealed, by=by)
    for signature in request.signatures.all():
        # one by one: each keeps its versions
        signature.sha256_after = version.sha256
        signature.save(update_fields=["sha256_after", "updated_at"])
    request.completed_at, request.sealed_version = timezone.now(), version
    request.certificate = file_certificate(request, by)
    _end(request, SignatureRequestState.COMPLETED, by)


def _end(request: SignatureRequest, state: SignatureRequestState, by: Actor) -> None:
    before = {"state": request.state}
    request.state = state
    request.save()
    facts = {"sha256_after": request.sealed_version.sha256 if request.sealed_version else ""}
    audit.record(
        "clients.end_signature_request", by=by, target=request, before=before, after={"state": state}, facts=facts
    )
    end = ports.signature_ends.get(request.purpose)
    if end is not None:
        end(ended=_ended(request), by=by)
    _tell(request, f"signature.{state}")


def _ended(request: SignatureRequest) -> EndedRequest:
    return EndedRequest(
        request=request.public_id,
        household=request.document.household.public_id,
        document=request.document.public_id,
        purpose=request.purpose,
        state=str(request.state),
        signed_at=request.completed_at if request.state == SignatureRequestState.COMPLETED else None,
    )


def _tell(request: SignatureRequest, kind: str) -> None:
    household = request.document.household
    realtime.publish(
        f"household:{household.public_id}",
        kind,
        request=str(request.public_id),
        document=str(request.document.public_id),
    )
