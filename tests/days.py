"""The day it is for the firms of the tests: by their clock, not by that of the machine."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

FIRM_ZONE = ZoneInfo("America/New_York")  # what a firm profile says from the start


def today() -> dt.date:
    """Return the day that `firm_today` will say."""
    return timezone.now().astimezone(FIRM_ZONE).date()


TODAY = today()  # of the tests that ask for `held_day`; no other test may name its day before it runs


@pytest.fixture
def held_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of `TODAY` when the test begins: no midnight comes between the tests of a run, nor within one."""
    behind = timezone.now() - dt.datetime.combine(TODAY, dt.time(12), FIRM_ZONE)
    moment = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: moment() - behind)
