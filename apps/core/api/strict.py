"""What is sent is taken or refused: nothing that a partner says is dropped without a word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

_CURRENCY = "currency"
_TOLD = "told"


def told_of(answer: serializers.BaseSerializer[Any]) -> dict[str, Any]:
    """Return what an answer tells as a partner reads it: plain JSON values by name."""
    told: dict[str, Any] = json.loads(JSONRenderer().render(answer.data))
    return told


class StrictMixin(serializers.Serializer):  # type: ignore[type-arg]
    """Refuses fields that it does not know, each at its name with those that it knows.

    Where the view names the `currency` of all amounts in the serializer's context, a request may say it, too: the same
    one is taken, another one is refused at the field, since no amount is converted. What was read may be sent back as
    it was: the view names it in the context as `told`, and of fields that only the firm sets the same value passes.
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
        """Return why an unknown field is refused; nothing for what says again what was told."""
        told = self.context.get(_TOLD, {})
        if name in told:
            as_read = json.dumps(told[name], ensure_ascii=False)
            return "" if value == told[name] else f"It cannot be set. Leave it out, or send it as it is: {as_read}."
        currency = self.context.get(_CURRENCY)
        if name != _CURRENCY or currency is None:
            return f"There is no such field. Known are: {', '.join(known)}."
        if value == currency:
            return ""
        return f"All amounts here are in {currency}. Convert them and send {currency}, or leave the currency out."
