"""What comes out. Account numbers are masked; amounts are exact decimals with their currency."""

from __future__ import annotations

from rest_framework import serializers

from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin
from apps.portfolios.models import Account, AccountOwner, Transaction


class OwnerOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A person's share of an account, as a fraction of the whole."""

    client_id = serializers.UUIDField(source="person.public_id")

    class Meta:
        model = AccountOwner
        fields = ("client_id", "share")


class AccountOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """An account."""

    id = serializers.UUIDField(source="public_id")
    household_id = serializers.UUIDField(source="household.public_id")
    number = serializers.CharField(source="masked_number", help_text="Its last four characters.")
    owners = OwnerOut(many=True)

    class Meta:
        model = Account
        fields = (
            "id",
            "household_id",
            "name",
            "registration",
            "tax_treatment",
            "custodian",
            "number",
            "currency",
            "status",
            "is_held_away",
            "opened_on",
            "closed_on",
            "owners",
            "created_at",
            "updated_at",
        )


class AccountNumberIn(StrictMixin):
    """At which custodian an account was opened, and its number there."""

    custodian = serializers.CharField(max_length=120)
    number = serializers.CharField(max_length=40)


class AccountNumberOut(serializers.Serializer):  # type: ignore[type-arg]
    """The custodian and the number, masked unless the token may read it in full."""

    account_id = serializers.UUIDField()
    custodian = serializers.CharField(allow_blank=True)
    number = serializers.CharField(allow_blank=True)


class TransactionOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """An entry: quantity and amount are signed by what they add to the holding and to the cash."""

    id = serializers.UUIDField(source="public_id")
    account_id = serializers.UUIDField(source="account.public_id")
    symbol = serializers.CharField(source="instrument.symbol", default=None, allow_null=True)
    security = serializers.CharField(source="instrument.name", default=None, allow_null=True)
    quantity = serializers.DecimalField(source="units", max_digits=20, decimal_places=8)
    amount = serializers.DecimalField(source="cash", max_digits=18, decimal_places=4)
    reversal_of = serializers.UUIDField(source="reversal_of.public_id", default=None, allow_null=True)
    into_symbol = serializers.CharField(
        source="into.symbol", default=None, allow_null=True, help_text="What a corporate action leads to."
    )
    part_of = serializers.UUIDField(
        source="leg_of.public_id",
        default=None,
        allow_null=True,
        help_text="The corporate action that brought these units.",
    )

    class Meta:
        model = Transaction
        fields = (
            "id",
            "account_id",
            "kind",
            "trade_date",
            "settle_date",
            "symbol",
            "security",
            "quantity",
            "price",
            "amount",
            "fees",
            "currency",
            "description",
            "reversal_of",
            "into_symbol",
            "split_new",
            "split_old",
            "part_of",
            "recorded_at",
        )


class HoldingOut(serializers.Serializer):  # type: ignore[type-arg]
    """One security held. `value` is in the account's currency; without a known price both are null."""

    symbol = serializers.CharField()
    name = serializers.CharField()
    asset_class = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=20, decimal_places=8)
    price = serializers.DecimalField(max_digits=18, decimal_places=6, allow_null=True)
    price_currency = serializers.CharField(source="currency")
    price_as_of = serializers.DateField(source="priced_on", allow_null=True)
    valued_on = serializers.DateField(
        allow_null=True,
        help_text="When the value was last stated: before the price's day where that was carried forward.",
    )
    value = serializers.DecimalField(max_digits=24, decimal_places=4, allow_null=True)
    is_simulated = serializers.BooleanField()


class AccountHoldingsOut(serializers.Serializer):  # type: ignore[type-arg]
    """An account at the close of a day. `unpriced` names what the total leaves out."""

    account_id = serializers.UUIDField(source="owner_id")
    as_of = serializers.DateField()
    currency = serializers.CharField()
    total = serializers.DecimalField(max_digits=24, decimal_places=4)
    cash = serializers.DecimalField(max_digits=24, decimal_places=4)
    holdings = HoldingOut(many=True)
    unpriced = serializers.ListField(child=serializers.CharField())


class AccountValueOut(serializers.Serializer):  # type: ignore[type-arg]
    """One account of a household's portfolio."""

    account_id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    tax_treatment = serializers.CharField()
    currency = serializers.CharField()
    total = serializers.DecimalField(max_digits=24, decimal_places=4)
    cash = serializers.DecimalField(max_digits=24, decimal_places=4)
    is_held_away = serializers.BooleanField()


class AllocationOut(serializers.Serializer):  # type: ignore[type-arg]
    """One asset class; `share` is a fraction of the whole."""

    asset_class = serializers.CharField()
    value = serializers.DecimalField(max_digits=24, decimal_places=4)
    share = serializers.DecimalField(max_digits=9, decimal_places=6)


class PortfolioOut(serializers.Serializer):  # type: ignore[type-arg]
    """A household's portfolio at the close of a day, in the household's currency."""

    household_id = serializers.UUIDField()
    as_of = serializers.DateField()
    currency = serializers.CharField()
    total = serializers.DecimalField(max_digits=24, decimal_places=4)
    managed = serializers.DecimalField(max_digits=24, decimal_places=4)
    held_away = serializers.DecimalField(max_digits=24, decimal_places=4)
    cash = serializers.DecimalField(max_digits=24, decimal_places=4)
    old_value = serializers.DecimalField(
        max_digits=24, decimal_places=4, help_text="What of the total rests on values older than the firm's limits."
    )
    old_values = serializers.ListField(child=serializers.CharField(), help_text="Their names.")
    accounts = AccountValueOut(many=True)
    allocation = AllocationOut(many=True)
    unpriced = serializers.ListField(child=serializers.CharField())
    simulated_from = serializers.DateField(source="simulation.simulated_from", default=None, allow_null=True)
