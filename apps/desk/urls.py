"""Addresses of the desk."""

from django.urls import path

from apps.desk.views import households, search, today

app_name = "desk"
urlpatterns = [
    path("", today.TodayView.as_view(), name="today"),
    path("search/", search.SearchView.as_view(), name="search"),
    path("households/<uuid:household_id>/", households.HouseholdView.as_view(), name="household"),
]
