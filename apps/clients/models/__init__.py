"""Rows of clients."""

from apps.clients.models.agreement import Agreement, AgreementState, AgreementTemplate
from apps.clients.models.document import (
    FINANCIAL_CATEGORIES,
    Document,
    DocumentCategory,
    DocumentRequest,
    DocumentVersion,
    RequestState,
)
from apps.clients.models.household import Household, HouseholdGroupGrant, HouseholdStatus, HouseholdUserGrant
from apps.clients.models.import_batch import ImportBatch, ImportRow, ImportState, RowAction
from apps.clients.models.person import Person, Relationship
from apps.clients.models.signature import (
    FirmSeal,
    Signature,
    SignatureRequest,
    SignatureRequestState,
    SignatureState,
)

__all__ = [
    "FINANCIAL_CATEGORIES",
    "Agreement",
    "AgreementState",
    "AgreementTemplate",
    "Document",
    "DocumentCategory",
    "DocumentRequest",
    "DocumentVersion",
    "FirmSeal",
    "Household",
    "HouseholdGroupGrant",
    "HouseholdStatus",
    "HouseholdUserGrant",
    "ImportBatch",
    "ImportRow",
    "ImportState",
    "Person",
    "Relationship",
    "RequestState",
    "RowAction",
    "Signature",
    "SignatureRequest",
    "SignatureRequestState",
    "SignatureState",
]
