"""What goes in and comes out. Amounts are strings in the currency beside them; rates are fractions of one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.billing.models import (
    BillingRun,
    FeeSchedule,
    FeeScheduleVersion,
    FeeTiming,
    HouseholdFee,
    Invoice,
    InvoiceLine,
    Payment,
    ScheduleKind,
)
from apps.billing.models.schedule import PERIODS_PER_YEAR
from apps.billing.selectors.runs import told
from apps.core.api.serializers import JobOut
from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin
from apps.kernel.money import minor_units


@extend_schema_field(serializers.DecimalField(max_digits=20, decimal_places=2))
class AmountField(serializers.Field):  # type: ignore[type-arg]
    """An amount of a row with the decimals of its currency."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        self.name = name
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:
        """Write it exactly, without what the column adds."""
        amount: Decimal | None = getattr(value, self.name)
        return None if amount is None else f"{amount:.{minor_units(value.currency)}f}"


def _rate(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=9, decimal_places=8, min_value=Decimal(0), max_value=Decimal(1), **kwargs
    )


def _amount(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=16, decimal_places=2, min_value=Decimal(0), **kwargs)


class TierIn(StrictMixin):
    """One tier; the last one has no `up_to`."""

    up_to = _amount(required=False, allow_null=True)
    rate = _rate()
    clause = serializers.CharField(required=False, max_length=20, allow_blank=True)


class TermsIn(StrictMixin):
    """The terms of a version."""

    kind = serializers.ChoiceField(choices=ScheduleKind.choices)
    timing = serializers.ChoiceField(choices=FeeTiming.choices)
    tiers = TierIn(many=True, required=False)
    fixed_annual = _amount(required=False)
    value_basis = serializers.ChoiceField(
        choices=["period_end", "opening", "average_daily_balance", "average_month_ends"], required=False
    )
    breakpoint_scope = serializers.ChoiceField(choices=["household", "account"], required=False)
    period_fraction = serializers.ChoiceField(choices=["actual_365", "actual_actual", "divide"], required=False)
    discount = _rate(required=False)
    minimum_annual = _amount(required=False)
    minimum_scope = serializers.ChoiceField(choices=["household", "account"], required=False)
    maximum_annual = _amount(required=False)
    maximum_scope = serializers.ChoiceField(choices=["household", "account"], required=False)
    maximum_rate = _rate(required=False)
    flow_threshold = _amount(required=False)
    flow_compare = serializers.ChoiceField(choices=["per_flow", "net"], required=False)
    flow_de_minimis = _amount(required=False)
    max_value_age = serializers.IntegerField(min_value=0, max_value=31, required=False)
    clauses = serializers.DictField(child=serializers.CharField(max_length=20), required=False)


class VersionIn(StrictMixin):
    """A version of a schedule."""

    effective_on = serializers.DateField()
    periods_per_year = serializers.ChoiceField(choices=PERIODS_PER_YEAR, default=4)
    terms = TermsIn()


class FeeScheduleIn(VersionIn):
    """A new schedule with its first version."""

    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class VersionOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A version with its terms as they are stored."""

    id = serializers.UUIDField(source="public_id")
    terms = serializers.DictField()

    class Meta:
        model = FeeScheduleVersion
        fields = ("id", "number", "effective_on", "kind", "timing", "periods_per_year", "currency", "terms")


class FeeScheduleOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A schedule with its versions, the newest first."""

    id = serializers.UUIDField(source="public_id")
    versions = VersionOut(many=True)

    class Meta:
        model = FeeSchedule
        fields = ("id", "name", "description", "is_active", "versions", "created_at", "updated_at")


class FeeCalculationIn(StrictMixin):
    """Which period is calculated."""

    timing = serializers.ChoiceField(choices=FeeTiming.choices)
    first_day = serializers.DateField()
    periods_per_year = serializers.ChoiceField(choices=PERIODS_PER_YEAR, default=4)


class HouseholdFeeOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """The fee of one household."""

    household_id = serializers.UUIDField(source="household.public_id")
    household = serializers.CharField(source="household.name")
    total = AmountField("total")
    billable_value = AmountField("billable_value")
    previous_total = AmountField("previous_total")
    problems = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = HouseholdFee
        fields = (
            "household_id",
            "household",
            "state",
            "currency",
            "total",
            "billable_value",
            "effective_rate",
            "previous_total",
            "problems",
            "warnings",
        )

    def get_problems(self, fee: HouseholdFee) -> list[str]:
        """Return what keeps the household from being billed."""
        return [told(found["message"], found["params"]) for found in fee.problems]

    def get_warnings(self, fee: HouseholdFee) -> list[str]:
        """Return what a reviewer should look at."""
        return [told(found["message"], found["params"]) for found in fee.warnings]


class FeeCalculationOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A billing run and the job that works on it."""

    id = serializers.UUIDField(source="public_id")
    total = AmountField("total")
    job = JobOut(allow_null=True)

    class Meta:
        model = BillingRun
        fields = (
            "id",
            "timing",
            "first_day",
            "last_day",
            "state",
            "currency",
            "total",
            "n_households",
            "n_blocked",
            "calculated_at",
            "job",
            "created_at",
            "updated_at",
        )


class FeeCalculationDetailOut(FeeCalculationOut):
    """The same with the fee of every household."""

    fees = HouseholdFeeOut(many=True)

    class Meta:
        model = BillingRun
        fields = (*FeeCalculationOut.Meta.fields, "fees")


class InvoicesIn(StrictMixin):
    """The locked calculation whose invoices are written."""

    fee_calculation_id = serializers.UUIDField()


class VoidIn(StrictMixin):
    """Why an invoice is taken back."""

    reason = serializers.CharField(max_length=300)


class InvoiceLineOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """One amount of an invoice."""

    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    billable_value = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)

    class Meta:
        model = InvoiceLine
        fields = ("description", "billable_value", "amount")


class InvoiceOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """An invoice."""

    id = serializers.UUIDField(source="public_id")
    household_id = serializers.UUIDField(source="household.public_id")
    total = AmountField("total")
    paid = AmountField("paid")
    due = AmountField("due")
    lines = InvoiceLineOut(many=True)

    class Meta:
        model = Invoice
        fields = (
            "id",
            "number",
            "household_id",
            "state",
            "issued_on",
            "due_on",
            "first_day",
            "last_day",
            "currency",
            "total",
            "paid",
            "due",
            "collection",
            "void_reason",
            "lines",
            "created_at",
            "updated_at",
        )


class PaymentIn(StrictMixin):
    """The invoice to pay."""

    invoice_id = serializers.UUIDField()


class PaymentOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A payment; `checkout_url` is the page where the client enters the card."""

    id = serializers.UUIDField(source="public_id")
    invoice_id = serializers.UUIDField(source="invoice.public_id")
    amount = AmountField("amount")

    class Meta:
        model = Payment
        fields = (
            "id",
            "invoice_id",
            "method",
            "state",
            "currency",
            "amount",
            "checkout_url",
            "failure",
            "paid_at",
            "created_at",
        )


class ReportQuery(serializers.Serializer):  # type: ignore[type-arg]
    """From and to which day invoices were issued."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        if attrs["last_day"] < attrs["first_day"]:
            raise serializers.ValidationError({"last_day": "The last day lies before the first."})
        return attrs


class ScheduleRevenueOut(serializers.Serializer):  # type: ignore[type-arg]
    """What was billed by one schedule."""

    schedule = serializers.CharField()
    billed = serializers.DecimalField(max_digits=20, decimal_places=2)


class BillingReportOut(serializers.Serializer):  # type: ignore[type-arg]
    """What was billed and received."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    currency = serializers.CharField()
    invoices = serializers.IntegerField()
    billed = AmountField("billed")
    received = AmountField("received")
    open = AmountField("open")
    overdue = AmountField("overdue")
    voided = serializers.IntegerField()
    by_schedule = serializers.SerializerMethodField()

    @extend_schema_field(ScheduleRevenueOut(many=True))
    def get_by_schedule(self, report: Any) -> list[dict[str, str]]:
        """Return what was billed by each schedule."""
        places = minor_units(report.currency)
        return [{"schedule": name, "billed": f"{amount:.{places}f}"} for name, amount in report.by_schedule]
