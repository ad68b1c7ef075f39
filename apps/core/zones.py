"""The time zone of the firm in hand, for work that no reader's zone surrounds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.utils import timezone

_finders: list[Callable[[], str]] = []


def connect_zone(find: Callable[[], str]) -> None:
    """Name what tells the zone of the firm whose schema is entered; nothing where there is none (accounts)."""
    _finders[:] = [find]


def in_firms_zone() -> AbstractContextManager[object]:
    """Work by the firm's clock: what day it is, and how moments are written. Without a firm, by the server's."""
    zone = _finders[0]() if _finders else ""
    return timezone.override(zone) if zone else nullcontext()
