"""ETags: a resource that has not changed is not sent again, and a change of what was not read is refused."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from apps.kernel.errors import DomainError, gettext_noop

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read last.")


class PreconditionFailedError(DomainError):
    """The resource is not what the caller read."""

    code = "precondition_failed"
    status = 412


def etag(body: Any) -> str:
    """Return the tag of a resource: a digest of all that is told of it, the rows that belong to it among them."""
    text = json.dumps(body, cls=JSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def demand_match(request: Request, tag: str) -> None:
    """Raise PreconditionFailedError when the request names a state (`If-Match`) that is not the present one."""
    asked = request.headers.get("If-Match", "*")
    if asked.strip() != "*" and tag not in {each.strip() for each in asked.split(",")}:
        raise PreconditionFailedError(
            gettext_noop("The resource was changed since you read it."),
            mend=gettext_noop("Read it again, then send your change with the new ETag."),
        )


def tagged_answer(request: Request, body: dict[str, Any], shown: dict[str, Any] | None = None) -> Response:
    """Answer with a computed body under its ETag, 304 where the caller has it; `shown` is the part asked for."""
    tag = etag(body)
    if request.headers.get("If-None-Match") == tag:
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
    return Response(body if shown is None else shown, headers={"ETag": tag})


class TaggedReadMixin(mixins.RetrieveModelMixin):
    """Gives each resource its ETag: that of all its fields, whichever of them `?fields=` asks for."""

    def tag_of(self, record: Any) -> str:
        """Return the tag of the record's present state."""
        return etag(self.get_serializer_class()(record).data)  # type: ignore[attr-defined]

    def retrieve(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Answer with the tag; 304 where the caller has this state already."""
        record = self.get_object()  # type: ignore[attr-defined]
        whole = self.get_serializer_class()(record).data  # type: ignore[attr-defined]
        return tagged_answer(request, whole, self.get_serializer(record).data)  # type: ignore[attr-defined]
