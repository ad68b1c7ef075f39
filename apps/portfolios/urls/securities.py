"""Addresses of securities and of what companies did to them."""

from django.urls import path

from apps.portfolios.views import exchange_rates, market_actions, securities

patterns = [
    path("portfolios/securities/", securities.SecurityListView.as_view(), name="security-list"),
    path("portfolios/securities/<uuid:security_id>/", securities.SecurityDetailView.as_view(), name="security-detail"),
    path(
        "portfolios/securities/<uuid:security_id>/passport/<slug:figure>/",
        securities.SecurityPassportView.as_view(),
        name="security-passport",
    ),
    path("portfolios/exchange-rates/", exchange_rates.ExchangeRateListView.as_view(), name="exchange-rate-list"),
    path(
        "portfolios/exchange-rates/<slug:pair>/", exchange_rates.ExchangeRateDetailView.as_view(), name="exchange-rate"
    ),
    path(
        "portfolios/exchange-rates/<slug:pair>/passport/<slug:figure>/",
        exchange_rates.ExchangeRatePassportView.as_view(),
        name="exchange-rate-passport",
    ),
    path("portfolios/corporate-actions/", market_actions.MarketActionListView.as_view(), name="market-actions"),
    path(
        "portfolios/corporate-actions/<uuid:action_id>/enter/",
        market_actions.MarketActionEnterView.as_view(),
        name="market-action-enter",
    ),
]
