"""Lists of households."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OrderBy, OuterRef, Q

from apps.accounts.models import User
from apps.accounts.policies import STAFF_ROLES
from apps.clients.models import Household, HouseholdStatus, Person, Relationship
from apps.clients.models.household import HouseholdQuerySet
from apps.clients.selectors.household_pages import TONES
from apps.core.actors import Actor

PER_PAGE = 50
SORTS = {
    "name": F("name"),
    "advisor": F("advisor__full_name"),
    "status": F("status"),
    "review": F("next_review_on"),
    "since": F("client_since"),
}
# what a line shows; an advisor without a name goes by the e-mail address
_SHOWN = (
    *("public_id", "name", "status", "city", "state", "client_since", "next_review_on"),
    *("advisor__full_name", "advisor__email"),
)


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
class _Advisor:
    public_id: uuid.UUID
    name: str
    email: str
    role: str
    n_households: int


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One line of the list."""

    public_id: uuid.UUID
    name: str
    people_names: str
    status: str
    tone: str
    advisor: str
    place: str
    client_since: date | None
    next_review_on: date | None


@dataclass(frozen=True, slots=True)
class HouseholdList:
    """One page of households and the filters around it."""

    page: Page[Household]
    rows: tuple[HouseholdRow, ...]
    statuses: tuple[Choice, ...]
    advisors: tuple[Choice, ...]
    is_filtered: bool


def household_list(actor: Actor, asked: HouseholdFilter) -> HouseholdList:
    """Return a page of the households the actor may see, in as many queries for many as for few."""
    visible = Household.objects.visible_to(actor)
    advisors = _advisors_of(visible)
    is_filtered = bool(asked.search or asked.status or asked.advisor)
    paginator = Paginator(found_households(visible, asked).select_related("advisor").only(*_SHOWN), PER_PAGE)
    if not is_filtered:
        paginator.count = sum(each.n_households for each in advisors)  # counted already
    page = paginator.get_page(asked.page)
    return HouseholdList(
        page=page,
        rows=_rows(page),
        statuses=tuple(Choice(value, str(label), asked.status == value) for value, label in HouseholdStatus.choices),
        advisors=_choices(advisors, asked.advisor),
        is_filtered=is_filtered,
    )


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


def _advisors_of(households: HouseholdQuerySet) -> list[_Advisor]:
    """Return who advises the households, and how many: what the filter offers, and the length of the whole list."""
    person = ("advisor__public_id", "advisor__full_name", "advisor__email", "advisor__role")
    counted = households.order_by("advisor__full_name", "advisor_id").values_list("advisor_id", *person)
    return [_Advisor(*row[1:]) for row in counted.annotate(n_households=Count("pk"))]


def _choices(advisors: list[_Advisor], chosen: str) -> tuple[Choice, ...]:
    """Offer the advisors among the staff; nobody when all have the same advisor: there is nothing to choose."""
    staff = [advisor for advisor in advisors if advisor.role in STAFF_ROLES]
    if len(staff) < 2:
        return ()
    return tuple(Choice(str(each.public_id), each.name or each.email, chosen == str(each.public_id)) for each in staff)


def _rows(page: Page[Household]) -> tuple[HouseholdRow, ...]:
    households = list(page)
    deciders = Person.objects.filter(
        household__in=[household.pk for household in households],
        relationship__in=[Relationship.HEAD, Relationship.PARTNER],
    )
    names: dict[int, list[str]] = {}
    for key, first, last in deciders.order_by("relationship", "id").values_list(
        "household_id", "first_name", "last_name"
    ):
        names.setdefault(key, []).append(f"{first} {last}")
    return tuple(
        HouseholdRow(
            public_id=household.public_id,
            name=household.name,
            people_names=", ".join(names.get(household.pk, [])),
            status=household.get_status_display(),
            tone=TONES[HouseholdStatus(household.status)],
            advisor=str(household.advisor),
            place=", ".join(part for part in (household.city, household.state) if part),
            client_since=household.client_since,
            next_review_on=household.next_review_on,
        )
        for household in households
    )
