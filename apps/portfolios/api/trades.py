"""Trades over the API: proposing them, and reading how far they are. Nothing is ordered here."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.actor import api_actor
from apps.core.api.etags import TaggedReadMixin
from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.api.ids import public_id
from apps.core.api.sparse import FIELDS, SparseMixin
from apps.core.api.strict import StrictMixin
from apps.portfolios.models import BlockOrder, ProposedLot, ProposedTrade, Side, TradeProposal
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.owners import owner_with
from apps.portfolios.services.trade_checks import pass_checkpoints
from apps.portfolios.services.trade_lines import LotPick
from apps.portfolios.services.trades import TypedLine, propose_typed

# as many as the largest rebalance of a household; more is a file's work
MOST_LINES = 200


class NamedLotIn(StrictMixin):
    """So much of one open lot of the account."""

    lot_id = serializers.CharField(max_length=300)
    quantity = serializers.DecimalField(max_digits=20, decimal_places=8, min_value=0)


class TradeLineIn(StrictMixin):
    """One trade: by quantity, by amount in the account's currency, or a sale by the lots that it takes.

    Without lots a sale takes them by the account's standing order.
    """

    account_id = serializers.UUIDField()
    side = serializers.ChoiceField(choices=Side.choices)
    symbol = serializers.CharField(max_length=32)
    quantity = serializers.DecimalField(max_digits=20, decimal_places=8, required=False)
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, required=False)
    limit_price = serializers.DecimalField(max_digits=18, decimal_places=6, required=False)
    lots = NamedLotIn(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]  # of the list
    reason = serializers.CharField(max_length=300, required=False, default="")


class TradesIn(StrictMixin):
    """Trades to propose together. With `submit` they are taken to the checkpoints at once."""

    purpose = serializers.CharField(max_length=300)
    lines = TradeLineIn(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]  # of the list
    submit = serializers.BooleanField(default=False)


class NamedLotOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A lot that a sale names."""

    class Meta:
        model = ProposedLot
        fields = ("lot_id", "acquired_on", "quantity")


class TradeLineOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A trade with its estimate, and what was executed once its order is done.

    Gain and tax are of the lots that a sale names, or takes by standing order; before wash sales.
    """

    id = serializers.UUIDField(source="public_id")
    account_id = serializers.UUIDField(source="account.public_id")
    symbol = serializers.CharField(source="instrument.symbol")
    currency = serializers.CharField(source="account.currency")
    lots = NamedLotOut(many=True)

    class Meta:
        model = ProposedTrade
        fields = (
            "id",
            "account_id",
            "side",
            "symbol",
            "quantity",
            "limit_price",
            "estimated_price",
            "priced_on",
            "estimated_amount",
            "estimated_gain",
            "estimated_tax",
            "currency",
            "lots",
            "reason",
            "filled_quantity",
            "filled_amount",
            "filled_fees",
        )


class TradesOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A proposal of trades. `state` says how far it is: draft, checking, cleared, ordered, filled, verified."""

    id = serializers.UUIDField(source="public_id")
    household_id = serializers.UUIDField(source="household.public_id")
    lines = TradeLineOut(many=True)

    class Meta:
        model = TradeProposal
        fields = (
            "id",
            "household_id",
            "source",
            "purpose",
            "state",
            "proposed_on",
            "expires_on",
            "ended_because",
            "lines",
            "created_at",
            "updated_at",
        )


class OrderOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A block order; `filled` is what is executed so far."""

    id = serializers.UUIDField(source="public_id")
    symbol = serializers.CharField(source="instrument.symbol")
    filled = serializers.DecimalField(max_digits=20, decimal_places=8)

    class Meta:
        model = BlockOrder
        fields = (
            "id",
            "reference",
            "symbol",
            "side",
            "custodian",
            "currency",
            "quantity",
            "limit_price",
            "state",
            "filled",
            "allocation_rule",
            "route",
            "sent_at",
            "closed_at",
        )


@extend_schema_view(
    list=extend_schema(summary="List proposals of trades", parameters=[FIELDS], tags=["portfolios"]),
    retrieve=extend_schema(summary="Read a proposal of trades", parameters=[FIELDS], tags=["portfolios"]),
)
class TradeViewSet(IdempotentPostMixin, TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[TradeProposal]):
    """Proposals of trades of the households the caller may see."""

    scope_area = "portfolios"
    serializer_class = TradesOut
    lookup_field = "public_id"
    lookup_url_kwarg = "proposal_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see, of one portfolio where the address names it."""
        rows = TradeProposal.objects.visible_to(api_actor(self.request)).select_related("household")
        rows = rows.prefetch_related("lines__account", "lines__instrument", "lines__lots")
        if "portfolio_id" in self.kwargs:
            rows = rows.filter(household=owner_with(api_actor(self.request), self.kwargs["portfolio_id"]).household)
        return rows

    @extend_schema(
        summary="Propose trades of a portfolio",
        description="`portfolio_id` is the id of a household or of an account. The proposal passes the checkpoints "
        "before anything is ordered; people of the firm release the orders.",
        request=TradesIn,
        responses={201: TradesOut},
        tags=["portfolios"],
    )
    def create(self, request: Request, portfolio_id: str) -> Response:
        """Propose, and take them to the checkpoints where asked."""
        by = api_actor(request)
        household = owner_with(by, portfolio_id).household
        given = TradesIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        lines = [_line(place, line, by) for place, line in enumerate(told["lines"])]
        kept = propose_typed(household=household, lines=lines, purpose=told["purpose"], by=by)
        if told["submit"]:
            kept = pass_checkpoints(proposal=kept, by=by)
        where = {"Location": f"/api/financial-services/trades/{kept.public_id}"}
        return Response(TradesOut(kept).data, status=status.HTTP_201_CREATED, headers=where)


def _line(place: int, told: dict[str, Any], by: Any) -> TypedLine:
    account = account_for(by, public_id(str(told["account_id"])))
    lots = [LotPick(each["lot_id"], each["quantity"]) for each in told.get("lots", ())]
    rest = {name: told[name] for name in told if name not in {"account_id", "lots"}}
    return TypedLine(place=place, account=account, lots=lots, **rest)


@extend_schema_view(
    list=extend_schema(summary="List block orders", parameters=[FIELDS], tags=["portfolios"]),
    retrieve=extend_schema(summary="Read a block order", parameters=[FIELDS], tags=["portfolios"]),
)
class OrderViewSet(TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[BlockOrder]):
    """Block orders in which a household that the caller may see has a share."""

    scope_area = "portfolios"
    serializer_class = OrderOut
    lookup_field = "public_id"
    lookup_url_kwarg = "order_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see."""
        orders = BlockOrder.objects.visible_to(api_actor(self.request))
        return orders.select_related("instrument").prefetch_related("fills")
