"""Clients as the API names them."""

from __future__ import annotations

import uuid

from apps.clients.models import Household, Person
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop


def household_of_client(actor: Actor, client_id: uuid.UUID | str) -> Household:
    """Return the household of a client, named by the client's id or by the household's own.

    Raises NotFoundError when there is neither, or not for this actor.
    """
    person = Person.objects.visible_to(actor).select_related("household__advisor").filter(public_id=client_id).first()
    if person is not None:
        return person.household
    found = Household.objects.visible_to(actor).select_related("advisor").filter(public_id=client_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such client."))
    return found
