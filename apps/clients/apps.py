"""Start-up of clients."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    """Households, people, documents, agreements."""

    name = "apps.clients"
    label = "clients"
    verbose_name = _("Clients")

    def ready(self) -> None:
        """Register what this app takes in and hears of."""
        from apps.accounts.ports import connect_arrival
        from apps.clients.ports import ports
        from apps.clients.services import agreements, portal_access
        from apps.clients.services.client_importer import ClientListImporter

        ports.importers["clients"] = ClientListImporter()
        connect_arrival(portal_access.SUBJECT, portal_access.take_arrival)
        ports.signature_ends[agreements.PURPOSE] = agreements.end_agreement
