"""More saving goes where the law allows it, and what is above into a taxable account; worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlaces, SavingPlan
from apps.plans.engine.inputs import Boundary, Contribution, ProjectionInputs, TaxTreatment, When
from apps.plans.engine.levers import EXTRA_SAVING
from apps.plans.engine.monte_carlo import success_probability
from apps.plans.engine.saving_places import (
    NEW_BROKERAGE,
    amounts_of,
    is_extra,
    rooms_in_order,
    split,
    with_more_saved,
)
from tests.apps.plans.engine.households import REAL, cube_of, family
from tests.apps.plans.engine.test_limits import TABLES

IRA = SavingPlan("roth", "ana", PlanKind.ROTH_IRA)
WORK = SavingPlan("plan_ben", "ben", PlanKind.WORKPLACE)
FACTS = AdviceFacts(TABLES[2026], (IRA,), None, None, income=100_000.0)


def places(*plans: SavingPlan, rest: str = "brokerage", income: float = 100_000.0) -> SavingPlaces:
    return SavingPlaces(rest, replace(FACTS, plans=plans, income=income))


def paying(monthly_amount: float) -> ProjectionInputs:
    """The family with what it pays into the IRA already."""
    item = Contribution("ira", "roth", monthly_amount, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, False, "USD")
    return replace(family(), contributions=(*family().contributions, item))


def young(inputs: ProjectionInputs) -> ProjectionInputs:
    """Nobody reaches an age that changes a limit before work ends."""
    adults = tuple(
        replace(each, birth_date=date(1996, 3, 9), retirement_date=date(2040, 1, 1)) for each in inputs.adults
    )
    return replace(inputs, adults=adults)


def added(inputs: ProjectionInputs) -> list[tuple[str, float, When, When]]:
    return [
        (item.account, round(12 * item.monthly_amount, 2), item.start, item.end)
        for item in inputs.contributions
        if is_extra(item.key)
    ]


def test_the_room_of_an_ira_is_filled_and_the_rest_goes_into_the_brokerage() -> None:
    """7,500 less 5,250 leaves 2,250 of 20,160; 17,910 is above."""
    found = with_more_saved(young(paying(437.50)), 1_680.0, places(IRA))
    assert added(found) == [
        ("roth", 2_250.0, Boundary.PLAN_START, Boundary.RETIREMENT),
        ("brokerage", 17_910.0, Boundary.PLAN_START, Boundary.RETIREMENT),
    ]
    # living costs pay for it, for as long as it is paid
    assert [item.from_living for item in found.contributions if is_extra(item.key)] == [True, True]


@pytest.mark.parametrize(
    "where",
    [
        places(),
        places(IRA, income=260_000.0),
        SavingPlaces("brokerage", None),
        SavingPlaces("brokerage", replace(FACTS, limits=None)),
    ],
)
def test_without_any_room_all_of_it_goes_into_the_brokerage(where: SavingPlaces) -> None:
    found = with_more_saved(young(family()), 1_680.0, where)
    assert added(found) == [("brokerage", 20_160.0, Boundary.PLAN_START, Boundary.RETIREMENT)]


def test_a_plan_at_work_is_filled_before_an_ira_and_that_before_a_health_account() -> None:
    """24,500 of deferrals, 7,500 of an IRA and 4,400 of a health account: 36,400, then the brokerage."""
    health = SavingPlan("plan_ana", "ana", PlanKind.HEALTH)
    where = places(health, IRA, WORK)
    inputs = young(replace(family(), contributions=()))
    assert amounts_of(rooms_in_order(inputs, where)) == [
        ("plan_ben", 24_500.0),
        ("roth", 7_500.0),
        ("plan_ana", 4_400.0),
    ]
    assert added(with_more_saved(inputs, 1_500.0, where)) == [
        ("plan_ben", 18_000.0, Boundary.PLAN_START, Boundary.RETIREMENT)
    ]
    told = {account: amount for account, amount, _, _ in added(with_more_saved(inputs, 3_200.0, where))}
    assert told == {"plan_ben": 24_500.0, "roth": 7_500.0, "plan_ana": 4_400.0, "brokerage": 2_000.0}


def test_a_plan_at_work_gives_what_is_deferred_already() -> None:
    """24,500 less 12 times 900."""
    where = places(SavingPlan("plan_ana", "ana", PlanKind.WORKPLACE))
    told = {account: amount for account, amount, _, _ in added(with_more_saved(young(family()), 2_000.0, where))}
    assert told == {"plan_ana": 13_700.0, "brokerage": 10_300.0}


def test_room_follows_the_ages_as_years_go_by() -> None:
    """Ben is 50 in 2029: 32,500; 60 in 2039: 35,750; 64 in 2043: 32,500 again; 65 in 2044 changes nothing at work."""
    found = added(with_more_saved(family(), 3_500.0, places(WORK)))
    years = {place: date(place, 1, 1) for place in (2029, 2039, 2043)}
    assert [row for row in found if row[0] == "plan_ben"] == [
        ("plan_ben", 24_500.0, Boundary.PLAN_START, years[2029]),
        ("plan_ben", 32_500.0, years[2029], years[2039]),
        ("plan_ben", 35_750.0, years[2039], years[2043]),
        ("plan_ben", 32_500.0, years[2043], Boundary.RETIREMENT),
    ]
    assert [row[1] for row in found if row[0] == "brokerage"] == [17_500.0, 9_500.0, 6_250.0, 9_500.0, 42_000.0]
    # Ben retires in January 2045, Ana in April 2046
    assert found[-1] == ("brokerage", 42_000.0, date(2045, 1, 1), Boundary.RETIREMENT)


def test_nothing_is_paid_into_a_plan_at_work_after_work_has_ended() -> None:
    adults = tuple(replace(each, retirement_date=date(2028, 6, 1)) for each in family().adults)
    found = added(with_more_saved(replace(family(), adults=adults), 1_000.0, places(WORK)))
    assert found == [("plan_ben", 12_000.0, Boundary.PLAN_START, Boundary.RETIREMENT)]


def retiring_apart(owner: str = "") -> ProjectionInputs:
    """Ben, born in 1990, retires in January 2030, Ana in April 2046; the brokerage account is of ``owner``."""
    ana, ben = family().adults
    ben = replace(ben, birth_date=date(1990, 11, 2), retirement_date=date(2030, 1, 1))
    accounts = tuple(replace(each, owner=owner) if each.key == "brokerage" else each for each in family().accounts)
    return replace(family(), adults=(ana, ben), accounts=accounts)


@pytest.mark.parametrize(
    ("owner", "first", "last"),
    [("", date(2030, 1, 1), Boundary.RETIREMENT), ("ben", Boundary.RETIREMENT, date(2046, 4, 1))],
)
def test_what_the_one_who_retires_first_may_no_longer_defer_goes_into_the_rest(
    owner: str, first: When, last: When
) -> None:
    """2,500 a month: 24,500 a year of deferrals and 5,500 above until 2030, all 30,000 into the brokerage to 2046."""
    assert added(with_more_saved(retiring_apart(owner), 2_500.0, places(WORK))) == [
        ("plan_ben", 24_500.0, Boundary.PLAN_START, Boundary.RETIREMENT),
        ("brokerage", 5_500.0, Boundary.PLAN_START, first),
        ("brokerage", 30_000.0, date(2030, 1, 1), last),
    ]


def test_a_salary_that_ends_before_retirement_takes_its_room_along() -> None:
    """Ben's salary ends in 2028: nothing of it can be deferred then."""
    incomes = tuple(replace(each, end=date(2028, 3, 1)) if each.key == "ben" else each for each in family().incomes)
    assert added(with_more_saved(replace(family(), incomes=incomes), 1_000.0, places(WORK))) == [
        ("plan_ben", 12_000.0, Boundary.PLAN_START, date(2028, 3, 1)),
        ("brokerage", 12_000.0, date(2028, 3, 1), Boundary.RETIREMENT),
    ]


def test_more_on_top_of_a_row_of_payments_goes_nowhere_twice() -> None:
    """3,500 a month fill the plan at work in each span: of another 1,000 it takes nothing."""
    once = with_more_saved(family(), 3_500.0, places(WORK))
    twice = added(with_more_saved(once, 1_000.0, places(WORK)))
    assert twice[len(added(once)) :] == [("brokerage", 12_000.0, Boundary.PLAN_START, Boundary.RETIREMENT)]


def test_a_health_account_takes_nothing_from_the_year_of_medicare_on() -> None:
    """Both are 65 in 2029: the 5,400 go into the brokerage from then on."""
    adults = tuple(replace(each, birth_date=date(1964, 3, 9)) for each in family().adults)
    where = places(SavingPlan("plan_ana", "ana", PlanKind.HEALTH))
    found = added(with_more_saved(replace(family(), adults=adults, contributions=()), 450.0, where))
    assert found == [
        ("plan_ana", 5_400.0, Boundary.PLAN_START, date(2029, 1, 1)),
        ("brokerage", 5_400.0, date(2029, 1, 1), Boundary.RETIREMENT),
    ]


def test_a_brokerage_account_is_opened_where_there_is_none() -> None:
    kept = tuple(each for each in family().accounts if each.key != "brokerage")
    inputs = replace(family(n_paths=256), accounts=kept, surplus_account="savings")
    found = with_more_saved(inputs, 1_680.0, places(IRA, rest=NEW_BROKERAGE))
    opened = found.accounts[-1]
    assert (opened.key, opened.treatment, opened.balance) == (NEW_BROKERAGE, TaxTreatment.TAXABLE, 0.0)
    assert dict(opened.allocation) == pytest.approx({"equity": 0.6, "bonds": 0.4})
    assert [row[:2] for row in added(found)] == [
        ("roth", 7_500.0),
        ("roth", 8_600.0),
        (NEW_BROKERAGE, 12_660.0),
        (NEW_BROKERAGE, 11_560.0),
    ]
    cube = cube_of(inputs)
    assert success_probability(found, cube).value >= success_probability(inputs, cube).value


def test_more_on_top_of_more_has_keys_of_its_own_and_only_the_room_that_is_left() -> None:
    once = with_more_saved(young(family()), 500.0, places(IRA))
    twice = with_more_saved(once, 500.0, places(IRA))
    keys = [item.key for item in twice.contributions if is_extra(item.key)]
    assert keys[0] == EXTRA_SAVING
    assert len(set(keys)) == len(keys) == 3
    assert [row[:2] for row in added(twice)] == [("roth", 6_000.0), ("roth", 1_500.0), ("brokerage", 4_500.0)]
    assert with_more_saved(once, 0.0, places(IRA)) is once


def test_an_account_that_the_plan_lacks_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        with_more_saved(family(), 100.0, SavingPlaces("mattress", None))
    assert refusal.value.field == "saving_account"


def test_a_split_leaves_no_crumbs() -> None:
    assert split(100.0, [("a", 1_200.0), ("b", 600.0)], "rest") == {"a": 100.0}
    assert split(150.0, [("a", 1_200.0), ("b", 600.0)], "rest") == {"a": 100.0, "b": 50.0}
    assert split(200.0, [("a", 1_200.0)], "a") == {"a": 200.0}
