"""What series of the market are named and mean."""

from __future__ import annotations

from decimal import Decimal

# how a series grows, by its unit: a level like a price, or a rate a year that accrues by day
INDEX_LEVEL, ANNUAL_RATE = "index", "annual rate"


def risk_free_key(currency: str) -> str:
    """Return the key of what cash without risk earns in a currency."""
    return f"risk_free_{currency.lower()}"


def distribution_key(symbol: str) -> str:
    """Return the key of what a security distributes a year, as a share of its price."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in symbol.lower())
    return f"distribution_yield_{kept}"


def volume_key(symbol: str) -> str:
    """Return the key of how many units of a security usually change hands in a day."""
    return distribution_key(symbol).replace("distribution_yield_", "daily_volume_", 1)


# rates of exchange are kept against this currency
HUB = "USD"
# of these the trade tells what one is worth in dollars, of all others what a dollar is worth
_TOLD_IN_HUB = frozenset({"EUR", "GBP", "AUD", "NZD"})


def pair_with_hub(currency: str) -> tuple[str, str]:
    """Return base and quote of the pair in which a currency's rate is kept."""
    return (currency, HUB) if currency in _TOLD_IN_HUB else (HUB, currency)


def is_rate(rate: Decimal) -> bool:
    """Say whether a number can be a rate of exchange, as the database keeps it."""
    return rate.is_finite() and Decimal("0.00000001") <= rate < Decimal(10) ** 10
