"""Rows of market: in the public schema, read by every firm and written by none."""

from apps.market.models.actions import ActionKind, CorporateAction
from apps.market.models.marks import PriceMark
from apps.market.models.prices import CurrencyRate, CurrencyRateCorrection, Price, PriceCorrection, PriceLoad
from apps.market.models.security import AssetClass, Security, SecurityKind
from apps.market.models.series import MarketPoint, MarketSeries

__all__ = [
    "ActionKind",
    "AssetClass",
    "CorporateAction",
    "CurrencyRate",
    "CurrencyRateCorrection",
    "MarketPoint",
    "MarketSeries",
    "Price",
    "PriceCorrection",
    "PriceLoad",
    "PriceMark",
    "Security",
    "SecurityKind",
]
