"""Addresses of billing under /api/."""

from typing import Any

from django.urls import re_path

from apps.billing.api import views
from apps.core.api.ids import ID

app_name = "billing_api"
_ROOT = "^financial-services"
_ID = ID
_COLLECTION: dict[str, Any] = {"get": "list", "post": "create"}
_ITEM: dict[str, Any] = {"get": "retrieve"}

urlpatterns = [
    re_path(rf"{_ROOT}/fee-schedules/?$", views.FeeScheduleViewSet.as_view(_COLLECTION), name="schedule-list"),
    re_path(
        rf"{_ROOT}/fee-schedules/(?P<schedule_id>{_ID})/?$",
        views.FeeScheduleViewSet.as_view(_ITEM),
        name="schedule-detail",
    ),
    re_path(
        rf"{_ROOT}/fee-schedules/(?P<schedule_id>{_ID})/versions/?$",
        views.FeeScheduleViewSet.as_view({"post": "add_version"}),
        name="schedule-versions",
    ),
    re_path(rf"{_ROOT}/fee-calculations/?$", views.FeeCalculationViewSet.as_view(_COLLECTION), name="calculation-list"),
    re_path(
        rf"{_ROOT}/fee-calculations/(?P<run_id>{_ID})/?$",
        views.FeeCalculationViewSet.as_view(_ITEM),
        name="calculation-detail",
    ),
    re_path(rf"{_ROOT}/billing/invoices/?$", views.InvoiceViewSet.as_view(_COLLECTION), name="invoice-list"),
    re_path(
        rf"{_ROOT}/billing/invoices/(?P<invoice_id>{_ID})/?$",
        views.InvoiceViewSet.as_view(_ITEM),
        name="invoice-detail",
    ),
    re_path(
        rf"{_ROOT}/billing/invoices/(?P<invoice_id>{_ID})/void/?$",
        views.InvoiceViewSet.as_view({"post": "void"}),
        name="invoice-void",
    ),
    re_path(rf"{_ROOT}/billing/payments/?$", views.PaymentViewSet.as_view(_COLLECTION), name="payment-list"),
    re_path(
        rf"{_ROOT}/billing/payments/(?P<payment_id>{_ID})/?$",
        views.PaymentViewSet.as_view(_ITEM),
        name="payment-detail",
    ),
    re_path(rf"{_ROOT}/billing/reports/?$", views.BillingReportView.as_view(), name="report"),
]
