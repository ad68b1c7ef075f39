"""How often one caller may ask: counted in the firm's own cache, so that one partner's loop slows nobody else."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from apps.core.actors import Actor


class CallerThrottle(SimpleRateThrottle):
    """So many requests of a caller a minute to the views that name it; one too many is 429 with `Retry-After`."""

    rate = "240/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Count by caller and kind of view; who is nobody is refused before this counts."""
        actor = request.auth
        return f"throttle:{type(view).__name__}:{actor.key}" if isinstance(actor, Actor) else None
