"""Limits of contributions by age and income, as published."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.kernel.errors import DomainError
from apps.plans.engine.limits import (
    catch_up_goes_to_roth,
    contribution_limits,
    ira_deduction_limit,
    limits_tables_from_mapping,
    roth_ira_limit,
)
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import APPS, read_toml

TABLES = limits_tables_from_mapping(read_toml(APPS / "plans" / "reference" / "retirement_limits.toml"))
TABLE = TABLES[2026]
SINGLE, JOINT, SEPARATE = FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT, FilingStatus.MARRIED_SEPARATE
ENOUGH = Decimal(1_000_000)


@pytest.mark.parametrize(
    ("age", "deferral", "ira"),
    [(49, 24_500, 7_500), (50, 32_500, 8_600), (60, 35_750, 8_600), (63, 35_750, 8_600), (64, 32_500, 8_600)],
)
def test_catch_up_begins_at_50_and_is_larger_from_60_to_63(age: int, deferral: int, ira: int):
    told = contribution_limits(TABLE, age)
    assert (told.elective_deferral, told.ira) == (deferral, ira)
    assert told.annual_additions == 72_000 + told.catch_up


def test_health_accounts_have_their_own_age():
    assert contribution_limits(TABLE, 54).hsa_family == 8_750
    assert contribution_limits(TABLE, 55).hsa_family == 9_750
    assert contribution_limits(TABLES[2025], 55).hsa_self == 5_300


def test_a_roth_ira_s_limit_falls_over_a_span_of_income():
    assert roth_ira_limit(TABLE, SINGLE, 40, Decimal(153_000), ENOUGH) == 7_500
    assert roth_ira_limit(TABLE, SINGLE, 40, Decimal(160_500), ENOUGH) == 3_750
    # 7,500 x 14,000 / 15,000 = 7,000; a dollar more of income rounds up to the same ten
    assert roth_ira_limit(TABLE, SINGLE, 40, Decimal(154_001), ENOUGH) == 7_000
    assert roth_ira_limit(TABLE, SINGLE, 40, Decimal(167_999), ENOUGH) == 200
    assert roth_ira_limit(TABLE, SINGLE, 40, Decimal(168_000), ENOUGH) == 0
    assert roth_ira_limit(TABLE, JOINT, 40, Decimal(200_000), Decimal(3_000)) == 3_000
    assert roth_ira_limit(TABLE, FilingStatus.SURVIVING_SPOUSE, 40, Decimal(242_000), ENOUGH) == 7_500
    assert roth_ira_limit(TABLE, SEPARATE, 40, Decimal(9_999), ENOUGH) == 200


def test_an_ira_s_deduction_depends_on_plans_at_work():
    def limit(status: FilingStatus, magi: int, *, own: bool, spouse: bool) -> Decimal:
        return ira_deduction_limit(TABLE, status, age=45, magi=Decimal(magi), is_covered=own, spouse_is_covered=spouse)

    assert limit(SINGLE, 500_000, own=False, spouse=False) == 7_500
    assert limit(SINGLE, 86_000, own=True, spouse=False) == 3_750
    assert limit(JOINT, 139_000, own=True, spouse=True) == 3_750
    assert limit(JOINT, 139_000, own=False, spouse=True) == 7_500
    assert limit(JOINT, 247_000, own=False, spouse=True) == 3_750
    assert limit(SEPARATE, 5_000, own=False, spouse=True) == 3_750


def test_catch_up_of_the_well_paid_goes_to_roth_from_2026():
    assert not catch_up_goes_to_roth(TABLES[2025], Decimal(400_000))
    assert not catch_up_goes_to_roth(TABLE, Decimal(150_000))
    assert catch_up_goes_to_roth(TABLE, Decimal(150_001))


def test_an_age_out_of_range_is_refused():
    with pytest.raises(DomainError) as refused:
        contribution_limits(TABLE, -1)
    assert refused.value.field == "age_at_year_end"
