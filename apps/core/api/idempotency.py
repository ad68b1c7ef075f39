"""Idempotency-Key on every POST: a retry after a lost answer does nothing twice."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from apps.core.api.actor import api_actor
from apps.core.cleaning import KEPT_FOR
from apps.core.models import IdempotentAnswer
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop

_HEADER = "Idempotency-Key"


class KeyReusedError(DomainError):
    """The key came before with another request."""

    code = "idempotency_key_reused"
    status = 422


class StillRunningError(DomainError):
    """The first request with the key has not answered yet."""

    code = "idempotency_in_progress"
    status = 409


class IdempotentPostMixin:
    """Wraps a viewset's POST handlers: the work and the kept answer are one transaction.

    The row of the key is inserted first, so that of two requests at once the second waits for the first's commit
    and then reads its answer. A refused request (4xx) is rolled back with its key: it may be mended and sent again.
    """

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer from memory, or do it and remember."""
        if request.method != "POST" or _HEADER not in request.headers:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication and scope: take the key."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        self._kept: IdempotentAnswer | None = None
        if request.method == "POST" and _HEADER in request.headers:
            self._kept = self._take(request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Remember what was answered."""
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        kept = getattr(self, "_kept", None)
        if kept is not None and response.status_code < 400:
            kept.status, kept.body = response.status_code, _plain(response)
            kept.headers = {name: response[name] for name in ("Location", "ETag") if response.has_header(name)}
            kept.save(update_fields=["status", "body", "headers"])
        return response

    def _take(self, request: Request) -> IdempotentAnswer:
        key = request.headers[_HEADER].strip()
        if not 8 <= len(key) <= 128:
            raise InvalidInputError(
                gettext_noop("The Idempotency-Key has %(length)s characters."),
                mend=gettext_noop("Send 8 to 128 characters, best a fresh UUID."),
                field=_HEADER,
                length=len(key),
            )
        body = f"{request.method} {request.path}\n".encode() + request._request.body  # noqa: SLF001 - the raw bytes
        digest, actor_key = hashlib.sha256(body).hexdigest(), api_actor(request).key
        IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR, actor_key=actor_key).delete()
        try:
            with transaction.atomic():
                return IdempotentAnswer.objects.create(actor_key=actor_key, key=key, request_digest=digest)
        except IntegrityError:
            kept = IdempotentAnswer.objects.get(actor_key=actor_key, key=key)
        if kept.request_digest != digest:
            raise KeyReusedError(
                gettext_noop("This Idempotency-Key was used for another request."),
                mend=gettext_noop("Send a new key with a new request."),
                field=_HEADER,
            )
        if kept.status is None:
            raise StillRunningError(
                gettext_noop("The first request with this key is still running."),
                mend=gettext_noop("Try again shortly."),
            )
        raise AnsweredBefore(kept)


class AnsweredBefore(Exception):  # noqa: N818 - not an error: it carries the answer past the handler
    """The kept answer; the exception handler gives it again."""

    def __init__(self, kept: IdempotentAnswer) -> None:
        self.kept = kept
        super().__init__(kept.key)

    def response(self) -> Response:
        """Return the first answer, marked as a replay."""
        headers = {**self.kept.headers, "Idempotent-Replay": "true"}
        return Response(self.kept.body, status=self.kept.status, headers=headers)


def _plain(response: Response) -> Any:
    return json.loads(json.dumps(response.data, cls=JSONEncoder))
