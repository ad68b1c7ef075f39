"""Addresses that belong to a firm, or to the public site."""

from __future__ import annotations

from django.conf import settings

from apps.core.tenancy.names import PUBLIC_SCHEMA, require_firm


def public_group_name(kind: str, key: object) -> str:
    """Return the channel group for one thing of the public site (a registration); no firm can be named `public`."""
    return f"{PUBLIC_SCHEMA}.{kind}.{key}"[:99]


def host_for(schema: str) -> str:
    """Return the host of a firm's own site: `harbor.localhost`; schema names have no hyphens, hosts no underscores."""
    return f"{schema.replace('_', '-')}.{settings.BASE_DOMAIN}"


def url_for(schema: str, path: str = "/") -> str:
    """Return a full address on a firm's site."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.SCHEME}://{host_for(schema)}{port}{path}"


def site_url(path: str = "/") -> str:
    """Return a full address on the current firm's site, for mails and papers, which have no request."""
    return url_for(require_firm(), path)
