"""Fields of forms that several apps share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """A day, by the browser's own picker: it takes ISO dates alone, whatever the reader's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class PercentField(forms.DecimalField):
    """Typed in per cent, begun with and handed on as a fraction: a percentage is never stored.

    Its limits and places are those of the per cent.
    """

    def prepare_value(self, value: Any) -> Any:
        """Show a fraction in per cent."""
        return f"{(value * 100).normalize():f}" if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        """Return the fraction."""
        percent = super().clean(value)
        return None if percent is None else percent / 100
