"""How the OpenAPI file is drawn: as a system job that may read everything, without a request."""

from __future__ import annotations

from typing import Any

from drf_spectacular.plumbing import build_mock_request
from rest_framework.request import Request

from apps.core.actors import Actor


def mock_request(method: str, path: str, view: Any, _original: Request | None, **kwargs: Any) -> Request:
    """Return the request that endpoints are asked for their serializers with; it reads no rows."""
    request: Request = build_mock_request(method, path, view, None, **kwargs)  # type: ignore[no-untyped-call]
    request.user = None  # type: ignore[assignment]
    request.auth = Actor.system("openapi")
    return request
