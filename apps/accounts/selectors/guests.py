"""People who act before they have an account."""

from __future__ import annotations

from apps.core.actors import Actor, ActorKind, Origin


def guest(origin: Origin, *, label: str = "", key: str = "guest") -> Actor:
    """Return who holds a link or fills in a public form: named on the trail, without any permission."""
    return Actor(kind=ActorKind.PERSON, key=key, label=label or "Not signed in", origin=origin)
