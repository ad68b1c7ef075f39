"""Addresses of what is asked of orders in the market."""

from __future__ import annotations

from django.urls import path

from apps.portfolios.views import order_changes as views

_ORDER = "portfolios/orders/<uuid:order_id>/"

patterns = [
    path(f"{_ORDER}cancel/", views.OrderCancelView.as_view(), name="order-cancel"),
    path(f"{_ORDER}change/", views.OrderChangeView.as_view(), name="order-change"),
    path(f"{_ORDER}ask/", views.OrderAskView.as_view(), name="order-ask"),
    path(f"{_ORDER}again/", views.OrderAgainView.as_view(), name="order-again"),
    path(f"{_ORDER}settle/", views.OrderSettleView.as_view(), name="order-settle"),
]
