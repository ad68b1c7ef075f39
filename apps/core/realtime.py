"""Live updates: typed events that carry ids, never balances; every one can be fetched again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from apps.core.tenancy.addresses import public_group_name
from apps.core.tenancy.names import PUBLIC_SCHEMA, current_schema, group_name

log = structlog.get_logger(__name__)

# what the public site shows live: no firm is entered there, and nothing of a firm is told
PUBLIC_KINDS = frozenset({"registration"})

# how long an event is remembered for pages that were drawn before it and listen only after it
REMEMBERED_SECONDS = 600
# groups asked in one message to Redis
_AT_ONCE = 500


def publish(topic: str, kind: str, **ids: Any) -> None:
    """Send an event to everyone who watches the topic (`household:<uuid>`), once the transaction commits."""
    publish_all([(topic, kind, ids)])


def publish_all(events: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
    """Send many events (topic, kind, ids) at once, as `publish` sends one: a file may change thousands of accounts."""
    told = [(_group(topic), topic, kind, dict(ids)) for topic, kind, ids in events]
    transaction.on_commit(lambda: _send(*told))


def recheck(kind: str, key: str) -> None:
    """Let open sockets ask, once the transaction commits, whether they still may be open and hear what they hear.

    `holder` and a person's public id reaches all sockets of a person, `session` and a session's key those of one
    browser. What is not told here is found by the sockets themselves within half a minute.
    """
    group = recheck_group(kind, key)
    transaction.on_commit(lambda: _send_to(group, {"type": "recheck"}))


def recheck_group(kind: str, key: str) -> str:
    """Return the group of a person's or a session's sockets; a session's key is no name for others to read."""
    return group_name(kind, hashlib.sha256(key.encode()).hexdigest()[:32] if kind == "session" else key)


def send_now(topic: str, kind: str, **ids: Any) -> None:
    """Send without waiting for a commit: progress of a running job."""
    _send((_group(topic), topic, kind, ids))


def _group(topic: str) -> str:
    kind, _, key = topic.partition(":")
    if kind in PUBLIC_KINDS and current_schema() == PUBLIC_SCHEMA:
        return public_group_name(kind, key)
    return group_name(kind, key)


def _send(*events: tuple[str, str, str, dict[str, Any]]) -> None:
    layer = get_channel_layer()
    if layer is None or not events:
        return
    messages = [
        (group, {"type": "relay", "topic": topic, "kind": kind, "ids": ids}) for group, topic, kind, ids in events
    ]
    try:
        async_to_sync(_tell)(layer, messages)
    except (RedisError, OSError) as away:
        # the page says that live updates are paused, and every event can be fetched again
        log.warning("realtime.not_sent", topic=events[0][1], kind=events[0][2], reason=str(away))


def _send_to(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, message)
    except (RedisError, OSError) as away:
        # the sockets hang on the same Redis, and ask by themselves
        log.warning("realtime.not_sent", topic=group, kind=message["type"], reason=str(away))


async def missed(groups: Mapping[str, str], since: float) -> list[str]:
    """Return the topics (keys of `groups`, which name their groups) of which something was told after `since`.

    `since` is a Unix time in seconds. A page is drawn before its socket listens: what happens in between reaches
    nobody, so whoever begins to listen asks for it. Call it after joining the groups.
    """
    layer = get_channel_layer()
    if layer is None:
        return []
    told = {topic: await _connection(layer, group).get(_told_key(layer, group)) for topic, group in groups.items()}
    return sorted(topic for topic, at in told.items() if at is not None and float(at) >= since)


async def _tell(layer: Any, messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    for first in range(0, len(messages), _AT_ONCE):
        block = messages[first : first + _AT_ONCE]
        heard = await _remembered(layer, {group for group, _ in block})
        for group, message in block:
            if group in heard:
                await layer.group_send(group, message)


async def _remembered(layer: Any, groups: Iterable[str]) -> set[str]:
    """Remember that these groups were told something, and return those that anybody listens to.

    Remembered first: whoever joins between the two hears it twice rather than never.
    """
    by_host: dict[int, list[str]] = {}
    for group in groups:
        by_host.setdefault(layer.consistent_hash(group), []).append(group)
    heard: set[str] = set()
    for host, named in by_host.items():
        pipe = layer.connection(host).pipeline(transaction=False)
        for group in named:
            pipe.set(_told_key(layer, group), f"{time.time():.3f}", ex=REMEMBERED_SECONDS)
            pipe.zcard(layer._group_key(group))  # noqa: SLF001 - where the layer keeps who listens
        counts = (await pipe.execute())[1::2]
        heard.update(group for group, count in zip(named, counts, strict=True) if count)
    return heard


def _connection(layer: Any, group: str) -> Any:
    """Return the layer's own connection to the Redis that holds the group."""
    return layer.connection(layer.consistent_hash(group))


def _told_key(layer: Any, group: str) -> str:
    return f"{layer.prefix}:told:{group}"
