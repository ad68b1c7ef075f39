"""A rebalance in and out. Rates and weights are fractions, amounts exact decimals in the household's currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.core.api.strict import StrictMixin
from apps.portfolios.models import RunMode


def _fraction(default: str | None = None, **more: Any) -> serializers.DecimalField:
    told: dict[str, Any] = {} if default is None else {"default": Decimal(default)}
    return serializers.DecimalField(max_digits=9, decimal_places=8, min_value=0, max_value=1, **told, **more)


def _amount(default: str | None = None, **more: Any) -> serializers.DecimalField:
    told: dict[str, Any] = {} if default is None else {"default": Decimal(default)}
    return serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, **told, **more)


class RebalanceIn(StrictMixin):
    """What the run is for, what it may realise, what it may cost."""

    mode = serializers.ChoiceField(choices=RunMode.choices)
    short_rate = _fraction(help_text="Tax on a further dollar of short-term gain.")
    long_rate = _fraction(help_text="Tax on a further dollar of long-term gain; no higher than the short one.")
    gain_budget = _amount(required=False, allow_null=True, help_text="Net gains at most; none without.")
    blocks_short_gains = serializers.BooleanField(default=False)
    long_within_days = serializers.IntegerField(min_value=0, max_value=366, default=0)
    cost_rate = _fraction("0")
    minimum_amount = _amount("0")
    minimum_share = _fraction("0")
    off_target_price = _fraction("1", help_text="Tax and cost that moving a dollar to target is worth.")
    prefers_places = serializers.BooleanField(default=True)
    harvest_amount = _amount("0")
    harvest_share = _fraction("0")
    needs_within_days = serializers.IntegerField(
        min_value=0, max_value=366, default=90, help_text="Cash is kept for fees and distributions due within these."
    )
    band_width = serializers.DecimalField(
        max_digits=7,
        decimal_places=4,
        min_value=0,
        max_value=5,
        default=Decimal(1),
        help_text="Bands are so many times as wide as the model's.",
    )
    values_losses = serializers.BooleanField(default=False, help_text="Losses carried on are worth their tax later.")
    raise_amount = _amount("0", help_text="Cash to raise; needs `raise_in`.")
    raise_in = serializers.UUIDField(required=False, allow_null=True, help_text="The account to raise cash in.")


class VariantIn(RebalanceIn):
    """The settings of one variant; the cash to be raised is common to all."""

    raise_amount = None  # type: ignore[assignment]  # how the framework takes a field away
    raise_in = None  # type: ignore[assignment]


class ComparisonIn(StrictMixin):
    """One question under two or three settings."""

    variants = serializers.ListField(child=VariantIn(), min_length=2, max_length=3)
    raise_amount = _amount("0", help_text="Cash to raise; needs `raise_in`.")
    raise_in = serializers.UUIDField(required=False, allow_null=True, help_text="The account to raise cash in.")


class RunLotOut(serializers.Serializer):  # type: ignore[type-arg]
    """A lot that a sale takes."""

    lot_id = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=None, decimal_places=None)
    gain = serializers.DecimalField(max_digits=None, decimal_places=None, allow_null=True)
    is_long = serializers.BooleanField()


class RunTradeOut(serializers.Serializer):  # type: ignore[type-arg]
    """A trade of the answer."""

    account_id = serializers.UUIDField(source="account.public_id")
    symbol = serializers.CharField(source="instrument")
    side = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=None, decimal_places=None)
    amount = serializers.DecimalField(max_digits=None, decimal_places=2)
    cost = serializers.DecimalField(max_digits=None, decimal_places=2)
    gain = serializers.DecimalField(max_digits=None, decimal_places=2, allow_null=True)
    tax = serializers.DecimalField(max_digits=None, decimal_places=2, allow_null=True, help_text="Before netting.")
    lots = RunLotOut(many=True)
    reason = serializers.CharField()


class RunTargetOut(serializers.Serializer):  # type: ignore[type-arg]
    """A target before and after, as shares of what is invested."""

    name = serializers.CharField()
    kind = serializers.CharField()
    target = serializers.DecimalField(max_digits=None, decimal_places=6)
    before = serializers.DecimalField(max_digits=None, decimal_places=6)
    after = serializers.DecimalField(max_digits=None, decimal_places=6)
    was_out = serializers.BooleanField()
    is_out = serializers.BooleanField()


class RunCashOut(serializers.Serializer):  # type: ignore[type-arg]
    """Cash of an account."""

    account_id = serializers.UUIDField(source="account.public_id")
    before = serializers.DecimalField(max_digits=None, decimal_places=2)
    after = serializers.DecimalField(max_digits=None, decimal_places=2)
    kept_back = serializers.DecimalField(source="required", max_digits=None, decimal_places=2)


class RunNeedOut(serializers.Serializer):  # type: ignore[type-arg]
    """Cash that an account must keep: a reserve, a fee or distribution that is due, what the run raises."""

    account_id = serializers.UUIDField(source="account.public_id")
    kind = serializers.CharField()
    text = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    amount = serializers.DecimalField(max_digits=None, decimal_places=2)


class RunUnmetOut(serializers.Serializer):  # type: ignore[type-arg]
    """What could not be met; below zero where there is too much."""

    scope = serializers.CharField()
    name = serializers.CharField()
    missing = serializers.DecimalField(max_digits=None, decimal_places=2)
    reason = serializers.CharField()


class RebalanceOut(serializers.Serializer):  # type: ignore[type-arg]
    """A run with its answer. `gap` is the distance from the optimum as a share of the value."""

    id = serializers.UUIDField(source="run.public_id")
    household_id = serializers.UUIDField(source="run.household.public_id")
    mode = serializers.CharField(source="run.mode")
    as_of = serializers.DateField(source="run.as_of")
    engine_version = serializers.CharField(source="run.engine_version")
    inputs_digest = serializers.CharField(source="run.inputs_digest")
    currency = serializers.CharField()
    totals = serializers.DictField(child=serializers.DecimalField(max_digits=None, decimal_places=8))
    trades = RunTradeOut(many=True)
    targets = RunTargetOut(many=True)
    cash = RunCashOut(many=True)
    needs = RunNeedOut(many=True)
    unmet = RunUnmetOut(many=True)
    left_out = serializers.ListField(child=serializers.CharField())


class ComparisonOut(serializers.Serializer):  # type: ignore[type-arg]
    """The answers, in the order of the variants; trades can be made of one of them."""

    variants = RebalanceOut(many=True)
