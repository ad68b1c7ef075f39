"""Addresses of a household's money under /api/."""

from typing import Any

from django.urls import re_path

from apps.core.api.ids import ID
from apps.money.api.views import DebtViewSet, EquityGrantViewSet, PropertyViewSet, YearlyPaymentViewSet

app_name = "money_api"
_ID = ID
_COLLECTION: dict[str, Any] = {"get": "list", "post": "create"}
_ITEM: dict[str, Any] = {"get": "retrieve", "put": "update", "delete": "destroy"}
_BASE = "financial-services"

urlpatterns = [
    re_path(
        rf"^{_BASE}/clients/(?P<client_id>{_ID})/equity-grants/?$",
        EquityGrantViewSet.as_view(_COLLECTION),
        name="equity-grant-list",
    ),
    re_path(
        rf"^{_BASE}/equity-grants/(?P<grant_id>{_ID})/?$", EquityGrantViewSet.as_view(_ITEM), name="equity-grant-detail"
    ),
    re_path(
        rf"^{_BASE}/clients/(?P<client_id>{_ID})/yearly-payments/?$",
        YearlyPaymentViewSet.as_view(_COLLECTION),
        name="yearly-payment-list",
    ),
    re_path(
        rf"^{_BASE}/yearly-payments/(?P<yearly_payment_id>{_ID})/?$",
        YearlyPaymentViewSet.as_view(_ITEM),
        name="yearly-payment-detail",
    ),
    re_path(rf"^{_BASE}/clients/(?P<client_id>{_ID})/debts/?$", DebtViewSet.as_view(_COLLECTION), name="debt-list"),
    re_path(rf"^{_BASE}/debts/(?P<debt_id>{_ID})/?$", DebtViewSet.as_view(_ITEM), name="debt-detail"),
    re_path(
        rf"^{_BASE}/clients/(?P<client_id>{_ID})/properties/?$",
        PropertyViewSet.as_view(_COLLECTION),
        name="property-list",
    ),
    re_path(rf"^{_BASE}/properties/(?P<property_id>{_ID})/?$", PropertyViewSet.as_view(_ITEM), name="property-detail"),
]
