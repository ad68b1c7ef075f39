"""The law of later years in Decimal says what the walk's arrays say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.plans.engine.indexed_law import law_of
from apps.plans.engine.tax_law import BOUNDS, DEDUCTION, N_BOUNDS, NIIT, SENIOR, SS_1, STATUSES, WAGE_BASE, law_arrays
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import tax_table


def test_indexed_amounts_rise_and_fixed_thresholds_stay() -> None:
    table, later = tax_table(), law_of(tax_table(), Decimal(2))
    now, then = table.of(FilingStatus.SINGLE), later.of(FilingStatus.SINGLE)
    assert then.ordinary_upper_bounds == tuple(2 * bound for bound in now.ordinary_upper_bounds)
    assert then.standard_deduction == 2 * now.standard_deduction
    assert later.social_security_wage_base == 2 * table.social_security_wage_base
    assert later.child_credit.amount == 2 * table.child_credit.amount
    assert (then.niit_threshold, then.ss_base, then.senior_threshold) == (
        now.niit_threshold,
        now.ss_base,
        now.senior_threshold,
    )
    assert later.senior_amount == table.senior_amount
    assert later.ordinary_rates == table.ordinary_rates


def test_part_of_a_year_is_the_walks_part_of_a_year() -> None:
    part, table = Decimal(5) / 12, tax_table()
    row = law_arrays(table, part)[STATUSES.index(FilingStatus.MARRIED_JOINT)]
    law = law_of(table, Decimal(1), part)
    status = law.of(FilingStatus.MARRIED_JOINT)
    bounds = row[BOUNDS : BOUNDS + int(row[N_BOUNDS])]
    assert [float(bound) for bound in status.ordinary_upper_bounds] == pytest.approx(list(bounds))
    told = [status.standard_deduction, status.niit_threshold, status.senior_threshold, status.ss_base]
    assert [float(each or 0) for each in told] == pytest.approx([row[at] for at in (DEDUCTION, NIIT, SENIOR, SS_1)])
    assert float(law.social_security_wage_base) == pytest.approx(row[WAGE_BASE])
