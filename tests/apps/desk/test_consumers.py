"""The live socket under attack: foreign topics, foreign cookies, strangers, nonsense; over the real Redis layer."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from threading import Thread
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import TestCase
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.services.team import deactivate_member
from apps.clients.services.households import assign_household, unassign_household
from apps.core import jobs, realtime
from apps.core.tenancy.websockets import ActorFromSession, FirmFromHost
from apps.desk import consumers
from apps.desk.selectors.live_topics import MOST_TOPICS, open_topics
from config.routing import websocket_urlpatterns
from tests.factories import clients

app = FirmFromHost(ActorFromSession(URLRouter(websocket_urlpatterns)))
NOBODY = "00000000-0000-4000-8000-000000000000"


class Socket:
    """One browser's socket."""

    def __init__(self, host: str, session_key: str) -> None:
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()
        headers = [(b"host", host.encode()), (b"cookie", cookie)]
        scope = {"type": "websocket", "path": "/ws/live/", "headers": headers, "subprotocols": []}
        self.wire = ApplicationCommunicator(app, scope)

    async def open(self) -> None:
        await self.wire.send_input({"type": "websocket.connect"})
        assert (await self.wire.receive_output(5))["type"] == "websocket.accept"

    async def say(self, text: str) -> None:
        await self.wire.send_input({"type": "websocket.receive", "text": text})

    async def watch(self, *topics: str, since: float | None = None) -> None:
        await self.say(json.dumps({"type": "watch", "topics": topics, **({} if since is None else {"since": since})}))

    async def hear(self) -> Any:
        """Return the next message, or the code that the socket was closed with."""
        message = await self.wire.receive_output(5)
        return message["code"] if message["type"] == "websocket.close" else json.loads(message["text"])

    async def hears_nothing(self) -> bool:
        return await self.wire.receive_nothing(0.3)

    async def leave(self) -> None:
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wire.wait(5)


def talk(session_key: str, story: Callable[[Socket], Awaitable[Any]], host: str = "alpha.localhost") -> Any:
    """Open a socket, tell the story, leave; return what the story returns."""

    async def go() -> Any:
        socket = Socket(host, session_key)
        await socket.open()
        try:
            return await story(socket)
        finally:
            await socket.leave()

    return async_to_sync(go)()


async def publish(firm: Any, topic: str, kind: str, **ids: str) -> None:
    def send() -> None:
        with tenant_context(firm):
            realtime.send_now(topic, kind, **ids)

    await sync_to_async(send, thread_sensitive=False)()


async def watching(socket: Socket, *topics: str) -> None:
    """Watch and wait until it is done."""
    await socket.watch(*topics, f"household:{NOBODY}")
    assert await socket.hear() == {"type": "refused", "topics": [f"household:{NOBODY}"]}


@pytest.fixture(autouse=True)
def _open_transaction(monkeypatch):
    """Keep the test's connection: it is in a transaction, which Channels takes for one left behind."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)


@pytest.fixture
def session(sign_in):
    return lambda user: sign_in(user).session.session_key


def test_an_advisor_hears_of_their_household(ada, session, firm_a):
    topic = f"household:{clients.household(ada).public_id}"

    async def story(socket):
        await watching(socket, topic)
        await publish(firm_a, topic, "plan.published", plan=NOBODY)
        return await socket.hear()

    assert talk(session(ada), story) == {"type": "plan.published", "topic": topic, "ids": {"plan": NOBODY}}


def test_what_happened_after_the_page_was_drawn_is_named_when_it_begins_to_listen(ada, session, firm_a):
    drawn, topic = time.time(), f"household:{clients.household(ada).public_id}"

    async def story(socket):
        await publish(firm_a, topic, "plan.published")
        await socket.watch(topic, since=drawn)
        return await socket.hear()

    assert talk(session(ada), story) == {"type": "missed", "topic": topic, "ids": {}}


def test_what_the_page_shows_already_is_not_named_again(ada, session, firm_a):
    topic = f"household:{clients.household(ada).public_id}"

    async def story(socket):
        await publish(firm_a, topic, "plan.published")
        await socket.watch(topic, since=time.time() + 1)
        return await socket.hears_nothing()

    assert talk(session(ada), story)


def test_what_a_stranger_may_not_hear_is_not_named_as_missed(ada, mallory, session, firm_a):
    drawn, topic = time.time(), f"household:{clients.household(ada).public_id}"

    async def story(socket):
        await publish(firm_a, topic, "plan.published")
        await socket.watch(topic, since=drawn)
        return await socket.hear(), await socket.hears_nothing()

    assert talk(session(mallory), story) == ({"type": "refused", "topics": [topic]}, True)


def test_what_is_not_watched_any_more_is_not_heard(ada, session, firm_a):
    topic = f"household:{clients.household(ada).public_id}"

    async def story(socket):
        await watching(socket, topic)
        await watching(socket)
        await publish(firm_a, topic, "plan.published")
        return await socket.hears_nothing()

    assert talk(session(ada), story)


def test_another_advisor_is_refused_the_topic_and_hears_nothing(ada, mallory, session, firm_a):
    topic = f"household:{clients.household(ada).public_id}"

    async def story(socket):
        await socket.watch(topic)
        refused = await socket.hear()
        await publish(firm_a, topic, "plan.published")
        return refused, await socket.hears_nothing()

    assert talk(session(mallory), story) == ({"type": "refused", "topics": [topic]}, True)


def test_the_same_topic_of_another_firm_is_another_topic(ada, session, firm_a, firm_b):
    topic = f"household:{clients.household(ada).public_id}"

    async def story(socket):
        await watching(socket, topic)
        await publish(firm_b, topic, "plan.published")
        await publish(firm_b, "firm:all", "billing.run")
        return await socket.hears_nothing()

    assert talk(session(ada), story)


def test_a_session_of_another_firm_opens_nothing(ada, session, firm_b):
    key = session(ada)
    assert talk(key, Socket.hear, host="beta.localhost") == 4403


def test_a_stranger_is_turned_away(firm_a):
    assert talk("", Socket.hear) == 4403


def test_the_public_site_has_no_live_socket(firm_a):
    assert talk("", Socket.hear, host="localhost") == 4403


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '{"type": "watch", "topics": [], "since": "now"}',
        '{"type": "watch", "topics": [], "since": true}',
        '{"type": "watch"}',
        '{"type": "watch", "topics": [1]}',
        '{"type": "relay"}',
        "x" * 9000,
    ],
)
def test_a_message_that_is_no_watch_ends_the_socket(ada, session, text):
    async def story(socket):
        await socket.say(text)
        return await socket.hear()

    assert talk(session(ada), story) == 4400


def test_bytes_end_the_socket(ada, session):
    async def story(socket):
        await socket.wire.send_input({"type": "websocket.receive", "bytes": b"\x00"})
        return await socket.hear()

    assert talk(session(ada), story) == 4400


def test_a_household_taken_away_falls_silent(ada, session, firm_a, monkeypatch):
    household = clients.household(ada)
    topic = f"household:{household.public_id}"
    monkeypatch.setattr(consumers, "ASK_AGAIN_SECONDS", 0.0)

    async def story(socket):
        await watching(socket, topic)
        await sync_to_async(_take_away)(household, ada, firm_a)
        await publish(firm_a, topic, "plan.published")
        return [await socket.hear(), await socket.hear(), await socket.hears_nothing()]

    assert talk(session(ada), story) == [{"type": "refused", "topics": [topic]}, {"type": "paused"}, True]


def ending(firm, do):
    """Return a story: watch, let `do` happen inside the firm as a request would, say what comes of itself."""

    async def story(socket):
        await watching(socket)
        await sync_to_async(_committed)(firm, do)
        return await socket.hear()

    return story


def _committed(firm, do):
    with tenant_context(firm), TestCase.captureOnCommitCallbacks() as on_commit:
        do()
    for tell in on_commit:  # on a thread without a loop, as the requests' are
        Thread(target=tell).start()


def test_a_sign_out_closes_the_sockets_of_that_browser_at_once(ada, sign_in, firm_a):
    browser = sign_in(ada)
    assert talk(browser.session.session_key, ending(firm_a, lambda: browser.post("/accounts/logout/"))) == 4403


def test_the_other_browsers_of_the_person_stay_connected(ada, sign_in, firm_a):
    browser, other = sign_in(ada), sign_in(ada)

    async def story(socket):
        await watching(socket)
        await sync_to_async(_committed)(firm_a, lambda: browser.post("/accounts/logout/"))
        return await socket.hears_nothing()

    assert talk(other.session.session_key, story)


@pytest.mark.parametrize(
    "shut_out",
    [
        lambda ada, paul: deactivate_member(user=ada, by=paul.as_actor()),
        lambda ada, _paul: ada.usersession_set.get().end(),
    ],
    ids=["deactivated", "session ended from elsewhere"],
)
def test_who_is_shut_out_is_cut_off_at_once(shut_out, ada, paul, sign_in, firm_a):
    browser = sign_in(ada)
    browser.get("/")  # notes the session
    assert talk(browser.session.session_key, ending(firm_a, lambda: shut_out(ada, paul))) == 4403


def test_a_household_taken_back_is_lost_at_once(ada, mallory, session, firm_a):
    household = clients.household(ada)
    assign_household(household=household, user=mallory, by=ada.as_actor())
    topic = f"household:{household.public_id}"

    async def story(socket):
        await watching(socket, topic)
        take_back = lambda: unassign_household(household=household, user=mallory, by=ada.as_actor())  # noqa: E731
        await sync_to_async(_committed)(firm_a, take_back)
        return [await socket.hear(), await socket.hear()]

    assert talk(session(mallory), story) == [{"type": "refused", "topics": [topic]}, {"type": "paused"}]


def test_a_session_that_runs_out_is_found_without_a_word(ada, session, firm_a, monkeypatch):
    monkeypatch.setattr(consumers, "ASK_AGAIN_SECONDS", 0.1)
    key = session(ada)

    async def story(socket):
        await watching(socket)
        await sync_to_async(_run_out)(key, firm_a)
        return await socket.hear()

    assert talk(key, story) == 4403


def _run_out(key, firm):
    with tenant_context(firm):
        Session.objects.filter(session_key=key).update(expire_date=timezone.now())


def test_a_person_shut_out_is_shut_out_of_the_open_socket(ada, session, firm_a, monkeypatch):
    topic = f"household:{clients.household(ada).public_id}"
    monkeypatch.setattr(consumers, "ASK_AGAIN_SECONDS", 0.0)

    async def story(socket):
        await watching(socket, topic)
        await sync_to_async(_shut_out)(ada, firm_a)
        await publish(firm_a, topic, "plan.published")
        return await socket.hear()

    assert talk(session(ada), story) == 4403


def _take_away(household, user, firm):
    with tenant_context(firm):
        household.householdusergrant_set.filter(user=user).delete()


def _shut_out(user, firm):
    with tenant_context(firm):
        user.is_active = False
        user.save(update_fields=["is_active"])


def test_a_client_hears_of_their_own_household_and_self_alone(ada, in_alpha):
    own, other = clients.household(ada), clients.household(ada, name="Okafor")
    user = clients.portal_user(own.people.get(relationship="head"))
    job = jobs.enqueue("notices.send_mail", by=ada.as_actor(), mail_id=1)
    asked = [
        f"household:{own.public_id}",
        f"household:{other.public_id}",
        f"user:{user.public_id}",
        f"user:{ada.public_id}",
        f"job:{job.public_id}",
        "firm:all",
    ]
    assert open_topics(user.as_actor(), asked) == {f"household:{own.public_id}", f"user:{user.public_id}"}


def test_a_job_is_heard_by_who_asked_for_it(ada, mallory, in_alpha):
    topic = f"job:{jobs.enqueue('notices.send_mail', by=ada.as_actor(), mail_id=1).public_id}"
    assert open_topics(ada.as_actor(), [topic]) == {topic}
    assert open_topics(mallory.as_actor(), [topic]) == frozenset()


@pytest.mark.parametrize(
    "topic",
    ["", ":", "household", "household:", "household:1", "household:*", "registration:x", f"plan:{NOBODY}", "firm:beta"],
)
def test_a_topic_of_no_known_shape_is_nobodys(paul, topic, in_alpha):
    assert open_topics(paul.as_actor(), [topic]) == frozenset()


def test_a_uuid_in_another_spelling_is_another_topic(ada, in_alpha):
    household = clients.household(ada)
    assert open_topics(ada.as_actor(), [f"household:{household.public_id.hex}"]) == frozenset()


def test_a_page_watches_a_bounded_number_of_topics(ada, in_alpha, django_assert_num_queries):
    topics = [f"household:{clients.household(ada).public_id}"] + [f"user:{NOBODY}"] * MOST_TOPICS + ["firm:all"]
    with django_assert_num_queries(1):
        assert open_topics(ada.as_actor(), topics) == {topics[0]}


def test_without_redis_the_socket_does_not_open(ada, session, settings):
    """Then the page says that live updates are paused, and tries again."""
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [{"address": "redis://127.0.0.1:9"}]},
        }
    }

    async def go(socket: Socket) -> Any:
        await socket.wire.send_input({"type": "websocket.connect"})
        return await socket.wire.receive_output(5)

    key = session(ada)
    assert async_to_sync(go)(Socket("alpha.localhost", key)) == {"type": "websocket.close", "code": 1013}
