"""Numbers, money and moments as people write them in their language. Display only: nothing here is posted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_compact_currency, format_currency, parse_pattern
from django.utils import timezone
from django.utils.translation import get_language, to_locale

from apps.kernel.money import Money, Rate, minor_units

Number = Decimal | int | float
Decimals = tuple[int, int]
MINUS = "−"  # a minus sign is as wide as a digit; the hyphen is not
_CENTS_MATTER_BELOW = Decimal(1000)


def locale() -> Locale:
    """Return the reader's locale, or English where the language has none."""
    return _locale_of(get_language() or "en")


@lru_cache(maxsize=64)
def _locale_of(language: str) -> Locale:
    # parsing a name takes Babel longer than formatting a date by it
    try:
        return Locale.parse(to_locale(language))
    except UnknownLocaleError:
        return Locale("en")


def decimal_of(value: Number | Rate | Money) -> Decimal:
    """Return the exact value; a float as it prints, which is what a reader compares it with."""
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, Rate):
        return value.fraction
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half away from zero, as a reader would by hand, and drop the sign of nothing."""
    result = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def with_minus(text: str) -> str:
    """Write a true minus sign where the locale writes a hyphen."""
    return text.replace("-", MINUS)


def money_text(value: Money | Number, currency: str = "USD", style: str = "") -> str:
    """Write an amount of money.

    Styles: ``exact`` posts every cent (invoices, receipts, ledgers), ``whole`` none, ``compact`` short ("$1.2M" in a
    tile); without a style cents show where they matter: in amounts under a thousand that have some.
    """
    if isinstance(value, Money):
        currency = value.currency
    amount = decimal_of(value)
    here = locale()
    if style == "compact":
        return with_minus(format_compact_currency(amount, currency, fraction_digits=1, locale=here))
    places = minor_units(currency)
    if style == "whole" or (
        style != "exact" and (abs(amount) >= _CENTS_MATTER_BELOW or not _has_cents(amount, places))
    ):
        places = 0
    return _writer(here, "currency", (places, places), currency)(rounded(amount, places))


def percent_text(fraction: Number | Rate, places: int = 1) -> str:
    """Write a proportion (0.123) in per cent (12.3%), with one decimal unless told otherwise."""
    return _writer(locale(), "percent", (places, places))(rounded(decimal_of(fraction), places + 2))


def points_text(fraction: Number | Rate, places: int = 1) -> str:
    """Write a difference of proportions (0.123) in percentage points (12.3); the words beside it name the unit."""
    return number_text(rounded(decimal_of(fraction) * 100, places), places)


def number_text(value: Number, places: int | None = None) -> str:
    """Write a number with its thousands; without `places` as many decimals as it has, six at most (as shares have)."""
    amount = decimal_of(value)
    decimals = (0, 6) if places is None else (places, places)
    return _writer(locale(), "decimal", decimals)(rounded(amount, decimals[1]))


def _has_cents(amount: Decimal, places: int) -> bool:
    return rounded(amount, places) != rounded(amount, 0)


Writer = Callable[[Decimal], str]
# around each change of shape: nothing, below one, below and above a group, many groups; as many decimals as there are
_PROOFS = tuple(Decimal(text) for text in ("0", "0.05", "7", "85.4", "999", "1000", "12345.67", "9876543210.123456"))


@lru_cache(maxsize=512)
def _writer(
    here: Locale, kind: Literal["currency", "percent", "decimal"], decimals: Decimals, unit: str = ""
) -> Writer:
    """Return what writes rounded numbers of one shape as Babel writes them: itself, or a tenth of its time.

    Babel walks its pattern anew for every number. Where its text is a frame (sign, currency, per cent) around digits
    in groups of three, the frame is taken from it once; where the proofs differ (Indian groups, other digits) it
    writes every number itself.
    """
    scale = 2 if kind == "percent" else 0
    if kind == "currency":
        pattern = parse_pattern(here.currency_formats["standard"].pattern)
    else:
        pattern = parse_pattern((here.percent_formats if kind == "percent" else here.decimal_formats)[None].pattern)
    pattern.frac_prec = decimals

    def by_babel(value: Decimal) -> str:
        if kind == "currency":
            return with_minus(format_currency(value, unit, pattern, here, currency_digits=False))
        return with_minus(pattern.apply(value, here))

    symbols = here.number_symbols["latn"]
    marks = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})
    least, most = decimals

    def digits(value: Decimal) -> str:
        text = f"{abs(value).scaleb(scale):,.{most}f}"
        if least < most:
            text = text.rstrip("0").removesuffix(".")
        return text.translate(marks)

    frames = [
        by_babel(sign * Decimal(1234).scaleb(-scale)).split(digits(Decimal(1234).scaleb(-scale))) for sign in (1, -1)
    ]
    if any(len(frame) != 2 for frame in frames):
        return by_babel
    (before, after), (before_negative, after_negative) = frames

    def framed(value: Decimal) -> str:
        if not value.is_finite():
            return by_babel(value)
        if value.is_signed():
            return before_negative + digits(value) + after_negative
        return before + digits(value) + after

    proofs = [rounded(sign * proof, most + scale) for proof in _PROOFS for sign in (1, -1)]
    return framed if all(framed(proof) == by_babel(proof) for proof in proofs) else by_babel


def date_text(day: date, style: str = "medium") -> str:
    """Write a day: "Mar 31, 2026" (medium) or "March 31, 2026" (long)."""
    return _date_text(day.date() if isinstance(day, datetime) else day, style, locale())


@lru_cache(maxsize=4096)
def _date_text(day: date, style: str, here: Locale) -> str:
    return format_date(day, style, here)


def moment_text(at: datetime, style: str = "medium") -> str:
    """Write a moment in the reader's time zone: to the minute (medium), or to the second with its zone (full)."""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    if style == "full":
        return format_datetime(local, "long", locale=locale())
    return f"{format_date(local, 'medium', locale())}, {format_datetime(local, _clock(), locale=locale())}"


def _clock() -> str:
    """Return the locale's pattern of hours and minutes."""
    return str(locale().time_formats["short"].pattern)


def ago_text(at: datetime, now: datetime | None = None) -> str:
    """Write how long ago a moment was: "3 hours ago"."""
    return format_timedelta(at - (now or datetime.now(UTC)), add_direction=True, locale=locale())
