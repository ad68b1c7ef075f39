"""The dated tables of the method: taken up from the product's reference files, adopted by the firm."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.compliance.models import MethodKind, MethodTable
from apps.compliance.services.errors import MethodChangedError, NoMethodError
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import gettext_noop

REFERENCE = Path(__file__).parent.parent / "reference"
_FILES = {
    MethodKind.QUESTIONNAIRE: "risk_questionnaire_*.toml",
    MethodKind.CAPACITY: "risk_capacity_*.toml",
    MethodKind.LEVELS: "risk_levels_*.toml",
}


@lru_cache(maxsize=len(_FILES))
def shipped_tables(kind: str) -> tuple[dict[str, Any], ...]:
    """Return the versions of a kind that the product ships, the oldest first."""
    contents = [tomllib.loads(path.read_text(encoding="utf-8")) for path in REFERENCE.glob(_FILES[MethodKind(kind)])]
    return tuple(sorted(contents, key=lambda content: (content["effective_from"], content["version"])))


def content_in_force(kind: str, on: dt.date) -> dict[str, Any]:
    """Return what the version of a table says that applies on the day. Raises NoMethodError when none applies."""
    shipped = [content for content in shipped_tables(kind) if content["effective_from"] <= on]
    if not shipped:
        raise NoMethodError(
            gettext_noop("No version of this table applies on %(day)s."),
            mend=gettext_noop("Check the date."),
            day=on.isoformat(),
        )
    return shipped[-1]


@service
def method_in_force(*, kind: str, on: dt.date, by: Actor) -> MethodTable:
    """Return the version of a table that applies on the day; at its first use it becomes a record of the firm.

    Raises NoMethodError when none applies, MethodChangedError when the product ships another content under a version
    that this firm has used: then figures could not be reproduced.
    """
    content = content_in_force(kind, on)
    plain = json.loads(json.dumps(content, default=str))
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    table, is_new = MethodTable.objects.get_or_create(
        kind=kind,
        version=content["version"],
        defaults={
            "effective_from": content["effective_from"],
            "source": content["source"],
            "content": plain,
            "sha256": digest,
        },
    )
    if table.sha256 != digest:
        raise MethodChangedError(
            gettext_noop("Version %(version)s was used with another content."),
            mend=gettext_noop("Ship the changed table under a new version."),
            version=table.version,
        )
    if is_new:
        after = {"kind": kind, "version": table.version, "sha256": digest}
        audit.record("compliance.take_up_method", by=by, target=table, after=after)
    return table


@service
def adopt_method(*, table: MethodTable, by: Actor) -> MethodTable:
    """Answer for a version in the firm's name; adopting it again changes nothing."""
    table = MethodTable.objects.select_for_update().get(pk=table.pk)
    if table.is_adopted:
        return table
    table.adopted_at = timezone.now()
    table.adopted_by = User.objects.get(pk=by.user_id)
    table.save(update_fields=["adopted_at", "adopted_by", "updated_at"])
    audit.record(
        "compliance.adopt_method", by=by, target=table, after={"version": table.version, "adopted_by": by.label}
    )
    return table
