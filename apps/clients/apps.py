"""Start-up of clients."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Households, people, documents, agreements."""

    name = "apps.clients"
    label = "clients"

    def ready(self) -> None:
        """Register what this app takes in and hears of."""
        from apps.clients.ports import ports
        from apps.clients.services import agreements
        from apps.clients.services.client_importer import ClientListImporter

        ports.importers["clients"] = ClientListImporter()
        ports.signature_ends[agreements.PURPOSE] = agreements.end_agreement
