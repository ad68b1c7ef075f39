"""Verifying the trail: the chain itself, and its head against the anchors outside the database."""

from __future__ import annotations

from typing import Any

from apps.compliance.models import TrailVerification
from apps.compliance.services.anchors import Anchor, read_anchors
from apps.core import audit
from apps.core.actors import Actor
from apps.core.models import AuditSeal
from apps.core.services import service

# findings kept with a verdict; the first ones tell where to look
MOST = 50


@service
def verify_trail(*, by: Actor) -> TrailVerification:
    """Verify the whole chain and compare it with every anchor; the verdict is kept and is itself on the trail.

    Raises AnchorsUnreadableError when the anchors cannot be read: then nothing is known of the chain's end.
    """
    verdict = audit.verify_chain()
    anchors = read_anchors()
    findings = [
        {"sequence": each.sequence, "event": each.event_id, "what": each.what} for each in verdict.breaks
    ] + _against_anchors(anchors)
    row = TrailVerification(
        verified_by=by.key,
        verified_by_label=by.label[:200],
        is_intact=not findings,
        events=verdict.events,
        sealed=verdict.sealed,
        head=verdict.head,
        anchors=len(anchors),
        findings=findings[:MOST],
    )
    row.full_clean()
    row.save()
    after = {
        "is_intact": row.is_intact,
        "events": row.events,
        "head": row.head,
        "anchors": row.anchors,
        "findings": len(findings),
    }
    audit.record("compliance.verify_trail", by=by, target=row, after=after)
    return row


def _against_anchors(anchors: list[Anchor]) -> list[dict[str, Any]]:
    known = dict(
        AuditSeal.objects.filter(sequence__in=[each.sequence for each in anchors]).values_list("sequence", "hash")
    )
    findings = []
    for each in anchors:
        what = ""
        if not each.is_genuine:
            what = "the anchor's line was changed, or the one before it was taken out"
        elif each.sequence not in known:
            what = "the chain ends before this anchor: events were cut off"
        elif known[each.sequence] != each.hash:
            what = "the chain has another hash here than the anchor"
        if what:
            findings.append({"sequence": each.sequence, "event": 0, "what": f"Anchor of {each.at}: {what}"})
    return findings
