"""Questions to a server that speaks the protocol of chat completions, with every way in which they can fail named.

POST <address>/chat/completions, `{"model", "messages": [{"role", "content"}]}`, answered by
`{"choices": [{"message": {"content"}}]}`: what OpenAI publishes and most servers of open models speak. No field that
only some of them know is sent. Vectors of texts come from POST <address>/embeddings, `{"model", "input": [texts]}`,
answered by `{"data": [{"index", "embedding": [numbers]}]}`.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from apps.core.outside import outside_address, places_of
from apps.integrations.selectors.language_models import OUTCOMES, Outcome
from apps.kernel.errors import InvalidInputError
from apps.plans.ports import LanguageModelError

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS, ANSWER_SECONDS, TRY_SECONDS = 5.0, 40.0, 15.0
MOST_BYTES, MOST_VECTOR_BYTES = 400_000, 16_000_000
# texts of one question: what every known server takes
TEXTS_AT_ONCE = 32
_BY_STATUS = {
    401: Outcome.KEY,
    403: Outcome.KEY,
    402: Outcome.BUSY,
    404: Outcome.UNKNOWN,
    408: Outcome.SLOW,
    429: Outcome.BUSY,
}
_OK, _SERVER_FAULT = 200, 500


class CompletionError(LanguageModelError):
    """The server gave no usable answer; `outcome` says how."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        told = OUTCOMES[outcome]
        super().__init__(told.message, mend=told.mend)


@dataclass(frozen=True, slots=True)
class Line:
    """Where to ask, for which model, by which key (in clear here and nowhere else)."""

    address: str
    model_name: str
    key: str = field(repr=False)


def completed(line: Line, *, instruction: str, content: str, seconds: float = ANSWER_SECONDS) -> str:
    """Return what the model says. Raises CompletionError."""
    messages = [{"role": "system", "content": instruction}, {"role": "user", "content": content}]
    asked = _Asked("chat/completions", {"model": line.model_name, "messages": messages}, seconds, MOST_BYTES)
    return _content(_answer(line, asked))


def embedded(line: Line, texts: Sequence[str], *, seconds: float = ANSWER_SECONDS) -> list[list[float]]:
    """Return a vector of each text, all of one length, by the model that the line names. Raises CompletionError."""
    found: list[list[float]] = []
    for at in range(0, len(texts), TEXTS_AT_ONCE):
        part = list(texts[at : at + TEXTS_AT_ONCE])
        asked = _Asked("embeddings", {"model": line.model_name, "input": part}, seconds, MOST_VECTOR_BYTES)
        found += _vectors(_answer(line, asked), len(part))
    if len({len(vector) for vector in found}) > 1:
        raise CompletionError(Outcome.NONSENSE)
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question: where under the address, what, how long it may take and how long its answer may be."""

    path: str
    body: dict[str, Any]
    seconds: float
    most_bytes: int


def _answer(line: Line, question: _Asked) -> bytes:
    import httpx  # slow to load, and few requests need it

    try:
        address = outside_address(line.address)
        places = places_of(address)
    except InvalidInputError:
        raise CompletionError(Outcome.ADDRESS) from None
    headers = {"Host": address.authority, "Authorization": f"Bearer {line.key}"}
    timeout = httpx.Timeout(question.seconds, connect=CONNECT_SECONDS)
    # no proxy of the environment, and no redirect: it could lead anywhere
    with httpx.Client(trust_env=False, follow_redirects=False, timeout=timeout, headers=headers) as client:
        for place in places:
            url = f"{address.at(place)}/{question.path}"
            # the line is opened to the address that was looked at; the certificate must still be of the name
            asked = client.build_request("POST", url, json=question.body, extensions={"sni_hostname": address.host})
            try:
                return _said(client, asked, time.monotonic() + question.seconds, question.most_bytes)
            except httpx.ConnectError:
                continue
            except httpx.TimeoutException:
                raise CompletionError(Outcome.SLOW) from None
            except (httpx.HTTPError, httpx.InvalidURL):
                break
    raise CompletionError(Outcome.AWAY)


def _said(client: httpx.Client, asked: httpx.Request, until: float, most_bytes: int) -> bytes:
    answer = client.send(asked, stream=True)
    try:
        if answer.status_code != _OK:
            raise CompletionError(_outcome(answer.status_code))
        return _read(answer, until, most_bytes)
    finally:
        answer.close()


def _read(answer: httpx.Response, until: float, most_bytes: int) -> bytes:
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > most_bytes:
            raise CompletionError(Outcome.NONSENSE)
        if time.monotonic() > until:
            raise CompletionError(Outcome.SLOW)
    return body


def _outcome(status: int) -> Outcome:
    return Outcome.BROKEN if status >= _SERVER_FAULT else _BY_STATUS.get(status, Outcome.REFUSED)


def _content(body: bytes) -> str:
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise CompletionError(Outcome.NONSENSE) from None
    if not isinstance(content, str) or not content.strip():
        raise CompletionError(Outcome.NONSENSE)
    return content


def _vectors(body: bytes, count: int) -> list[list[float]]:
    try:
        rows = {row["index"]: [float(number) for number in row["embedding"]] for row in json.loads(body)["data"]}
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        raise CompletionError(Outcome.NONSENSE) from None
    found = [rows.get(place, []) for place in range(count)]
    if len(rows) != count or not all(vector and all(map(math.isfinite, vector)) for vector in found):
        raise CompletionError(Outcome.NONSENSE)
    return found
