"""The routes of a firm, and beside them a bare view that answers with what a measured page answered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import tenant

same_bytes: dict[str, bytes | str] = {"body": b"", "type": "text/html"}


def bare(_request: HttpRequest) -> HttpResponse:
    """Answer with the same bytes."""
    return HttpResponse(same_bytes["body"], content_type=same_bytes["type"])


urlpatterns = [path("bare/", bare), *tenant.urlpatterns]
