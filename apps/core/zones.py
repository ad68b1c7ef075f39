"""The time zone of the firm in hand, for work that no reader's zone surrounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from zoneinfo import ZoneInfo

from django.utils import timezone

_finders: list[Callable[[], str]] = []


def connect_zone(find: Callable[[], str]) -> None:
    """Name what tells the zone of the firm whose schema is entered; nothing where there is none (accounts)."""
    _finders[:] = [find]


def in_firms_zone() -> AbstractContextManager[object]:
    """Work by the firm's clock: what day it is, and how moments are written. Without a firm, by the server's."""
    zone = _finders[0]() if _finders else ""
    return timezone.override(zone) if zone else nullcontext()


def has_come(day: dt.date) -> bool:
    """Say whether a day has come for who reads the page or, where that is ahead, for the firm.

    A firm in Kiritimati (UTC+14) dates its papers by a day that most of its readers have not seen yet.
    """
    today = timezone.localdate()
    if day <= today:
        return True
    if day > today + dt.timedelta(days=2):  # no two clocks are further apart
        return False
    zone = _finders[0]() if _finders else ""
    return bool(zone) and day <= timezone.localdate(timezone=ZoneInfo(zone))
