"""Grants of equity: read as far as the caller sees the household, written through the services of the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apps.clients.models import Person
from apps.core.api.actor import api_actor
from apps.core.api.etags import IF_MATCH, TaggedReadMixin, demand_match
from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.api.sparse import FIELDS
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.money.api.serializers import EquityGrantIn, EquityGrantOut
from apps.money.models import EquityGrant
from apps.money.services.facts import add_fact, change_fact, remove_fact


class EquityGrantViewSet(
    IdempotentPostMixin, TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[EquityGrant]
):
    """What employers grant a client: units, options, a purchase plan."""

    scope_area = "clients"
    serializer_class = EquityGrantOut
    lookup_field = "public_id"
    lookup_url_kwarg = "grant_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see, of one client where the address names one."""
        rows = EquityGrant.objects.visible_to(api_actor(self.request)).select_related("person", "household")
        return rows.filter(person=self._client()) if "client_id" in self.kwargs else rows

    @extend_schema(summary="List a client's equity grants", parameters=[FIELDS], tags=["clients"])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with the grants of a client."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="Read an equity grant", parameters=[FIELDS], tags=["clients"])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with the grant and its ETag."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Add an equity grant", request=EquityGrantIn, responses={201: EquityGrantOut}, tags=["clients"]
    )
    def create(self, request: Request, client_id: str) -> Response:  # noqa: ARG002 - the address names it
        """Add what an employer grants a client."""
        person = self._client()
        form = EquityGrantIn(data=request.data)
        form.is_valid(raise_exception=True)
        fields = {**form.said(), "person": person}
        grant = add_fact(kind="grant", household=person.household, fields=fields, by=api_actor(request))
        where = {"Location": f"/api/financial-services/equity-grants/{grant.public_id}", "ETag": self.tag_of(grant)}
        return Response(EquityGrantOut(grant).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(
        summary="Change an equity grant",
        request=EquityGrantIn,
        responses={200: EquityGrantOut},
        parameters=[IF_MATCH],
        tags=["clients"],
    )
    def update(self, request: Request, grant_id: str) -> Response:  # noqa: ARG002 - the address names it
        """Replace what is known of a grant."""
        grant = self.get_object()
        demand_match(request, self.tag_of(grant))
        form = EquityGrantIn(data=request.data)
        form.is_valid(raise_exception=True)
        changed = change_fact(fact=grant, fields=form.said(), by=api_actor(request))
        return Response(EquityGrantOut(changed).data, headers={"ETag": self.tag_of(changed)})

    @extend_schema(summary="Remove an equity grant", responses={204: None}, parameters=[IF_MATCH], tags=["clients"])
    def destroy(self, request: Request, grant_id: str) -> Response:  # noqa: ARG002 - the address names it
        """Remove a grant that is no more; its history stays."""
        grant = self.get_object()
        demand_match(request, self.tag_of(grant))
        remove_fact(fact=grant, by=api_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _client(self) -> Person:
        found = (
            Person.objects.visible_to(api_actor(self.request))
            .select_related("household")
            .filter(public_id=self.kwargs["client_id"])
            .first()
        )
        if found is None:
            raise NotFoundError(gettext_noop("There is no such client."), field="client_id")
        return found
