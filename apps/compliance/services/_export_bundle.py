"""The data export: a zip that anybody can check without Steward (docs/verify-an-export.md)."""

from __future__ import annotations

import hashlib
import io
import json
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import FirmProfile
from apps.compliance.models import AuditExport
from apps.compliance.selectors.trail import TrailQuery, trail_events
from apps.compliance.services.anchors import read_anchors
from apps.core.actors import Actor
from apps.core.audit import GENESIS, sealed_lines
from apps.core.models import AuditSeal
from apps.core.tenancy.names import require_firm

FORMAT = "steward-audit-export/1"
SCRIPT = Path(settings.ROOT) / "tools" / "verify_export" / "verify_export.py"
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """A built file, and what is kept of it."""

    filename: str
    content: bytes
    events: int
    head_sequence: int
    head_hash: str
    manifest_sha256: str = ""


def software_version() -> str:
    """Return the version of the product that this process runs."""
    project = tomllib.loads((Path(settings.ROOT) / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def reader_of(export: AuditExport) -> Actor:
    """Return the job's actor; what may be seen was decided when the export was asked for."""
    return Actor.system("compliance.build_audit_export", on_behalf_of=export.requested_by)


def build_bundle(export: AuditExport, query: TrailQuery, progress: Progress) -> Built:
    """Build the zip: events, the links of the whole chain where events are left out, manifest, checker."""
    head = AuditSeal.objects.order_by("-sequence").first()
    head_sequence, head_hash = (head.sequence, head.hash) if head else (0, GENESIS)
    is_full = query.is_everything
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        progress(0.05, _("Writing the events"))
        files = [_write(bundle, "events.jsonl", _event_lines(export, query, head_sequence))]
        events = files[0]["lines"]
        if not is_full:
            progress(0.6, _("Writing the links of the chain"))
            files.append(_write(bundle, "links.jsonl", _link_lines(head_sequence)))
        script = SCRIPT.read_bytes()
        bundle.writestr("verify_export.py", script)
        files.append({"name": "verify_export.py", "sha256": hashlib.sha256(script).hexdigest(), "size": len(script)})
        progress(0.85, _("Writing the manifest"))
        manifest = {
            "format": FORMAT,
            "firm": {"schema": require_firm(), "name": FirmProfile.current().legal_name},
            "scope": {"kind": "full" if is_full else "part", "filters": query.as_content()},
            "requested_by": export.requested_by_label,
            "built_at": timezone.now().isoformat(timespec="seconds"),
            "software": {"name": "Steward", "version": software_version()},
            "chain": {
                "rule": "sha256(prev + text) == hash; UTF-8, lower-case hex; the first prev is 64 zeros",
                "genesis": GENESIS,
                "head_sequence": head_sequence,
                "head_hash": head_hash,
                "events_in_chain": head_sequence,
                "events_in_export": events,
                "links": "events.jsonl is the whole chain"
                if is_full
                else "events.jsonl has gaps; links.jsonl holds every link of the chain without its text",
            },
            "anchors": [
                {"at": each.at, "sequence": each.sequence, "hash": each.hash}
                for each in read_anchors()
                if each.is_genuine and each.sequence <= head_sequence
            ],
            "files": files,
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        bundle.writestr("manifest.json", text)
    name = f"steward-audit-{require_firm()}-{export.public_id.hex[:8]}.zip"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Built(name, packed.getvalue(), events, head_sequence, head_hash, digest)


def _event_lines(export: AuditExport, query: TrailQuery, head_sequence: int) -> Iterator[str]:
    wanted = None
    if query != TrailQuery(household=query.household):
        wanted = set(trail_events(reader_of(export), query).order_by().values_list("pk", flat=True))
    for line in sealed_lines(subject_id=query.household):
        # sealed while we write: they belong to the next export
        if line.sequence > head_sequence:
            return
        if wanted is None or json.loads(line.text)["id"] in wanted:
            row = {"sequence": line.sequence, "prev": line.prev, "hash": line.hash, "text": line.text}
            yield json.dumps(row, ensure_ascii=False)


def _link_lines(head_sequence: int) -> Iterator[str]:
    links = AuditSeal.objects.filter(sequence__lte=head_sequence).order_by("sequence")
    for sequence, prev, digest in links.values_list("sequence", "prev", "hash").iterator(chunk_size=5000):
        yield json.dumps({"sequence": sequence, "prev": prev, "hash": digest})


def _write(bundle: zipfile.ZipFile, name: str, lines: Iterator[str]) -> dict[str, Any]:
    """Write lines as one file of the zip, hashing on the way; return its entry of the manifest."""
    digest, size, count = hashlib.sha256(), 0, 0
    with bundle.open(name, "w") as handle:
        for line in lines:
            raw = f"{line}\n".encode()
            handle.write(raw)
            digest.update(raw)
            size, count = size + len(raw), count + 1
    return {"name": name, "sha256": digest.hexdigest(), "size": size, "lines": count}
