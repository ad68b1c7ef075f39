"""Who may do what: roles and the permissions each holds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor


class Role(models.TextChoices):
    """What a person is to the firm."""

    PRINCIPAL = "principal", _("Principal")
    ADVISOR = "advisor", _("Advisor")
    SUPPORT = "support", _("Support")
    COMPLIANCE = "compliance", _("Compliance officer")
    CLIENT = "client", _("Client")


STAFF_ROLES = frozenset({Role.PRINCIPAL, Role.ADVISOR, Role.SUPPORT, Role.COMPLIANCE})
# who may stand in as the second pair of eyes, and who counts when the firm is asked whether it has one
LICENSED_ROLES = frozenset({Role.PRINCIPAL, Role.ADVISOR, Role.COMPLIANCE})

# the first steps of each role (apps.desk, apps.portal): what may be remembered as seen
TOURS = frozenset({"first-portal", *(f"first-{role}" for role in STAFF_ROLES)})


class Permission(models.TextChoices):
    """One thing that may be done. What is seen is narrowed further by `visible_to`."""

    MANAGE_FIRM = "manage_firm", _("Change the firm's profile, policies and branding")
    INVITE_STAFF = "invite_staff", _("Invite and remove people of the firm")
    VIEW_ALL_HOUSEHOLDS = "view_all_households", _("See every household of the firm")
    VIEW_HOUSEHOLDS = "view_households", _("See assigned households")
    EDIT_HOUSEHOLDS = "edit_households", _("Take on and change households")
    ASSIGN_HOUSEHOLDS = "assign_households", _("Assign households to people")
    VIEW_FINANCES = "view_finances", _("See balances, identifiers and plan results")
    IMPORT_FILES = "import_files", _("Import client, bank and custodian files")
    MANAGE_DOCUMENTS = "manage_documents", _("Request and file documents")
    SEND_AGREEMENTS = "send_agreements", _("Send agreements for signature")
    VIEW_PLANS = "view_plans", _("Read plans")
    EDIT_PLANS = "edit_plans", _("Generate, change and publish plans")
    VIEW_PORTFOLIOS = "view_portfolios", _("Read accounts, holdings and performance")
    EDIT_PORTFOLIOS = "edit_portfolios", _("Open accounts and record transactions")
    VIEW_BILLING = "view_billing", _("Read fees and invoices")
    EDIT_BILLING = "edit_billing", _("Set up fees and calculate runs")
    APPROVE = "approve", _("Decide approval requests")
    VIEW_COMPLIANCE = "view_compliance", _("Read the trail and audit reports")
    EDIT_COMPLIANCE = "edit_compliance", _("Write compliance records")
    MANAGE_PARTNERS = "manage_partners", _("Register partners for the API")
    USE_PORTAL = "use_portal", _("Use the client portal")


_P = Permission
_ADVISES = {
    _P.VIEW_HOUSEHOLDS, _P.EDIT_HOUSEHOLDS, _P.VIEW_FINANCES, _P.IMPORT_FILES, _P.MANAGE_DOCUMENTS, _P.SEND_AGREEMENTS,
    _P.VIEW_PLANS, _P.EDIT_PLANS, _P.VIEW_PORTFOLIOS, _P.EDIT_PORTFOLIOS, _P.VIEW_BILLING, _P.EDIT_BILLING, _P.APPROVE,
}  # fmt: skip
PERMISSIONS: dict[str, frozenset[str]] = {
    # a principal may do everything that staff may: a firm of one person works
    Role.PRINCIPAL: frozenset(set(_P) - {_P.USE_PORTAL}),
    Role.ADVISOR: frozenset(_ADVISES),
    Role.SUPPORT: frozenset({_P.VIEW_HOUSEHOLDS, _P.MANAGE_DOCUMENTS}),
    # compliance reads all and writes only its own records
    Role.COMPLIANCE: frozenset(
        {
            _P.VIEW_ALL_HOUSEHOLDS,
            _P.VIEW_HOUSEHOLDS,
            _P.VIEW_FINANCES,
            _P.VIEW_PLANS,
            _P.VIEW_PORTFOLIOS,
            _P.VIEW_BILLING,
            _P.VIEW_COMPLIANCE,
            _P.EDIT_COMPLIANCE,
            _P.APPROVE,
        }
    ),
    Role.CLIENT: frozenset({_P.USE_PORTAL}),
}


def is_client(actor: Actor) -> bool:
    """Say whether the actor is a client in the portal: such a one sees what was given to them, not what is prepared."""
    return actor.is_person and actor.can(Permission.USE_PORTAL)


def permissions_of(role: str) -> frozenset[str]:
    """Return what the role may do; an unknown role may do nothing."""
    return frozenset(str(permission) for permission in PERMISSIONS.get(role, frozenset()))
