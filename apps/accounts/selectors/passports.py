"""Where the amount of an approval comes from."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.models import ApprovalRequest
from apps.core.passports import Amount, Passport, PassportLine


def approval_passport(request: ApprovalRequest) -> Passport:
    """Return what an approval is asked for, bound to the digest of what it is asked about."""
    amount = Amount.of_money(request.amount, request.currency) if request.currency else Amount(request.amount)
    return Passport(
        title=request.title,
        value=amount,
        method=gettext(
            "The amount when the approval was asked for. It holds for exactly that: what changes afterwards makes the "
            "approval void."
        ),
        as_of=timezone.localdate(request.created_at),
        source=gettext("Asked by %(who)s") % {"who": request.requested_label},
        version=request.payload_digest,
        lines=(
            PassportLine(request.title, "", amount, url=request.target_url),
            *_limit(request),
        ),
    )


def _limit(request: ApprovalRequest) -> tuple[PassportLine, ...]:
    limit: Decimal | None = request.rule.above_amount if request.rule else None
    if limit is None:
        return ()
    shown = Amount.of_money(limit, request.currency) if request.currency else Amount(limit)
    return (PassportLine(gettext("Rule"), gettext("asked of a second person above"), shown),)
