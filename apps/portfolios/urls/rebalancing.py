"""Addresses of rebalancing and of losses worth taking."""

from django.urls import path

from apps.portfolios.views import rebalancing

patterns = [
    path(
        "households/<uuid:household_id>/portfolio/rebalance/", rebalancing.RebalanceView.as_view(), name="rebalance-new"
    ),
    path(
        "households/<uuid:household_id>/portfolio/rebalance/compare/",
        rebalancing.RebalanceCompareView.as_view(),
        name="rebalance-compare",
    ),
    path(
        "households/<uuid:household_id>/portfolio/harvest/", rebalancing.HarvestView.as_view(), name="household-harvest"
    ),
    path(
        "households/<uuid:household_id>/portfolio/harvest/passport/<slug:figure>/",
        rebalancing.HarvestPassportView.as_view(),
        name="harvest-passport",
    ),
    path(
        "portfolios/rebalances/<uuid:rebalance_id>/",
        rebalancing.RebalanceDetailView.as_view(),
        name="rebalance-detail",
    ),
    path(
        "portfolios/rebalances/<uuid:rebalance_id>/trades/",
        rebalancing.RebalanceTradesView.as_view(),
        name="rebalance-trades",
    ),
    path(
        "portfolios/rebalances/<uuid:rebalance_id>/passport/<slug:figure>/",
        rebalancing.RebalancePassportView.as_view(),
        name="rebalance-passport",
    ),
]
