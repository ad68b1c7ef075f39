"""Look-ups of accounts in the admin."""

from __future__ import annotations

from django.contrib import admin

from apps.accounts.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalRule,
    Delegation,
    FirmProfile,
    Invitation,
    User,
)
from apps.accounts.policies import Permission
from apps.core.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People who sign in."""

    permission = Permission.INVITE_STAFF
    list_display = ("full_name", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("full_name", "email")
    filter_horizontal = ()


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations, open and closed."""

    permission = Permission.INVITE_STAFF
    list_display = ("email", "full_name", "role", "state", "sent_at", "expires_at")
    list_filter = ("state", "role")
    search_fields = ("full_name", "email")


@admin.register(FirmProfile)
class FirmProfileAdmin(ReadOnlyAdmin):
    """The firm's profile."""

    permission = Permission.MANAGE_FIRM
    list_display = ("display_name", "legal_name", "time_zone", "currency")


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(ReadOnlyAdmin):
    """Rules, in force and retired."""

    permission = Permission.MANAGE_FIRM
    list_display = ("kind", "above_amount", "approver_role", "approvals_needed", "is_active")
    list_filter = ("is_active",)


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(ReadOnlyAdmin):
    """Requests."""

    permission = Permission.APPROVE
    list_display = ("title", "kind", "state", "requested_label", "due_at")
    list_filter = ("state", "kind")
    search_fields = ("title",)


@admin.register(ApprovalDecision)
class ApprovalDecisionAdmin(ReadOnlyAdmin):
    """Decisions."""

    permission = Permission.MANAGE_FIRM
    list_display = ("request", "decided_by", "verdict", "is_self_review", "created")
    list_filter = ("verdict", "is_self_review")


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    """Delegations."""

    permission = Permission.MANAGE_FIRM
    list_display = ("delegator", "delegate", "starts_on", "ends_on", "ended_at")
