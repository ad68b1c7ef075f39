"""The frame of a household's page: whom it is about and what comes next."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from apps.clients.models import Household, HouseholdStatus, Relationship
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop

TONES = {
    HouseholdStatus.PROSPECT: "note",
    HouseholdStatus.ONBOARDING: "warn",
    HouseholdStatus.ACTIVE: "good",
    HouseholdStatus.LEAVING: "warn",
    HouseholdStatus.CLOSED: "",
}


@dataclass(frozen=True, slots=True)
class HouseholdHeader:
    """The head of a household's page."""

    public_id: uuid.UUID
    name: str
    status: str
    status_tone: str
    adults: str
    others: str
    advisor: str
    place: str
    client_since: dt.date | None
    next_review_on: dt.date | None

    @property
    def people(self) -> str:
        """Name the people in one line, those who decide first."""
        return " · ".join(part for part in (self.adults, self.others) if part)


def household_for(actor: Actor, public_id: uuid.UUID | str) -> Household:
    """Return a household the actor may see, with its advisor and people (three queries).

    Raises NotFoundError when there is none, or not for this actor: the two answer alike.
    """
    found = (
        Household.objects.visible_to(actor)
        .select_related("advisor")
        .prefetch_related("people")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFoundError(
            gettext_noop("There is no such household, or it is not assigned to you."),
            mend=gettext_noop("Its advisor or a principal can assign it."),
        )
    return found


def household_header(household: Household, actor: Actor) -> HouseholdHeader:  # noqa: ARG001 - what is shown may come to depend on who reads
    """Return the head of the page; reads only what `household_for` has loaded."""
    people = list(household.people.all())
    deciders = {Relationship.HEAD, Relationship.PARTNER}
    adults = sorted(
        (p for p in people if p.relationship in deciders), key=lambda p: p.relationship != Relationship.HEAD
    )
    return HouseholdHeader(
        public_id=household.public_id,
        name=household.name,
        status=str(household.get_status_display()),
        status_tone=TONES[HouseholdStatus(household.status)],
        adults=", ".join(str(person) for person in adults),
        others=", ".join(person.first_name for person in people if person.relationship not in deciders),
        advisor=str(household.advisor),
        place=", ".join(part for part in (household.city, household.state) if part),
        client_since=household.client_since,
        next_review_on=household.next_review_on,
    )
