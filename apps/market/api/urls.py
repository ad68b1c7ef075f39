"""Addresses of market data under /api/."""

from django.urls import re_path

from apps.market.api.views import MarketDataView, SymbolView

app_name = "market_api"
urlpatterns = [
    re_path(r"^marketdata/(?P<asset_type>[a-z_]+)/?$", MarketDataView.as_view(), name="asset-type"),
    re_path(r"^marketdata/(?P<asset_type>[a-z_]+)/(?P<symbol>[A-Za-z0-9.\-]+)/?$", SymbolView.as_view(), name="symbol"),
]
