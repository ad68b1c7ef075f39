"""Fee schedules, calculations, invoices, payments, reports: the services that the pages call."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.firm_days import firm_today
from apps.billing.api import serializers as shapes
from apps.billing.models import BillingRun, FeeSchedule, Invoice, Payment
from apps.billing.selectors.invoices import invoice_for, revenue_report
from apps.billing.selectors.runs import run_for
from apps.billing.selectors.schedules import schedule_for
from apps.billing.services import invoices, payments, runs, schedules
from apps.core.api.actor import api_actor
from apps.core.api.etags import TaggedReadMixin
from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.api.ids import public_id
from apps.core.api.sparse import FIELDS

BASE = "/api/financial-services"


class _BillingViewSet(
    IdempotentPostMixin,
    mixins.ListModelMixin,
    TaggedReadMixin,
    viewsets.GenericViewSet,  # type: ignore[type-arg]
):
    """What all resources of billing share."""

    scope_area = "billing"
    lookup_field = "public_id"

    def get_queryset(self) -> Any:
        """Return what the caller may see; nothing while the schema is drawn."""
        rows: Any = super().get_queryset()
        return rows.visible_to(api_actor(self.request)) if self.request.auth else rows.none()

    def valid(self, shape: Any, request: Request) -> dict[str, Any]:
        """Return the checked content of the request."""
        given = shape(data=request.data, context={"currency": FirmProfile.current().currency})
        given.is_valid(raise_exception=True)
        content: dict[str, Any] = given.validated_data
        return content

    def made(self, row: Any, path: str, code: int = status.HTTP_201_CREATED) -> Response:
        """Answer with a row that a POST made, and where it is."""
        where = {"Location": f"{BASE}/{path}/{row.public_id}"}
        return Response(self.get_serializer(row).data, status=code, headers=where)


@extend_schema_view(
    list=extend_schema(summary="List fee schedules", parameters=[FIELDS], tags=["billing"]),
    retrieve=extend_schema(summary="Read a fee schedule", parameters=[FIELDS], tags=["billing"]),
)
class FeeScheduleViewSet(_BillingViewSet):
    """Fee schedules and their versions."""

    queryset = FeeSchedule.objects.prefetch_related("versions").order_by("id")
    serializer_class = shapes.FeeScheduleOut
    lookup_url_kwarg = "schedule_id"

    @extend_schema(
        summary="Define a fee schedule",
        tags=["billing"],
        request=shapes.FeeScheduleIn,
        responses={201: shapes.FeeScheduleOut},
    )
    def create(self, request: Request) -> Response:
        """Define a schedule with its first version."""
        version = schedules.define_schedule(**self.valid(shapes.FeeScheduleIn, request), by=api_actor(request))
        return self.made(version.schedule, "fee-schedules")

    @extend_schema(
        summary="Add a version", tags=["billing"], request=shapes.VersionIn, responses={201: shapes.FeeScheduleOut}
    )
    def add_version(self, request: Request, schedule_id: str) -> Response:
        """Add a version; nobody is billed by it before a household is put on it."""
        by = api_actor(request)
        schedule = schedule_for(by, public_id(schedule_id))
        schedules.revise_schedule(schedule=schedule, **self.valid(shapes.VersionIn, request), by=by)
        return self.made(schedule_for(by, schedule.public_id), "fee-schedules")


@extend_schema_view(
    list=extend_schema(summary="List fee calculations", parameters=[FIELDS], tags=["billing"]),
    retrieve=extend_schema(
        summary="Read a fee calculation with its fees",
        parameters=[FIELDS],
        tags=["billing"],
        responses={200: shapes.FeeCalculationDetailOut},
    ),
)
class FeeCalculationViewSet(_BillingViewSet):
    """Billing runs: started here, reviewed and locked by people."""

    queryset = BillingRun.objects.select_related("job")
    serializer_class = shapes.FeeCalculationOut
    lookup_url_kwarg = "run_id"

    def get_queryset(self) -> Any:
        """With the fees where one run is read."""
        rows = super().get_queryset()
        return rows.prefetch_related("fees__household") if self.action == "retrieve" else rows

    def get_serializer_class(self) -> Any:
        """With the fees where one run is read."""
        return shapes.FeeCalculationDetailOut if self.action == "retrieve" else shapes.FeeCalculationOut

    @extend_schema(
        summary="Calculate the fees of a period",
        tags=["billing"],
        request=shapes.FeeCalculationIn,
        responses={202: shapes.FeeCalculationOut},
    )
    def create(self, request: Request) -> Response:
        """Start a run; its job tells how far it is."""
        run = runs.start_run(**self.valid(shapes.FeeCalculationIn, request), by=api_actor(request))
        return self.made(run, "fee-calculations", status.HTTP_202_ACCEPTED)


@extend_schema_view(
    list=extend_schema(summary="List invoices", parameters=[FIELDS], tags=["billing"]),
    retrieve=extend_schema(summary="Read an invoice", parameters=[FIELDS], tags=["billing"]),
)
class InvoiceViewSet(_BillingViewSet):
    """Invoices."""

    queryset = Invoice.objects.select_related("household").prefetch_related("lines")
    serializer_class = shapes.InvoiceOut
    lookup_url_kwarg = "invoice_id"

    @extend_schema(
        summary="Write the invoices of a locked calculation",
        tags=["billing"],
        request=shapes.InvoicesIn,
        responses={202: shapes.FeeCalculationOut},
    )
    def create(self, request: Request) -> Response:
        """Write them in the background; refused until a second person approved the fees and they are locked."""
        by, given = api_actor(request), self.valid(shapes.InvoicesIn, request)
        run = invoices.request_invoices(run=run_for(by, given["fee_calculation_id"]), by=by)
        where = {"Location": f"{BASE}/fee-calculations/{run.public_id}"}
        return Response(shapes.FeeCalculationOut(run).data, status=status.HTTP_202_ACCEPTED, headers=where)

    @extend_schema(
        summary="Take an invoice back", tags=["billing"], request=shapes.VoidIn, responses={200: shapes.InvoiceOut}
    )
    def void(self, request: Request, invoice_id: str) -> Response:
        """Void an invoice, with the reason."""
        by, given = api_actor(request), self.valid(shapes.VoidIn, request)
        voided = invoices.void_invoice(invoice=invoice_for(by, public_id(invoice_id)), reason=given["reason"], by=by)
        return Response(self.get_serializer(voided).data)


@extend_schema_view(
    list=extend_schema(summary="List payments", parameters=[FIELDS], tags=["billing"]),
    retrieve=extend_schema(summary="Read a payment", parameters=[FIELDS], tags=["billing"]),
)
class PaymentViewSet(_BillingViewSet):
    """Payments."""

    queryset = Payment.objects.select_related("invoice")
    serializer_class = shapes.PaymentOut
    lookup_url_kwarg = "payment_id"

    @extend_schema(
        summary="Start the payment of an invoice",
        tags=["billing"],
        request=shapes.PaymentIn,
        responses={201: shapes.PaymentOut},
    )
    def create(self, request: Request) -> Response:
        """Open the page where the client enters the card; asked twice, it is the same one."""
        by, given = api_actor(request), self.valid(shapes.PaymentIn, request)
        payment = payments.start_payment(invoice=invoice_for(by, given["invoice_id"]), by=by)
        return self.made(payment, "billing/payments")


class BillingReportView(APIView):
    """What was billed and received."""

    scope_area = "billing"

    @extend_schema(
        summary="Revenue between two days",
        tags=["billing"],
        parameters=[shapes.ReportQuery],
        responses={200: shapes.BillingReportOut},
    )
    def get(self, request: Request) -> Response:
        """Report on invoices issued from the first to the last day."""
        query = shapes.ReportQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        first, last = query.validated_data["first_day"], query.validated_data["last_day"]
        currency = FirmProfile.current().currency
        report = revenue_report(api_actor(request), first, last, currency=currency, today=firm_today())
        return Response(shapes.BillingReportOut(report).data)
