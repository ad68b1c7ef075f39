"""The way to Redis and back: Kombu's, and it lasts when Redis goes away while messages are in hand.

A connection is lost, so Celery closes its channels. Kombu (5.7) has a closing channel ask the server for its farewell:
the answer to a pending BRPOP, the removal of the control queue, the return of what is in hand. When the server does not
answer the channel stays open, half closed; closed once more, after the connection has been taken from under it, it asks
again and falls with an AttributeError, which Celery takes for the end of the worker.

Here a channel whose server is gone closes without a farewell, and what it had in hand is handed back by the next one
that consumes. A job that has gone on running meanwhile is then delivered twice: the second time finds its lease taken,
or the job done (apps/core/leases.py).

What a person waits for goes before what machines ask for. Kombu keeps a list for each step of priority, and a worker
asks for all of them at once, the lowest number first, whichever queues it takes from: no order of queues is needed.
"""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from kombu.transport import redis

from apps.core.priorities import LAST

log = structlog.get_logger(__name__)


class QoS(redis.QoS):
    """The messages in hand, which outlast their connection."""

    left: ClassVar[set[str]] = set()  # what this process had in hand when a connection was lost

    def restore_unacked(self, client: Any = None) -> None:
        """Hand back what is in hand, or leave it to the next connection."""
        try:
            super().restore_unacked(client)
        except self.channel.connection_errors:
            self.leave()

    def leave(self) -> None:
        """Note what is in hand for the next connection."""
        self._on_collect.cancel()
        self._flush()
        self.left.update(self._delivered)
        self._delivered.clear()
        self._delivered.restored = True

    def hand_back(self) -> None:
        """Put what was left back in line; a message that is there no more is none of ours."""
        if self.left:
            log.info("broker.handed_back", messages=len(self.left))
        for tag in sorted(self.left):
            self.restore_by_tag(tag)
            self.left.discard(tag)

    def ack(self, delivery_tag: str) -> None:
        """Settle a message, unless it was handed back: who takes it up next settles it."""
        if not self.channel.closed:
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - Kombu's signature
        """Refuse a message, unless it was handed back already."""
        if not self.channel.closed:
            super().reject(delivery_tag, requeue=requeue)


class Channel(redis.Channel):
    """A channel that closes whether its server is there or not."""

    QoS = QoS
    default_priority = LAST  # Kombu's own, 0, would put all that names none before all others

    def basic_consume(self, queue: str, no_ack: bool, *args: Any, **kwargs: Any) -> Any:  # noqa: FBT001 - Kombu's signature
        """Begin to take messages; first give back what a lost connection left in hand."""
        if not no_ack:
            self.qos.hand_back()
        return super().basic_consume(queue, no_ack, *args, **kwargs)

    def close(self) -> None:
        """Take leave of the server; when it is gone, close without."""
        try:
            super().close()
        except self.connection_errors as away:
            log.warning("broker.gone", reason=str(away))
            self._close_alone()

    def _close_alone(self) -> None:
        self.closed = True
        if self._qos is not None:
            self._qos.leave()
        self.connection.cycle.discard(self)
        self._disconnect_pools()
        self._close_clients()
        self.connection.close_channel(self)


class Transport(redis.Transport):
    """Redis with such channels; config/celery.py has every redis:// mean it."""

    Channel = Channel
