"""Addresses under /api/ that nothing answers: a malformed id among them."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core.api.problems import CONTENT_TYPE


@csrf_exempt
def no_address(_request: HttpRequest) -> JsonResponse:
    """404 as a problem, whatever the method and whoever asks."""
    body = {
        "type": "/api/problems/not_found",
        "title": "Nothing answers at this address.",
        "status": 404,
        "code": "not_found",
        "mend": "Look the address up at /api/docs. An id is 36 characters: hexadecimal digits and four hyphens.",
    }
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)
