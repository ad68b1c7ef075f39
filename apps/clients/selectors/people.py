"""People as a reader of their role may see them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from apps.accounts.models.role import Permission
from apps.clients.models import Household, Person, Relationship
from apps.core.actors import Actor
from apps.core.secrets import last_four

_ORDER = list(Relationship)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is shown of a person. `tax_id` is masked; it and the income are None for who may not see them."""

    public_id: uuid.UUID
    name: str
    relationship: str
    decides: bool
    age: int | None
    date_of_birth: dt.date | None
    email: str
    phone: str
    occupation: str
    employment: str
    marital_status: str
    retirement_age: int | None
    has_portal: bool
    tax_id: str | None
    annual_income: Decimal | None


def sees_finances(actor: Actor) -> bool:
    """Say whether identifiers and amounts are shown to this actor."""
    return actor.can(Permission.VIEW_FINANCES)


def people_of(household: Household, actor: Actor, *, on: dt.date | None = None) -> tuple[PersonFacts, ...]:
    """Return the people of a household, head first; reads `household.people` only."""
    day = on or timezone.localdate()
    people = sorted(
        household.people.all(), key=lambda person: (_ORDER.index(Relationship(person.relationship)), person.pk)
    )
    return tuple(person_facts(person, actor, on=day) for person in people)


def person_facts(person: Person, actor: Actor, *, on: dt.date) -> PersonFacts:
    """Return what this actor may see of the person."""
    open_books = sees_finances(actor)
    return PersonFacts(
        public_id=person.public_id,
        name=str(person),
        relationship=str(person.get_relationship_display()),
        decides=person.relationship in {Relationship.HEAD, Relationship.PARTNER},
        age=person.age_on(on),
        date_of_birth=person.date_of_birth,
        email=person.email,
        phone=person.phone,
        occupation=person.occupation,
        employment=str(person.get_employment_status_display()) if person.employment_status else "",
        marital_status=str(person.get_marital_status_display()) if person.marital_status else "",
        retirement_age=person.retirement_age,
        has_portal=person.user_id is not None,
        tax_id=last_four(person.tax_id) if open_books else None,
        annual_income=person.annual_income if open_books else None,
    )
