"""Who does something: a person, a partner's application or a named system job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """What an actor is."""

    PERSON = "person"
    PARTNER = "partner"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Origin:
    """From where: kept with each event on the trail."""

    ip: str = ""
    user_agent: str = ""
    request_id: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts. Every write names one and every `visible_to` takes one.

    `key` is stable and public (`person:<uuid>`); `role` and `permissions` are those at the time of acting;
    `user_id` is the row id of a person within the firm, None for all others.
    """

    kind: ActorKind
    key: str
    label: str
    role: str = ""
    permissions: frozenset[str] = frozenset()
    user_id: int | None = None
    on_behalf_of: str = ""
    origin: Origin = field(default_factory=Origin)

    @classmethod
    def system(cls, job: str, *, on_behalf_of: str = "") -> Actor:
        """A named job of the system, such as `system:plans.run_projection`."""
        return cls(kind=ActorKind.SYSTEM, key=f"system:{job}", label=job, role="system", on_behalf_of=on_behalf_of)

    @property
    def is_person(self) -> bool:
        """Whether the actor signed in, rather than a partner's application or a job."""
        return self.kind is ActorKind.PERSON

    def can(self, permission: str) -> bool:
        """Say whether the actor holds the permission; system jobs hold all that their service asks for."""
        return self.kind is ActorKind.SYSTEM or permission in self.permissions


_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


def acting() -> Actor | None:
    """Return the actor of the service that runs now, for the row histories."""
    return _acting.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Name the actor for all rows written inside the block."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)
