"""The dated tables of plans, read from their files."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from apps.kernel.errors import DomainError, gettext_noop
from apps.plans.engine.limits import LimitsTable, carried_on, limits_tables_from_mapping
from apps.plans.engine.medicare import MedicareTable, medicare_table_from_mapping
from apps.plans.engine.tax_tables import TaxTable, tax_table_from_mapping

_APPS = Path(__file__).resolve().parents[2]
TAX_TABLES = _APPS / "plans" / "reference"
PUBLISHED_ASSUMPTIONS = _APPS / "market" / "reference"


class NoTableError(DomainError):
    """The product ships no table for the day."""

    code = "no_table"
    status = 422


@cache
def read_table(path: Path) -> dict[str, Any]:
    """Read one file."""
    with path.open("rb") as file:
        return tomllib.load(file)


def published_assumptions() -> list[dict[str, Any]]:
    """Return the published tables of capital-market assumptions, the oldest first."""
    paths = sorted(PUBLISHED_ASSUMPTIONS.glob("capital_market_assumptions_*.toml"))
    return sorted((read_table(path) for path in paths), key=lambda table: (table["effective_from"], table["key"]))


@cache
def tax_tables() -> tuple[TaxTable, ...]:
    """Return the federal tax tables, the oldest first."""
    tables = [tax_table_from_mapping(read_table(path)) for path in TAX_TABLES.glob("federal_tax_*.toml")]
    return tuple(sorted(tables, key=lambda table: table.effective_from))


@cache
def _medicare_tables() -> tuple[MedicareTable, ...]:
    tables = [medicare_table_from_mapping(read_table(path)) for path in TAX_TABLES.glob("medicare_*.toml")]
    return tuple(sorted(tables, key=lambda table: table.effective_from))


def medicare_table_on(day: dt.date) -> MedicareTable | None:
    """Return the premiums of Medicare in force on the day, None before the first table."""
    known = [table for table in _medicare_tables() if table.effective_from <= day]
    return known[-1] if known else None


def limits_of(year: int, inflation: float) -> LimitsTable | None:
    """Return what may be paid into retirement and health accounts in a year; None before the first table.

    Of a year after the newest one its amounts are carried forward by ``inflation``, the continuous rate a year.
    """
    tables = limits_tables_from_mapping(read_table(TAX_TABLES / "retirement_limits.toml"))
    newest = tables[max(tables)]
    return carried_on(newest, year, inflation) if year > newest.year else tables.get(year)


def tax_table_on(day: dt.date) -> TaxTable:
    """Return the federal tax table in force on the day; later years use the newest one, indexed by the engine.

    Raises NoTableError for a day before the first table.
    """
    known = [table for table in tax_tables() if table.effective_from <= day]
    if not known:
        raise NoTableError(
            gettext_noop("There is no federal tax table for %(day)s."),
            mend=gettext_noop("Start the plan at a later date."),
            field="starts_on",
            day=day,
        )
    return known[-1]
