"""The firm's calendar."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.accounts.models import FirmProfile


def firm_today() -> dt.date:
    """Return the day it is for the firm: papers are dated and periods end by its clock, not by the server's."""
    return timezone.localdate(timezone=ZoneInfo(FirmProfile.current().time_zone))
