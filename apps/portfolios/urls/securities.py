"""Addresses of securities and of what companies did to them."""

from django.urls import path

from apps.portfolios.views import market_actions, securities

patterns = [
    path("portfolios/securities/", securities.SecurityListView.as_view(), name="security-list"),
    path("portfolios/securities/<uuid:security_id>/", securities.SecurityDetailView.as_view(), name="security-detail"),
    path(
        "portfolios/securities/<uuid:security_id>/passport/<slug:figure>/",
        securities.SecurityPassportView.as_view(),
        name="security-passport",
    ),
    path("portfolios/corporate-actions/", market_actions.MarketActionListView.as_view(), name="market-actions"),
    path(
        "portfolios/corporate-actions/<uuid:action_id>/enter/",
        market_actions.MarketActionEnterView.as_view(),
        name="market-action-enter",
    ),
]
