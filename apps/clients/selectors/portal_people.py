"""Who stands behind a portal account."""

from __future__ import annotations

from apps.clients.models import Person
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop


def portal_person(actor: Actor) -> Person:
    """Return the person with household and advisor (one query). Raises NotFoundError for an account without one."""
    rows = Person.objects.visible_to(actor).select_related("household__advisor")
    person = rows.filter(user_id=actor.user_id or 0).first()
    if person is None:
        raise NotFoundError(
            gettext_noop("Your account does not belong to a household yet."),
            mend=gettext_noop("Ask your advisor to connect it."),
        )
    return person
