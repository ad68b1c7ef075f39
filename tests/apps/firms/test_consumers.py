import asyncio
import json

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator

from apps.core import realtime
from config.asgi import application
from tests.factories.firms import registration

# a consumer closes old connections before each event: rows must be committed
pytestmark = pytest.mark.usefixtures("committed")


def socket(token, host="localhost"):
    headers = [(b"host", host.encode()), (b"origin", f"http://{host}".encode())]
    path = f"/ws/registration/{token}/"
    scope = {"type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}
    return ApplicationCommunicator(application, {**scope, "subprotocols": [], "client": ["203.0.113.7", 1]})


async def send(topic, kind, **ids):
    group, layer = realtime._group(topic), realtime.get_channel_layer()
    await layer.group_send(group, {"type": "relay", "topic": topic, "kind": kind, "ids": ids})


def test_who_holds_the_token_hears_the_steps_of_its_registration_alone():
    made = registration()

    async def watch():
        watcher = socket(made.token)
        await watcher.send_input({"type": "websocket.connect"})
        assert (await watcher.receive_output(5))["type"] == "websocket.accept"
        text = json.dumps({"type": "watch", "topics": ["registration:somebody-else"]})
        await watcher.send_input({"type": "websocket.receive", "text": text})
        assert await watcher.receive_nothing()
        await send("registration:somebody-else", "job.progress", percent=99, step="Other")
        await send(f"registration:{made.token}", "job.progress", percent=15, step="Building")
        heard = json.loads((await watcher.receive_output(5))["text"])
        assert await watcher.receive_nothing()
        await watcher.send_input({"type": "websocket.disconnect", "code": 1000})
        await watcher.wait(5)
        return heard

    assert async_to_sync(watch)() == {
        "type": "job.progress",
        "topic": f"registration:{made.token}",
        "ids": {"percent": 15, "step": "Building"},
    }


def test_a_quiet_websocket_stays_open_beyond_the_wait_for_one_message():
    """channels_redis waits five seconds at a time, and redis-py gave up on the socket after five."""
    made = registration()

    async def wait():
        watcher = socket(made.token)
        await watcher.send_input({"type": "websocket.connect"})
        assert (await watcher.receive_output(5))["type"] == "websocket.accept"
        await asyncio.sleep(6)
        await send(f"registration:{made.token}", "registration.open", registration=made.token)
        heard = json.loads((await watcher.receive_output(5))["text"])
        await watcher.send_input({"type": "websocket.disconnect", "code": 1000})
        await watcher.wait(5)
        return heard["type"]

    assert async_to_sync(wait)() == "registration.open"


@pytest.mark.parametrize(("host", "code"), [("localhost", 4404), ("alpha.localhost", 4403)])
def test_an_unknown_token_and_a_firms_host_are_closed(host, code):
    async def knock():
        stranger = socket("nobody", host)
        await stranger.send_input({"type": "websocket.connect"})
        assert (await stranger.receive_output(5))["type"] == "websocket.accept"
        return await stranger.receive_output(5)

    closed = async_to_sync(knock)()
    assert (closed["type"], closed["code"]) == ("websocket.close", code)
