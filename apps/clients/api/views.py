"""Clients and households: reads from what the caller may see, writes through the services the pages call."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import FirmProfile, User
from apps.clients.api.filters import ClientFilter, HouseholdFilter
from apps.clients.api.serializers import ClientIn, ClientOut, HouseholdOut, NewClientIn
from apps.clients.models import Household, Person
from apps.clients.models.household import HouseholdQuerySet
from apps.clients.models.person import PersonQuerySet
from apps.clients.services.clients import NewClient, create_client
from apps.clients.services.people import update_person
from apps.core.api.actor import api_actor
from apps.core.api.etags import IF_MATCH, TaggedReadMixin, demand_match
from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.api.sparse import FIELDS
from apps.core.api.strict import told_of
from apps.kernel.errors import InvalidInputError, NotFoundError, gettext_noop


@extend_schema_view(
    list=extend_schema(summary="List clients", parameters=[FIELDS], tags=["clients"]),
    retrieve=extend_schema(summary="Read a client", parameters=[FIELDS], tags=["clients"]),
)
class ClientViewSet(IdempotentPostMixin, TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Person]):
    """The people the firm advises. A client's household, plans and accounts are named by the household's id."""

    scope_area = "clients"
    serializer_class = ClientOut
    filterset_class = ClientFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "client_id"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> PersonQuerySet:
        """Return those the caller may see."""
        return Person.objects.visible_to(api_actor(self.request)).select_related("household")

    @extend_schema(summary="Take a client on", request=NewClientIn, responses={201: ClientOut}, tags=["clients"])
    def create(self, request: Request) -> Response:
        """Take a client on, as head of a new household or member of a known one."""
        form = NewClientIn(data=request.data, context={"currency": FirmProfile.current().currency})
        form.is_valid(raise_exception=True)
        person = create_client(client=self._new_client(dict(form.validated_data)), by=api_actor(request))
        where = {"Location": f"{request.path.rstrip('/')}/{person.public_id}", "ETag": self.tag_of(person)}
        return Response(ClientOut(person).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(
        summary="Change a client", request=ClientIn, responses={200: ClientOut}, parameters=[IF_MATCH], tags=["clients"]
    )
    def update(self, request: Request, client_id: str) -> Response:  # noqa: ARG002 - the address names it
        """Replace what is known of a client."""
        person = self.get_object()
        demand_match(request, self.tag_of(person))
        told = told_of(ClientOut(person))
        form = ClientIn(data=request.data, context={"currency": person.household.currency, "told": told})
        form.is_valid(raise_exception=True)
        changed = update_person(person=person, fields=form.said(), seen_at=person.updated_at, by=api_actor(request))
        return Response(ClientOut(changed).data, headers={"ETag": self.tag_of(changed)})

    def _new_client(self, said: dict[str, Any]) -> NewClient:
        household_id, advisor_id = said.pop("household_id", None), said.pop("advisor_id", None)
        household = said.pop("household", {})
        return NewClient(
            person=said,
            household=household,
            joins=self._household(household_id) if household_id else None,
            advisor=self._advisor(advisor_id) if advisor_id else None,
        )

    def _household(self, public_id: object) -> Household:
        found = Household.objects.visible_to(api_actor(self.request)).filter(public_id=str(public_id)).first()
        if found is None:
            raise NotFoundError(gettext_noop("There is no such household."), field="household_id")
        return found

    def _advisor(self, public_id: object) -> User:
        found = User.objects.active().staff().filter(public_id=str(public_id)).first()
        if found is None:
            raise InvalidInputError(gettext_noop("There is no such advisor."), field="advisor_id")
        return found


@extend_schema_view(
    list=extend_schema(summary="List households", parameters=[FIELDS], tags=["clients"]),
    retrieve=extend_schema(summary="Read a household", parameters=[FIELDS], tags=["clients"]),
)
class HouseholdViewSet(TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Household]):
    """Households: the unit of service. A client's plan is the household's plan."""

    scope_area = "clients"
    serializer_class = HouseholdOut
    filterset_class = HouseholdFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "household_id"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> HouseholdQuerySet:
        """Return those the caller may see."""
        rows = Household.objects.visible_to(api_actor(self.request))
        return rows.select_related("advisor").prefetch_related("people")
