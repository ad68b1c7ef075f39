"""Anchors: the head of the chain, written outside the database, so that a trail cut off at its end is found.

One file per firm, one line per anchor: `{"at", "firm", "sequence", "hash", "prev", "mac"}`. `mac` is an
HMAC-SHA256 over the other fields with a key derived from the installation's secret, `prev` the one before it: a line
cannot be changed, or taken out of the middle, by somebody who has the files alone. Copy the folder to a machine that
the database's administrators do not run.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.accounts.models import FirmProfile
from apps.compliance.services.errors import AnchorsUnreadableError
from apps.core import audit
from apps.core.actors import Actor
from apps.core.models import AuditSeal
from apps.core.services import service
from apps.core.tenancy.names import require_firm
from apps.kernel.errors import gettext_noop


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain's head at a time. `is_genuine` says that nobody changed the line."""

    at: str
    sequence: int
    hash: str
    is_genuine: bool


def anchor_file() -> Path:
    """Return the file of the current firm's anchors."""
    folder = getattr(settings, "AUDIT_ANCHORS", None) or Path(settings.HOME) / "anchors"
    return Path(folder) / f"{require_firm()}.jsonl"


@service
def anchor_trail(*, by: Actor) -> Anchor | None:
    """Write the chain's head to the firm's file; None when it has not moved since the last anchor.

    Raises AnchorsUnreadableError when the file cannot be written.
    """
    head = AuditSeal.objects.order_by("-sequence").first()
    if head is None:
        return None
    with _alone():
        earlier = _lines()
        if earlier and earlier[-1].get("hash") == head.hash:
            return None
        at = timezone.now().isoformat(timespec="seconds")
        prev = earlier[-1].get("mac", "") if earlier else ""
        line = {"at": at, "firm": require_firm(), "sequence": head.sequence, "hash": head.hash, "prev": prev}
        _append(line | {"mac": _mac(line)})
    profile = FirmProfile.current()
    audit.record("compliance.anchor_trail", by=by, target=profile, after={"sequence": head.sequence, "hash": head.hash})
    return Anchor(at, head.sequence, head.hash, is_genuine=True)


def read_anchors() -> list[Anchor]:
    """Return the firm's anchors, the oldest first, each with whether it is genuine.

    Raises AnchorsUnreadableError when the file cannot be read.
    """
    found, prev = [], ""
    for line in _lines():
        mac = str(line.get("mac", ""))
        genuine = hmac.compare_digest(mac, _mac(line)) and line.get("prev") == prev
        sequence = line.get("sequence")
        number = sequence if isinstance(sequence, int) else 0
        found.append(Anchor(str(line.get("at", "")), number, str(line.get("hash", "")), genuine))
        prev = mac
    return found


def _mac(line: dict[str, Any]) -> str:
    signed = {name: value for name, value in line.items() if name != "mac"}
    key = hashlib.sha256(f"steward.anchors:{require_firm()}:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, json.dumps(signed, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def _lines() -> list[dict[str, Any]]:
    path = anchor_file()
    try:
        texts = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        lines = [json.loads(text) for text in texts if text.strip()]
    except (OSError, ValueError) as broken:
        raise _unreadable(path, broken) from broken
    return [line if isinstance(line, dict) else {} for line in lines]


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the firm's file for one writer: two anchors with the same line before them would look like a forgery."""
    path = anchor_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
    except OSError as broken:
        raise _unreadable(path, broken) from broken


def _append(line: dict[str, Any]) -> None:
    path = anchor_file()
    try:
        with path.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(line, sort_keys=True) + "\n")
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as broken:
        raise _unreadable(path, broken) from broken


def _unreadable(path: Path, broken: Exception) -> AnchorsUnreadableError:
    return AnchorsUnreadableError(
        gettext_noop("The anchors in %(path)s cannot be used: %(reason)s."),
        mend=gettext_noop("Restore the file from its copy, or check the folder's rights."),
        path=str(path),
        reason=str(broken).rstrip("."),
    )
