"""Sparse answers: the fields that `?fields=` names, and no others."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

FIELDS = OpenApiParameter("fields", str, description="Names of the fields wanted, separated by commas.")


class SparseMixin(serializers.Serializer):  # type: ignore[type-arg]
    """Leaves out what `?fields=` does not name; a name that there is none of is refused."""

    def get_fields(self) -> dict[str, Any]:
        """Return the fields asked for, all when nothing is asked."""
        fields = super().get_fields()
        request = self.context.get("request")
        asked = request.query_params.get("fields", "") if request is not None and request.method == "GET" else ""
        if not asked:
            return fields
        names = [name.strip() for name in asked.split(",") if name.strip()]
        unknown = sorted(set(names) - set(fields))
        if unknown:
            raise serializers.ValidationError({"fields": f"There is no field {unknown[0]}."})
        return {name: fields[name] for name in names}
