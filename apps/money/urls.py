"""Addresses of money."""

from django.urls import path

from apps.money.views import households, passports

app_name = "money"
urlpatterns = [
    path("households/<uuid:household_id>/money/", households.HouseholdMoneyView.as_view(), name="household-money"),
    path("households/<uuid:household_id>/money/entries/", households.EntryListView.as_view(), name="entry-list"),
    path(
        "households/<uuid:household_id>/money/passport/<slug:figure>/",
        passports.HouseholdPassportView.as_view(),
        name="household-passport",
    ),
    path("households/<uuid:household_id>/money/<slug:kind>/new/", households.FactNewView.as_view(), name="fact-new"),
    path("money/entries/<uuid:entry_id>/category/", households.EntryCategoryView.as_view(), name="entry-category"),
    path("money/entries/<uuid:entry_id>/passport/", passports.EntryPassportView.as_view(), name="entry-passport"),
    path("money/<slug:kind>/<uuid:fact_id>/edit/", households.FactEditView.as_view(), name="fact-edit"),
    path("money/<slug:kind>/<uuid:fact_id>/remove/", households.FactRemoveView.as_view(), name="fact-remove"),
    path("money/<slug:kind>/<uuid:fact_id>/passport/", passports.FactPassportView.as_view(), name="fact-passport"),
]
