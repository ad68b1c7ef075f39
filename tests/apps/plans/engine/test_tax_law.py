"""The table as arrays."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from apps.plans.engine import tax_law
from apps.plans.engine.tax_law import STATUSES, law_arrays, minimum_tax_floor
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import tax_table


def test_a_part_of_a_year_has_smaller_amounts_and_the_same_rates() -> None:
    whole, part = law_arrays(tax_table(2026)), law_arrays(tax_table(2026), Decimal("0.25"))
    rates = slice(tax_law.R_MIDDLE, tax_law.BOUNDS)
    assert np.allclose(part[:, : tax_law.R_MIDDLE], whole[:, : tax_law.R_MIDDLE] / 4)
    assert np.array_equal(part[:, rates], whole[:, rates])
    assert np.allclose(part[:, tax_law.BOUNDS : tax_law.BOUNDS + 6], whole[:, tax_law.BOUNDS : tax_law.BOUNDS + 6] / 4)


def test_a_status_that_the_table_lacks_is_taxed_as_a_single_person() -> None:
    table = tax_table(2026)
    few = replace(table, statuses={FilingStatus.SINGLE: table.of(FilingStatus.SINGLE)})
    assert np.array_equal(law_arrays(few)[STATUSES.index(FilingStatus.MARRIED_JOINT)], law_arrays(few)[0])


@pytest.mark.parametrize("year", [2024, 2025, 2026])
@pytest.mark.parametrize("status", STATUSES)
def test_nobody_owes_minimum_tax_with_the_standard_deduction_before_the_exemption_shrinks(
    year: int, status: FilingStatus
) -> None:
    table = tax_table(year)
    assert minimum_tax_floor(table, status) == table.of(status).amt_phase_out


def test_a_table_with_a_small_exemption_has_no_such_floor() -> None:
    table = tax_table(2026)
    single = replace(table.of(FilingStatus.SINGLE), amt_exemption=Decimal(20_000))
    assert minimum_tax_floor(replace(table, statuses={FilingStatus.SINGLE: single}), FilingStatus.SINGLE) == 0
