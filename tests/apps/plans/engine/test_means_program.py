"""Which accounts pay what, by era, laid out for the walk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from apps.plans.engine.goal_choices import GoalMeans
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.means_program import N_EDUCATION_FIRST, N_OWN, N_SOURCES, kept_until, others_first, waits_of
from apps.plans.engine.program import build_program
from apps.plans.engine.schedules import demands_of
from tests.apps.plans.engine.households import family
from tests.apps.plans.engine.test_kernel_means import family_of_goals, meant

# places of the family's accounts
BROKERAGE, PLAN_ANA, PLAN_BEN, ROTH, COLLEGE, SAVINGS, COLLEGE_2 = range(7)


def order_of(inputs: ProjectionInputs, goal: str, month: int) -> tuple[list[int], list[int], list[int]]:
    """Accounts before income and after, and education accounts first, that pay a demand in a month."""
    means, keys = build_program(inputs).means, [demand.key for demand in demands_of(inputs)]
    row = means.rows[means.eras[month], keys.index(goal) if goal in keys else len(keys)]
    counts, accounts = means.counts[row], means.orders[row, :, 0].tolist()
    first = means.education[row].tolist()[: counts[N_EDUCATION_FIRST]]
    return accounts[: counts[N_OWN]], accounts[counts[N_OWN] : counts[N_SOURCES]], first


def test_a_plan_without_means_has_no_orders() -> None:
    program = build_program(family())
    assert program.means.orders.shape[0] == 0
    assert others_first(program.means, program.payers.sources) is program.payers.sources


def test_what_a_goal_keeps_comes_last_for_others_until_it_is_over() -> None:
    inputs = meant(family_of_goals(), boat=GoalMeans(("savings", "roth")))
    usual = [SAVINGS, BROKERAGE, PLAN_ANA, PLAN_BEN, ROTH]
    month = kept_until(inputs.goals[2], inputs, 600)
    assert month == 12 * 8 - 1 + 1  # June 2034, from July 2026
    assert order_of(inputs, "boat", 0) == ([SAVINGS, ROTH], [BROKERAGE, PLAN_ANA, PLAN_BEN], [])
    assert order_of(inputs, "living", month - 1) == ([], [BROKERAGE, PLAN_ANA, PLAN_BEN, SAVINGS, ROTH], [])
    assert order_of(inputs, "else", month - 1) == order_of(inputs, "living", month - 1)
    assert order_of(inputs, "living", month) == ([], usual, [])


def test_retirement_keeps_its_accounts_to_the_end_and_is_paid_from_income_first() -> None:
    inputs = meant(family_of_goals(), retirement=GoalMeans(("roth",)))
    assert order_of(inputs, "retirement", 500) == ([], [ROTH, SAVINGS, BROKERAGE, PLAN_ANA, PLAN_BEN], [])
    assert order_of(inputs, "boat", 500)[1][-1] == ROTH


def test_each_study_has_its_own_account() -> None:
    inputs = meant(family_of_goals(), college_2=GoalMeans(("college_2", "roth"), only=True))
    assert order_of(inputs, "college_2", 0) == ([ROTH], [], [COLLEGE_2])
    assert order_of(inputs, "college", 0)[2] == [COLLEGE]


def test_a_goal_waits_no_longer_than_its_last_payment_is_within_the_plan() -> None:
    inputs = family_of_goals()
    late = replace(inputs.goals[4], start=date(2065, 5, 1), means=GoalMeans(wait_years=30))
    # the last horizon age, 92 of 1981, is reached in March 2073: three payments from 2065 may start up to 2070
    assert waits_of(late, inputs) == 5
    assert waits_of(replace(late, means=GoalMeans(wait_years=2)), inputs) == 2
    assert waits_of(replace(late, means=GoalMeans(("roth",))), inputs) == 0
