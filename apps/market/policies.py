"""What series of the market are named and mean."""

from __future__ import annotations

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
