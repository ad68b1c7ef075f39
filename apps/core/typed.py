"""What people type into a page that only answers: sealed into the address, so that no log and no history reads it.

The form is posted; the answer is a redirect to the page with what was typed, encrypted with the firm's key. The address
can be opened again, goes back and forth in the browser and carries what was typed to the next page, and nothing is kept
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property

from apps.core.secrets import SecretUnreadableError, decrypted, encrypted

FIELD = "typed"
_NOT_TYPED = ("csrfmiddlewaretoken", "submission", FIELD, "how")


def typed_address(path: str, typed: Mapping[str, Any], **open_words: str) -> str:
    """Return the page's address with what was typed sealed in it; `open_words` stand in it as they are."""
    said = typed.copy() if isinstance(typed, QueryDict) else dict(typed)
    for name in _NOT_TYPED:
        said.pop(name, None)
    text = said.urlencode() if isinstance(said, QueryDict) else urlencode(said)
    query = open_words | ({FIELD: encrypted(text)} if text else {})
    return f"{path}?{urlencode(query)}" if query else path


def typed_in(request: HttpRequest) -> QueryDict:
    """Return what the address holds: what was sealed, else its own words; nothing where the seal is not ours."""
    sealed = request.GET.get(FIELD, "")
    if not sealed:
        return request.GET
    try:
        return QueryDict(decrypted(sealed))
    except SecretUnreadableError:
        return QueryDict("")


class TypedMixin:
    """A page whose address holds what was typed into it; the form on it is posted."""

    request: HttpRequest

    @cached_property
    def typed_words(self) -> QueryDict:
        """What was typed."""
        return typed_in(self.request)

    def check_typed(self) -> None:
        """Look for whom it is asked. Raises NotFoundError for what the person may not see."""
        raise NotImplementedError(f"{type(self).__name__} must say whose page it is.")

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Seal what was typed into the address and go there."""
        self.check_typed()
        return redirect(typed_address(request.path, request.POST))
