"""What becomes of plans: steps and alerts with what is decided on them, and two parts of a version's answer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.actor import api_actor
from apps.core.api.english import EnglishMixin
from apps.core.api.etags import IF_MATCH, TaggedReadMixin, demand_match, tagged_answer
from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.api.sparse import FIELDS
from apps.core.api.throttles import CallerThrottle
from apps.plans.api.filters import AlertFilter, StepFilter
from apps.plans.api.follow_up_serializers import (
    AlertOut,
    DismissIn,
    MarketsOut,
    SpendingOut,
    StepDoneIn,
    StepOut,
    markets_body,
    spending_body,
)
from apps.plans.api.views import overview_or_refuse
from apps.plans.models import PlanAlert, PlanStep
from apps.plans.selectors.monitoring import alert_for
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.step_boards import step_for
from apps.plans.services.alerts import acknowledge_alert, dismiss_alert
from apps.plans.services.steps import Evidence, finish_step


@extend_schema_view(
    list=extend_schema(summary="List steps", parameters=[FIELDS], tags=["plans"]),
    retrieve=extend_schema(summary="Read a step", parameters=[FIELDS], tags=["plans"]),
)
class StepViewSet(
    EnglishMixin, IdempotentPostMixin, TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[PlanStep]
):
    """The steps that make advice happen; below a plan those of its household."""

    scope_area = "plans"
    throttle_classes = (CallerThrottle,)
    serializer_class = StepOut
    filterset_class = StepFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "step_id"

    def get_queryset(self) -> QuerySet[PlanStep]:
        """Return those the caller may see."""
        actor = api_actor(self.request)
        rows = PlanStep.objects.visible_to(actor).select_related("household", "recommendation", "person", "document")
        if "plan_id" in self.kwargs:
            return rows.filter(household=plan_for(actor, self.kwargs["plan_id"]).household)
        return rows

    @extend_schema(
        operation_id="financial_services_financial_plans_own_steps_list",
        summary="List a plan's steps",
        responses={200: StepOut(many=True)},
        parameters=[FIELDS],
        tags=["plans"],
    )
    def of_plan(self, request: Request, plan_id: str) -> Response:  # noqa: ARG002 - get_queryset reads it
        """List those of one plan."""
        return self.list(request)

    @extend_schema(
        summary="Note a step as done",
        request=StepDoneIn,
        responses={200: StepOut},
        parameters=[IF_MATCH],
        tags=["plans"],
    )
    def finish(self, request: Request, step_id: str) -> Response:
        """Note a step as done, with what shows it."""
        form = StepDoneIn(data=request.data)
        form.is_valid(raise_exception=True)
        step = step_for(api_actor(request), step_id)
        demand_match(request, self.tag_of(step))
        done = finish_step(step=step, evidence=Evidence(note=form.validated_data["note"]), by=api_actor(request))
        return Response(StepOut(done).data, headers={"ETag": self.tag_of(done)})


@extend_schema_view(
    list=extend_schema(summary="List alerts", parameters=[FIELDS], tags=["plans"]),
    retrieve=extend_schema(summary="Read an alert", parameters=[FIELDS], tags=["plans"]),
)
class AlertViewSet(
    EnglishMixin, IdempotentPostMixin, TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[PlanAlert]
):
    """What the nightly measurement found of plans in force; below a plan those of that version."""

    scope_area = "plans"
    throttle_classes = (CallerThrottle,)
    serializer_class = AlertOut
    filterset_class = AlertFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "alert_id"

    def get_queryset(self) -> QuerySet[PlanAlert]:
        """Return those the caller may see."""
        actor = api_actor(self.request)
        rows = PlanAlert.objects.visible_to(actor).select_related("plan__household", "draft")
        if "plan_id" in self.kwargs:
            return rows.filter(plan=plan_for(actor, self.kwargs["plan_id"]))
        return rows

    @extend_schema(
        operation_id="financial_services_financial_plans_own_alerts_list",
        summary="List a plan's alerts",
        responses={200: AlertOut(many=True)},
        parameters=[FIELDS],
        tags=["plans"],
    )
    def of_plan(self, request: Request, plan_id: str) -> Response:  # noqa: ARG002 - get_queryset reads it
        """List those of one plan."""
        return self.list(request)

    @extend_schema(
        summary="Acknowledge an alert", request=None, responses={200: AlertOut}, parameters=[IF_MATCH], tags=["plans"]
    )
    def acknowledge(self, request: Request, alert_id: str) -> Response:
        """Note that an alert was seen; it stands until the night finds it gone."""
        return self._answer(acknowledge_alert(alert=self._asked(request, alert_id), by=api_actor(request)))

    @extend_schema(
        summary="Dismiss an alert",
        request=DismissIn,
        responses={200: AlertOut},
        parameters=[IF_MATCH],
        tags=["plans"],
    )
    def dismiss(self, request: Request, alert_id: str) -> Response:
        """Put an alert aside, with the reason."""
        form = DismissIn(data=request.data)
        form.is_valid(raise_exception=True)
        alert = self._asked(request, alert_id)
        return self._answer(dismiss_alert(alert=alert, by=api_actor(request), **form.validated_data))

    def _asked(self, request: Request, alert_id: str) -> PlanAlert:
        alert = alert_for(api_actor(request), alert_id)
        demand_match(request, self.tag_of(alert))
        return alert

    def _answer(self, alert: PlanAlert) -> Response:
        return Response(AlertOut(alert).data, headers={"ETag": self.tag_of(alert)})


class OutlookViewSet(EnglishMixin, viewsets.ViewSet):
    """Parts of the answer of one version."""

    scope_area = "plans"
    throttle_classes = (CallerThrottle,)

    @extend_schema(
        summary="Read the chance under other markets", responses={200: MarketsOut}, parameters=[FIELDS], tags=["plans"]
    )
    def markets(self, request: Request, plan_id: str) -> Response:
        """Answer with the chance under the plan's own markets and under the others."""
        return self._told(request, plan_id, MarketsOut, markets_body)

    @extend_schema(
        summary="Read the spending outlook", responses={200: SpendingOut}, parameters=[FIELDS], tags=["plans"]
    )
    def spending(self, request: Request, plan_id: str) -> Response:
        """Answer with the rule by which spending in retirement moves, and what it brings year by year."""
        return self._told(request, plan_id, SpendingOut, spending_body)

    def _told(self, request: Request, plan_id: str, out: Any, body_of: Any) -> Response:
        plan = plan_for(api_actor(request), plan_id)
        body = body_of(overview_or_refuse(request, plan.household, plan))
        return tagged_answer(request, out(body).data, out(body, context={"request": request}).data)
