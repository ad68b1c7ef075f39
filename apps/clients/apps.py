"""Start-up of clients."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Households, people, documents, agreements."""

    name = "apps.clients"
    label = "clients"

    def ready(self) -> None:
        """Register what this app takes in."""
        from apps.clients.ports import ports
        from apps.clients.services.client_importer import ClientListImporter

        ports.importers["clients"] = ClientListImporter()
