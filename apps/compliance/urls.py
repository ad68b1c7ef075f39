"""Addresses of compliance's pages."""

from django.urls import path

from apps.compliance.views import checkpoints, dashboard, profiles, risk_groups, trail

app_name = "compliance"
urlpatterns = [
    path("compliance/", dashboard.Dashboard.as_view(), name="dashboard"),
    path("compliance/checkpoints/", checkpoints.CheckpointRulesView.as_view(), name="checkpoint-rules"),
    path("compliance/groups/", risk_groups.RiskGroups.as_view(), name="risk-groups"),
    path("compliance/groups/refresh/", risk_groups.RefreshRiskGroups.as_view(), name="risk-groups-refresh"),
    path("compliance/groups/passport/", risk_groups.RiskFitPassport.as_view(), name="risk-fit-passport"),
    path("compliance/groups/<uuid:group_id>/", risk_groups.RiskGroupDetail.as_view(), name="risk-group"),
    path(
        "compliance/groups/<uuid:group_id>/passport/",
        risk_groups.RiskGroupPassport.as_view(),
        name="risk-group-passport",
    ),
    path(
        "compliance/groups/people/<uuid:membership_id>/passport/",
        risk_groups.RiskMemberPassport.as_view(),
        name="risk-member-passport",
    ),
    path("compliance/verify/", dashboard.Verify.as_view(), name="verify"),
    path("compliance/methods/<uuid:table_id>/", dashboard.MethodPage.as_view(), name="method-detail"),
    path("compliance/methods/<uuid:table_id>/adopt/", dashboard.AdoptMethod.as_view(), name="method-adopt"),
    path("compliance/trail/", trail.TrailPage.as_view(), name="trail"),
    path("compliance/exports/", trail.ExportList.as_view(), name="export-list"),
    path("compliance/exports/new/", trail.RequestExport.as_view(), name="export-new"),
    path("compliance/exports/<uuid:export_id>/file/", trail.DownloadExport.as_view(), name="export-file"),
    path("compliance/assessments/<uuid:assessment_id>/", profiles.AssessmentDetail.as_view(), name="assessment-detail"),
    path(
        "compliance/assessments/<uuid:assessment_id>/answers/",
        profiles.TakeDownAnswers.as_view(),
        name="assessment-answers",
    ),
    path(
        "compliance/assessments/<uuid:assessment_id>/review/",
        profiles.ReviewAssessment.as_view(),
        name="assessment-review",
    ),
    path(
        "compliance/assessments/<uuid:assessment_id>/withdraw/",
        profiles.Withdraw.as_view(),
        name="assessment-withdraw",
    ),
    path(
        "compliance/assessments/<uuid:assessment_id>/acknowledge/",
        profiles.Acknowledge.as_view(),
        name="assessment-acknowledge",
    ),
    path(
        "compliance/assessments/<uuid:assessment_id>/passport/<slug:figure>/",
        profiles.ProfilePassport.as_view(),
        name="profile-passport",
    ),
    path(
        "compliance/capacity/<uuid:capacity_id>/passport/",
        profiles.CapacityPassport.as_view(),
        name="capacity-passport",
    ),
    path(
        "households/<uuid:household_id>/compliance/",
        profiles.HouseholdCompliance.as_view(),
        name="household-compliance",
    ),
    path(
        "households/<uuid:household_id>/compliance/questionnaires/",
        profiles.Invite.as_view(),
        name="household-invite",
    ),
    path(
        "households/<uuid:household_id>/compliance/capacity/",
        profiles.AssessCapacity.as_view(),
        name="household-capacity",
    ),
    path(
        "households/<uuid:household_id>/compliance/events/",
        profiles.LifeEvent.as_view(),
        name="household-life-event",
    ),
    path("households/<uuid:household_id>/history/", trail.HouseholdHistory.as_view(), name="household-history"),
]
