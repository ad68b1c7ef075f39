"""Addresses of the public site."""

from typing import Any

app_name = "firms"
urlpatterns: list[Any] = []
