"""Trading days of the New York Stock Exchange."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=4)
def _calendar(first: dt.date) -> Any:
    # imported when asked for: it brings pandas (0.8 s), which no web process needs
    import exchange_calendars

    return exchange_calendars.get_calendar("XNYS", start=first)


def sessions_until(first: dt.date, at: dt.datetime) -> list[dt.date]:
    """Return the sessions from `first` on that had closed at the moment given (with its zone)."""
    calendar = _calendar(first)
    closes = calendar.closes.loc[str(first) : str(at.date())]
    return [session.date() for session, close in closes.items() if close.to_pydatetime() <= at]
