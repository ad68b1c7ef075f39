"""Grants of equity as they go in and come out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.clients.models import Person
from apps.core.api.sparse import SparseMixin
from apps.money.models import EquityGrant, GrantKind

GRANT_FIELDS = (
    "granted_on",
    "quantity",
    "price",
    "as_of",
    "strike",
    "discount",
    "cliff_months",
    "vesting_months",
    "every_months",
    "expires_on",
    "exercise_on",
    "is_held",
)


class HolderOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """Whose grant it is."""

    id = serializers.UUIDField(source="public_id")

    class Meta:
        model = Person
        fields = ("id", "first_name", "last_name")


class EquityGrantOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """Equity that an employer grants; `as_of` is the day of the price, `discount` a fraction."""

    id = serializers.UUIDField(source="public_id")
    company = serializers.CharField(source="name")
    client = HolderOut(source="person")
    grant_type = serializers.ChoiceField(source="kind", choices=GrantKind.choices)

    class Meta:
        model = EquityGrant
        fields = ("id", "client", "company", "grant_type", *GRANT_FIELDS, "currency", "created_at", "updated_at")


class EquityGrantIn(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A grant as it is told; a change replaces all of it, and what is left out takes its default."""

    company = serializers.CharField(source="name", max_length=120)
    grant_type = serializers.ChoiceField(source="kind", choices=GrantKind.choices)

    class Meta:
        model = EquityGrant
        fields = ("company", "grant_type", *GRANT_FIELDS)

    def said(self) -> dict[str, Any]:
        """Return every field of a grant, its default where the request is silent."""
        model = {field.name: field for field in EquityGrant._meta.concrete_fields}
        silent = [name for name in GRANT_FIELDS if name not in self.validated_data]
        return {**{name: model[name].get_default() for name in silent}, **self.validated_data}
