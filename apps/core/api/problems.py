"""Errors of the API by RFC 9457: one shape for every refusal, with a stable code and the mend."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404
from django.utils import translation
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.api.idempotency import AnsweredBefore
from apps.core.errors import shown
from apps.kernel.errors import DomainError

log = structlog.get_logger(__name__)
CONTENT_TYPE = "application/problem+json"
_CODES = {
    status.HTTP_400_BAD_REQUEST: "bad_request",
    status.HTTP_401_UNAUTHORIZED: "not_authenticated",
    status.HTTP_403_FORBIDDEN: "not_allowed",
    status.HTTP_404_NOT_FOUND: "not_found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "method_not_allowed",
    status.HTTP_406_NOT_ACCEPTABLE: "not_acceptable",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
    status.HTTP_429_TOO_MANY_REQUESTS: "too_many_requests",
}


def problem(
    code: int, *, name: str, title: str, detail: str = "", mend: str = "", errors: list[dict[str, str]] | None = None
) -> Response:
    """Return a problem: `type` and `code` are stable, `errors` lists the fields, `mend` says how to put it right."""
    body: dict[str, Any] = {"type": f"/api/problems/{name}", "title": title, "status": code, "code": name}
    body |= {key: value for key, value in {"detail": detail, "mend": mend, "errors": errors}.items() if value}
    return Response(body, status=code, content_type=CONTENT_TYPE)


def problem_response(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Turn whatever an endpoint raised into a problem; what is not known here is a bug and stays one (500)."""
    if isinstance(error, AnsweredBefore):
        return error.response()
    with translation.override("en"):
        response = _respond(error)
    if response is not None:
        set_rollback()
    return response


def _respond(error: Exception) -> Response | None:
    if isinstance(error, DomainError):
        told = shown(error)
        fields = [{"field": told.field, "message": told.message, "code": told.code}] if told.field else None
        return problem(told.status, name=told.code, title=told.message, mend=told.mend, errors=fields)
    if isinstance(error, Http404):
        return problem(404, name="not_found", title="There is no such resource, or not for you.")
    if isinstance(error, PermissionDenied):
        return problem(403, name="not_allowed", title="This is not allowed.")
    if isinstance(error, ModelValidationError):
        error = exceptions.ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    if isinstance(error, exceptions.ValidationError):
        fields = list(_fields(error.get_full_details()))
        return problem(422, name="invalid_input", title="Some fields are wrong.", errors=fields)
    if isinstance(error, exceptions.APIException):
        code = error.status_code
        response = problem(code, name=_CODES.get(code, "error"), title=str(error.detail))
        if code == status.HTTP_401_UNAUTHORIZED:
            response["WWW-Authenticate"] = getattr(error, "auth_header", 'Bearer realm="api"')
        if getattr(error, "wait", None):
            response["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
        return response
    return None


def _fields(details: Any, path: str = "") -> Any:
    """Flatten DRF's nested details into {field, message, code} rows."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": path, "message": str(details["message"]), "code": str(details["code"])}
    elif isinstance(details, dict):
        for key, value in details.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from _fields(value, f"{path}.{name}".strip("."))
    elif isinstance(details, list):
        for place, value in enumerate(details):
            nested = isinstance(value, dict) and set(value) != {"message", "code"}
            yield from _fields(value, f"{path}[{place}]" if nested else path)
