"""Is everything there that a request or a job needs?"""

from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass
from functools import lru_cache

import redis
from django.conf import settings
from django.db.utils import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from apps.core.signs import WORKER_SIGN
from apps.core.tenancy.connections import connection
from apps.core.tenancy.migrating import pending
from apps.core.tenancy.names import PUBLIC_SCHEMA

_SIGN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One part and how it is."""

    part: str
    reason: str = ""
    # told to everybody; the reason names tables, hosts and versions
    state_when_ill: str = "down"

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to say against it."""
        return not self.reason


@lru_cache(maxsize=1)
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def keep_worker_sign(stopping: threading.Event) -> None:
    """Renew the worker's sign in Redis until it stops; runs in a thread of the worker."""
    while not stopping.is_set():
        try:
            _redis().set(WORKER_SIGN, timezone.now().isoformat(), ex=4 * _SIGN_SECONDS)
        except redis.RedisError:
            stopping.wait(_SIGN_SECONDS)  # Redis is away: its own check says so
            continue
        stopping.wait(_SIGN_SECONDS)


def _database() -> list[Check]:
    try:
        connection.set_schema_to_public()
        missing = sorted(pending(PUBLIC_SCHEMA))
    except (DatabaseError, InterfaceError) as away:
        reason = str(away).strip().splitlines()[0] if str(away).strip() else type(away).__name__
        connection.close()
        return [Check("database", reason), Check("migrations", "The database is away.")]
    told = f"{len(missing)} not applied, first {'.'.join(missing[0])}: run manage.py migrate_all." if missing else ""
    return [Check("database"), Check("migrations", told, "behind")]


def _redis_and_worker() -> list[Check]:
    try:
        alive = _redis().get(WORKER_SIGN)
    except redis.RedisError as away:
        return [
            Check("redis", str(away)),
            Check("worker", "Redis is away, so the worker cannot be heard."),
        ]
    return [
        Check("redis"),
        Check("worker", "" if alive else "No worker has given a sign for 20 seconds."),
    ]


def checks() -> list[Check]:
    """Ask every part."""
    return _database() + _redis_and_worker()


def health(request: HttpRequest) -> JsonResponse:
    """GET /health/: 200 when every part is well, else 503; the reasons for who runs the servers alone."""
    parts = checks()
    is_well = all(part.is_well for part in parts)
    told = _with_reason if _runs_the_servers(request) else _state
    body = {"status": "ok" if is_well else "unavailable", "parts": {part.part: told(part) for part in parts}}
    return JsonResponse(body, status=200 if is_well else 503, headers={"Cache-Control": "no-store"})


def _state(part: Check) -> dict[str, str]:
    return {"status": "ok" if part.is_well else part.state_when_ill}


def _with_reason(part: Check) -> dict[str, str]:
    return {**_state(part), "reason": part.reason}


def _runs_the_servers(request: HttpRequest) -> bool:
    """Say whether the question comes from this machine, past no proxy, or with the token of STEWARD_HEALTH_TOKEN."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if settings.HEALTH_TOKEN and constant_time_compare(given, settings.HEALTH_TOKEN):
        return True
    if any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip", "via")):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback and not settings.TRUSTED_PROXIES
    except ValueError:
        return False
