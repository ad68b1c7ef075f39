"""What people type into a page that only answers: sealed into the address, so that no log and no history reads it.

The form is posted; the answer is a redirect to the page with what was typed, encrypted with the firm's key. The address
can be opened again, goes back and forth in the browser and carries what was typed to the next page, and nothing is kept
here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property

from apps.core.secrets import SecretUnreadableError, decrypted, encrypted
from apps.kernel.errors import InvalidInputError, gettext_noop

FIELD, READ = "typed", "read"
_BROKEN = "-"
_NOT_TYPED = ("csrfmiddlewaretoken", "submission", FIELD, "how")


_Form = TypeVar("_Form", bound=Form)


class UnreadableWords(QueryDict):
    """What an address holds whose seal cannot be opened: no words, where there were some."""


def typed_address(path: str, typed: Mapping[str, Any], **open_words: str) -> str:
    """Return the page's address with what was typed sealed in it; `open_words` stand in it as they are.

    Words that could not be read lead to an address that cannot be read either: the next page says so, too.
    """
    if isinstance(typed, UnreadableWords):
        return f"{path}?{urlencode({**open_words, FIELD: _BROKEN})}"
    said = typed.copy() if isinstance(typed, QueryDict) else dict(typed)
    for name in _NOT_TYPED:
        said.pop(name, None)
    text = said.urlencode() if isinstance(said, QueryDict) else urlencode(said)
    query = open_words | ({FIELD: encrypted(text)} if text else {})
    return f"{path}?{urlencode(query)}" if query else path


def typed_in(request: HttpRequest) -> QueryDict:
    """Return what the address holds: what was sealed, else its own words; UnreadableWords for a seal not ours."""
    if FIELD not in request.GET:
        return request.GET
    try:
        return QueryDict(decrypted(request.GET[FIELD])) if request.GET[FIELD] else UnreadableWords("")
    except SecretUnreadableError:
        return UnreadableWords("")


def form_words(form: Form) -> dict[str, str]:
    """Return what stands in a form, typed or begun with, as it is typed again: so that the next page asks the same."""
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def emptied(form_class: type[_Form], **more: Any) -> _Form:
    """Return a form that asks anew, without examples: what was typed could not be read."""
    return form_class(initial=dict.fromkeys(form_class.base_fields), **more)


def reading(lines: Iterable[Sequence[str]]) -> str:
    """Return what stands for an answer as it was read, to be sealed as READ into the address of a form under it."""
    return hashlib.sha256("\n".join("\t".join(line) for line in lines).encode()).hexdigest()[:16]


def demand_read(typed: QueryDict, first_field: str, answer: str) -> None:
    """Look whether what is sent is what was read. Raises InvalidInputError where it is not.

    An address without what was asked begins with the facts of the moment; one with the answer's `reading` must still
    be answered by it.
    """
    if first_field not in typed or typed.get(READ, answer) != answer:
        raise InvalidInputError(
            gettext_noop("The answer may have changed since you read it."),
            mend=gettext_noop("Read it as it stands here now, then send it once more."),
        )


class TypedMixin:
    """A page whose address holds what was typed into it; the form on it is posted."""

    request: HttpRequest

    @cached_property
    def typed_words(self) -> QueryDict:
        """What was typed."""
        return typed_in(self.request)

    @property
    def is_broken(self) -> bool:
        """Whether the address held what was typed and it cannot be read."""
        return isinstance(self.typed_words, UnreadableWords)

    def check_typed(self) -> None:
        """Look for whom it is asked. Raises NotFoundError for what the person may not see."""
        raise NotImplementedError(f"{type(self).__name__} must say whose page it is.")

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Seal what was typed into the address and go there."""
        self.check_typed()
        return redirect(typed_address(request.path, request.POST))
