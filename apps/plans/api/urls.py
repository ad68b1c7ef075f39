"""Addresses of plans under /api/."""

from typing import Any

from django.urls import re_path

from apps.core.api.ids import ID
from apps.plans.api.follow_ups import AlertViewSet, OutlookViewSet, StepViewSet
from apps.plans.api.views import ClientPlanViewSet, FinancialPlanViewSet, JobViewSet, RecommendationViewSet

app_name = "plans_api"
_ID = ID
_PLAN = rf"^financial-services/financial-plans/(?P<plan_id>{_ID})"


def _plan(path: str, actions: Any, name: str) -> Any:
    return re_path(rf"{_PLAN}{path}/?$", FinancialPlanViewSet.as_view(actions), name=name)


def _below(path: str, view: Any, name: str) -> Any:
    return re_path(rf"^financial-services/financial-plans{path}/?$", view, name=name)


urlpatterns = [
    re_path(
        rf"^plans/(?P<client_id>{_ID})/?$",
        ClientPlanViewSet.as_view({"get": "retrieve", "post": "create"}),
        name="client-plan",
    ),
    re_path(
        rf"^recommendations/(?P<client_id>{_ID})/?$",
        RecommendationViewSet.as_view({"get": "retrieve"}),
        name="client-recommendations",
    ),
    re_path(
        r"^financial-services/financial-plans/?$",
        FinancialPlanViewSet.as_view({"get": "list", "post": "create"}),
        name="plan-list",
    ),
    _plan("", {"get": "retrieve"}, "plan-detail"),
    _plan("/status", {"put": "set_status"}, "plan-status"),
    _plan("/analysis", {"post": "analyse"}, "plan-analysis"),
    _plan("/projections", {"get": "projections"}, "plan-projections"),
    _plan("/goals", {"get": "goals", "post": "add_goal"}, "plan-goals"),
    _below(rf"/(?P<plan_id>{_ID})/markets", OutlookViewSet.as_view({"get": "markets"}), "plan-markets"),
    _below(rf"/(?P<plan_id>{_ID})/spending", OutlookViewSet.as_view({"get": "spending"}), "plan-spending"),
    _below(rf"/(?P<plan_id>{_ID})/steps", StepViewSet.as_view({"get": "of_plan"}), "plan-steps"),
    _below("/steps", StepViewSet.as_view({"get": "list"}), "step-list"),
    _below(rf"/steps/(?P<step_id>{_ID})", StepViewSet.as_view({"get": "retrieve"}), "step-detail"),
    _below(rf"/steps/(?P<step_id>{_ID})/done", StepViewSet.as_view({"post": "finish"}), "step-done"),
    _below(rf"/(?P<plan_id>{_ID})/alerts", AlertViewSet.as_view({"get": "of_plan"}), "plan-alerts"),
    _below("/alerts", AlertViewSet.as_view({"get": "list"}), "alert-list"),
    _below(rf"/alerts/(?P<alert_id>{_ID})", AlertViewSet.as_view({"get": "retrieve"}), "alert-detail"),
    _below(
        rf"/alerts/(?P<alert_id>{_ID})/acknowledge", AlertViewSet.as_view({"post": "acknowledge"}), "alert-acknowledge"
    ),
    _below(rf"/alerts/(?P<alert_id>{_ID})/dismiss", AlertViewSet.as_view({"post": "dismiss"}), "alert-dismiss"),
    re_path(rf"^jobs/(?P<job_id>{_ID})/?$", JobViewSet.as_view({"get": "retrieve"}), name="job-detail"),
]
