"""Refusals of values that the engine cannot compute with.

Each raises InvalidInputError (`same_currency`: MixedCurrenciesError) that names the field at fault.
"""

from __future__ import annotations

import math

from apps.kernel.errors import InvalidInputError, MixedCurrenciesError, gettext_noop


def finite(value: float, field: str) -> None:
    """Refuse what is not a finite number: NaN and infinity never enter the engine."""
    if not math.isfinite(value):
        raise InvalidInputError(
            gettext_noop("%(name)s is not a number."),
            mend=gettext_noop("Enter a finite number."),
            field=field,
            name=field,
        )


def not_negative(value: float, field: str) -> None:
    """Refuse negative amounts and what is not finite."""
    finite(value, field)
    if value < 0:
        raise InvalidInputError(
            gettext_noop("%(name)s is negative."),
            mend=gettext_noop("Enter zero or more."),
            field=field,
            name=field,
        )


def within(value: float, low: float, high: float, field: str) -> None:
    """Refuse a value outside ``[low, high]`` and what is not finite."""
    finite(value, field)
    if not low <= value <= high:
        raise InvalidInputError(
            gettext_noop("%(name)s is %(value)s; it must lie between %(low)s and %(high)s."),
            mend=gettext_noop("Correct the value."),
            field=field,
            name=field,
            value=value,
            low=low,
            high=high,
        )


def annual_rate(value: float, field: str) -> None:
    """Refuse a yearly rate beyond minus one half or plus one: a percentage entered as a whole number."""
    within(value, -0.5, 1.0, field)


def unique(keys: list[str], field: str) -> None:
    """Refuse empty and repeated keys: results are found again by them."""
    for key in keys:
        if not key or keys.count(key) > 1:
            raise InvalidInputError(
                gettext_noop("%(name)s holds the key “%(key)s” twice, or an empty key."),
                mend=gettext_noop("Give each entry a key of its own."),
                field=field,
                name=field,
                key=key,
            )


def known(key: str, keys: list[str], field: str) -> None:
    """Refuse a reference to something that is not among the inputs."""
    if key not in keys:
        raise InvalidInputError(
            gettext_noop("%(name)s refers to “%(key)s”, which is not part of the plan."),
            mend=gettext_noop("Add it, or refer to something that is."),
            field=field,
            name=field,
            key=key,
        )


def same_currency(currency: str, expected: str, field: str) -> None:
    """Refuse a second currency: a projection adds amounts, and holds no exchange rates."""
    if currency != expected:
        raise MixedCurrenciesError(
            gettext_noop("%(name)s is in %(currency)s, but the plan is in %(expected)s."),
            mend=gettext_noop("Convert the amount at a dated rate first."),
            field=field,
            name=field,
            currency=currency,
            expected=expected,
        )
