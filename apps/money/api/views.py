"""Grants of equity and yearly payments: read as far as the caller sees the household, written as the pages write."""

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
from apps.money.api.serializers import EquityGrantIn, EquityGrantOut, YearlyPaymentIn, YearlyPaymentOut
from apps.money.models import EquityGrant, YearlyPayment
from apps.money.services.facts import add_fact, change_fact, remove_fact


def client_of(request: Request, public_id: str) -> Person:
    """Return the client of an address. Raises NotFoundError for one that the caller does not see."""
    rows = Person.objects.visible_to(api_actor(request)).select_related("household")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such client."), field="client_id")
    return found


class EquityGrantViewSet(
    IdempotentPostMixin,
    TaggedReadMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet[EquityGrant],
):
    """What employers grant a client: units, options, a purchase plan."""

    scope_area = "clients"
    serializer_class = EquityGrantOut
    lookup_field = "public_id"
    lookup_url_kwarg = "grant_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see, of one client where the address names one."""
        rows = EquityGrant.objects.visible_to(api_actor(self.request)).select_related("person", "household")
        return (
            rows.filter(person=client_of(self.request, self.kwargs["client_id"]))
            if "client_id" in self.kwargs
            else rows
        )

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
        person = client_of(self.request, self.kwargs["client_id"])
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


class YearlyPaymentViewSet(
    IdempotentPostMixin,
    TaggedReadMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet[YearlyPayment],
):
    """Gifts to charity and medical costs of a client's household, which a plan deducts where that leaves less tax."""

    scope_area = "clients"
    serializer_class = YearlyPaymentOut
    lookup_field = "public_id"
    lookup_url_kwarg = "yearly_payment_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see, of one client's household where the address names a client."""
        rows = YearlyPayment.objects.visible_to(api_actor(self.request)).select_related("household")
        if "client_id" not in self.kwargs:
            return rows
        return rows.filter(household=client_of(self.request, self.kwargs["client_id"]).household)

    @extend_schema(
        summary="List gifts and medical costs of a client's household", parameters=[FIELDS], tags=["clients"]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with what the household of a client pays."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="Read a gift or medical cost", parameters=[FIELDS], tags=["clients"])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with the payment and its ETag."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary="Add a gift or medical cost",
        request=YearlyPaymentIn,
        responses={201: YearlyPaymentOut},
        tags=["clients"],
    )
    def create(self, request: Request, client_id: str) -> Response:  # noqa: ARG002 - the address names it
        """Add what the household of a client pays each year."""
        household = client_of(self.request, self.kwargs["client_id"]).household
        form = YearlyPaymentIn(data=request.data)
        form.is_valid(raise_exception=True)
        paid = add_fact(kind="payment", household=household, fields=form.said(), by=api_actor(request))
        where = {"Location": f"/api/financial-services/yearly-payments/{paid.public_id}", "ETag": self.tag_of(paid)}
        return Response(YearlyPaymentOut(paid).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(
        summary="Change a gift or medical cost",
        request=YearlyPaymentIn,
        responses={200: YearlyPaymentOut},
        parameters=[IF_MATCH],
        tags=["clients"],
    )
    def update(self, request: Request, yearly_payment_id: str) -> Response:  # noqa: ARG002 - the address names it
        """Replace what is known of a payment."""
        paid = self.get_object()
        demand_match(request, self.tag_of(paid))
        form = YearlyPaymentIn(data=request.data)
        form.is_valid(raise_exception=True)
        changed = change_fact(fact=paid, fields=form.said(), by=api_actor(request))
        return Response(YearlyPaymentOut(changed).data, headers={"ETag": self.tag_of(changed)})

    @extend_schema(
        summary="Remove a gift or medical cost", responses={204: None}, parameters=[IF_MATCH], tags=["clients"]
    )
    def destroy(self, request: Request, yearly_payment_id: str) -> Response:  # noqa: ARG002 - the address names it
        """Remove what is paid no more; its history stays."""
        paid = self.get_object()
        demand_match(request, self.tag_of(paid))
        remove_fact(fact=paid, by=api_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
