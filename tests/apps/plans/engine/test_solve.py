"""The solvers: the smallest change that reaches the target, and honest answers where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.kernel.errors import DomainError
from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.inputs import IncomeKind
from apps.plans.engine.levers import (
    monthly_salaries,
    retirement_spending,
    with_extra_saving,
    with_retirement_spending,
)
from apps.plans.engine.monte_carlo import success_probability
from apps.plans.engine.results import Outcome
from apps.plans.engine.retirement_levers import with_retirement_delay
from apps.plans.engine.solve import (
    NoSalaryError,
    RetirementQuestion,
    SavingsQuestion,
    earliest_retirement,
    required_savings_rate,
    sustainable_spending,
)
from tests.apps.plans.engine.households import family, family_cube, with_retirement_budget

TAXABLE = SavingPlaces("brokerage", None)
STRAINED = with_retirement_budget(family(), 140_000.0)


def test_the_savings_rate_reaches_the_target_and_a_tenth_of_a_percent_less_does_not() -> None:
    answer = required_savings_rate(STRAINED, family_cube(), SavingsQuestion(0.85, "brokerage", 0.6))
    assert answer.outcome is Outcome.REACHED
    assert answer.success.value >= 0.85 > answer.success_now.value
    salaries, saved = monthly_salaries(STRAINED), 1150.0
    less = with_extra_saving(STRAINED, (answer.value - 0.001) * salaries - saved, "brokerage")
    assert success_probability(less, family_cube()).value < 0.85
    assert answer.monthly_amount == pytest.approx(answer.value * salaries)


def test_a_plan_that_reaches_the_target_keeps_its_rate() -> None:
    easy = with_retirement_budget(family(), 40_000.0)
    answer = required_savings_rate(easy, family_cube(), SavingsQuestion(0.85, "brokerage", 0.6))
    assert answer.outcome is Outcome.ALREADY_REACHED
    assert answer.value == pytest.approx(1150.0 / 14_000.0)
    assert answer.n_simulations == 1


def test_a_target_beyond_all_saving_is_an_answer() -> None:
    dream = with_retirement_budget(family(), 900_000.0)
    answer = required_savings_rate(dream, family_cube(), SavingsQuestion(0.85, "brokerage", 0.4))
    assert answer.outcome is Outcome.CANNOT_BE_REACHED
    assert answer.value == 0.4


def test_a_savings_rate_without_a_salary_is_refused() -> None:
    pensions = tuple(replace(income, kind=IncomeKind.PENSION) for income in family().incomes)
    with pytest.raises(NoSalaryError) as refusal:
        required_savings_rate(
            replace(family(), incomes=pensions), family_cube(), SavingsQuestion(0.85, "brokerage", 0.4)
        )
    assert refusal.value.field == "incomes"


def test_saving_into_an_unknown_account_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        required_savings_rate(family(), family_cube(), SavingsQuestion(0.85, "mattress", 0.4))
    assert refusal.value.field == "account"


def test_sustainable_spending_holds_and_one_step_more_does_not() -> None:
    answer = sustainable_spending(STRAINED, family_cube(), 0.85)
    assert answer.outcome is Outcome.REACHED
    assert answer.value < retirement_spending(STRAINED)
    more = with_retirement_spending(STRAINED, answer.value + 10.0)
    assert success_probability(more, family_cube()).value < 0.85 <= answer.success.value


def test_room_to_spend_is_found_above_the_plan() -> None:
    easy = with_retirement_budget(family(), 40_000.0)
    answer = sustainable_spending(easy, family_cube(), 0.85)
    assert answer.outcome is Outcome.ALREADY_REACHED
    assert answer.value > 40_000.0 / 12


def test_the_delay_of_retirement_is_the_shortest() -> None:
    answer = earliest_retirement(STRAINED, family_cube(), RetirementQuestion(0.85, 75, TAXABLE))
    assert answer.outcome is Outcome.REACHED
    sooner = with_retirement_delay(STRAINED, int(answer.value) - 1, TAXABLE)
    assert success_probability(sooner, family_cube()).value < 0.85 <= answer.success.value


def test_nobody_is_asked_to_work_past_the_latest_age() -> None:
    answer = earliest_retirement(
        with_retirement_budget(family(), 400_000.0), family_cube(), RetirementQuestion(0.85, 68, TAXABLE)
    )
    assert answer.outcome is Outcome.CANNOT_BE_REACHED
    # Ben, born in November 1979, would retire in January 2045 at 65 and 2 months.
    assert answer.value == 34.0


def test_answers_serialise_to_the_same_bytes() -> None:
    once = earliest_retirement(STRAINED, family_cube(), RetirementQuestion(0.85, 75, TAXABLE)).to_json_bytes()
    assert once == earliest_retirement(STRAINED, family_cube(), RetirementQuestion(0.85, 75, TAXABLE)).to_json_bytes()
