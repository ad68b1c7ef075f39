"""The passport of a figure: what it is made of, how, of which day, and where each part stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from apps.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and how it is written: kind and style are those of the tag `figure`; None is not known."""

    value: Money | Decimal | float | int | None
    kind: str = "money"
    style: str = ""
    as_of: dt.date | None = None

    @classmethod
    def of_money(cls, value: Decimal | None, currency: str, as_of: dt.date | None = None) -> Self:
        """Return an amount of money, written to the cent."""
        return cls(None if value is None else Money(value, currency), "money", "exact", as_of)


@dataclass(frozen=True, slots=True)
class PassportLine:
    """One input of a figure: its name, how it was found, its own parts, and the address of its row."""

    label: str
    how: str
    amount: Amount | None
    parts: tuple[tuple[str, Amount], ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Passport:
    """A figure's value with its method, day, source and the lines that make it.

    `basis` says what is counted and what is not (before or after fees and taxes), `version` which engine or table.
    """

    title: str
    value: Amount
    method: str
    as_of: dt.date
    source: str
    lines: tuple[PassportLine, ...]
    notes: tuple[str, ...] = ()
    basis: str = ""
    version: str = ""
