"""Addresses of an account's number and of its required distributions."""

from django.urls import path

from apps.portfolios.views import accounts, distributions

patterns = [
    path("portfolios/accounts/<uuid:account_id>/number/", accounts.AccountNumberView.as_view(), name="account-number"),
    path(
        "portfolios/accounts/<uuid:account_id>/distributions/",
        distributions.AccountDistributionsView.as_view(),
        name="account-distributions",
    ),
    path(
        "portfolios/accounts/<uuid:account_id>/distributions/terms/",
        distributions.DistributionTermsView.as_view(),
        name="distribution-terms",
    ),
]
