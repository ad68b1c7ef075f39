"""Addresses of clients under /api/; the short forms are aliases of the same viewsets."""

from typing import Any

from django.urls import re_path
from drf_spectacular.utils import extend_schema, extend_schema_view

from apps.clients.api.views import ClientViewSet, HouseholdViewSet
from apps.core.api.ids import ID

app_name = "clients_api"
_ID = ID
_ALIAS = extend_schema(description="Alias of /api/financial-services/clients.")


@extend_schema_view(list=_ALIAS, create=_ALIAS, retrieve=_ALIAS, update=_ALIAS)
class ClientAlias(ClientViewSet):
    """The same under the short address."""


_COLLECTION: dict[str, Any] = {"get": "list", "post": "create"}
_ITEM: dict[str, Any] = {"get": "retrieve", "put": "update"}

urlpatterns = [
    re_path(r"^financial-services/clients/?$", ClientViewSet.as_view(_COLLECTION), name="client-list"),
    re_path(
        rf"^financial-services/clients/(?P<client_id>{_ID})/?$", ClientViewSet.as_view(_ITEM), name="client-detail"
    ),
    re_path(r"^clients/?$", ClientAlias.as_view(_COLLECTION), name="client-alias-list"),
    re_path(rf"^clients/(?P<client_id>{_ID})/?$", ClientAlias.as_view(_ITEM), name="client-alias-detail"),
    re_path(r"^households/?$", HouseholdViewSet.as_view({"get": "list"}), name="household-list"),
    re_path(
        rf"^households/(?P<household_id>{_ID})/?$",
        HouseholdViewSet.as_view({"get": "retrieve"}),
        name="household-detail",
    ),
]
