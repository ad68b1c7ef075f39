"""The values of OFX tags: moments, days and amounts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from apps.core.tabular.problems import CellError
from apps.kernel.errors import gettext_noop

# OFX 2.2, 3.2.8.2: YYYYMMDDHHMMSS.XXX[gmt offset:tz name], all but the day optional. Banks add blanks, write minutes
# as .5 or .30, or leave the offset out and name the zone ("[-:EST]").
_MOMENT = re.compile(
    r"(?P<day>\d{8})(?P<clock>\d{6}|\d{4}|\d{2})?(?:[.:,](?P<fraction>\d{1,6}))?\s*"
    r"(?:\[\s*(?P<sign>[+-])?(?P<hours>\d{1,2})?(?:\.(?P<part>\d{1,2}))?\s*(?::\s*(?P<zone>[^\]]*))?\])?",
    re.ASCII,
)
# Offsets of the zones that North American banks name without giving the offset.
_ZONES = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "GMT": 0,
    "UTC": 0,
}
# OFX 2.2, 3.2.9.2: a comma or a point before the decimals, no marks between thousands. Some banks write those too.
_AMOUNT = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:\.\d{3})+,\d+)", re.ASCII)
_MAX_DIGITS = 30


def read_moment(text: str) -> datetime:
    """Read a date and time: in UTC where the text has an offset or names a zone, else naive.

    Raises CellError for an impossible day or another shape.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise _not_a_moment(text)
    try:
        naive = datetime.strptime(match["day"] + (match["clock"] or "").ljust(6, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007
        naive = naive.replace(microsecond=int((match["fraction"] or "0").ljust(6, "0")))
        offset = _offset(match)
        return naive if offset is None else naive.replace(tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError) as impossible:
        raise _not_a_moment(text) from impossible


def read_day(text: str) -> date:
    """Read the day as the bank wrote it, in its own zone: an entry of 8 p.m. in New York stays on that day."""
    read_day_of = _MOMENT.match(text.strip())
    if read_day_of is None:
        raise _not_a_moment(text)
    try:
        return datetime.strptime(read_day_of["day"], "%Y%m%d").date()  # noqa: DTZ007 -- a day, not a moment
    except ValueError as impossible:
        raise _not_a_moment(text) from impossible


def _offset(match: re.Match[str]) -> timedelta | None:
    hours, part = match["hours"], match["part"]
    if hours is None and part is None:
        zone = (match["zone"] or "").strip().upper()
        return timedelta(hours=_ZONES[zone]) if zone in _ZONES else None
    # ".5" is half an hour; two digits are minutes, as in "-3.30"; but ".50" and ".75" can be no minutes of a zone, so
    # they are decimals.
    decimals = part is None or len(part) == 1 or part in ("50", "75")
    minutes = round(float(f"0.{part or 0}") * 60) if decimals else int(part or 0)
    size = timedelta(hours=int(hours or 0), minutes=minutes)
    return -size if match["sign"] == "-" else size


def _not_a_moment(text: str) -> CellError:
    return CellError(
        "not_a_date",
        gettext_noop("“%(value)s” is not a date of OFX."),
        mend=gettext_noop("A date has the form 20260331; ask the bank for a correct file or enter the row by hand."),
        value=text[:40],
    )


def read_amount(text: str) -> Decimal:
    """Read a signed amount. Raises CellError for currency signs, other text, and "1,234", which can be meant twice."""
    bare = text.strip().replace(" ", "")
    digits = bare.lstrip("+-")
    two_meanings = re.fullmatch(r"[1-9]\d{0,2},\d{3}", digits) is not None
    if not _AMOUNT.fullmatch(bare) or two_meanings or len(bare) > _MAX_DIGITS:
        raise CellError(
            "not_an_amount",
            gettext_noop("“%(value)s” is not an amount of OFX."),
            mend=gettext_noop("An amount has the form -1234.56; ask the bank for a correct file."),
            value=text[:40],
        )
    point = max(bare.rfind("."), bare.rfind(","))
    if point < 0:
        return Decimal(bare)
    whole = bare[:point].replace(",", "").replace(".", "")
    return Decimal(f"{whole}.{bare[point + 1 :]}")
