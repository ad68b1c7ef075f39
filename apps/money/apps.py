"""Start-up of money."""

from django.apps import AppConfig


class MoneyConfig(AppConfig):
    """The household's own money."""

    name = "apps.money"
    label = "money"

    def ready(self) -> None:
        """Register what this app takes in."""
        from apps.clients.ports import ports
        from apps.compliance.ports import capacity_facts
        from apps.money.selectors.capacity import known_to_money
        from apps.money.services.bank_statement_importer import BankStatementImporter
        from apps.money.services.fact_importer import FactFileImporter

        ports.importers["bank_statement"] = BankStatementImporter()
        ports.importers["money_facts"] = FactFileImporter()
        capacity_facts.connect(known_to_money)
