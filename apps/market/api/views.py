"""Market data per asset type."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.actor import api_actor
from apps.market.api.serializers import MarketDataOut
from apps.market.selectors.snapshots import market_snapshot


class MarketDataView(APIView):
    """Price, volatility and trend, each with its day and source."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read market data of an asset type",
        responses=MarketDataOut,
        tags=["market data"],
        parameters=[OpenApiParameter("after", str, description="The symbol after which the page begins.")],
    )
    def get(self, request: Request, asset_type: str, symbol: str = "") -> Response:
        """Answer for the asset type, or for one symbol within it."""
        api_actor(request)
        after = request.query_params.get("after", "")
        found = market_snapshot(asset_type, timezone.localdate(), symbol, after)
        return Response(MarketDataOut(found, context={"request": request}).data)


class SymbolView(MarketDataView):
    """The same for one symbol of the asset type."""

    @extend_schema(
        summary="Read market data of a symbol",
        responses=MarketDataOut,
        tags=["market data"],
        operation_id="marketdata_symbol_retrieve",
    )
    def get(self, request: Request, asset_type: str, symbol: str = "") -> Response:
        """Answer for one symbol."""
        return super().get(request, asset_type, symbol)
