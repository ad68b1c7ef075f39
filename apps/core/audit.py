"""The trail: record what was done, read it, verify its chain."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext

from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.kernel.errors import gettext_noop

P = ParamSpec("P")
GENESIS = "0" * 64
# fields that tell nothing of the record itself
_BOOKKEEPING = {"id", "created_at", "updated_at", "password", "last_login"}


def event(  # noqa: PLR0913 - the facts of an event, by name, as every service gives them
    action: str,
    *,
    by: Actor,
    target: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Return one event, to be written by `record` or `record_all`.

    `action` is `app.verb` (`plans.publish_plan`). `target` is the record acted upon; a target that has a method
    `audit_subject()` names the household it belongs to. With both images only the fields that differ are kept;
    `facts` are of the event itself and are always kept, with what is there afterwards.
    """
    if before is not None and after is not None:
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        before, after = {n: before.get(n) for n in names}, {n: after.get(n) for n in names}
    if facts:
        after = {**(after or {}), **facts}
    subject = getattr(target, "audit_subject", lambda: None)()
    return AuditEvent(
        occurred_at=timezone.now(),
        action=action,
        actor_kind=by.kind,
        actor_key=by.key,
        actor_label=by.label[:200],
        actor_role=by.role,
        on_behalf_of=by.on_behalf_of,
        target_type=target._meta.label,
        target_id=_public(target),
        target_label=str(target)[:200],
        subject_type=subject._meta.label if subject else "",
        subject_id=_public(subject) if subject else "",
        reason=reason,
        before=_plain(before),
        after=_plain(after),
        ip=by.origin.ip,
        user_agent=by.origin.user_agent[:400],
        request_id=by.origin.request_id,
        method=by.origin.method,
    )


def _written(build: Callable[P, AuditEvent]) -> Callable[P, AuditEvent]:
    @wraps(build)
    def write(*args: P.args, **kwargs: P.kwargs) -> AuditEvent:
        """Write one event in the transaction of the service that calls; `event` says what is told."""
        found = build(*args, **kwargs)
        found.save(force_insert=True)
        return found

    return write


record = _written(event)


def record_all(events: Iterable[AuditEvent]) -> None:
    """Write many events at once, in their order."""
    AuditEvent.objects.bulk_create(events, batch_size=500)


def snapshot(instance: models.Model, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the record's fields as they are now, for `before` and `after`; secrets and bookkeeping left out.

    A model names in `SECRET_FIELDS` what must not enter the trail in clear: it is told as set or not.
    """
    secret: frozenset[str] = getattr(instance, "SECRET_FIELDS", frozenset())
    image: dict[str, Any] = {}
    for field in instance._meta.concrete_fields:
        if field.name in _BOOKKEEPING or field.name in without:
            continue
        value = field.value_from_object(instance)
        image[field.name] = ("set" if value else "not set") if field.name in secret else value
    return image


def _public(instance: models.Model) -> str:
    return str(getattr(instance, "public_id", instance.pk))


def _plain(image: Mapping[str, Any] | None) -> Any:
    if image is None:
        return None
    return json.loads(json.dumps(image, cls=_TrailEncoder))


class _TrailEncoder(DjangoJSONEncoder):
    """Exact decimals and dates as text."""

    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal | UUID):
            return str(o)
        if isinstance(o, bytes | memoryview):
            return hashlib.sha256(bytes(o)).hexdigest()
        if isinstance(o, models.fields.files.FieldFile):
            return o.name
        return super().default(o)


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """The first place where the chain does not hold."""

    sequence: int
    event_id: int
    what: str

    @property
    def words(self) -> str:
        """Say in the reader's language what is wrong."""
        return gettext(self.what)


# written out for the translators: the database says these
gettext_noop("the event is missing")
gettext_noop("links before it are missing")
gettext_noop("it does not follow the link before it")
gettext_noop("the event was changed after it was sealed")
gettext_noop("the event was never sealed")


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What a verification found: `head` is the hash to compare with an anchor kept elsewhere."""

    events: int
    sealed: int
    head: str
    first_event_at: dt.datetime | None
    last_event_at: dt.datetime | None
    breaks: tuple[ChainBreak, ...]

    @property
    def is_intact(self) -> bool:
        """Whether every event is sealed and every link holds."""
        return not self.breaks and self.events == self.sealed


_VERIFY = """
WITH links AS (
    SELECT s.sequence, s.event_id, s.prev, s.hash, e.id AS found,
           encode(sha256(convert_to(s.prev || core_audit_text(e), 'UTF8')), 'hex') AS again,
           lag(s.hash, 1, %s) OVER (ORDER BY s.sequence) AS expected_prev,
           lag(s.sequence, 1, 0::bigint) OVER (ORDER BY s.sequence) AS last_sequence
    FROM core_auditseal s LEFT JOIN core_auditevent e ON e.id = s.event_id
)
SELECT sequence, event_id,
       CASE WHEN found IS NULL THEN 'the event is missing'
            WHEN sequence <> last_sequence + 1 THEN 'links before it are missing'
            WHEN prev <> expected_prev THEN 'it does not follow the link before it'
            ELSE 'the event was changed after it was sealed' END
FROM links
WHERE found IS NULL OR sequence <> last_sequence + 1 OR prev <> expected_prev OR again IS DISTINCT FROM hash
ORDER BY sequence LIMIT 20
"""

_UNSEALED = """
SELECT 0, e.id, 'the event was never sealed' FROM core_auditevent e
LEFT JOIN core_auditseal s ON s.event_id = e.id WHERE s.event_id IS NULL ORDER BY e.id LIMIT 20
"""


def verify_chain() -> ChainVerdict:
    """Recompute every link of the current schema's chain inside the database."""
    with connection.cursor() as cursor:
        cursor.execute(_VERIFY, [GENESIS])
        breaks = [ChainBreak(*row) for row in cursor.fetchall()]
        cursor.execute(_UNSEALED)
        breaks += [ChainBreak(*row) for row in cursor.fetchall()]
        cursor.execute("SELECT count(*), min(occurred_at), max(occurred_at) FROM core_auditevent")
        events, first, last = cursor.fetchone()
        cursor.execute(
            "SELECT count(*), coalesce((SELECT hash FROM core_auditseal ORDER BY sequence DESC LIMIT 1), %s)"
            " FROM core_auditseal",
            [GENESIS],
        )
        sealed, head = cursor.fetchone()
    return ChainVerdict(events, sealed, head, first, last, tuple(breaks))


@dataclass(frozen=True, slots=True)
class SealedLine:
    """One event as a third party checks it: `sha256(prev + text) == hash`."""

    sequence: int
    text: str
    prev: str
    hash: str


def sealed_lines(*, subject_id: str = "", since: dt.datetime | None = None) -> Iterator[SealedLine]:
    """Read the chain in order; with a subject only its events (whose links then have gaps, as the export says)."""
    where, params = [], []
    if subject_id:
        where.append("e.subject_id = %s")
        params.append(subject_id)
    if since:
        where.append("e.occurred_at >= %s")
        params.append(since.isoformat())
    condition = f"WHERE {' AND '.join(where)}" if where else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.sequence, core_audit_text(e), s.prev, s.hash FROM core_auditseal s"  # noqa: S608 - fixed parts
            f" JOIN core_auditevent e ON e.id = s.event_id {condition} ORDER BY s.sequence",
            params,
        )
        while rows := cursor.fetchmany(1000):
            for row in rows:
                yield SealedLine(*row)
