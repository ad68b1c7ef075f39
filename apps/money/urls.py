"""Addresses of money."""

from django.urls import path

from apps.money.views import calculators, households, own_facts, passports, suggestions

app_name = "money"
_calculators = "households/<uuid:household_id>/money/calculators"
urlpatterns = [
    path("portal/facts/", own_facts.OwnFactsView.as_view(), name="own-facts"),
    path("portal/facts/<slug:kind>/new/", own_facts.SuggestView.as_view(), name="own-fact-new"),
    path("portal/facts/<slug:kind>/<uuid:fact_id>/", own_facts.SuggestView.as_view(), name="own-fact"),
    path("portal/facts/<slug:kind>/<uuid:fact_id>/gone/", own_facts.SuggestRemovalView.as_view(), name="own-fact-gone"),
    path(
        "portal/facts/suggestions/<uuid:suggestion_id>/withdraw/",
        own_facts.WithdrawView.as_view(),
        name="own-fact-withdraw",
    ),
    path("money/suggestions/<uuid:suggestion_id>/", suggestions.AcceptView.as_view(), name="suggestion"),
    path(
        "money/suggestions/<uuid:suggestion_id>/decline/", suggestions.DeclineView.as_view(), name="suggestion-decline"
    ),
    path("households/<uuid:household_id>/money/", households.HouseholdMoneyView.as_view(), name="household-money"),
    path(f"{_calculators}/interest/", calculators.InterestCalculator.as_view(), name="interest-calculator"),
    path(f"{_calculators}/loan/", calculators.LoanCalculator.as_view(), name="loan-calculator"),
    path(f"{_calculators}/refinancing/", calculators.RefinancingCalculator.as_view(), name="refinancing-calculator"),
    path(f"{_calculators}/rent-or-buy/", calculators.RentOrBuyCalculator.as_view(), name="rent-or-buy"),
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
