"""Addresses of an account's number, of what is typed into it, and of its required distributions."""

from django.urls import path

from apps.portfolios.views import accounts, distributions

patterns = [
    path("portfolios/accounts/<uuid:account_id>/entries/new/", accounts.EntryNewView.as_view(), name="entry-new"),
    path("portfolios/accounts/<uuid:account_id>/actions/new/", accounts.ActionNewView.as_view(), name="action-new"),
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
