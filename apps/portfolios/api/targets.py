"""Accounts opened and moved along, models, targets, drift and lots: by the services and selectors of the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for
from apps.core.api.actor import api_actor
from apps.core.api.etags import IF_MATCH, TaggedReadMixin, demand_match, tagged_answer
from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.api.sparse import FIELDS
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.api.serializers import AccountOut
from apps.portfolios.api.target_serializers import (
    AccountStatusIn,
    DriftOut,
    LotsOut,
    ModelOut,
    NewPortfolioIn,
    TargetsOut,
)
from apps.portfolios.api.views import AS_OF, day_of
from apps.portfolios.models import Account, ModelPortfolio
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.drift import account_drift, household_drift
from apps.portfolios.selectors.lots import open_lots
from apps.portfolios.selectors.owners import owner_with
from apps.portfolios.selectors.targets import household_targets, sleeves_of, versions_on
from apps.portfolios.selectors.valuations import holdings_at
from apps.portfolios.selectors.wash_sales import household_wash_sales
from apps.portfolios.services.accounts import AccountDetails, OwnerShare, move_account, open_account


class PortfolioViewSet(IdempotentPostMixin, TaggedReadMixin, viewsets.GenericViewSet[Account]):
    """Accounts as portfolios: opened, read, and taken along their life."""

    scope_area = "portfolios"
    serializer_class = AccountOut
    lookup_field = "public_id"
    lookup_url_kwarg = "portfolio_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see."""
        accounts = Account.objects.visible_to(api_actor(self.request))
        return accounts.select_related("household").prefetch_related("owners__person")

    @extend_schema(summary="Read a portfolio", parameters=[FIELDS], tags=["portfolios"])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with the account and its ETag."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(summary="Open a portfolio", request=NewPortfolioIn, responses={201: AccountOut}, tags=["portfolios"])
    def create(self, request: Request) -> Response:
        """Open an account of a household; it is proposed."""
        form = NewPortfolioIn(data=request.data)
        form.is_valid(raise_exception=True)
        told = dict(form.validated_data)
        household = household_for(api_actor(request), told.pop("household_id"))
        owners = _owners(household, told.pop("owners"))
        account = open_account(
            household=household, details=AccountDetails(owners=owners, **told), by=api_actor(request)
        )
        where = {"Location": f"{request.path.rstrip('/')}/{account.public_id}", "ETag": self.tag_of(account)}
        return Response(AccountOut(account).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(
        summary="Move a portfolio along its life",
        description="409 `account_step` says what the step still needs.",
        request=AccountStatusIn,
        responses={200: AccountOut},
        parameters=[IF_MATCH],
        tags=["portfolios"],
    )
    def set_status(self, request: Request, portfolio_id: str) -> Response:  # noqa: ARG002 - the address names it
        """Take the next step."""
        account = self.get_object()
        demand_match(request, self.tag_of(account))
        form = AccountStatusIn(data=request.data)
        form.is_valid(raise_exception=True)
        moved = move_account(account=account, **form.validated_data, on=firm_today(), by=api_actor(request))
        return Response(AccountOut(moved).data, headers={"ETag": self.tag_of(moved)})


def _owners(household: Household, told: list[dict[str, Any]]) -> tuple[OwnerShare, ...]:
    """Return the owners; whoever is not of the household is answered as nobody."""
    people = {str(person.public_id): person for person in household.people.all()}
    missing = [each for each in told if str(each["person_id"]) not in people]
    if missing:
        raise InvalidInputError(
            gettext_noop("An owner belongs to another household."),
            mend=gettext_noop("Choose people of this household."),
            field="owners",
        )
    return tuple(OwnerShare(people[str(each["person_id"])], each["share"]) for each in told)


@extend_schema_view(
    list=extend_schema(summary="List model portfolios", parameters=[FIELDS], tags=["portfolios"]),
    retrieve=extend_schema(summary="Read a model portfolio", parameters=[FIELDS], tags=["portfolios"]),
)
class ModelViewSet(TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[ModelPortfolio]):
    """The firm's models with the version in force today."""

    scope_area = "portfolios"
    serializer_class = ModelOut
    lookup_field = "public_id"
    lookup_url_kwarg = "model_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see."""
        return ModelPortfolio.objects.visible_to(api_actor(self.request))

    def get_object(self) -> ModelPortfolio:
        """Return the model of the address with its version in force."""
        return _in_force([super().get_object()])[0]

    def paginate_queryset(self, queryset: Any) -> Any:
        """Give the models of a page their versions in force, in one go."""
        page = super().paginate_queryset(queryset)
        return None if page is None else _in_force(list(page))


def _in_force(models: list[ModelPortfolio]) -> list[ModelPortfolio]:
    versions = versions_on([model.pk for model in models], firm_today())
    for model in models:
        version = versions.get(model.pk)
        model.in_force = version  # type: ignore[attr-defined]
        model.target_sleeves = sleeves_of(version) if version else ()  # type: ignore[attr-defined]
    return models


class TargetsView(APIView):
    """What a household ought to hold."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read a portfolio's targets",
        description="`portfolio_id` is the id of a household or of an account; an account answers its household's.",
        parameters=[AS_OF, FIELDS],
        responses=TargetsOut,
        tags=["portfolios"],
    )
    def get(self, request: Request, portfolio_id: str) -> Response:
        """Answer with models resolved to securities, restrictions and reserves."""
        household, day = owner_with(api_actor(request), portfolio_id).household, day_of(request)
        told = household_targets(household, day)
        body = {
            "household_id": household.public_id,
            "as_of": day,
            "targets": told.targets,
            "without_model": [account.public_id for account in told.without],
            "restrictions": told.restrictions,
            "reserves": told.reserves,
        }
        return tagged_answer(request, TargetsOut(body).data, TargetsOut(body, context={"request": request}).data)


class DriftView(APIView):
    """How far a household, or one account, is from its target."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read a portfolio's drift",
        description="`portfolio_id` is the id of a household or of an account.",
        parameters=[AS_OF, FIELDS],
        responses=DriftOut,
        tags=["portfolios"],
    )
    def get(self, request: Request, portfolio_id: str) -> Response:
        """Answer with the sheets of the page."""
        owner, day = owner_with(api_actor(request), portfolio_id), day_of(request)
        sheets = household_drift(owner.household, day)
        if owner.account is not None:
            alone = account_drift(owner.account, day)
            sheets = (alone,) if alone is not None else ()
        body = {"as_of": day, "sheets": sheets}
        return tagged_answer(request, DriftOut(body).data, DriftOut(body, context={"request": request}).data)


class LotsView(APIView):
    """The open lots of an account."""

    scope_area = "portfolios"

    @extend_schema(summary="Read an account's lots", parameters=[AS_OF], responses=LotsOut, tags=["portfolios"])
    def get(self, request: Request, account_id: str) -> Response:
        """Answer with the lots of the page."""
        account, day = account_for(api_actor(request), account_id), day_of(request)
        judged = household_wash_sales(account.household, day)
        lots = open_lots(judged.open_pieces, holdings_at([account], day)[account.pk])
        body = {"account_id": account.public_id, "as_of": day, "currency": account.currency, "lots": lots}
        return Response(LotsOut(body).data)
