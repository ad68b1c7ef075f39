"""The engine's floats as exact values for display: amounts to the cent, half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from apps.kernel.money import Money


def shown_money(value: float, currency: str) -> Money:
    """Return an amount of the engine as pages and papers show it."""
    return Money(Decimal(repr(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), currency)
