"""Every way in which a server of a language model answers, over real sockets."""

from __future__ import annotations

import json
import socket

import pytest

from apps.integrations.selectors.language_models import Outcome
from apps.integrations.services import chat_completions
from apps.integrations.services.chat_completions import CompletionError, Line, completed, embedded
from tests.chat_server import EMBEDDING, KEY, MODEL


def ask(address: str, *, key: str = KEY, model: str = MODEL, seconds: float = 5.0) -> str:
    return completed(Line(address, model, key), instruction="Read.", content="Words.", seconds=seconds)


def outcome(address: str, **changes: object) -> Outcome:
    with pytest.raises(CompletionError) as failed:
        ask(address, **changes)
    assert failed.value.message
    assert failed.value.mend
    return failed.value.outcome


def test_the_model_is_asked_and_answers(chat_server):
    chat_server.say = "A word."
    assert ask(chat_server.address) == "A word."
    (question,) = chat_server.asked
    assert question["model"] == MODEL
    assert [each["role"] for each in question["messages"]] == ["system", "user"]
    assert chat_server.hosts == [chat_server.address.removeprefix("http://").removesuffix("/v1")]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, Outcome.KEY),
        (403, Outcome.KEY),
        (402, Outcome.BUSY),
        (404, Outcome.UNKNOWN),
        (429, Outcome.BUSY),
        (400, Outcome.REFUSED),
        (500, Outcome.BROKEN),
        (503, Outcome.BROKEN),
    ],
)
def test_a_refusal_is_told_by_what_it_is(chat_server, status, told):
    chat_server.status = status
    assert outcome(chat_server.address) is told


def test_a_wrong_key_and_an_unknown_model_are_told_apart(chat_server):
    assert outcome(chat_server.address, key="other") is Outcome.KEY
    assert outcome(chat_server.address, model="other") is Outcome.UNKNOWN


def test_a_redirect_is_not_followed(chat_server):
    chat_server.status, chat_server.location = 307, "http://169.254.169.254/latest/meta-data/"
    assert outcome(chat_server.address) is Outcome.REFUSED
    assert len(chat_server.asked) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"no json",
        b"{}",
        b"[]",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [{"message": {"content": "  "}}]}',
        b'{"choices": {"message": 1}}',
        b"[" * 100_000,
        json.dumps({"choices": [{"message": {"content": "x" * 500_000}}]}).encode(),
        b"\xff\xfe\x00",
    ],
    ids=range(10),
)
def test_an_answer_that_is_none_is_nonsense(chat_server, raw):
    chat_server.raw = raw
    assert outcome(chat_server.address) is Outcome.NONSENSE


def test_a_slow_server_is_not_waited_for(chat_server):
    chat_server.wait = 0.6
    assert outcome(chat_server.address, seconds=0.2) is Outcome.SLOW


def test_nobody_at_the_address_is_told(settings):
    settings.OUTSIDE_PRIVATE_HOSTS = ["127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert outcome(f"http://127.0.0.1:{port}/v1") is Outcome.AWAY


def test_a_server_without_a_certificate_of_its_name_is_not_asked(chat_server):
    assert outcome(chat_server.address.replace("http:", "https:")) is Outcome.AWAY
    assert not chat_server.asked


def test_a_private_address_is_not_asked_whatever_was_kept(chat_server, settings):
    settings.OUTSIDE_PRIVATE_HOSTS = []
    assert outcome(chat_server.address.replace("http:", "https:")) is Outcome.ADDRESS
    assert outcome(chat_server.address) is Outcome.ADDRESS
    assert not chat_server.asked


def test_the_line_goes_to_the_place_that_was_looked_at(chat_server, settings, monkeypatch):
    """A name that answers otherwise when it is asked again leads nowhere else."""
    settings.OUTSIDE_PRIVATE_HOSTS = ["models.example"]
    monkeypatch.setattr(chat_completions, "places_of", lambda _address: ("127.0.0.2", "127.0.0.1"))
    port = chat_server.address.rsplit(":", 1)[1]
    assert ask(f"http://models.example:{port}") == "Hello."
    assert chat_server.hosts == [f"models.example:{port.removesuffix('/v1')}"]


def test_the_key_is_not_told_by_the_line():
    assert KEY not in repr(Line("https://x.example", MODEL, KEY))


def test_vectors_come_in_the_order_of_the_texts_however_the_server_sends_them(chat_server):
    texts = ["x" * length for length in range(1, 71)]
    found = embedded(Line(chat_server.address, EMBEDDING, KEY), texts, seconds=5.0)
    assert found == [[float(length), 1.0] for length in range(1, 71)]
    assert [len(asked["input"]) for asked in chat_server.asked] == [32, 32, 6]


@pytest.mark.parametrize(
    "raw",
    [
        b"no json",
        b'{"data": []}',
        b'{"data": [{"index": 0}]}',
        b'{"data": [{"index": 0, "embedding": []}]}',
        b'{"data": [{"index": 0, "embedding": [1, null]}]}',
        b'{"data": [{"index": 0, "embedding": [1, NaN]}]}',
        b'{"data": [{"index": 1, "embedding": [1, 2]}]}',
        b'{"data": [{"index": 0, "embedding": "abc"}]}',
        b'{"data": [{"index": 0, "embedding": [1' + b"0" * 400 + b"]}]}",
    ],
    ids=range(9),
)
def test_vectors_that_cannot_be_are_refused(chat_server, raw):
    chat_server.raw = raw
    with pytest.raises(CompletionError) as failed:
        embedded(Line(chat_server.address, EMBEDDING, KEY), ["Words."], seconds=5.0)
    assert failed.value.outcome is Outcome.NONSENSE


def test_vectors_of_several_lengths_are_refused(chat_server):
    chat_server.place = lambda text: [1.0] * len(text)
    with pytest.raises(CompletionError):
        embedded(Line(chat_server.address, EMBEDDING, KEY), ["a", "bc"], seconds=5.0)
