"""What a plan had to assume, in the reader's language: days as they write them, classes by their names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from apps.core.templatetags import formats
from apps.market.models import AssetClass

# services keep a day as ISO 8601, which sorts and compares; nobody reads it so
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def caveat_text(message: str, params: Mapping[str, str]) -> str:
    """Return a caveat with what it speaks of."""
    return _(message) % {name: _told(value) for name, value in params.items()}


def _told(value: str) -> str:
    if _DAY.fullmatch(value):
        return formats.date_text(dt.date.fromisoformat(value))
    return str(AssetClass(value).label) if value in AssetClass.values else value
