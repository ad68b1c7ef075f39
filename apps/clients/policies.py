"""May this be done: pure predicates on loaded objects, and what a household's file must hold."""

from __future__ import annotations

from apps.clients.models import (
    Agreement,
    AgreementState,
    DocumentCategory,
    HouseholdStatus,
    Person,
    Relationship,
    SignatureRequest,
    SignatureRequestState,
    SignatureState,
)

# What a new household's file needs before work begins: who they are (customer identification), what they file,
# what they own. The firm's own completeness list starts from here.
REQUIRED_CATEGORIES = (DocumentCategory.IDENTITY, DocumentCategory.TAX, DocumentCategory.STATEMENT)

_STATUS_STEPS: dict[str, frozenset[str]] = {
    HouseholdStatus.PROSPECT: frozenset({HouseholdStatus.ONBOARDING, HouseholdStatus.CLOSED}),
    HouseholdStatus.ONBOARDING: frozenset({HouseholdStatus.ACTIVE, HouseholdStatus.CLOSED, HouseholdStatus.PROSPECT}),
    HouseholdStatus.ACTIVE: frozenset({HouseholdStatus.LEAVING}),
    HouseholdStatus.LEAVING: frozenset({HouseholdStatus.ACTIVE, HouseholdStatus.CLOSED}),
    HouseholdStatus.CLOSED: frozenset({HouseholdStatus.ONBOARDING}),
}


def can_change_status(before: str, after: str) -> bool:
    """Say whether a household may go from one status to the other."""
    return before == after or after in _STATUS_STEPS[before]


def is_of_age(person: Person) -> bool:
    """Say whether the person decides for the household: only such a one signs and gets a portal account."""
    return person.relationship in {Relationship.HEAD, Relationship.PARTNER}


def can_be_sent(agreement: Agreement) -> bool:
    """Say whether the agreement still waits to be sent."""
    return agreement.state == AgreementState.DRAFT


def is_complete(request: SignatureRequest) -> bool:
    """Say whether every signer has signed; expects the request's signatures to be loaded."""
    return all(signature.state == SignatureState.SIGNED for signature in request.signatures.all())


def is_open(request: SignatureRequest) -> bool:
    """Say whether signatures are still collected."""
    return request.state == SignatureRequestState.OPEN
