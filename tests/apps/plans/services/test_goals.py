import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.models import Goal, GoalKind
from apps.plans.selectors.overviews import plan_overview
from apps.plans.selectors.run_values import inputs_of
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.projections import request_projection
from tests.days import today
from tests.factories import plans

TRIP = GoalDetails(
    kind=GoalKind.OTHER, name="Trip", annual_amount=Decimal(20_000), starts_on=dt.date(2045, 6, 1), years=1
)


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"starts_on": dt.date(2199, 1, 1)}, "starts_on", "after the end of the plan, whose last year is 20"),
        ({"starts_on": dt.date(9999, 12, 31)}, "starts_on", "after the end of the plan"),
        ({"annual_amount": Decimal(0)}, "annual_amount", "above zero"),
        ({"own_words": "x" * 10_001}, "own_words", "These are 10,001 characters; at most 10,000"),
    ],
)
def test_what_says_nothing_about_a_plan_is_refused_at_its_field(ada, changed, field, says):
    plan = plans.drafted(ada)
    with pytest.raises(InvalidInputError, match=says) as wrong:
        set_goal(plan=plan, details=replace(TRIP, **changed), by=ada.as_actor())
    assert wrong.value.field == field
    assert not plan.goals.filter(name="Trip").exists()


def test_a_goal_under_way_is_taken_and_goes_on_for_what_is_left(ada):
    plan, since = plans.drafted(ada), today().replace(year=today().year - 2, month=1, day=1)
    goal = set_goal(plan=plan, details=replace(TRIP, starts_on=since, years=5), by=ada.as_actor())
    run = request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    counted = next(each for each in inputs_of(run).inputs.goals if each.key == str(goal.public_id))
    passed = 3 if today().month > 1 else 2
    assert (counted.start, counted.years) == (since.replace(year=since.year + passed), 5 - passed)
    assert [caveat["params"]["name"] for caveat in run.caveats if "under way" in caveat["message"]] == ["Trip"]


def test_an_older_goal_after_the_end_is_told_and_has_no_chance(ada):
    plan = plans.drafted(ada)
    Goal.objects.filter(plan=plan, kind=GoalKind.EDUCATION).update(starts_on=dt.date(2199, 9, 1))
    plans.computed(plan, ada)
    shown = plan_overview(plan.household, ada.as_actor(), plan)
    assert [goal.kind for goal in shown.goals] == [GoalKind.RETIREMENT]
    assert any("begins in 2199, after the end of the plan" in text for text in shown.caveats)
