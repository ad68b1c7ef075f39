"""The websocket gate on the test's own thread and transaction, over the real Redis layer."""

from __future__ import annotations

import json

from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import URLRouter
from django.conf import settings
from django.urls import path

from apps.core.tenancy.websockets import ActorFromSession, FirmFromHost


class Who(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        actor = self.scope["actor"]
        await self.send_json({"actor": actor.label if actor else None})


app = FirmFromHost(ActorFromSession(URLRouter([path("ws/who/", Who.as_asgi())])))


def call(host: str, session_key: str = "", *, origin: str = "") -> dict | int:
    """Return the first message, or the code that the gate closed with."""

    async def go() -> dict | int:
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()
        headers = [(b"host", host.encode()), (b"cookie", cookie), (b"origin", (origin or f"http://{host}").encode())]
        scope = {"type": "websocket", "path": "/ws/who/", "headers": headers, "subprotocols": []}
        socket = ApplicationCommunicator(app, scope)
        await socket.send_input({"type": "websocket.connect"})
        assert (await socket.receive_output(5))["type"] == "websocket.accept"
        message = await socket.receive_output(5)
        await socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await socket.wait(5)
        return message["code"] if message["type"] == "websocket.close" else json.loads(message["text"])

    return async_to_sync(go)()


def test_a_signed_in_person_holds_a_socket_of_their_firm(ada, sign_in):
    client = sign_in(ada)
    assert call("alpha.localhost", client.session.session_key) == {"actor": "Ada"}


def test_an_unknown_host_is_closed_with_4404(firm_a):
    assert call("nobody.localhost") == 4404


def test_a_stranger_is_closed_with_4403(firm_a):
    assert call("alpha.localhost") == 4403


def test_the_cookie_of_another_firm_opens_nothing(ada, sign_in):
    assert call("beta.localhost", sign_in(ada).session.session_key) == 4403


def test_the_page_of_another_firm_opens_no_socket_with_the_readers_cookie(ada, sign_in):
    """All firms lie under one domain: a browser takes their pages for one site and sends the cookie along."""
    key = sign_in(ada).session.session_key
    for origin in ("http://beta.localhost", "http://localhost:8000", "null", "http://alpha.localhost.evil.example"):
        assert call("alpha.localhost", key, origin=origin) == 4403
    assert call("alpha.localhost:8000", key, origin="http://alpha.localhost:8000") == {"actor": "Ada"}


def test_a_socket_of_the_public_site_has_no_actor(firm_a):
    assert call("localhost") == {"actor": None}
