"""The day it is for the firms of the tests: by their clock, not by that of the machine."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

FIRM_ZONE = ZoneInfo("America/New_York")  # what a firm profile says from the start


def today() -> dt.date:
    """Return the day that `firm_today` will say."""
    return dt.datetime.now(FIRM_ZONE).date()
