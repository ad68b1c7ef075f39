"""Lists of households."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.postgres.aggregates import StringAgg
from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OrderBy, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat

from apps.accounts.models import User
from apps.clients.models import Household, HouseholdStatus, Person, Relationship
from apps.clients.models.household import HouseholdQuerySet
from apps.core.actors import Actor

PER_PAGE = 50
SORTS = {
    "name": F("name"),
    "advisor": F("advisor__full_name"),
    "status": F("status"),
    "review": F("next_review_on"),
    "since": F("client_since"),
}


@dataclass(frozen=True, slots=True)
class HouseholdFilter:
    """What the reader asks for; empty means all."""

    search: str = ""
    status: str = ""
    advisor: str = ""
    sort: str = "name"
    page: str = "1"


@dataclass(frozen=True, slots=True)
class Choice:
    """One chip of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class HouseholdList:
    """One page of households and the filters around it."""

    page: Page[Household]
    statuses: tuple[Choice, ...]
    advisors: tuple[Choice, ...]
    is_filtered: bool


def household_list(actor: Actor, asked: HouseholdFilter) -> HouseholdList:
    """Return a page of the households the actor may see: one query for the rows, one for their number."""
    visible = Household.objects.visible_to(actor)
    rows = found_households(visible, asked)
    page = Paginator(_with_people(rows.select_related("advisor")), PER_PAGE).get_page(asked.page)
    return HouseholdList(
        page=page,
        statuses=tuple(Choice(value, str(label), asked.status == value) for value, label in HouseholdStatus.choices),
        advisors=tuple(
            Choice(str(user.public_id), str(user), asked.advisor == str(user.public_id))
            for user in _advisors_of(visible)
        ),
        is_filtered=bool(asked.search or asked.status or asked.advisor),
    )


def _advisors_of(households: HouseholdQuerySet) -> list[User]:
    """Return who advises any of the households; nobody when all have the same advisor: there is nothing to choose."""
    advisors = list(User.objects.staff().filter(pk__in=households.values("advisor")))
    return advisors if len(advisors) > 1 else []


def found_households(rows: HouseholdQuerySet, asked: HouseholdFilter) -> HouseholdQuerySet:
    """Narrow and order households; unknown filters and orders are left out."""
    words = asked.search.split()[:6]
    for word in words:
        people = Person.objects.filter(household=OuterRef("pk")).filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
        )
        rows = rows.filter(Q(name__icontains=word) | Q(city__icontains=word) | Exists(people))
    if asked.status in HouseholdStatus.values:
        rows = rows.filter(status=asked.status)
    if asked.advisor:
        rows = rows.filter(advisor__in=User.objects.filter(public_id__in=_ids(asked.advisor)))
    return rows.order_by(_order(asked.sort), "id")


def _ids(text: str) -> list[str]:
    """Return the id, or nothing for a text that is none: a wrong filter asks for nobody."""
    try:
        return [str(uuid.UUID(text))]
    except ValueError:
        return []


def _order(sort: str) -> OrderBy:
    field = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    return field.desc(nulls_last=True) if sort.startswith("-") else field.asc(nulls_last=True)


def _with_people(rows: HouseholdQuerySet) -> HouseholdQuerySet:
    deciders = [Relationship.HEAD, Relationship.PARTNER]
    names = (
        Person.objects.filter(household=OuterRef("pk"), relationship__in=deciders)
        .order_by()
        .values("household")
        .annotate(
            names=StringAgg(Concat("first_name", Value(" "), "last_name"), delimiter=", ", order_by=("relationship",))
        )
        .values("names")
    )
    return rows.annotate(people_names=Subquery(names))
