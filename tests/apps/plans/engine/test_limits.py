"""Limits of contributions by age and income, as published."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from apps.kernel.errors import DomainError
from apps.plans.engine.limits import (
    carried_on,
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


def rate(yearly: str) -> float:
    return math.log1p(float(yearly))


def test_a_year_that_is_not_published_has_the_newest_amounts_raised_and_rounded_as_the_law_rounds_them():
    """By hand at 3 %: a rise of 735 on 24,500 is one step of 500, of 225 on 7,500 none, of 33 on 1,100 none."""
    told = carried_on(TABLE, 2027, rate("0.03"))
    assert (told.year, told.carried_from, TABLE.carried_from) == (2027, 2026, 0)
    amounts = {key: int(amount) for key, amount in told.amounts.items()}
    assert amounts == {
        "elective_deferral": 25_000,  # + 735
        "catch_up": 8_000,  # + 240
        "catch_up_60": 11_250,  # + 337.50
        "annual_additions": 74_000,  # + 2,160
        "compensation": 370_000,  # + 10,800
        "ira": 7_500,  # + 225
        "ira_catch_up": 1_100,  # + 33
        "simple": 17_500,  # + 510
        "simple_catch_up": 4_000,  # + 120
        "simple_catch_up_60": 5_250,  # + 157.50
        "hsa_self": 4_550,  # + 132 is nearest to 150
        "hsa_family": 9_000,  # + 262.50 is nearest to 250
        "hsa_catch_up": 1_000,
        "roth_catch_up_wages": 150_000,  # + 4,500
        "qualified_charitable": 114_000,  # + 3,330
    }
    # 153,000 + 4,590, 242,000 + 7,260; 81,000 + 2,430, 129,000 + 3,870: nearest thousand, the widths as they were
    assert told.roth_ira == {SINGLE: (158_000, 173_000), JOINT: (249_000, 259_000), SEPARATE: (0, 10_000)}
    assert told.ira_deduction == {SINGLE: (83_000, 93_000), JOINT: (133_000, 153_000), SEPARATE: (0, 10_000)}
    assert told.ira_deduction_spouse_covered == (249_000, 259_000)
    assert told.source == TABLE.source


def test_rises_are_of_all_years_together_and_a_larger_catch_up_keeps_its_quarters():
    """Two years at 3 %: 6.09 % of 24,500 is 1,492.05, two steps; of 11,250 it is 685.13, one; of 1,100 it is 66.99."""
    told = carried_on(TABLE, 2028, rate("0.03")).amounts
    assert (told["elective_deferral"], told["catch_up_60"], told["ira_catch_up"]) == (25_500, 11_750, 1_100)
    assert carried_on(TABLE, 2031, rate("0.03")).amounts["ira_catch_up"] == 1_200  # 15.93 % is 175.20
    twice = carried_on(carried_on(TABLE, 2027, 0.0), 2028, 0.0)
    assert (twice.year, twice.carried_from, twice.amounts) == (2028, 2026, TABLE.amounts)


def test_falling_prices_lower_no_limit():
    assert carried_on(TABLE, 2030, -0.02).amounts == TABLE.amounts
    assert carried_on(TABLE, 2030, -0.02).roth_ira == TABLE.roth_ira
