"""The HTTP gate: the host decides whose request it is."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django_tenants.utils import get_tenant_domain_model

from apps.core.middleware.requests import GetResponse
from apps.core.tenancy.connections import connection


def host_of(request: HttpRequest) -> str:
    """Return the host without its port, in lower case."""
    return request.get_host().rsplit(":", 1)[0].lower()


def firm_for_host(host: str) -> Any | None:
    """Return the firm whose address this is, read from the public schema; None if there is none."""
    domain = get_tenant_domain_model().objects.select_related("tenant").filter(domain=host).first()
    return domain.tenant if domain else None


class FirmMiddleware:
    """Enters the firm of the host for the length of the request, and the public schema for the public hosts."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Enter, serve, leave."""
        connection.set_schema_to_public()
        host = host_of(request)
        if host in settings.PUBLIC_HOSTS:
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            request.tenant = None  # type: ignore[attr-defined]
            return self.get_response(request)
        firm = firm_for_host(host)
        if firm is None or not firm.is_open:
            return self._closed(request, host, firm)
        connection.set_tenant(firm)
        request.tenant = firm  # type: ignore[attr-defined]
        try:
            with structlog.contextvars.bound_contextvars(firm=firm.schema_name):
                return self.get_response(request)
        finally:
            connection.set_schema_to_public()

    def _closed(self, request: HttpRequest, host: str, firm: Any | None) -> HttpResponseBase:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        request.tenant = None  # type: ignore[attr-defined]
        status = 404 if firm is None else 503
        context = {"host": host, "firm": firm, "public_url": settings.PUBLIC_URL}
        return render(request, "_errors/no_firm.html", context, status=status)
