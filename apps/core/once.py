"""A form that comes twice does its work once.

Each form that is drawn carries a token (the tag `csrf_token` of apps/core/templatetags/form_tokens.py). The row that
keeps it is written in the transaction of the work, before the work: of two posts at once the second waits for the
first's commit and is then told where the first one went. A refused form takes its token back: it is mended and sent
again. Kept for a day, with the answers of the API (`apps.core.cleaning`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from apps.core.access import actor_of
from apps.core.models import IdempotentAnswer
from apps.core.tenancy.connections import connection
from apps.kernel.errors import DomainError

FIELD = "submission"
_NOT_SAID = frozenset({FIELD, "csrfmiddlewaretoken"})


class SentBeforeError(Exception):
    """The form came before: where its work went, and whether it said the same then."""

    def __init__(self, kept: IdempotentAnswer, digest: str) -> None:
        self.target: str = kept.headers.get("Location", "")
        self.says_the_same = kept.request_digest == digest
        super().__init__(kept.key)


def do_once(request: HttpRequest, work: Callable[[], str]) -> str:
    """Do the work of a form and return the address that it names; without a token it is done as often as it comes.

    Raises SentBeforeError when it was done, and whatever the work refuses.
    """
    key = _key(request)
    if not key:
        return work()
    refused: DomainError | None = None
    target = ""
    with transaction.atomic():
        kept = _take(request, key)
        try:
            target = work()
        except DomainError as refusal:
            # no reason to take back more than the work itself did: what it kept of the refusal stays
            refused = refusal
            if not connection.needs_rollback:
                kept.delete()
        else:
            kept.status, kept.headers = 302, {"Location": target}
            kept.save(update_fields=["status", "headers"])
    if refused is not None:
        raise refused
    return target


def refuse_second(request: HttpRequest) -> None:
    """Raise SentBeforeError for the very form that was sent before: what it says may not be valid a second time."""
    key = _key(request)
    kept = IdempotentAnswer.objects.filter(actor_key=actor_of(request).key, key=key).first() if key else None
    if kept is not None:
        before = SentBeforeError(kept, _digest(request))
        if before.says_the_same:
            raise before


def _take(request: HttpRequest, key: str) -> IdempotentAnswer:
    named, digest = {"actor_key": actor_of(request).key, "key": key}, _digest(request)
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(request_digest=digest, **named)
    except IntegrityError:
        raise SentBeforeError(IdempotentAnswer.objects.get(**named), digest) from None


def _key(request: HttpRequest) -> str:
    # htmx changes a part of the page: the rest of it stays, its forms too, and may be sent again
    if request.headers.get("hx-request"):
        return ""
    try:
        return f"form:{uuid.UUID(request.POST.get(FIELD, ''))}"
    except ValueError:
        return ""


def _digest(request: HttpRequest) -> str:
    """Return what tells two contents apart; keyed, so that nobody finds a short secret by trying."""
    seal = salted_hmac("apps.core.once", request.path, algorithm="sha256")
    for part in _said(request):
        seal.update(len(part).to_bytes(8, "big") + part)
    return seal.hexdigest()


def _said(request: HttpRequest) -> Iterator[bytes]:
    for name, values in sorted(request.POST.lists()):
        if name not in _NOT_SAID:
            yield from (text.encode(errors="replace") for text in (name, *values))
    for name, files in sorted(request.FILES.lists()):
        yield name.encode(errors="replace")
        for file in files:
            yield str(file.name).encode(errors="replace")
            yield from file.chunks()
            file.seek(0)
