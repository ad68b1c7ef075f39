"""Live updates: what changed, told to the pages that show it."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterable
from typing import Any

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer
from redis.exceptions import RedisError

from apps.core.actors import Actor
from apps.core.realtime import missed, recheck_group
from apps.core.tenancy.names import group_name
from apps.core.tenancy.websockets import holder_of, in_schema_of
from apps.desk.selectors.live_topics import open_topics

Hearing = tuple[Actor, dict[str, str]]

log = structlog.get_logger(__name__)

UNREADABLE, NOT_HERE, TRY_LATER = 4400, 4403, 1013
MOST_CHARACTERS = 8_000
# a session that ended, a household taken away, or a person, is noticed within this time though nobody tells of it
ASK_AGAIN_SECONDS = 30.0


class LiveConsumer(AsyncWebsocketConsumer):
    """`/ws/live/`: hears `{"type": "watch", "topics": […], "since": …}`, relays `{"type", "topic", "ids"}` of them.

    `since` (Unix seconds, optional) is when the page was drawn: a topic of which something was told since then, before
    it was watched, is named at once by an event of the type `missed`.
    A topic that the person may not hear is refused by name and never joined. Without Redis the socket does not open,
    or closes: the page then says that live updates are paused, and asks again for all it shows once they are back.
    The socket lives no longer than the session: it closes with 4403 when that ends, or its holder is shut out, and
    names what its holder may hear no more; told at once (`realtime.recheck`), or found by asking twice a minute.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard: dict[str, str] = {}
        self.asked_at = 0.0
        self.own: list[str] = []
        self.clock: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve until one side leaves, or until Redis does."""
        try:
            await super().__call__(scope, receive, send)
        except RedisError as away:
            log.warning("live.paused", reason=str(away))
            await send({"type": "websocket.close", "code": TRY_LATER})

    @property
    def actor(self) -> Actor | None:
        """Who holds the socket."""
        actor: Actor | None = self.scope["actor"]
        return actor

    async def connect(self) -> None:
        """Open for a signed-in person of a firm."""
        if self.actor is None or self.actor.user_id is None:
            await self.accept()
            await self.close(code=NOT_HERE)
            return
        # asks Redis before the handshake: a page that cannot hear must not think that it does
        self.own = await in_schema_of(self.scope["firm"], _groups_of)(self.actor, self.scope["session_key"])
        for group in self.own:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()
        self.clock = asyncio.create_task(self._ask_now_and_then())

    async def disconnect(self, _code: int) -> None:
        """Leave all groups."""
        if self.clock is not None:
            self.clock.cancel()
        for group in self.own:
            await self.channel_layer.group_discard(group, self.channel_name)
        await self._leave(list(self.heard))

    async def recheck(self, _event: dict[str, Any]) -> None:
        """Ask whether the socket may stay open, and hear what it hears."""
        await self._watch(list(self.heard))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take the list of topics that the page shows now; a message that cannot be read ends the socket."""
        asked = None if bytes_data else _asked(text_data or "")
        if asked is None:
            await self.close(code=UNREADABLE)
            return
        topics, since = asked
        await self._watch(topics, since)

    async def relay(self, event: dict[str, Any]) -> None:
        """Pass on an event of a topic that is watched, and still may be."""
        if time.monotonic() - self.asked_at > ASK_AGAIN_SECONDS:
            await self._watch(list(self.heard))
        if event["topic"] in self.heard:
            await self._tell({"type": event["kind"], "topic": event["topic"], "ids": event["ids"]})

    async def _ask_now_and_then(self) -> None:
        """Knock at the socket's own door, so that it asks where its failures are caught."""
        while True:
            # half of the time is chance: sockets that opened together do not ask together
            await asyncio.sleep(ASK_AGAIN_SECONDS * (0.5 + random.random() / 2))  # noqa: S311 - no secret
            try:
                await self.channel_layer.send(self.channel_name, {"type": "recheck"})
            except (RedisError, OSError) as away:
                log.warning("live.not_asked", reason=str(away))

    async def _watch(self, topics: list[str], since: float | None = None) -> None:
        hearing: Hearing | None = await in_schema_of(self.scope["firm"], _hearing)(
            self.scope["session_key"], self.scope["actor"], topics
        )
        if hearing is None:
            await self._leave(list(self.heard))
            await self.close(code=NOT_HERE)
            return
        self.scope["actor"], groups = hearing
        self.asked_at = time.monotonic()
        lost = [topic for topic in self.heard if topic in topics and topic not in groups]
        await self._leave([topic for topic in self.heard if topic not in groups])
        joined = {topic: groups[topic] for topic in groups.keys() - self.heard.keys()}
        for topic, group in joined.items():
            self.heard[topic] = group
            await self.channel_layer.group_add(group, self.channel_name)
        if since is not None:
            for topic in await missed(joined, since):
                await self._tell({"type": "missed", "topic": topic, "ids": {}})
        if refused := sorted(set(topics) - groups.keys()):
            log.warning("live.refused", actor=self.scope["actor"].key, topics=refused[:10])
            await self._tell({"type": "refused", "topics": refused})
        if lost:
            await self._tell({"type": "paused"})  # what the page shows is not renewed any more

    async def _leave(self, topics: Iterable[str]) -> None:
        for topic in topics:
            await self.channel_layer.group_discard(self.heard.pop(topic), self.channel_name)

    async def _tell(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message))


def _groups_of(holder: Actor, session_key: str) -> list[str]:
    return [recheck_group("holder", holder.key.partition(":")[2]), recheck_group("session", session_key)]


def _hearing(session_key: str, actor: Actor, topics: list[str]) -> Hearing | None:
    """Return the person as they are now and the groups of what they may hear; None once they are shut out."""
    now: Actor | None = holder_of(session_key, actor.origin)
    if now is None or now.key != actor.key:
        return None
    return now, {topic: group_name(*topic.split(":", 1)) for topic in open_topics(now, topics)}


def _asked(text: str) -> tuple[list[str], float | None] | None:
    """Return the topics of a `watch` and since when the page shows them, None for what is not one."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        message = json.loads(text)
    except ValueError:
        return None
    topics = message.get("topics") if isinstance(message, dict) and message.get("type") == "watch" else None
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        return None
    since = message.get("since")
    if since is not None and (isinstance(since, bool) or not isinstance(since, int | float)):
        return None
    return topics, since
