"""Which live topics a person may hear."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

from apps.accounts.policies import Permission
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.models import Job

# a page shows a handful; more is somebody who tries
MOST_TOPICS = 50


def open_topics(actor: Actor, topics: Iterable[str]) -> frozenset[str]:
    """Return those of the topics that the actor may hear: by `visible_to`, one query a kind of topic.

    `user:<uuid>` is one's own, `household:<uuid>` one that is visible, `firm:all` for people of the firm,
    `job:<uuid>` for who asked for it. Anything else is nobody's.
    """
    wanted: dict[str, dict[uuid.UUID, str]] = {}
    heard = set()
    for topic in list(topics)[:MOST_TOPICS]:
        kind, _, key = topic.partition(":")
        if topic == "firm:all":
            heard |= {topic} if actor.can(Permission.VIEW_HOUSEHOLDS) else set()
        elif (public_id := _uuid(key)) is not None:
            wanted.setdefault(kind, {})[public_id] = topic
    for kind, named in wanted.items():
        if kind in _RULES:
            heard |= {named[key] for key in _RULES[kind](actor, named)}
    return frozenset(heard)


def _own(actor: Actor, wanted: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    return {key for key in wanted if actor.key == f"person:{key}"}


def _households(actor: Actor, wanted: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    rows = Household.objects.visible_to(actor).filter(public_id__in=list(wanted))
    return set(rows.values_list("public_id", flat=True))


def _jobs(actor: Actor, wanted: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    rows = Job.objects.filter(public_id__in=list(wanted), asked_by=actor.key)
    return set(rows.values_list("public_id", flat=True))


_RULES: dict[str, Callable[[Actor, Iterable[uuid.UUID]], set[uuid.UUID]]] = {
    "household": _households,
    "job": _jobs,
    "user": _own,
}


def _uuid(text: str) -> uuid.UUID | None:
    try:
        found = uuid.UUID(text)
    except ValueError:
        return None
    # one spelling only: the group is named by the topic's own text
    return found if str(found) == text else None
