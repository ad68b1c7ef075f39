"""What waits for a signature, for the portal and the advisor."""

from __future__ import annotations

import uuid

from apps.clients.models import Signature
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop


def open_signatures(actor: Actor) -> list[Signature]:
    """Return the papers that wait for this very person's signature, the oldest first."""
    rows = Signature.objects.visible_to(actor).to_be_given_by(actor)
    return list(rows.select_related("request__document", "request__version", "person").order_by("sent_at", "id"))


def signature_for(actor: Actor, public_id: uuid.UUID | str) -> Signature:
    """Return a signature of a household the actor may see; whose it is to give, the service checks.

    Raises NotFoundError when there is none, or not for this actor.
    """
    rows = Signature.objects.visible_to(actor).select_related(
        "request__document__household", "request__version", "request__certificate", "person"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such request for a signature, or it is not for you."))
    return found
