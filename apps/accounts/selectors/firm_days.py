"""The firm's calendar."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.accounts.models import FirmProfile
from apps.core.tenancy.names import PUBLIC_SCHEMA, current_schema


def firm_today() -> dt.date:
    """Return the day it is for the firm: papers are dated and periods end by its clock.

    Not by the server's, and not by that of whoever reads the page.
    """
    return timezone.localdate(timezone=ZoneInfo(FirmProfile.current().time_zone))


def firm_zone() -> str:
    """Return the name of the firm's time zone; nothing on the public site, which is no firm and has no such table."""
    if current_schema() == PUBLIC_SCHEMA:
        return ""
    return FirmProfile.objects.filter(pk=1).values_list("time_zone", flat=True).first() or ""
