"""Redis goes away while messages are in hand: the connection closes, and the next one has them again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Queue

from apps.core.priorities import FIRST, LAST
from config import broker, celery
from config.embedded.layout import Layout
from config.embedded.redis import Redis

QUEUE, OTHER = Queue("work"), Queue("other")


@pytest.fixture
def redis() -> Iterator[Redis]:
    folder = Path(tempfile.mkdtemp(prefix="stw-"))
    redis = Redis(Layout(folder))
    redis.start()
    yield redis
    redis.stop()
    broker.QoS.left.clear()
    shutil.rmtree(folder)


def connection(redis: Redis) -> Connection:
    """Connect as Celery does, without an event loop."""
    address = redis.layout.redis_url.replace("unix://", "redis+socket://")
    return Connection(address, transport_options=celery.app.conf.broker_transport_options)


def take(broker: Connection, how_many: int) -> list[Any]:
    """Take messages in hand, as a worker that has a control queue."""
    taken: list[Any] = []
    consumer = broker.Consumer(QUEUE, on_message=taken.append)
    consumer.consume()
    while len(taken) < how_many:
        broker.drain_events(timeout=5)
    return taken


def put(broker: Connection, *bodies: str) -> None:
    with broker.Producer() as producer:
        for body in bodies:
            producer.publish(body, routing_key="work", declare=[QUEUE])


def crash(redis: Redis) -> None:
    assert redis.process is not None
    redis.process.kill()
    redis.process.wait(10)


def in_redis(broker: Connection) -> tuple[int, int]:
    """Return how many messages stand in line and how many are in hand."""
    client = broker.default_channel.client
    return broker.default_channel._size("work"), client.hlen("unacked")


def test_every_address_of_a_redis_means_our_transport(redis: Redis) -> None:
    addresses = ["redis://x/1", "rediss://x/1", "redis+socket:///run/redis.sock"]
    assert {Connection(address).get_transport_cls() for address in addresses} == {broker.Transport}


def test_what_was_in_hand_when_redis_crashed_is_delivered_again(redis: Redis) -> None:
    lost = connection(redis)
    put(lost, "one", "two")
    assert [message.payload for message in take(lost, 2)] == ["one", "two"]
    crash(redis)
    # what Celery does with a connection that it lost
    lost.collect()
    lost.close()
    redis.start()
    with connection(redis) as found:
        again = take(found, 2)
        assert sorted(message.payload for message in again) == ["one", "two"]
        for message in again:
            message.ack()
        assert in_redis(found) == (0, 0)
    assert broker.QoS.left == set()


def test_a_redis_that_is_back_before_the_connection_closes_has_them_back_at_once(redis: Redis) -> None:
    lost = connection(redis)
    put(lost, "one")
    take(lost, 1)
    crash(redis)
    redis.start()
    lost.collect()
    lost.close()
    with connection(redis) as found:
        assert [message.payload for message in take(found, 1)] == ["one"]


def test_what_is_settled_after_its_connection_was_lost_is_settled_by_who_takes_it_up_next(redis: Redis) -> None:
    lost = connection(redis)
    put(lost, "done", "refused")
    done, refused = take(lost, 2)
    crash(redis)
    lost.collect()
    lost.close()
    redis.start()
    done.ack()
    refused.reject(requeue=True)
    with connection(redis) as found:
        assert len(take(found, 2)) == 2


def test_a_connection_that_closes_in_peace_hands_back_what_it_has_in_hand(redis: Redis) -> None:
    with connection(redis) as watching:
        stopping = connection(redis)
        put(stopping, "one", "two")
        first, _ = take(stopping, 2)
        first.ack()
        stopping.close()
        assert in_redis(watching) == (1, 0)
    assert broker.QoS.left == set()


def test_a_worker_of_two_queues_takes_what_a_person_waits_for_first(redis: Redis) -> None:
    with connection(redis) as site, site.Producer() as producer:
        for at in range(4):
            producer.publish(f"mail {at}", routing_key="work", declare=[QUEUE])
            producer.publish(f"household {at}", routing_key="other", declare=[OTHER], priority=LAST)
        for at in range(3):
            producer.publish(f"asked {at}", routing_key="work", declare=[QUEUE], priority=FIRST)
    with connection(redis) as worker:
        taken: list[str] = []
        consumer = worker.Consumer(
            [QUEUE, OTHER], callbacks=[lambda body, message: taken.append(body) or message.ack()]
        )
        consumer.qos(prefetch_count=1)
        consumer.consume()
        while len(taken) < 11:
            worker.drain_events(timeout=5)
    assert taken[:3] == ["asked 0", "asked 1", "asked 2"]
    assert [told for told in taken[3:] if told.startswith("mail")] == [f"mail {at}" for at in range(4)]
    # neither of the other two waits for the other's end
    assert {told.split()[0] for told in taken[3:5]} == {"mail", "household"}


def test_what_waits_for_its_next_time_is_dropped_before_it_comes() -> None:
    entries = celery.app.conf.beat_schedule
    late = [name for name, each in entries.items() if not 0 < each["options"].get("expires", 0) < each["schedule"]]
    assert (late, len(entries) > 5) == ([], True)
    # it finds what a person waits for and the broker lost
    assert entries["sweep-jobs"]["options"]["priority"] == FIRST
