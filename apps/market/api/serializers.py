"""What comes out of market data."""

from __future__ import annotations

from urllib.parse import urlencode

from rest_framework import serializers

from apps.market.selectors.snapshots import MarketSnapshot


class QuoteOut(serializers.Serializer):  # type: ignore[type-arg]
    """One security or currency pair. Volatility and trend are fractions a year over the days looked back on."""

    symbol = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    price = serializers.DecimalField(max_digits=18, decimal_places=8, allow_null=True)
    as_of = serializers.DateField(allow_null=True)
    volatility = serializers.FloatField(source="annual_volatility", allow_null=True)
    trend = serializers.FloatField(source="annual_trend", allow_null=True)
    lookback_days = serializers.IntegerField()
    is_simulated = serializers.BooleanField(help_text="Whether the price is simulated and of no market.")
    source = serializers.CharField()  # type: ignore[assignment]  # the name partners were promised


class MarketDataOut(serializers.Serializer):  # type: ignore[type-arg]
    """Quotes of an asset type by symbol, a page at a time."""

    asset_type = serializers.CharField()
    as_of = serializers.DateField(allow_null=True)
    is_simulated = serializers.BooleanField()
    quotes = QuoteOut(many=True)
    next = serializers.SerializerMethodField(help_text="Where the quotes after these are; null after the last.")

    def get_next(self, snapshot: MarketSnapshot) -> str | None:
        """Return the address of the next page."""
        if snapshot.following is None:
            return None
        request = self.context["request"]
        return str(request.build_absolute_uri(f"{request.path}?{urlencode({'after': snapshot.following})}"))
