"""Undoing what an import made of people and households; callers have checked that nothing hangs on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.clients.models import Household, Person
from apps.clients.services._client_fields import restored
from apps.clients.services.people import close_portal_links
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service


@service
def take_back_person(*, person: Person, by: Actor) -> None:
    """Remove a person whom an import added; a link to the portal that was sent for them stops working."""
    close_portal_links(person=person, by=by)
    audit.record("clients.take_back_person", by=by, target=person, before=audit.snapshot(person))
    person.delete()


@service
def take_back_household(*, household: Household, by: Actor) -> None:
    """Remove a household that an import made, with the grants on it."""
    audit.record("clients.take_back_household", by=by, target=household, before=audit.snapshot(household))
    household.delete()


@service
def restore_person(*, person: Person, before: Mapping[str, Any], by: Actor) -> None:
    """Set a person, and the household's address, to what an import replaced."""
    if "email" in before["person"]:
        close_portal_links(person=person, by=by)
    for record, values in ((person, before["person"]), (person.household, before["household"])):
        if not values:
            continue
        image = audit.snapshot(record)
        for name, value in restored(record, values).items():
            setattr(record, name, value)
        record.save()
        audit.record("clients.restore", by=by, target=record, before=image, after=audit.snapshot(record))
