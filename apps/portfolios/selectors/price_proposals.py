"""Prices that wait for a second person, as the page of their import shows them."""

from __future__ import annotations

import uuid
from collections import Counter

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import ApprovalRequest
from apps.clients.ports import LeftOpen, OpenPoint
from apps.core.templatetags.formats import date_text, number_text
from apps.portfolios.models import Account, Instrument, PriceProposal, ProposalState


def households_valued_by(instrument: Instrument) -> int:
    """Return in how many households of the firm the security is, or was, held."""
    held = Account.objects.filter(transactions__instrument=instrument)
    return held.values("household").distinct().count()


def price_left_open(batch: uuid.UUID) -> LeftOpen | None:
    """Return the prices of an import that were not kept as the file told them, None when all were."""
    found = list(PriceProposal.objects.filter(batches__public_id=batch).select_related("instrument").order_by("pk"))
    if not found:
        return None
    return LeftOpen(
        sentences=_sentences(Counter(row.state for row in found)),
        is_waiting=any(row.state == ProposalState.WAITING for row in found),
        url=reverse("accounts:approval-queue"),
        url_label=_("Open the approvals"),
        points=_points(found),
    )


def _sentences(counts: Counter[str]) -> tuple[str, ...]:
    waiting, declined, applied = (
        counts[state] for state in (ProposalState.WAITING, ProposalState.DECLINED, ProposalState.APPLIED)
    )
    told = (
        ngettext(
            "%(n)s price differs from what the firm holds; waiting for approval.",
            "%(n)s prices differ from what the firm holds; waiting for approval.",
            waiting,
        )
        % {"n": waiting},
        ngettext("%(n)s price was declined and is not used.", "%(n)s prices were declined and are not used.", declined)
        % {"n": declined},
        ngettext("%(n)s price was approved and applied.", "%(n)s prices were approved and applied.", applied)
        % {"n": applied},
    )
    return tuple(sentence for sentence, n in zip(told, (waiting, declined, applied), strict=True) if n)


def _points(found: list[PriceProposal]) -> tuple[OpenPoint, ...]:
    requests = {
        request.target_id: request
        for request in ApprovalRequest.objects.filter(
            target_type=PriceProposal._meta.label, target_id__in=[row.public_id for row in found]
        ).order_by("pk")
    }
    return tuple(
        OpenPoint(
            text=_(
                "%(security)s, %(day)s: the file says %(told)s (line %(line)s), the firm holds %(held)s of %(source)s"
            )
            % {
                "security": str(row.instrument),
                "day": date_text(row.day),
                "told": number_text(row.close),
                "line": row.line,
                "held": number_text(row.held_close),
                "source": _held_from(row),
            },
            state=str(row.get_state_display()),
            tone=_TONES[ProposalState(row.state)],
            url=reverse("accounts:approval", args=[requests[row.public_id].public_id])
            if row.public_id in requests
            else "",
        )
        for row in found
    )


_TONES = {
    ProposalState.WAITING: "warn",
    ProposalState.APPLIED: "good",
    ProposalState.DECLINED: "bad",
    ProposalState.WITHDRAWN: "",
}


def _held_from(row: PriceProposal) -> str:
    return row.held_source if row.held_day == row.day else f"{date_text(row.held_day)}, {row.held_source}"
