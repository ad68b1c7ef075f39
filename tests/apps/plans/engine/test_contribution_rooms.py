"""Room for contributions: the law's limits less what is stated, by age, income and cover."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlan
from apps.plans.engine.advice_retirement_texts import ASK_FOR_MATCH, CATCH_UP_TO_ROTH
from apps.plans.engine.contribution_rooms import Room, income_counted, rooms
from apps.plans.engine.inputs import Boundary, Contribution, IncomeKind, ProjectionInputs
from tests.apps.plans.engine.households import REAL, family
from tests.apps.plans.engine.test_limits import TABLES

PLANS = (
    SavingPlan("plan_ana", "ana", PlanKind.WORKPLACE),
    SavingPlan("plan_ben", "ben", PlanKind.WORKPLACE),
    SavingPlan("roth", "ana", PlanKind.ROTH_IRA),
)
FACTS = AdviceFacts(TABLES[2026], PLANS, None, None)


def found(inputs: ProjectionInputs, facts: AdviceFacts = FACTS) -> dict[str, Room]:
    return {room.plan.account: room for room in rooms(inputs, facts)}


def born(year: int) -> ProjectionInputs:
    return replace(family(), adults=tuple(replace(each, birth_date=date(year, 3, 9)) for each in family().adults))


def test_a_plan_at_work_has_the_deferral_limit_less_what_the_household_pays() -> None:
    told = found(family())
    assert (told["plan_ana"].limit, told["plan_ana"].paid, told["plan_ana"].left) == (24_500.0, 10_800.0, 13_700.0)
    # nothing of Ben's is stated, of his employer's neither
    assert (told["plan_ben"].left, told["plan_ben"].notes[0]) == (24_500.0, ASK_FOR_MATCH)
    assert ASK_FOR_MATCH not in told["plan_ana"].notes


@pytest.mark.parametrize(("year", "limit"), [(1977, 24_500.0), (1976, 32_500.0), (1966, 35_750.0), (1962, 32_500.0)])
def test_catch_up_goes_by_the_age_at_the_end_of_the_year(year: int, limit: float) -> None:
    assert found(born(year))["plan_ana"].limit == limit


def test_nobody_defers_more_than_the_salary_and_nobody_without_one() -> None:
    def paid(amount: float) -> ProjectionInputs:
        return replace(
            family(),
            incomes=tuple(
                replace(item, monthly_amount=amount) if item.key == "ben" else item for item in family().incomes
            ),
        )

    assert found(paid(500.0))["plan_ben"].limit == 6_000.0
    assert "plan_ben" not in found(paid(0.0))


def test_wages_above_the_threshold_send_catch_up_into_roth() -> None:
    rich = replace(
        born(1970),
        incomes=tuple(
            replace(item, monthly_amount=13_000.0) if item.key == "ana" else item for item in family().incomes
        ),
    )
    assert CATCH_UP_TO_ROTH in found(rich)["plan_ana"].notes
    assert CATCH_UP_TO_ROTH not in found(born(1970))["plan_ana"].notes


def test_all_iras_share_one_limit_and_a_roth_falls_away_with_income() -> None:
    plans = (*PLANS[:1], PLANS[2])
    into_roth = Contribution("roth", "roth", 100.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, False, "USD")
    told = found(replace(family(), contributions=(*family().contributions, into_roth)), replace(FACTS, plans=plans))
    assert (told["roth"].limit, told["roth"].paid) == (7_500.0, 1_200.0)
    rich = replace(
        family(),
        incomes=tuple(
            replace(item, monthly_amount=25_000.0) if item.kind is IncomeKind.SALARY else item
            for item in family().incomes
        ),
    )
    assert "roth" not in found(rich)


def test_a_health_account_counts_the_employers_part_and_ends_with_medicare() -> None:
    facts = replace(FACTS, plans=(SavingPlan("roth", "ana", PlanKind.HEALTH),))
    by_work = Contribution("hsa", "roth", 50.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, True, "USD")
    inputs = replace(family(), contributions=(*family().contributions, by_work))
    assert (found(inputs, facts)["roth"].limit, found(inputs, facts)["roth"].paid) == (4_400.0, 600.0)
    assert found(born(1970), facts)["roth"].limit == 5_400.0
    assert found(born(1961), facts) == {}


def test_interest_and_dividends_count_where_no_walk_has_told_the_income() -> None:
    """168,000 of salaries less 10,800 deferred; equity yields 2 % and bonds 4 %, in cash and taxable accounts."""
    yields = {asset.key: asset.taxable_yield for asset in family().assumptions.assets}
    told = 150_000 * (0.6 * yields["equity"] + 0.4 * yields["bonds"]) + 25_000 * yields["cash"]
    assert told > 0.0
    assert income_counted(family()) == Decimal(repr(round(157_200.0 + told, 2)))


def test_a_walked_income_decides_where_it_is_known_and_later_years_have_later_ages() -> None:
    facts = replace(FACTS, plans=PLANS[2:])
    assert found(family(), replace(facts, income=241_999.0))["roth"].limit == 7_500.0
    # half of the span from 242,000 to 252,000
    assert found(family(), replace(facts, income=247_000.0))["roth"].limit == 3_750.0
    assert found(family(), replace(facts, income=252_000.0)) == {}
    turned = date(family().adults[0].birth_date.year + 50, 1, 1)
    assert {room.limit for room in rooms(family(), replace(facts, income=0.0), turned)} == {8_600.0}
    assert rooms(family(), replace(facts, limits=None)) == ()


def earning(ana: float, ben: float) -> ProjectionInputs:
    """The couple with wages a year, and nothing paid in yet."""
    wages = {"ana": ana / 12.0, "ben": ben / 12.0}
    incomes = tuple(
        replace(item, monthly_amount=wages[item.owner]) if item.kind is IncomeKind.SALARY else item
        for item in family().incomes
    )
    return replace(family(), incomes=incomes, contributions=())


IRAS = (PLANS[2], SavingPlan("roth_ben", "ben", PlanKind.ROTH_IRA))


@pytest.mark.parametrize(
    ("ana", "ben", "plans", "left"),
    [
        # of 9,600 Ana defers her 4,800; Ben's 4,800 back one IRA, and hers has nothing left of them
        (4_800.0, 4_800.0, (PLANS[0], *IRAS), {"plan_ana": 4_800.0, "roth_ben": 4_800.0}),
        # neither earns less than the other: each has the own wages (219(c)(2))
        (4_800.0, 4_800.0, IRAS, {"roth": 4_800.0, "roth_ben": 4_800.0}),
        # who earns nothing has what the IRA of the other leaves of 10,000
        (10_000.0, 0.0, IRAS, {"roth": 7_500.0, "roth_ben": 2_500.0}),
        (0.0, 10_000.0, IRAS, {"roth": 2_500.0, "roth_ben": 7_500.0}),
        # who earns more has the own wages alone
        (5_000.0, 4_600.0, IRAS, {"roth": 5_000.0, "roth_ben": 4_600.0}),
        (168_000.0, 0.0, (PLANS[0], *IRAS), {"plan_ana": 24_500.0, "roth": 7_500.0, "roth_ben": 7_500.0}),
    ],
)
def test_wages_back_one_limit_only(
    ana: float, ben: float, plans: tuple[SavingPlan, ...], left: dict[str, float]
) -> None:
    told = found(earning(ana, ben), replace(FACTS, plans=plans, income=9_600.0))
    assert {account: room.left for account, room in told.items()} == pytest.approx(left)


def test_what_the_one_without_wages_pays_already_is_not_paid_again_by_the_other() -> None:
    """Of 10,000 that Ana earns Ben's IRA has 5,000: hers may take 5,000, and his no more."""
    item = Contribution("ira", "roth_ben", 5_000.0 / 12.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, False, "USD")
    accounts = (*family().accounts, replace(family().accounts[3], key="roth_ben", owner="ben"))
    inputs = replace(earning(10_000.0, 0.0), accounts=accounts, contributions=(item,))
    told = found(inputs, replace(FACTS, plans=IRAS, income=9_600.0))
    assert {account: round(room.left, 2) for account, room in told.items()} == {"roth": 5_000.0, "roth_ben": 0.0}


def test_what_an_ira_has_already_backs_no_deferral() -> None:
    """Of 30,000 that Ana earns 7,500 are in her IRA: her plan at work has 22,500 of its 24,500, the IRA its 7,500."""
    item = Contribution("ira", "roth", 625.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, False, "USD")
    inputs = replace(earning(30_000.0, 0.0), contributions=(item,))
    facts = replace(FACTS, plans=(PLANS[0], PLANS[2]), income=9_600.0)
    told = found(inputs, facts)
    assert {account: (room.limit, room.left) for account, room in told.items()} == {
        "plan_ana": (22_500.0, 22_500.0),
        "roth": (7_500.0, 0.0),
    }
    # both at once are more than she earns: with 24,500 deferred 5,500 are left for the IRA
    deferred = replace(item, key="own", account="plan_ana", monthly_amount=24_500.0 / 12.0)
    told = found(
        replace(inputs, contributions=(item, deferred)), replace(FACTS, plans=(PLANS[0], PLANS[2]), income=0.0)
    )
    assert {account: (round(room.limit, 2), room.left) for account, room in told.items()} == {
        "plan_ana": (24_500.0, 0.0),
        "roth": (5_500.0, 0.0),
    }


def test_who_has_retired_has_no_room() -> None:
    """Ben retires in January 2045."""
    facts = replace(FACTS, plans=(PLANS[1], IRAS[1]), income=0.0)
    assert {room.plan.account for room in rooms(family(), facts, date(2044, 12, 1))} == {"plan_ben", "roth_ben"}
    assert rooms(family(), facts, date(2045, 1, 1)) == ()
