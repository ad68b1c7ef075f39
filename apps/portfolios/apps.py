"""Start-up of portfolios."""

from django.apps import AppConfig


class PortfoliosConfig(AppConfig):
    """Accounts, transactions, holdings, performance."""

    name = "apps.portfolios"
    label = "portfolios"

    def ready(self) -> None:
        """Register what this app takes in."""
        from apps.clients.ports import ports
        from apps.portfolios.services.custodian_importer import CustodianFileImporter

        ports.importers["custodian_file"] = CustodianFileImporter()
