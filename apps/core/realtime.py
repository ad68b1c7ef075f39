"""Live updates: typed events that carry ids, never balances; every one can be fetched again."""

from __future__ import annotations

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


def publish(topic: str, kind: str, **ids: Any) -> None:
    """Send an event to everyone who watches the topic (`household:<uuid>`), once the transaction commits."""
    group = _group(topic)
    transaction.on_commit(lambda: _send(group, topic, kind, ids))


def send_now(topic: str, kind: str, **ids: Any) -> None:
    """Send without waiting for a commit: progress of a running job."""
    _send(_group(topic), topic, kind, ids)


def _group(topic: str) -> str:
    kind, _, key = topic.partition(":")
    if kind in PUBLIC_KINDS and current_schema() == PUBLIC_SCHEMA:
        return public_group_name(kind, key)
    return group_name(kind, key)


def _send(group: str, topic: str, kind: str, ids: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, {"type": "relay", "topic": topic, "kind": kind, "ids": ids})
    except (RedisError, OSError) as away:
        # the page says that live updates are paused, and every event can be fetched again
        log.warning("realtime.not_sent", topic=topic, kind=kind, reason=str(away))
