"""What comes out of market data."""

from __future__ import annotations

from rest_framework import serializers


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
    """All quotes of an asset type."""

    asset_type = serializers.CharField()
    as_of = serializers.DateField(allow_null=True)
    is_simulated = serializers.BooleanField()
    quotes = QuoteOut(many=True)
