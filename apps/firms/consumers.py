"""Live progress of a registration: what the job says, relayed to who holds the registration's token."""

from __future__ import annotations

from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer

from apps.core.tenancy.addresses import public_group_name
from apps.core.tenancy.websockets import in_schema_of
from apps.firms.models import Registration

UNKNOWN = 4404


class RegistrationConsumer(AsyncJsonWebsocketConsumer):
    """`/ws/registration/<token>/` on the public site: events carry the job's step and percent, nothing of the firm."""

    group = ""

    async def connect(self) -> None:
        """Join the registration's group; a token that does not exist, or a firm's host, is closed with 4404."""
        token = self.scope["url_route"]["kwargs"]["token"]
        await self.accept()
        known = in_schema_of(None, lambda: Registration.objects.filter(token=token).exists())
        if self.scope["firm"] is not None or not await known():
            await self.close(code=UNKNOWN)
            return
        self.group = public_group_name("registration", token)
        await self.channel_layer.group_add(self.group, self.channel_name)

    async def disconnect(self, _code: int) -> None:
        """Leave."""
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: Any, **_: Any) -> None:
        """Take note of what the page watches: this socket tells of one registration, whatever is asked."""

    async def relay(self, event: dict[str, Any]) -> None:
        """Pass an event on."""
        await self.send_json({"type": event["kind"], "topic": event["topic"], "ids": event["ids"]})
