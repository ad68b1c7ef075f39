"""Kinds of advice in people's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, str | Promise] = {
    "allocation": _("Allocation"),
    "savings": _("Saving"),
    "spending": _("Spending"),
    "retirement_date": _("Retirement date"),
    "wish": _("Wish"),
    "debt": _("Debt"),
    "emergency_fund": _("Emergency fund"),
    "social_security": _("Social Security"),
    "roth_conversion": _("Roth conversion"),
    "ira_gifts": _("Gifts from IRAs"),
    "contribution_room": _("Contribution room"),
    "withdrawal_order": _("Order of withdrawals"),
    "insurance": _("Insurance"),
    "estate": _("Estate"),
}


def kind_label(kind: str) -> str:
    """Return a kind in the reader's language."""
    return str(KINDS.get(kind, kind))
