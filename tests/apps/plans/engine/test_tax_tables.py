"""The shipped tables, and tables that must be refused."""

from __future__ import annotations

import pytest

from apps.kernel.errors import DomainError
from apps.plans.engine.tax_tables import FilingStatus, tax_table_from_mapping
from tests.apps.plans.engine.households import APPS, read_toml


def test_every_shipped_table_names_its_source_and_year() -> None:
    paths = sorted((APPS / "plans" / "reference").glob("federal_tax_*.toml"))
    assert len(paths) >= 2
    for path in paths:
        table = tax_table_from_mapping(read_toml(path))
        assert path.stem == f"federal_tax_{table.year}"
        assert "Rev. Proc." in table.source
        assert set(table.statuses) == set(FilingStatus)


def test_a_table_without_an_entry_is_refused_by_name() -> None:
    raw = read_toml(APPS / "plans" / "reference" / "federal_tax_2026.toml")
    del raw["statuses"]["single"]["standard_deduction"]
    with pytest.raises(DomainError) as refusal:
        tax_table_from_mapping(raw)
    assert refusal.value.field == "standard_deduction"


def test_brackets_that_do_not_rise_are_refused() -> None:
    raw = read_toml(APPS / "plans" / "reference" / "federal_tax_2026.toml")
    raw["statuses"]["single"]["ordinary_upper_bounds"][0] = 99_999
    with pytest.raises(DomainError) as refusal:
        tax_table_from_mapping(raw)
    assert refusal.value.field == "statuses.single.ordinary_upper_bounds"
