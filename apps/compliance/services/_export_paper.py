"""The audit report on paper."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import FirmProfile
from apps.compliance.models import AuditExport
from apps.compliance.selectors.trail import TrailQuery, firm_zone, trail_entries, trail_events
from apps.compliance.services._export_bundle import Built, reader_of, software_version
from apps.compliance.services.anchors import read_anchors
from apps.core.audit import verify_chain
from apps.core.models import AuditEvent, AuditSeal
from apps.core.paper import render_pdf
from apps.core.tenancy.names import require_firm

# two thousand events are some two hundred pages; more belongs into data
MOST_ON_PAPER = 2000
Progress = Callable[[float, str], None]


def build_paper(export: AuditExport, query: TrailQuery, progress: Progress) -> Built:
    """Draw the report: scope, verdict on the chain, self-reviews first, then every event in order."""
    progress(0.05, _("Verifying the chain"))
    verdict = verify_chain()
    head = AuditSeal.objects.order_by("-sequence").first()
    progress(0.2, _("Reading the events"))
    entries = trail_entries(trail_events(reader_of(export), query).order_by("id")[:MOST_ON_PAPER])
    profile, now = FirmProfile.current(), timezone.now()
    zone = firm_zone()
    progress(0.4, _("Drawing the pages"))
    title = _("Audit report: %(name)s") % {"name": export.household or profile.legal_name}
    content = render_pdf(
        "_pdf/compliance/audit_report.html",
        {
            "firm_name": profile.display_name,
            "firm_address": profile.address,
            "document_title": title,
            "disclosure": _("Confidential: contains personal data."),
            "letter": profile.currency == "USD",
            "export": export,
            "query": query,
            "person_label": _person(query.person),
            "entries": entries,
            "self_reviews": [each for each in entries if each.is_self_review],
            "verdict": verdict,
            "is_intact": not verdict.breaks,
            "anchors": len(read_anchors()),
            "zone": zone.key,
            "made_at": now.astimezone(zone).replace(tzinfo=None),
            "software": software_version(),
        },
    )
    name = f"audit-report-{require_firm()}-{export.public_id.hex[:8]}.pdf"
    return Built(name, content, len(entries), head.sequence if head else 0, verdict.head)


def _person(key: str) -> str:
    label = AuditEvent.objects.filter(actor_key=key).order_by("-id").values_list("actor_label", flat=True).first()
    return label or key
