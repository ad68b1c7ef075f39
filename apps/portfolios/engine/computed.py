"""A figure that may not exist: its value, or None and why there is none. Never zero in place of nothing."""

from __future__ import annotations

from dataclasses import dataclass

from apps.kernel.errors import gettext_noop

TOO_FEW = gettext_noop("There are too few observations.")
NO_SPREAD = gettext_noop("The returns do not vary.")


@dataclass(frozen=True, slots=True)
class Computed:
    """A figure, or None and why there is none."""

    value: float | None
    reason: str = ""


def quotient(above: float | None, below: float | None, reason: str) -> Computed:
    """Return above / below; None with the reason when either part is missing or the divisor is nothing."""
    if above is None or below is None or below == 0:
        return Computed(None, reason)
    return Computed(above / below)
