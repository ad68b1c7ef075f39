"""Addresses of plans under /api/."""

from typing import Any

from django.urls import re_path

from apps.plans.api.views import ClientPlanViewSet, FinancialPlanViewSet, JobViewSet, RecommendationViewSet

app_name = "plans_api"
_ID = "[0-9a-f-]{36}"
_PLAN = rf"^financial-services/financial-plans/(?P<plan_id>{_ID})"


def _plan(path: str, actions: Any, name: str) -> Any:
    return re_path(rf"{_PLAN}{path}/?$", FinancialPlanViewSet.as_view(actions), name=name)


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
    re_path(rf"^jobs/(?P<job_id>{_ID})/?$", JobViewSet.as_view({"get": "retrieve"}), name="job-detail"),
]
