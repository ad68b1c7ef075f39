"""Models, targets, drift and lots as partners read them; weights are fractions of what is invested."""

from __future__ import annotations

from decimal import Decimal

from rest_framework import serializers

from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin
from apps.portfolios.models import AccountStatus, CashReserve, ModelPortfolio, Registration, Restriction


def _weight(**options: object) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=6, **options)  # type: ignore[arg-type]


def _money(**options: object) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=24, decimal_places=4, **options)  # type: ignore[arg-type]


class OwnerIn(StrictMixin):
    """A person's share of an account, as a fraction."""

    person_id = serializers.UUIDField()
    share = serializers.DecimalField(max_digits=7, decimal_places=6, default=Decimal(1))


class NewPortfolioIn(StrictMixin):
    """An account to open. It is proposed, and goes through its life by `PUT portfolios/{id}/status`."""

    household_id = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    registration = serializers.ChoiceField(choices=Registration.choices)
    owners = OwnerIn(many=True, allow_empty=False)
    custodian = serializers.CharField(max_length=120, default="", allow_blank=True)
    number = serializers.CharField(max_length=40, default="", allow_blank=True, write_only=True)
    currency = serializers.RegexField(r"^[A-Z]{3}$", default="USD")
    is_held_away = serializers.BooleanField(default=False)


class AccountStatusIn(StrictMixin):
    """The next step of an account's life, with its reason."""

    status = serializers.ChoiceField(choices=AccountStatus.choices)
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class LotOut(serializers.Serializer):  # type: ignore[type-arg]
    """An open lot. `cost` holds what a wash sale added to it, which also moved `held_since` back; unknown is null."""

    lot_id = serializers.CharField(help_text="How a sale names it; parts of one lot have the same.")
    symbol = serializers.CharField()
    acquired_on = serializers.DateField()
    held_since = serializers.DateField()
    quantity = serializers.DecimalField(max_digits=20, decimal_places=8)
    cost = _money(allow_null=True)
    value = _money(allow_null=True)
    gain = _money(allow_null=True)
    is_long_term = serializers.BooleanField()


class LotsOut(serializers.Serializer):  # type: ignore[type-arg]
    """The open lots of an account at the close of a day, in its currency."""

    account_id = serializers.UUIDField()
    as_of = serializers.DateField()
    currency = serializers.CharField()
    lots = LotOut(many=True)


class TargetBandOut(serializers.Serializer):  # type: ignore[type-arg]
    """How far a weight may be from its target; of two limits the tighter holds."""

    absolute = _weight(allow_null=True)
    relative = _weight(allow_null=True)


class TargetHoldingOut(serializers.Serializer):  # type: ignore[type-arg]
    """A security of a sleeve: its share of the sleeve, its weight in the whole."""

    symbol = serializers.CharField(source="instrument.symbol")
    share = _weight()
    weight = _weight()
    band = TargetBandOut()
    substitutes = serializers.ListField(child=serializers.CharField())


class TargetSleeveOut(serializers.Serializer):  # type: ignore[type-arg]
    """An asset class with its weight in the whole."""

    name = serializers.CharField()
    asset_class = serializers.CharField()
    weight = _weight()
    band = TargetBandOut()
    holdings = TargetHoldingOut(many=True)


class ModelOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A model with the version in force today; `version` is null where none is."""

    id = serializers.UUIDField(source="public_id")
    version = serializers.IntegerField(source="in_force.number", default=None, allow_null=True)
    effective_from = serializers.DateField(source="in_force.effective_from", default=None, allow_null=True)
    benchmark_id = serializers.UUIDField(source="in_force.benchmark.public_id", default=None, allow_null=True)
    benchmark = serializers.CharField(source="in_force.benchmark.name", default=None, allow_null=True)
    sleeves = TargetSleeveOut(many=True, source="target_sleeves")

    class Meta:
        model = ModelPortfolio
        fields = (
            "id",
            "name",
            "description",
            "risk_level",
            "version",
            "effective_from",
            "benchmark_id",
            "benchmark",
            "sleeves",
            "updated_at",
        )


class RestrictionOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """What must not be done with a security, or with all of an asset class."""

    id = serializers.UUIDField(source="public_id")
    account_id = serializers.UUIDField(source="account.public_id", default=None, allow_null=True)
    symbol = serializers.CharField(source="instrument.symbol", default=None, allow_null=True)

    class Meta:
        model = Restriction
        fields = ("id", "account_id", "kind", "symbol", "asset_class", "max_weight", "reason", "from_day", "until")


class ReserveOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """Cash that is not invested: an amount, or a share of the value."""

    id = serializers.UUIDField(source="public_id")
    account_id = serializers.UUIDField(source="account.public_id", default=None, allow_null=True)

    class Meta:
        model = CashReserve
        fields = ("id", "account_id", "amount", "share", "purpose", "from_day", "until")


class TargetOut(serializers.Serializer):  # type: ignore[type-arg]
    """What accounts ought to hold together; `account_id` is null for the household's own mandate."""

    account_id = serializers.UUIDField(source="account.public_id", default=None, allow_null=True)
    accounts = serializers.ListField(child=serializers.UUIDField(), source="account_ids")
    model_id = serializers.UUIDField(source="version.model.public_id")
    model = serializers.CharField(source="version.model.name")
    version = serializers.IntegerField(source="version.number")
    client_approves = serializers.BooleanField(source="mandate.client_approves")
    sleeves = TargetSleeveOut(many=True)


class TargetsOut(SparseMixin):
    """All targets of a household, with its restrictions and reserves on the day."""

    household_id = serializers.UUIDField()
    as_of = serializers.DateField()
    targets = TargetOut(many=True)
    without_model = serializers.ListField(child=serializers.UUIDField())
    restrictions = RestrictionOut(many=True)
    reserves = ReserveOut(many=True)


class DriftLineOut(serializers.Serializer):  # type: ignore[type-arg]
    """A class or a security: where it is, where it ought to be."""

    name = serializers.CharField()
    weight = _weight(source="line.weight")
    target = _weight(source="line.target")
    drift = _weight(source="line.drift")
    low = _weight(source="line.low", allow_null=True)
    high = _weight(source="line.high", allow_null=True)
    value = _money(source="line.value")
    target_value = _money(source="line.target_value")
    is_out = serializers.BooleanField(source="line.is_out")
    is_of_model = serializers.BooleanField()


class SecurityDriftOut(DriftLineOut):
    """A security: what is held of its substitutes counts for it."""

    symbol = serializers.CharField()
    held_as = serializers.ListField(child=serializers.CharField())


class DriftSheetOut(serializers.Serializer):  # type: ignore[type-arg]
    """How far accounts are from their target. `distance` is the least share that must change hands."""

    account_id = serializers.UUIDField(source="target.account.public_id", default=None, allow_null=True)
    model_id = serializers.UUIDField(source="target.version.model.public_id")
    version = serializers.IntegerField(source="target.version.number")
    currency = serializers.CharField()
    priced_on = serializers.DateField(allow_null=True)
    total = _money(source="drift.total")
    reserve = _money(source="drift.reserve")
    investable = _money(source="drift.investable")
    missing_for_reserve = _money(source="drift.short_of_reserve")
    distance = _weight(source="drift.distance")
    is_out = serializers.BooleanField(source="drift.is_out")
    classes = DriftLineOut(many=True)
    securities = SecurityDriftOut(many=True)
    unclassified = serializers.ListField(child=serializers.CharField())
    unpriced = serializers.ListField(child=serializers.CharField())
    simulated_from = serializers.DateField(source="simulation.simulated_from", default=None, allow_null=True)


class DriftOut(SparseMixin):
    """The sheets of a household, or of one account; empty where no model is followed."""

    as_of = serializers.DateField()
    sheets = DriftSheetOut(many=True)
