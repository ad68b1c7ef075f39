"""Rows of accounts."""

from apps.accounts.models.approval import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalRule,
    ApprovalState,
    Delegation,
    SelfReview,
    Verdict,
)
from apps.accounts.models.firm_profile import FirmProfile
from apps.accounts.models.invitation import ChangeKind, ChangeState, CredentialChange, Invitation, InvitationState
from apps.accounts.models.user import User

__all__ = [
    "ApprovalDecision",
    "ApprovalRequest",
    "ApprovalRule",
    "ApprovalState",
    "ChangeKind",
    "ChangeState",
    "CredentialChange",
    "Delegation",
    "FirmProfile",
    "Invitation",
    "InvitationState",
    "SelfReview",
    "User",
    "Verdict",
]
