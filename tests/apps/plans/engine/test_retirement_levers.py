"""Retirement moves, and what is saved more moves along; worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from apps.plans.engine.advice_facts import PlanKind, SavingPlaces, SavingPlan
from apps.plans.engine.inputs import Boundary
from apps.plans.engine.levers import with_extra_saving
from apps.plans.engine.retirement_levers import with_retirement_age, with_retirement_delay
from apps.plans.engine.saving_places import NEW_BROKERAGE, with_more_saved
from tests.apps.plans.engine.households import family
from tests.apps.plans.engine.test_saving_places import FACTS, IRA, WORK, added, places

TAXABLE = SavingPlaces("brokerage", None)


def test_a_delay_moves_those_who_still_work() -> None:
    retired = replace(family().adults[1], retirement_date=date(2020, 1, 1))
    changed = with_retirement_delay(replace(family(), adults=(family().adults[0], retired)), 14, TAXABLE)
    assert changed.adults[0].retirement_date == date(2047, 6, 1)
    assert changed.adults[1].retirement_date == date(2020, 1, 1)
    assert changed.contributions == family().contributions


def test_who_retires_earlier_defers_nothing_after_work() -> None:
    """Ben is 50 in 2029 and retires at 55, in November 2034: 42,000 a year go on without his plan until Ana retires."""
    plan = with_more_saved(family(), 3_500.0, places(WORK))
    turned, retired = date(2029, 1, 1), date(2034, 11, 1)
    changed = with_retirement_age(plan, "ben", 55, places(WORK))
    assert changed.adults[1].retirement_date == retired
    assert changed.adults[0] == plan.adults[0]
    assert added(changed) == [
        ("plan_ben", 24_500.0, Boundary.PLAN_START, turned),
        ("plan_ben", 32_500.0, turned, Boundary.RETIREMENT),
        ("brokerage", 17_500.0, Boundary.PLAN_START, turned),
        ("brokerage", 9_500.0, turned, retired),
        ("brokerage", 42_000.0, retired, Boundary.RETIREMENT),
    ]
    assert (
        with_retirement_age(changed, "ben", 65, places(WORK)).contributions
        == with_more_saved(with_retirement_age(family(), "ben", 65, places(WORK)), 3_500.0, places(WORK)).contributions
    )


def test_who_retires_later_pays_nothing_into_a_health_account_from_medicare_on() -> None:
    """Both are 65 in 2029: with 36 months more of work than to March 2028 the account takes its 5,400 until then."""
    adults = tuple(
        replace(each, birth_date=date(1964, 3, 9), retirement_date=date(2028, 3, 1)) for each in family().adults
    )
    where = places(SavingPlan("plan_ana", "ana", PlanKind.HEALTH))
    plan = with_more_saved(replace(family(), adults=adults, contributions=()), 450.0, where)
    assert added(plan) == [("plan_ana", 5_400.0, Boundary.PLAN_START, Boundary.RETIREMENT)]
    assert added(with_retirement_delay(plan, 36, where)) == [
        ("plan_ana", 5_400.0, Boundary.PLAN_START, date(2029, 1, 1)),
        ("brokerage", 5_400.0, date(2029, 1, 1), Boundary.RETIREMENT),
    ]


def test_only_retirement_moves_and_not_the_income_that_limits_go_by() -> None:
    """The version laid its saving out by the incomes it knew; a walk since then told more than a Roth IRA allows."""
    stated = SavingPlaces("brokerage", replace(FACTS, plans=(IRA,), income=None))
    plan = with_more_saved(family(), 500.0, stated)
    assert {row[0] for row in added(plan)} == {"roth"}
    assert added(with_retirement_delay(plan, 12, places(IRA, income=300_000.0))) == added(plan)


def test_an_account_for_the_rest_that_is_gone_is_opened() -> None:
    plan = with_extra_saving(family(), 500.0, "brokerage")
    changed = with_retirement_delay(plan, 12, SavingPlaces("closed", None))
    assert added(changed) == [(NEW_BROKERAGE, 6_000.0, Boundary.PLAN_START, Boundary.RETIREMENT)]
