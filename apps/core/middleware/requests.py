"""The outermost layer: a request id on every line of the log, and refusals as answers."""

from __future__ import annotations

import contextvars
import re
import sys
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext

from apps.core.access import AnonymousError
from apps.core.actors import Origin
from apps.core.errors import shown
from apps.core.views import back_to
from apps.kernel.errors import DomainError

log = structlog.get_logger("steward.requests")
PROBLEM_TYPE = "application/problem+json"
_PROBLEMS = {
    400: {
        "type": "/api/problems/bad_address",
        "title": "The address holds a character that no text has.",
        "status": 400,
        "code": "bad_address",
        "mend": "Take %00 out of the address.",
    },
    500: {
        "type": "/api/problems/server_error",
        "title": "Something failed on our side.",
        "status": 500,
        "code": "server_error",
        "mend": "Nothing was saved. Try again; quote X-Request-ID if it fails again.",
    },
    413: {
        "type": "/api/problems/too_large",
        "title": "The request is too large.",
        "status": 413,
        "code": "too_large",
        "mend": "Nothing was saved. Send less at once.",
    },
    503: {
        "type": "/api/problems/unavailable",
        "title": "The database does not answer.",
        "status": 503,
        "code": "unavailable",
        "mend": "Nothing was saved. Try again after the seconds that Retry-After names.",
    },
}
_SAFE_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def client_ip(request: HttpRequest) -> str:
    """Return the address of the caller, counting back over the proxies that we run ourselves."""
    hops = settings.TRUSTED_PROXIES
    chain = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if hops and len(chain) >= hops:
        return chain[-hops][:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


class RequestIdMiddleware:
    """Names each request, binds its log lines and gives the name back as X-Request-ID."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve one request under its id."""
        given = request.headers.get("x-request-id", "")
        request_id = given if _SAFE_ID.match(given) else uuid.uuid4().hex
        request.origin = Origin(  # type: ignore[attr-defined]
            ip=client_ip(request),
            user_agent=request.headers.get("user-agent", "")[:400],
            request_id=request_id,
            method=f"{request.method} web",
        )
        # told to the live socket of the page: what happens from here on may not be on it
        request.began_at = f"{time.time():.3f}"  # type: ignore[attr-defined]
        # a context of its own: what this request sets (its actor) ends with it, on a thread that serves many
        return contextvars.copy_context().run(self._serve, request, request_id)

    def _serve(self, request: HttpRequest, request_id: str) -> HttpResponseBase:
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            log.info("request", method=request.method, path=request.path, status=response.status_code)
        response["X-Request-ID"] = request_id
        return response


class RefusalMiddleware:
    """Turns a refusal that no view handled into a page with the right status; refuses what is too large unread.

    The search for a form's token reads the whole request, of strangers too, and would write any file to the disk.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on what is of a size to be read."""
        length = str(request.META.get("CONTENT_LENGTH") or "")
        if length.isdecimal() and int(length) > settings.LARGEST_REQUEST:
            return too_large(request)
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_address(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer a DomainError; leave all else to Django."""
        if isinstance(error, AnonymousError):
            return redirect_to_login(request.get_full_path())
        if not isinstance(error, DomainError):
            return None
        told = shown(error)
        log.info("refused", code=told.code, status=told.status, reason=told.sentence)
        context = {"message": told.message, "mend": told.mend, "status": told.status, "back_url": back_to(request)}
        return render(request, "_errors/refused.html", context, status=told.status)


def too_large(request: HttpRequest) -> HttpResponse:
    """413, by what the request says of its own length: a body without one is not read at all (WSGI)."""
    log.warning("request.too_large", path=request.path, length=request.META.get("CONTENT_LENGTH"))
    mend = gettext("Nothing was saved. Send at most %(megabytes)s MB at once.")
    return _refused(
        request, 413, gettext("The file is too large."), mend % {"megabytes": settings.LARGEST_REQUEST // 1_048_576}
    )


def bad_address(request: HttpRequest) -> HttpResponse:
    """400: the database takes no NUL, and nobody has it in a word that they look for."""
    log.warning("request.bad_address", path=request.path)
    message = gettext("The address holds a character that no text has.")
    return _refused(request, 400, message, gettext("Open the link again, or type the address."))


def _refused(request: HttpRequest, status: int, message: str, mend: str) -> HttpResponse:
    """Answer before anything is known of who asks."""
    if request.path.startswith("/api/"):
        return JsonResponse(_PROBLEMS[status], status=status, content_type=PROBLEM_TYPE)
    words = {"message": message, "mend": mend, "status": status}
    return HttpResponse(render_to_string("_errors/refused.html", words), status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500 of both sites: 503 while the database is away, else the page of a fault of ours.

    Django turns an exception of any layer into a response before the layer outside of it could catch it, and asks
    this handler what to say.
    """
    error = sys.exc_info()[1]
    away = isinstance(error, OperationalError | InterfaceError)
    status = 503 if away else 500
    if away:
        log.error("database.away", path=request.path, reason=str(error).splitlines()[0] if str(error) else "")
    headers = {"Retry-After": "10"} if away else {}
    if request.path.startswith("/api/"):
        return JsonResponse(_PROBLEMS[status], status=status, headers=headers, content_type=PROBLEM_TYPE)
    # without a request: session and messages stay unread, they lie in the database
    context = {"request_id": getattr(request, "origin", Origin()).request_id}
    page = render_to_string("_errors/503.html" if away else "500.html", context)
    return HttpResponse(page, status=status, headers=headers)
