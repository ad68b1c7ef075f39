"""Facts of a household's money as they go in and come out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers

from apps.clients.models import Person
from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin
from apps.money.models import (
    Debt,
    DebtKind,
    EquityGrant,
    FactOfHousehold,
    GrantKind,
    PaymentKind,
    Property,
    PropertyKind,
    YearlyPayment,
)

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
    "held_shares",
    "exercised_on",
    "exercise_worth",
    "minimum_tax_credit",
)


Bound = tuple[Decimal | int, Decimal | int | None]
_AMOUNT: Bound = (0, None)


def _bounds(**told: Bound) -> dict[str, dict[str, Any]]:
    """Return the least and the most of numbers, so that one beyond them is refused at its field."""
    return {
        name: {"min_value": least} | ({} if most is None else {"max_value": most})
        for name, (least, most) in told.items()
    }


class FactIn(StrictMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A fact as it is told; a change replaces all of it, and what is left out takes its default."""

    told: ClassVar[tuple[str, ...]]

    def said(self) -> dict[str, Any]:
        """Return every field of the fact, its default where the request is silent."""
        return whole(self.Meta.model, self.told, self.validated_data)


class HolderOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """Whose grant it is."""

    id = serializers.UUIDField(source="public_id")

    class Meta:
        model = Person
        fields = ("id", "first_name", "last_name")


class EquityGrantOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """Equity that an employer grants; `as_of` is the day of the price, `discount` a fraction.

    Of incentive options `held_shares` are those held from exercises on `exercised_on`, when a share was worth
    `exercise_worth`; `minimum_tax_credit` is line 26 of the household's last Form 8801, told with one grant.
    """

    id = serializers.UUIDField(source="public_id")
    company = serializers.CharField(source="name")
    client = HolderOut(source="person")
    grant_type = serializers.ChoiceField(source="kind", choices=GrantKind.choices)

    class Meta:
        model = EquityGrant
        fields = ("id", "client", "company", "grant_type", *GRANT_FIELDS, "currency", "created_at", "updated_at")


class EquityGrantIn(FactIn):
    """A grant as it is told; a change replaces all of it, and what is left out takes its default."""

    told = GRANT_FIELDS
    company = serializers.CharField(source="name", max_length=120)
    grant_type = serializers.ChoiceField(source="kind", choices=GrantKind.choices)

    class Meta:
        model = EquityGrant
        fields = ("company", "grant_type", *GRANT_FIELDS)


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


class YearlyPaymentIn(FactIn):
    """What is paid as it is told; a change replaces all of it, and what is left out takes its default."""

    told = PAYMENT_FIELDS
    payment_type = serializers.ChoiceField(source="kind", choices=PaymentKind.choices)

    class Meta:
        model = YearlyPayment
        fields = ("name", "payment_type", *PAYMENT_FIELDS)


DEBT_FIELDS = ("lender", "balance", "annual_rate", "monthly_payment", "taken_out_on", "bought_home", "as_of")


class DebtOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """What is owed on the day `as_of`; `annual_rate` is a fraction (0.065 is 6.5 per cent a year).

    `interest_deductible` says that the law may let its interest be deducted: of a mortgage, and of a home equity line
    that bought, built or improved the home (`bought_home`). A plan deducts it where that leaves less tax.
    """

    id = serializers.UUIDField(source="public_id")
    debt_type = serializers.ChoiceField(source="kind", choices=DebtKind.choices)
    interest_deductible = serializers.BooleanField(source="is_deductible")

    class Meta:
        model = Debt
        fields = (
            "id", "name", "debt_type", *DEBT_FIELDS, "interest_deductible", "currency", "created_at", "updated_at",
        )  # fmt: skip


class DebtIn(FactIn):
    """A debt as it is told; a change replaces all of it, and what is left out takes its default."""

    told = DEBT_FIELDS
    debt_type = serializers.ChoiceField(source="kind", choices=DebtKind.choices)

    class Meta:
        model = Debt
        fields = ("name", "debt_type", *DEBT_FIELDS)
        extra_kwargs = _bounds(balance=_AMOUNT, monthly_payment=_AMOUNT, annual_rate=(0, Decimal("0.999999")))


PROPERTY_FIELDS = (
    "value", "basis", "annual_growth", "cost", "property_tax", "kept_until_death", "sells_on", "selling_cost",
    "sold_share", "instalments", "instalment_rate", "is_passive", "as_of",
)  # fmt: skip


class PropertyOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A thing of value on the day `as_of`; rates and shares are fractions.

    `property_tax` is a year's, in money of today, null where it is not known; `annual_growth` null is that of prices;
    `sells_on` null means that it is kept; `debt_id` is the debt that its sale pays off.
    """

    id = serializers.UUIDField(source="public_id")
    property_type = serializers.ChoiceField(source="kind", choices=PropertyKind.choices)
    debt_id = serializers.UUIDField(source="debt.public_id", allow_null=True, default=None)

    class Meta:
        model = Property
        fields = (
            "id", "name", "property_type", *PROPERTY_FIELDS, "debt_id", "currency", "created_at", "updated_at",
        )  # fmt: skip


class PropertyIn(FactIn):
    """A property as it is told; a change replaces all of it, and what is left out takes its default."""

    told = PROPERTY_FIELDS
    property_type = serializers.ChoiceField(source="kind", choices=PropertyKind.choices)
    debt_id = serializers.UUIDField(required=False, allow_null=True)

    class Meta:
        model = Property
        fields = ("name", "property_type", *PROPERTY_FIELDS, "debt_id")
        extra_kwargs = _bounds(
            value=_AMOUNT, cost=_AMOUNT, property_tax=_AMOUNT, selling_cost=(0, Decimal("0.5")), instalments=(1, 30),
            sold_share=(Decimal("0.0001"), 1), instalment_rate=(0, Decimal("0.3")),
        )  # fmt: skip


def whole(model: type[FactOfHousehold], names: tuple[str, ...], told: dict[str, Any]) -> dict[str, Any]:
    """Return all fields of a fact that the interface takes, the model's default where nothing is told."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return {**{name: fields[name].get_default() for name in names if name not in told}, **told}
