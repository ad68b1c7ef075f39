"""The websocket gate: the host decides whose socket it is, the session cookie who holds it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django_tenants.utils import tenant_context

from apps.core.actors import Origin
from apps.core.middleware.firm import firm_for_host
from apps.core.tenancy.connections import connection

App = Callable[[dict[str, Any], Any, Any], Awaitable[Any]]
NO_SUCH_FIRM, NOT_SIGNED_IN = 4404, 4403


def in_schema_of(firm: Any | None, function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Return an awaitable form of `function` that runs inside the firm (None: the public schema).

    The only way from a consumer to the ORM: a schema set on one thread does not follow `sync_to_async`.
    """

    def inner(*args: Any, **kwargs: Any) -> Any:
        # an open transaction is a test's own: closing its connection would end it
        if not connection.in_atomic_block:
            close_old_connections()
        try:
            if firm is None:
                connection.set_schema_to_public()
                return function(*args, **kwargs)
            with tenant_context(firm):
                return function(*args, **kwargs)
        finally:
            connection.set_schema_to_public()
            if not connection.in_atomic_block:
                close_old_connections()

    return sync_to_async(inner, thread_sensitive=True)


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    return {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope.get("headers", [])}


async def _refuse(send: Any, code: int) -> None:
    await send({"type": "websocket.accept"})  # a close before the handshake reaches browsers as 1006 without a reason
    await send({"type": "websocket.close", "code": code})


class FirmFromHost:
    """Puts `scope["firm"]`; an unknown or closed firm is refused with 4404, the public hosts get None.

    A page opens sockets of its own site only: browsers send the cookie along from the page of another firm as well,
    since all of them lie under one domain.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        """Resolve the host, then go on."""
        headers = _headers(scope)
        host = headers.get("host", "").rsplit(":", 1)[0].lower()
        if "origin" in headers and urlsplit(headers["origin"]).hostname != host:
            return await _refuse(send, NOT_SIGNED_IN)
        firm = None if host in settings.PUBLIC_HOSTS else await in_schema_of(None, firm_for_host)(host)
        if host not in settings.PUBLIC_HOSTS and (firm is None or not firm.is_open):
            return await _refuse(send, NO_SUCH_FIRM)
        return await self.app({**scope, "firm": firm}, receive, send)


class ActorFromSession:
    """Puts `scope["actor"]` and `scope["session_key"]` from the session cookie, read inside the firm.

    Strangers are refused with 4403.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        """Authenticate, then go on; sockets of the public site carry no session."""
        if scope["firm"] is None:
            return await self.app({**scope, "actor": None}, receive, send)
        headers = _headers(scope)
        cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
        origin = Origin(
            ip=str((scope.get("client") or [""])[0]), user_agent=headers.get("user-agent", ""), method="websocket"
        )
        session_key = cookie.value if cookie else ""
        actor = await in_schema_of(scope["firm"], holder_of)(session_key, origin)
        if actor is None:
            return await _refuse(send, NOT_SIGNED_IN)
        return await self.app({**scope, "actor": actor, "session_key": session_key}, receive, send)


def holder_of(session_key: str, origin: Origin) -> Any | None:
    """Return who holds the session; nobody while a second factor that the role needs is not enrolled."""
    if not session_key:
        return None
    session = SessionStore(session_key)
    user: Any = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]
    if not user.is_authenticated or not (session.get("second_factor_known") or not user.needs_second_factor()):
        return None
    return user.as_actor(origin=origin)
