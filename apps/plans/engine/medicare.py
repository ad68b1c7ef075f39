"""Premiums of Medicare by income: Parts B and D with their income-related amounts (42 USC 1395r(i), 1395w-113(a)(7)).

Exact, in Decimal, dollars a month for each person. Income is that of two years before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.tax_tables import FilingStatus

ELIGIBLE_AGE = 65
LOOK_BACK_YEARS = 2
_JOINT = frozenset({FilingStatus.MARRIED_JOINT})


@dataclass(frozen=True, slots=True)
class MedicareTable:
    """Premiums of one year. ``bounds`` are by how the household filed; the surcharges belong to steps 1 to 5."""

    year: int
    effective_from: date
    source: str
    part_b: Decimal
    part_d_base: Decimal
    bounds: Mapping[FilingStatus, tuple[Decimal, ...]]
    part_b_surcharges: tuple[Decimal, ...]
    part_d_surcharges: tuple[Decimal, ...]

    def __post_init__(self) -> None:
        steps = len(self.part_b_surcharges)
        for status, bounds in self.bounds.items():
            rising = all(low < high for low, high in pairwise(bounds))
            if not rising or not 1 <= len(bounds) <= steps or len(self.part_d_surcharges) != steps:
                raise InvalidInputError(
                    gettext_noop("The steps of a Medicare table must rise, one surcharge for each."),
                    field=f"bounds.{status}",
                )


@dataclass(frozen=True, slots=True)
class Premiums:
    """What one person pays a month. ``step`` is 0 without a surcharge."""

    step: int
    part_b: Decimal
    part_b_surcharge: Decimal
    part_d_surcharge: Decimal

    @property
    def income_related(self) -> Decimal:
        """Return what income adds."""
        return self.part_b_surcharge + self.part_d_surcharge


def medicare_table_from_mapping(content: Mapping[str, Any]) -> MedicareTable:
    """Return the premiums of a file of `apps/plans/reference`."""
    return MedicareTable(
        year=content["year"],
        effective_from=content["effective_from"],
        source=content["source"],
        part_b=Decimal(content["part_b"]),
        part_d_base=Decimal(content["part_d_base"]),
        bounds={FilingStatus(name): tuple(map(Decimal, bounds)) for name, bounds in content["bounds"].items()},
        part_b_surcharges=tuple(map(Decimal, content["surcharges"]["part_b"])),
        part_d_surcharges=tuple(map(Decimal, content["surcharges"]["part_d"])),
    )


def bounds_of(table: MedicareTable, status: FilingStatus, *, lives_with_spouse: bool = True) -> tuple[Decimal, ...]:
    """Return where the steps begin. Married people who file apart and live apart count as single."""
    if status in _JOINT:
        return table.bounds[FilingStatus.MARRIED_JOINT]
    if status is FilingStatus.MARRIED_SEPARATE and lives_with_spouse:
        return table.bounds[FilingStatus.MARRIED_SEPARATE]
    return table.bounds[FilingStatus.SINGLE]


def income_step(table: MedicareTable, status: FilingStatus, magi: Decimal, *, lives_with_spouse: bool = True) -> int:
    """Return the step of an income, 0 to 5: above the bound of each step, and from the bound of the last on."""
    bounds = bounds_of(table, status, lives_with_spouse=lives_with_spouse)
    passed = sum(magi > bound for bound in bounds[:-1]) + (magi >= bounds[-1])
    # a table with fewer bounds has the highest steps alone
    return passed + len(table.part_b_surcharges) - len(bounds) if passed else 0


def premiums(table: MedicareTable, status: FilingStatus, magi: Decimal, *, lives_with_spouse: bool = True) -> Premiums:
    """Return what a person pays a month in the table's year, by the income of two years before."""
    step = income_step(table, status, magi, lives_with_spouse=lives_with_spouse)
    if step == 0:
        return Premiums(0, table.part_b, Decimal(0), Decimal(0))
    return Premiums(step, table.part_b, table.part_b_surcharges[step - 1], table.part_d_surcharges[step - 1])


def room_to_next_step(table: MedicareTable, status: FilingStatus, magi: Decimal) -> Decimal | None:
    """Return how much more income stays within the step; None on the highest. A dollar more costs the whole step."""
    bounds = bounds_of(table, status)
    inner = [bound - magi for bound in bounds[:-1] if bound >= magi]
    if inner:
        return inner[0]
    return bounds[-1] - magi - Decimal("0.01") if magi < bounds[-1] else None
