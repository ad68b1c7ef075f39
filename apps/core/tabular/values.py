"""Cells read as amounts, days, percentages and answers, by the file's own way of writing them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DateOrder(StrEnum):
    """How 3/4/2026 is meant where a day is written in figures only."""

    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How a file writes days.

    ``pivot``: two-digit years from it on are 19xx, below it 20xx; None refuses two-digit years.
    """

    order: DateOrder = DateOrder.MONTH_FIRST
    pivot: int | None = None
