"""Addresses of risk assessments under /api/."""

from django.urls import re_path

from apps.compliance.api.views import ClientRiskViewSet, QuestionnaireViewSet, RiskAssessmentViewSet
from apps.core.api.ids import ID

app_name = "compliance_api"
_ID = ID
_BASE = "^financial-services/risk-assessment"

urlpatterns = [
    re_path(
        rf"{_BASE}/?$", RiskAssessmentViewSet.as_view({"get": "list", "post": "create"}), name="risk-assessment-list"
    ),
    re_path(rf"{_BASE}/questionnaire/?$", QuestionnaireViewSet.as_view({"get": "retrieve"}), name="risk-questionnaire"),
    re_path(
        rf"{_BASE}/(?P<assessment_id>{_ID})/?$",
        RiskAssessmentViewSet.as_view({"get": "retrieve"}),
        name="risk-assessment-detail",
    ),
    re_path(
        rf"{_BASE}/(?P<assessment_id>{_ID})/analysis/?$",
        RiskAssessmentViewSet.as_view({"get": "analysis"}),
        name="risk-assessment-analysis",
    ),
    re_path(
        rf"^financial-services/clients/(?P<client_id>{_ID})/risk-assessment/?$",
        ClientRiskViewSet.as_view({"get": "retrieve"}),
        name="client-risk-assessment",
    ),
]
