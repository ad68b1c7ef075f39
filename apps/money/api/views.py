"""Facts of a household's money: read as far as the caller sees the household, written as the pages write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apps.clients.models import Household, Person
from apps.core.api.actor import api_actor
from apps.core.api.etags import IF_MATCH, TaggedReadMixin, demand_match
from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.api.sparse import FIELDS
from apps.core.api.strict import told_of
from apps.kernel.errors import InvalidInputError, NotFoundError, gettext_noop
from apps.money.api.serializers import (
    DebtIn,
    DebtOut,
    EquityGrantIn,
    EquityGrantOut,
    FactIn,
    PropertyIn,
    PropertyOut,
    YearlyPaymentIn,
    YearlyPaymentOut,
)
from apps.money.models import Debt, EquityGrant, FactOfHousehold, Property, YearlyPayment
from apps.money.services.facts import add_fact, change_fact, remove_fact

View = TypeVar("View", bound="type[FactViewSet]")


def client_of(request: Request, public_id: str) -> Person:
    """Return the client of an address. Raises NotFoundError for one that the caller does not see."""
    rows = Person.objects.visible_to(api_actor(request)).select_related("household")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such client."), field="client_id")
    return found


def documented(*, lists: str, one: str, removed: str, takes: type[FactIn], tells: Any) -> Callable[[View], View]:
    """Describe the endpoints of a kind of fact: what its list is called, one of it, and one that is no more."""

    def told(summary: str, description: str, **more: Any) -> Any:
        return extend_schema(summary=summary, description=description, tags=["clients"], **more)

    name = one.split(" ", 1)[1]
    described: Callable[[View], View] = extend_schema_view(
        list=told(f"List {lists}", f"Answer with {lists}.", parameters=[FIELDS]),
        retrieve=told(f"Read {one}", f"Answer with the {name} and its ETag.", parameters=[FIELDS]),
        create=told(f"Add {one}", f"Add {one} as the client tells it.", request=takes, responses={201: tells}),
        update=told(
            f"Change {one}", f"Replace what is known of the {name}.", request=takes, responses={200: tells},
            parameters=[IF_MATCH],
        ),
        destroy=told(f"Remove {one}", f"{removed}; its history stays.", responses={204: None}, parameters=[IF_MATCH]),
    )  # fmt: skip
    return described


class FactViewSet(
    IdempotentPostMixin,
    TaggedReadMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet[Any],
):
    """One kind of fact: below a client a list and what is added, at its own address each one of them.

    A subclass names the model, the word of `FACT_KINDS`, its last part of the address, and how it is told.
    """

    scope_area = "clients"
    lookup_field = "public_id"
    model: ClassVar[type[FactOfHousehold]]
    kind: ClassVar[str]
    place: ClassVar[str]
    takes: ClassVar[type[FactIn]]

    def get_queryset(self) -> Any:
        """Return those the caller may see, of one client's household where the address names a client."""
        rows = self.model._default_manager.visible_to(api_actor(self.request))  # type: ignore[attr-defined]  # noqa: SLF001
        if "client_id" not in self.kwargs:
            return rows.select_related("household")
        return self.of_client(rows.select_related("household"), client_of(self.request, self.kwargs["client_id"]))

    def of_client(self, rows: Any, person: Person) -> Any:
        """Return those that an address below a client lists: all of the household."""
        return rows.filter(household=person.household)

    def said(self, form: FactIn, household: Household, person: Person | None) -> dict[str, Any]:  # noqa: ARG002
        """Return the fields that the service takes; `person` is whose address it is, None where one is changed."""
        return form.said()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with those of a client."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with one and its ETag."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request, client_id: str) -> Response:
        """Add one to the household of a client."""
        person = client_of(self.request, client_id)
        fields = self.said(self._form(request, person.household), person.household, person)
        fact = add_fact(kind=self.kind, household=person.household, fields=fields, by=api_actor(request))
        where = {"Location": f"/api/financial-services/{self.place}/{fact.public_id}", "ETag": self.tag_of(fact)}
        return Response(self.get_serializer(fact).data, status=status.HTTP_201_CREATED, headers=where)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Replace what is known of one."""
        fact = self.get_object()
        demand_match(request, self.tag_of(fact))
        fields = self.said(self._form(request, fact.household, fact), fact.household, None)
        changed = change_fact(fact=fact, fields=fields, by=api_actor(request))
        return Response(self.get_serializer(changed).data, headers={"ETag": self.tag_of(changed)})

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove one that is no more; its history stays."""
        fact = self.get_object()
        demand_match(request, self.tag_of(fact))
        remove_fact(fact=fact, by=api_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _form(self, request: Request, household: Household, fact: FactOfHousehold | None = None) -> FactIn:
        told = {} if fact is None else told_of(self.get_serializer(fact))
        form = self.takes(data=request.data, context={"currency": household.currency, "told": told})
        form.is_valid(raise_exception=True)
        return form


@documented(
    lists="a client's equity grants", one="an equity grant", removed="Remove a grant that is no more",
    takes=EquityGrantIn, tells=EquityGrantOut,
)  # fmt: skip
class EquityGrantViewSet(FactViewSet):
    """What employers grant a client: units, options, a purchase plan."""

    model, kind, place, takes = EquityGrant, "grant", "equity-grants", EquityGrantIn
    serializer_class = EquityGrantOut
    lookup_url_kwarg = "grant_id"

    def of_client(self, rows: Any, person: Person) -> Any:
        """Return those of the one client."""
        return rows.filter(person=person)

    def said(self, form: FactIn, household: Household, person: Person | None) -> dict[str, Any]:
        """Say whose it is, where it is added."""
        fields = super().said(form, household, person)
        return fields if person is None else {**fields, "person": person}


@documented(
    lists="gifts and medical costs of a client's household", one="a gift or medical cost",
    removed="Remove what is paid no more", takes=YearlyPaymentIn, tells=YearlyPaymentOut,
)  # fmt: skip
class YearlyPaymentViewSet(FactViewSet):
    """Gifts to charity and medical costs of a client's household, which a plan deducts where that leaves less tax."""

    model, kind, place, takes = YearlyPayment, "payment", "yearly-payments", YearlyPaymentIn
    serializer_class = YearlyPaymentOut
    lookup_url_kwarg = "yearly_payment_id"


@documented(
    lists="debts of a client's household", one="a debt", removed="Remove a debt that is paid off",
    takes=DebtIn, tells=DebtOut,
)  # fmt: skip
class DebtViewSet(FactViewSet):
    """What a client's household owes, with the terms of each loan."""

    model, kind, place, takes = Debt, "debt", "debts", DebtIn
    serializer_class = DebtOut
    lookup_url_kwarg = "debt_id"


@documented(
    lists="properties of a client's household", one="a property", removed="Remove what is owned no more",
    takes=PropertyIn, tells=PropertyOut,
)  # fmt: skip
class PropertyViewSet(FactViewSet):
    """What a client's household owns besides accounts: its value, the property tax, and how it is to be sold."""

    model, kind, place, takes = Property, "property", "properties", PropertyIn
    serializer_class = PropertyOut
    lookup_url_kwarg = "property_id"

    def get_queryset(self) -> Any:
        """Read the debt besides."""
        return super().get_queryset().select_related("debt")

    def said(self, form: FactIn, household: Household, person: Person | None) -> dict[str, Any]:
        """Find the debt that the sale pays off among those of the household. Raises InvalidInputError."""
        fields = super().said(form, household, person)
        named = fields.pop("debt_id", None)
        debts = Debt.objects.visible_to(api_actor(self.request)).filter(household=household)
        debt = debts.filter(public_id=named).first() if named else None
        if named and debt is None:
            raise InvalidInputError(
                gettext_noop("The household has no such debt."),
                mend=gettext_noop("Name one of its debts, or leave it out."),
                field="debt_id",
            )
        return {**fields, "debt": debt}
