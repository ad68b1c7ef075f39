"""Parts of a change: they add up, each names its cause, and the order is fixed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.changes import Cause, attributed, cause_of, common_months, moved_on, steps_between
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.guardrails import with_wealth
from apps.plans.engine.inputs import Goal, GoalKind, GoalPriority, ProjectionInputs
from apps.plans.engine.levers import retirement_spending
from apps.plans.engine.life_events import LifeEvents, Thing, Windfall, hung_on
from apps.plans.engine.retirement_levers import with_retirement_delay
from apps.plans.engine.runs import Runs
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.solve import spending_that_holds
from tests.apps.plans.engine.households import conversion, converting, family, tax_table

TARGET = 0.85


@cache
def cube(assumptions: AssumptionSet) -> ScenarioCube:
    spec = family().simulation
    return draw_cube(assumptions, spec, np.random.default_rng(spec.seed))


def runs_of(inputs: ProjectionInputs) -> Runs:
    return Runs(cube(inputs.assumptions))


def shocked(inputs: ProjectionInputs, factor: float = 0.8) -> ProjectionInputs:
    return with_wealth(inputs, factor)


def test_the_parts_add_up_to_the_whole_in_chance_and_in_dollars() -> None:
    before = family()
    after = shocked(moved_on(before, date(2026, 10, 1)))
    dearer = replace(after.spending, monthly_amount=after.spending.monthly_amount + 300)
    after = with_retirement_delay(replace(after, spending=dearer), 6, SavingPlaces("brokerage", None))
    found = attributed(before, after, runs_of, TARGET)
    assert [part.cause for part in found.parts] == [Cause.TIME, Cause.MARKET, Cause.CASH, Cause.LIFE]
    assert sum(part.success.value for part in found.parts) == pytest.approx(found.change.value, abs=1e-12)
    assert found.change.value == pytest.approx(found.after.value - found.before.value, abs=1e-12)
    assert sum(part.spending for part in found.parts) == pytest.approx(found.spending_after - found.spending_before)
    runs = runs_of(after)
    assert found.after == runs.of(after).success
    assert found.spending_after == 12 * spending_that_holds(after, runs, TARGET).value


def test_the_market_alone_is_told_as_the_market_and_less_noise_is_left_than_between_two_draws() -> None:
    found = attributed(family(), shocked(family()), runs_of, TARGET)
    assert [part.cause for part in found.parts] == [Cause.MARKET]
    assert found.change.value < 0
    assert found.spending_after < found.spending_before
    assert found.change.standard_error is not None
    assert found.before.standard_error is not None
    assert found.change.standard_error < 2 * found.before.standard_error


def test_nothing_changed_has_no_parts() -> None:
    found = attributed(family(), family(), runs_of, TARGET)
    assert found.parts == ()
    assert (found.change.value, found.spending_after - found.spending_before) == (0, 0)


def test_each_part_is_what_its_cause_does_after_those_before_it() -> None:
    before, after = family(), replace(shocked(family()), tax_table=tax_table(2025))
    steps = steps_between(before, after)
    assert [cause for cause, _ in steps] == [Cause.MARKET, Cause.LAW]
    assert steps[0][1] == shocked(before)
    assert steps[-1][1] == after


def test_new_assumptions_are_told_apart_and_come_with_their_accounts_where_classes_differ() -> None:
    before = family()
    means = replace(before.assumptions.assets[0], arithmetic_mean=0.05)
    poorer = replace(before.assumptions, key="poorer", assets=(means, *before.assumptions.assets[1:]))
    after = replace(shocked(before), assumptions=poorer)
    assert [cause for cause, _ in steps_between(before, after)] == [Cause.ASSUMPTIONS, Cause.MARKET]
    found = attributed(before, after, runs_of, TARGET)
    assert sum(part.success.value for part in found.parts) == pytest.approx(found.change.value, abs=1e-12)
    renamed = replace(before.assumptions, assets=(replace(means, key="shares"), *before.assumptions.assets[1:]))
    accounts = tuple(
        replace(
            account,
            allocation=tuple(("shares" if key == means.key else key, weight) for key, weight in account.allocation),
        )
        for account in before.accounts
    )
    other = replace(before, assumptions=renamed, accounts=accounts)
    assert [cause for cause, _ in steps_between(before, other)] == [Cause.ASSUMPTIONS]


def test_a_person_and_an_account_of_one_day_only_fit_no_step_of_the_other_day() -> None:
    before = family()
    left = before.adults[0].key
    alone = replace(
        before,
        adults=before.adults[:1],
        accounts=tuple(account for account in before.accounts if account.owner in {"", left}),
        incomes=tuple(income for income in before.incomes if income.owner == left),
    )
    kept = {account.key for account in alone.accounts}
    alone = replace(
        alone,
        contributions=tuple(item for item in alone.contributions if item.account in kept),
        surplus_account=alone.accounts[0].key,
    )
    for one, other in ((before, alone), (alone, before)):
        steps = steps_between(one, other)
        assert steps[-1][1] == other
        assert {cause for cause, _ in steps} == {Cause.MARKET, Cause.CASH, Cause.LIFE}


def test_events_of_one_day_fit_the_accounts_debts_and_people_of_the_other() -> None:
    gone = next(account for account in family().accounts if account.treatment == "taxable")
    aunt = Windfall("aunt", "ben", 180_000.0, True, date(2034, 3, 10), False, gone.key, "USD")
    home = Thing(
        "home", 700_000.0, 0.03, 260_000.0, date(2047, 6, 1), 0.06, (0.0, 0.0), False, family().debts[0].key, gone.key,
        "USD",
    )  # fmt: skip
    before = replace(family(), events=LifeEvents(windfalls=(aunt,), things=(home,)))
    left = tuple(replace(account, key="moved") if account == gone else account for account in family().accounts)
    after = replace(
        family(),
        accounts=left,
        surplus_account="moved",
        contributions=tuple(each for each in family().contributions if each.account != gone.key),
        debts=(),
    )
    for one, other in ((before, after), (after, before)):
        assert steps_between(one, other)[-1][1] == other
    loose = hung_on(before.events, ["anna"], ["moved"], [])
    assert loose.windfalls == ()
    assert (loose.things[0].account, loose.things[0].debt) == ("", "")


def test_goals_that_passed_are_done_and_those_under_way_keep_their_rest() -> None:
    def goal(key: str, start: date, years: int) -> Goal:
        return Goal(key, GoalKind.EDUCATION, GoalPriority.IMPORTANT, 20_000.0, start, years, "USD")

    goals = (goal("gone", date(2026, 9, 1), 1), goal("begun", date(2026, 8, 15), 4), goal("later", date(2030, 1, 1), 1))
    inputs = replace(family(), goals=(*family().goals[:1], *goals))
    later = moved_on(inputs, date(2027, 9, 1))
    assert [(each.key, each.start, each.years) for each in later.goals[1:]] == [
        ("begun", date(2028, 8, 1), 2),
        ("later", date(2030, 1, 1), 1),
    ]
    assert moved_on(inputs, inputs.start_date) == inputs
    with pytest.raises(InvalidInputError):
        moved_on(inputs, date(2120, 1, 1))


def test_conversions_that_have_passed_are_done() -> None:
    inputs = converting(family(), conversion("ana", years=(2027, 2028)), conversion("ben", years=(2027, 2029)))
    assert moved_on(inputs, date(2028, 12, 1)).conversions == inputs.conversions
    assert moved_on(inputs, date(2029, 1, 1)).conversions == inputs.conversions[1:]


def test_who_has_nothing_deferred_any_more_converts_nothing_on_the_way() -> None:
    before = converting(family(), conversion("ana"), conversion("ben"))
    left = tuple(item for item in before.accounts if item.key != "plan_ben")
    after = replace(before, accounts=left, conversions=before.conversions[:1])
    steps = dict(steps_between(before, after))
    assert [plan.owner for plan in steps[Cause.MARKET].conversions] == ["ana"]
    assert steps[Cause.CASH] == after


def test_every_field_of_a_plan_has_a_cause() -> None:
    causes = {field.name: cause_of(field.name) for field in fields(ProjectionInputs)}
    assert causes["tax_table"] is Cause.LAW
    assert causes["spending"] is Cause.CASH
    assert causes["adults"] is Cause.LIFE
    assert set(causes.values()) == set(Cause)


def test_scenarios_reach_as_far_as_both_plans() -> None:
    before = family()
    assert common_months(before, moved_on(before, date(2027, 1, 1)), 120) % 120 == 0
    assert retirement_spending(before) > 0
