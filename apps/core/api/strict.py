"""What is sent is taken or refused: nothing that a partner says is dropped without a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

_CURRENCY = "currency"


class StrictMixin(serializers.Serializer):  # type: ignore[type-arg]
    """Refuses fields that it does not know, each at its name with those that it knows.

    Where the view names the `currency` of all amounts in the serializer's context, a request may say it, too: the same
    one is taken, another one is refused at the field, since no amount is converted.
    """

    def to_internal_value(self, data: Any) -> Any:
        """Return the checked content. Raises ValidationError."""
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        known = [name for name, field in self.fields.items() if not field.read_only]
        wrong = {str(name): self._refusal(str(name), known, data[name]) for name in data if name not in known}
        if told := {name: [text] for name, text in wrong.items() if text}:
            raise serializers.ValidationError(told)
        return super().to_internal_value({name: data[name] for name in data if name in known} if wrong else data)

    def _refusal(self, name: str, known: list[str], value: object) -> str:
        """Return why an unknown field is refused; nothing for the currency that all amounts are in."""
        currency = self.context.get(_CURRENCY)
        if name != _CURRENCY or currency is None:
            return f"There is no such field. Known are: {', '.join(known)}."
        if value == currency:
            return ""
        return f"All amounts here are in {currency}. Convert them and send {currency}, or leave the currency out."
