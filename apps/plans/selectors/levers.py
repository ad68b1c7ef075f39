"""Which number of a kind of advice an advisor may change, in which unit and within which bounds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Lever:
    """A number of the proposal: `fact` names it there, `place` where it stands in the title (empty: nowhere)."""

    fact: str
    unit: str
    place: str
    label: str | Promise
    low: Decimal
    high: Decimal


_MOST = Decimal(1_000_000)
LEVERS: dict[str, Lever] = {
    "savings": Lever("monthly_extra", "money", "extra__money", _("Extra saving a month"), Decimal(1), _MOST),
    "spending": Lever("sustainable_monthly", "money", "amount__money", _("Living costs a month"), Decimal(1), _MOST),
    "retirement_date": Lever("delay_months", "count", "months__count", _("Months longer"), Decimal(1), Decimal(360)),
    "debt": Lever("monthly_extra", "money", "extra__money", _("Extra payment a month"), Decimal(1), _MOST),
    "emergency_fund": Lever("monthly_extra", "money", "", _("Set aside a month"), Decimal(1), _MOST),
    "contribution_room": Lever("monthly_extra", "money", "extra__money", _("Extra payment a month"), Decimal(1), _MOST),
    "allocation": Lever("equity_then", "percent", "", _("Most equities, in per cent"), Decimal(0), Decimal(1)),
}
