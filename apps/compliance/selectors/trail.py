"""The trail as an examiner reads it: who, when, from where, before and after, why."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext

from apps.accounts.models import FirmProfile
from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.compliance.selectors.action_words import action_words
from apps.core.actors import Actor
from apps.core.field_words import choice_words, field_words
from apps.core.models import AuditEvent, AuditSeal
from apps.kernel.errors import InvalidInputError, gettext_noop

# the longest value shown in a table; the export holds all
LONGEST = 400


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """What part of the trail is asked for; an empty field narrows nothing. Days are the firm's."""

    household: str = ""
    person: str = ""
    action: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    self_reviews: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows it."""
        return self == TrailQuery()

    def as_content(self) -> dict[str, Any]:
        """Return it as it is stored with an export."""
        plain = {name: value for name, value in asdict(self).items() if value}
        return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in plain.items()}

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> TrailQuery:
        """Read it back."""
        days = {name: dt.date.fromisoformat(content[name]) for name in ("first", "last") if content.get(name)}
        return cls(**{**content, **days})


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One event in words. `at_firm` is naive: the wall clock of the firm's time zone, named by `zone`."""

    event_id: int
    at_firm: dt.datetime
    at_utc: dt.datetime
    zone: str
    action: str
    words: str
    who: str
    role: str
    on_behalf_of: str
    target: str
    target_type: str
    changes: tuple[Change, ...]
    reason: str
    ip: str
    user_agent: str
    method: str
    request_id: str
    is_self_review: bool
    sequence: int | None
    hash: str


def firm_zone() -> ZoneInfo:
    """Return the firm's time zone."""
    return ZoneInfo(FirmProfile.current().time_zone)


def trail_events(actor: Actor, query: TrailQuery) -> QuerySet[AuditEvent]:
    """Return the events of the query that the actor may see, the newest first.

    Who sees all households sees the whole trail; anybody else the events of their households. Raises
    InvalidInputError when the period ends before it begins.
    """
    rows = AuditEvent.objects.order_by("-id")
    if households_of(actor) is not None:
        visible = Household.objects.visible_to(actor).annotate(key=Cast("public_id", CharField())).values("key")
        rows = rows.filter(subject_type=Household._meta.label, subject_id__in=visible)
    if query.household:
        rows = rows.filter(subject_type=Household._meta.label, subject_id=query.household)
    if query.person:
        rows = rows.filter(Q(actor_key=query.person) | Q(on_behalf_of=query.person))
    if query.action:
        rows = rows.filter(action__startswith=query.action)
    if query.self_reviews:
        rows = rows.filter(after__is_self_review=True)
    return _in_period(rows, query)


def _in_period(rows: QuerySet[AuditEvent], query: TrailQuery) -> QuerySet[AuditEvent]:
    if query.first and query.last and query.last < query.first:
        raise InvalidInputError(
            gettext_noop("The period ends before it begins."),
            mend=gettext_noop("Swap the dates or correct one of them."),
            field="last",
        )
    if not query.first and not query.last:
        return rows
    zone = firm_zone()
    if query.first:
        rows = rows.filter(occurred_at__gte=dt.datetime.combine(query.first, dt.time(), zone))
    if query.last:
        rows = rows.filter(occurred_at__lt=dt.datetime.combine(query.last + dt.timedelta(days=1), dt.time(), zone))
    return rows


def trail_entries(events: Iterable[AuditEvent]) -> list[TrailEntry]:
    """Return events in words, with their place in the chain (one query for all of them, one for the firm's zone)."""
    events = list(events)
    seals = {
        event_id: (sequence, digest)
        for event_id, sequence, digest in AuditSeal.objects.filter(
            event_id__in=[event.pk for event in events]
        ).values_list("event_id", "sequence", "hash")
    }
    zone = firm_zone()
    return [_entry(event, zone, seals.get(event.pk)) for event in events]


def _entry(event: AuditEvent, zone: ZoneInfo, seal: tuple[int, str] | None) -> TrailEntry:
    sequence, digest = seal or (None, "")
    return TrailEntry(
        event_id=event.pk,
        at_firm=event.occurred_at.astimezone(zone).replace(tzinfo=None),
        at_utc=event.occurred_at.astimezone(dt.UTC).replace(tzinfo=None),
        zone=zone.key,
        action=event.action,
        words=action_words(event.action),
        who=event.actor_label,
        role=event.actor_role,
        on_behalf_of=event.on_behalf_of,
        target=event.target_label,
        target_type=event.target_type.rpartition(".")[2],
        changes=_changes(event),
        reason=gettext(event.reason) if event.reason else "",
        ip=event.ip,
        user_agent=event.user_agent,
        method=event.method,
        request_id=event.request_id,
        is_self_review=bool((event.after or {}).get("is_self_review")),
        sequence=sequence,
        hash=digest,
    )


def _changes(event: AuditEvent) -> tuple[Change, ...]:
    before, after, model = event.before or {}, event.after or {}, event.target_type
    return tuple(
        Change(
            field_words(name, model),
            _text(choice_words(name, before.get(name), model)),
            _text(choice_words(name, after.get(name), model)),
        )
        for name in {**before, **after}
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def trail_people(actor: Actor) -> list[tuple[str, str]]:
    """Return who appears on the trail, for a filter: (key, name), people first."""
    rows = trail_events(actor, TrailQuery()).order_by().values_list("actor_kind", "actor_key", "actor_label").distinct()
    named = {key: (kind, label) for kind, key, label in rows[:500]}
    return sorted(
        ((key, label) for key, (_, label) in named.items()), key=lambda pair: (named[pair[0]][0] != "person", pair[1])
    )


def trail_actions(actor: Actor) -> list[tuple[str, str]]:
    """Return what kinds of events there are, for a filter: (action, words)."""
    rows = trail_events(actor, TrailQuery()).order_by("action").values_list("action", flat=True).distinct()
    return [(action, action_words(action)) for action in rows]
