"""Addresses of billing's pages."""

from django.urls import path

from apps.billing.views import households, invoices, passports, receipts, runs, schedules, webhook

app_name = "billing"
urlpatterns = [
    path("billing/", runs.RunList.as_view(), name="run-list"),
    path("billing/runs/new/", runs.StartRun.as_view(), name="run-new"),
    path("billing/runs/<uuid:run_id>/", runs.RunDetail.as_view(), name="run-detail"),
    path("billing/runs/<uuid:run_id>/progress/", runs.RunProgress.as_view(), name="run-progress"),
    path("billing/runs/<uuid:run_id>/calculate/", runs.CalculateRun.as_view(), name="run-calculate"),
    path("billing/runs/<uuid:run_id>/submit/", runs.SubmitRun.as_view(), name="run-submit"),
    path("billing/runs/<uuid:run_id>/lock/", runs.LockRun.as_view(), name="run-lock"),
    path("billing/runs/<uuid:run_id>/invoices/", runs.InvoiceRun.as_view(), name="run-invoice"),
    path("billing/runs/<uuid:run_id>/discard/", runs.DiscardRun.as_view(), name="run-discard"),
    path("billing/runs/<uuid:run_id>/figures/", passports.RunPassportView.as_view(), name="run-passport"),
    path("billing/fees/<uuid:fee_id>/", receipts.HouseholdReceiptPage.as_view(), name="household-receipt"),
    path("billing/receipts/<uuid:fee_id>/", receipts.ReceiptPage.as_view(), name="receipt"),
    path("billing/schedules/", schedules.ScheduleList.as_view(), name="schedule-list"),
    path("billing/schedules/new/", schedules.DefineSchedule.as_view(), name="schedule-new"),
    path("billing/schedules/<uuid:schedule_id>/", schedules.ScheduleDetail.as_view(), name="schedule-detail"),
    path("billing/schedules/<uuid:schedule_id>/revise/", schedules.ReviseSchedule.as_view(), name="schedule-revise"),
    path("billing/invoices/", invoices.InvoiceList.as_view(), name="invoice-list"),
    path("billing/invoices/<uuid:invoice_id>/", invoices.InvoiceDetail.as_view(), name="invoice-detail"),
    path("billing/invoices/<uuid:invoice_id>/void/", invoices.VoidInvoice.as_view(), name="invoice-void"),
    path("billing/payments/<uuid:payment_id>/return/", invoices.ReturnPayment.as_view(), name="payment-return"),
    path("billing/payments/<uuid:payment_id>/apply/", invoices.ApplyPayment.as_view(), name="payment-apply"),
    path("billing/invoices/<uuid:invoice_id>/payment/", invoices.RecordPayment.as_view(), name="invoice-payment"),
    path(
        "billing/schedules/<uuid:schedule_id>/versions/<int:number>/figures/",
        passports.TermsPassportView.as_view(),
        name="terms-passport",
    ),
    path(
        "billing/invoices/<uuid:invoice_id>/figures/", passports.InvoicePassportView.as_view(), name="invoice-passport"
    ),
    path(
        "households/<uuid:household_id>/billing/figures/",
        passports.HouseholdPassportView.as_view(),
        name="household-passport",
    ),
    path("billing/stripe/webhook", webhook.stripe_webhook, name="stripe-webhook"),
    path("households/<uuid:household_id>/billing/", households.HouseholdBilling.as_view(), name="household-billing"),
    path("households/<uuid:household_id>/billing/terms/", households.AssignFee.as_view(), name="household-terms"),
]
