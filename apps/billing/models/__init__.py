"""Rows of billing: schedules, who pays by which, runs, invoices, payments."""

from apps.billing.models.assignment import Collection, ExclusionReason, FeeAssignment, FeeExclusion
from apps.billing.models.invoice import CreditNote, Invoice, InvoiceLine, InvoiceState, NumberSeries, SeriesKind
from apps.billing.models.payment import OPEN_PAYMENTS, Payment, PaymentMethod, PaymentState, StripeEvent, Unapplied
from apps.billing.models.run import AccountFee, BillingRun, FeeState, HouseholdFee, RunState
from apps.billing.models.schedule import FeeSchedule, FeeScheduleVersion, FeeTiming, ScheduleKind

__all__ = [
    "OPEN_PAYMENTS",
    "AccountFee",
    "BillingRun",
    "Collection",
    "CreditNote",
    "ExclusionReason",
    "FeeAssignment",
    "FeeExclusion",
    "FeeSchedule",
    "FeeScheduleVersion",
    "FeeState",
    "FeeTiming",
    "HouseholdFee",
    "Invoice",
    "InvoiceLine",
    "InvoiceState",
    "NumberSeries",
    "Payment",
    "PaymentMethod",
    "PaymentState",
    "RunState",
    "ScheduleKind",
    "SeriesKind",
    "StripeEvent",
    "Unapplied",
]
