"""Grants of equity, and what is paid each year for gifts and medical care, as they go in and come out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.clients.models import Person
from apps.core.api.sparse import SparseMixin
from apps.money.models import EquityGrant, FactOfHousehold, GrantKind, PaymentKind, YearlyPayment

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
        return whole(EquityGrant, GRANT_FIELDS, self.validated_data)


PAYMENT_FIELDS = ("annual_amount", "first_year", "last_year", "in_costs", "as_of")


class YearlyPaymentOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """Gifts of cash to charity or medical costs a year, in money of today: what a plan may deduct.

    `first_year` and `last_year` are calendar years, null where it is paid already or for life; `in_costs` says that the
    household's living costs hold it.
    """

    id = serializers.UUIDField(source="public_id")
    payment_type = serializers.ChoiceField(source="kind", choices=PaymentKind.choices)

    class Meta:
        model = YearlyPayment
        fields = ("id", "name", "payment_type", *PAYMENT_FIELDS, "currency", "created_at", "updated_at")


class YearlyPaymentIn(serializers.ModelSerializer):  # type: ignore[type-arg]
    """What is paid as it is told; a change replaces all of it, and what is left out takes its default."""

    payment_type = serializers.ChoiceField(source="kind", choices=PaymentKind.choices)

    class Meta:
        model = YearlyPayment
        fields = ("name", "payment_type", *PAYMENT_FIELDS)

    def said(self) -> dict[str, Any]:
        """Return every field of a payment, its default where the request is silent."""
        return whole(YearlyPayment, PAYMENT_FIELDS, self.validated_data)


def whole(model: type[FactOfHousehold], names: tuple[str, ...], told: dict[str, Any]) -> dict[str, Any]:
    """Return all fields of a fact that the interface takes, the model's default where nothing is told."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return {**{name: fields[name].get_default() for name in names if name not in told}, **told}
