"""Addresses of services."""

from django.urls import path

from apps.portfolios.views import service_offerings as views

patterns = [
    path("portfolios/services/", views.ServiceListView.as_view(), name="service-list"),
    path("portfolios/services/new/", views.ServiceEditView.as_view(), name="service-new"),
    path("portfolios/services/<uuid:service_id>/", views.ServiceDetailView.as_view(), name="service-detail"),
    path("portfolios/services/<uuid:service_id>/edit/", views.ServiceEditView.as_view(), name="service-edit"),
    path("portfolios/services/<uuid:service_id>/retire/", views.ServiceRetireView.as_view(), name="service-retire"),
    path(
        "portfolios/services/<uuid:service_id>/versions/<int:number>/submit/",
        views.ServiceSubmitView.as_view(),
        name="service-submit",
    ),
    path(
        "portfolios/services/<uuid:service_id>/versions/<int:number>/recall/",
        views.ServiceRecallView.as_view(),
        name="service-recall",
    ),
    path(
        "households/<uuid:household_id>/portfolio/services/",
        views.HouseholdServicesView.as_view(),
        name="household-services",
    ),
    path(
        "households/<uuid:household_id>/portfolio/services/new/",
        views.ServiceTakeView.as_view(),
        name="service-take",
    ),
    path("portfolios/services/taken/<uuid:taken_id>/end/", views.ServiceEndView.as_view(), name="service-end"),
    path("portfolios/services/taken/<uuid:taken_id>/check/", views.QualityCheckView.as_view(), name="service-check"),
]
