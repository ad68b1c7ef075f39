"""Amounts of rows and receipts with their currency: `{% load billing %}`."""

from __future__ import annotations

from decimal import Decimal

from django import template

from apps.kernel.money import Money

register = template.Library()


@register.filter
def in_currency(amount: Decimal | Money | None, currency: str) -> Money | None:
    """Return a decimal of a row as money; nothing stays nothing."""
    return Money(amount, currency) if isinstance(amount, Decimal) else amount
