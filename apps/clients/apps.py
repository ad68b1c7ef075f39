"""Start-up of clients."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Households, people, documents, agreements."""

    name = "apps.clients"
    label = "clients"
