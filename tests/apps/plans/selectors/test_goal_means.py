from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from apps.plans.engine.goal_choices import GoalMeans
from apps.plans.engine.results import Estimate, GoalGiven
from apps.plans.selectors.goal_means import accounts_for_goals, given_line, means_line, means_lines, wish_means_line
from tests.apps.plans.engine.households import family
from tests.apps.plans.services.test_mapping import account
from tests.factories import plans


def goal(**changed):
    told = {"public_id": "g", "funded_by": [], "funded_only": False, "wait_years": None, "least_share": None}
    return SimpleNamespace(**{**told, **changed})


def test_the_accounts_of_a_household_may_pay(ada, paul):
    household = plans.household_with_facts(ada)
    plans.household_with_facts(paul, name="Other")
    assert accounts_for_goals(household) == [(str(household.bank_accounts.get().public_id), "Savings")]


def test_a_line_names_accounts_and_how_far_the_goal_gives_way():
    accounts = [account(key="a", name="Brokerage"), account(key="b", name="Roth")]
    said = goal(funded_by=["b", "gone", "a"], funded_only=True, wait_years=3, least_share=Decimal("0.8"))
    line, silent, fixed = means_lines([said, goal(), goal(wait_years=0, least_share=Decimal(1))], accounts)
    assert (line.accounts, line.only) == ("Roth, Brokerage", True)
    assert (line.wait.text, line.least.text) == ("3", "80.0%")
    assert (line.wait.key, line.least.key) == ("own_goal:g:wait", "own_goal:g:least")
    assert (silent.accounts, silent.wait, silent.least, silent.is_fixed) == ("", None, None, False)
    assert (fixed.wait, fixed.least, fixed.is_fixed) == (None, None, True)
    assert line.words == "paid only from Roth, Brokerage, can wait 3 years, 80.0% of it is enough"
    assert (silent.words, fixed.words) == ("", "neither later nor smaller")
    on_day, whole = means_lines([goal(wait_years=0), goal(least_share=Decimal(1))], accounts)
    assert (on_day.words, whole.words) == ("not later than its day", "all of it or nothing")


def test_a_wish_tells_what_was_heard_of_its_means():
    wish = goal(wait_years=2, funded_by=["a"])
    assert wish_means_line(wish, {"a": "Brokerage"}).words == "paid first from Brokerage, can wait 2 years"
    assert wish_means_line(goal(), {}) is None


def test_a_run_tells_the_means_its_goals_were_walked_with():
    cabin = family().goals[2]
    assert means_line(cabin, {}) is None
    line = means_line(replace(cabin, means=GoalMeans(("savings",), wait_years=1)), {"savings": "Savings"})
    assert line.words == "paid first from Savings, can wait 1 year"
    assert line.wait.key == "goal:boat:wait"


@pytest.mark.parametrize(("late", "part"), [(2.5, None), (None, 0.7)])
def test_what_does_not_happen_has_no_mean(late, part):
    shares = [Estimate(value, None, 1) for value in (0.6, 0.2, 0.1)]
    line = given_line("g", GoalGiven(*shares, years_later=late, part=part))
    assert [figure.number for figure in (line.as_wished, line.later, line.smaller)] == [0.6, 0.2, 0.1]
    assert (line.years_later is None, line.part is None) == (late is None, part is None)
    assert line.later.key == "goal:g:later"
    assert line.gave_way
    assert not given_line("g", GoalGiven(*shares, years_later=None, part=None)).gave_way
