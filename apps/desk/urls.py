"""Addresses of the desk."""

from django.urls import path

from apps.desk.views import households, today

app_name = "desk"
urlpatterns = [
    path("", today.TodayView.as_view(), name="today"),
    path("households/<uuid:household_id>/", households.HouseholdView.as_view(), name="household"),
]
