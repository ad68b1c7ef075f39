"""Start-up of portfolios."""

from django.apps import AppConfig


class PortfoliosConfig(AppConfig):
    """Accounts, transactions, holdings, performance."""

    name = "apps.portfolios"
    label = "portfolios"
