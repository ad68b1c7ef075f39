"""Addresses of what people value by hand."""

from django.urls import path

from apps.portfolios.views import assets

patterns = [
    path(
        "households/<uuid:household_id>/portfolio/assets/",
        assets.HouseholdAssetsView.as_view(),
        name="household-assets",
    ),
    path("households/<uuid:household_id>/portfolio/assets/new/", assets.AssetNewView.as_view(), name="asset-new"),
    path("households/<uuid:household_id>/portfolio/assets/funds/new/", assets.FundNewView.as_view(), name="fund-new"),
    path("portfolios/assets/<uuid:asset_id>/", assets.AssetDetailView.as_view(), name="asset-detail"),
    path(
        "portfolios/assets/<uuid:asset_id>/passport/<slug:figure>/",
        assets.AssetPassportView.as_view(),
        name="asset-passport",
    ),
    path("portfolios/assets/<uuid:asset_id>/values/new/", assets.AppraisalNewView.as_view(), name="appraisal-new"),
    path("portfolios/assets/<uuid:asset_id>/payments/new/", assets.FlowNewView.as_view(), name="flow-new"),
    path("portfolios/assets/<uuid:asset_id>/calls/new/", assets.CallNewView.as_view(), name="call-new"),
    path("portfolios/assets/<uuid:asset_id>/terms/", assets.AssetTermsView.as_view(), name="asset-terms"),
    path("portfolios/assets/<uuid:asset_id>/end/", assets.AssetEndView.as_view(), name="asset-end"),
    path(
        "portfolios/assets/<uuid:asset_id>/end/take-back/",
        assets.AssetEndTakeBackView.as_view(),
        name="asset-end-take-back",
    ),
    path(
        "portfolios/assets/values/<uuid:appraisal_id>/take-back/",
        assets.AppraisalTakeBackView.as_view(),
        name="appraisal-take-back",
    ),
    path("portfolios/assets/payments/<uuid:flow_id>/paid/", assets.CallPayView.as_view(), name="call-pay"),
    path(
        "portfolios/assets/payments/<uuid:flow_id>/take-back/",
        assets.FlowTakeBackView.as_view(),
        name="flow-take-back",
    ),
]
