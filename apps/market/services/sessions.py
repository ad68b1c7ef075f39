"""Trading days of the New York Stock Exchange, and the days on which its trades settle."""

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


# sessions from trade to settlement, by the first trade date of each rule (17 CFR 240.15c6-1 and its amendments)
_CYCLES = ((dt.date(2024, 5, 28), 1), (dt.date(2017, 9, 5), 2), (dt.date.min, 3))


def settles_on(trade_date: dt.date) -> dt.date:
    """Return the day on which a trade of the day settles in the regular way, T+1 since 28 May 2024.

    Days on which the exchange is open and banks are not (Columbus Day, Veterans Day) are no settlement days: FINRA
    Notices to Members 95-77 and 88-82.
    """
    left = next(n for since, n in _CYCLES if trade_date >= since)
    sessions = _calendar(dt.date(trade_date.year, 1, 1)).sessions
    days: list[dt.date] = [at.date() for at in sessions[sessions.searchsorted(str(trade_date), side="right") :][:10]]
    for day in days:
        left -= not _banks_are_closed(day)
        if not left:
            return day
    message = f"The calendar does not reach the settlement of {trade_date}."
    raise ValueError(message)


def _banks_are_closed(day: dt.date) -> bool:
    """Say so of the two holidays that exchanges do not keep; one on a Sunday is kept on the Monday (5 USC 6103)."""
    columbus = day.month == 10 and day.weekday() == 0 and 8 <= day.day <= 14
    veterans = day.month == 11 and (day.day == 11 or (day.day == 12 and day.weekday() == 0))
    return columbus or veterans
