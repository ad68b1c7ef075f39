"""Parts of an overview from a result: a first year that is not a whole one says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

from django.utils import translation

from apps.plans.engine.monte_carlo import project
from apps.plans.engine.results import Projection
from apps.plans.selectors import overview_builders
from tests.apps.plans.engine.households import family, family_cube

DAY = dt.date(2026, 11, 22)


def lines(projection: Projection, inputs: Any) -> Any:
    found = SimpleNamespace(
        currency="USD", question=SimpleNamespace(inputs=inputs), result=SimpleNamespace(projection=projection)
    )
    return overview_builders.flows(cast("Any", found))


def test_the_first_line_of_a_plan_that_begins_in_july_says_from_when_it_counts():
    projection = project(family(), family_cube())
    first, second, *_ = lines(projection, family())
    assert (first.calendar_year, first.since) == (2026, dt.date(2026, 7, 1))
    assert (second.calendar_year, second.since) == (2027, None)


def test_a_plan_that_begins_in_january_and_a_result_of_an_older_engine_count_whole_years():
    projection = project(family(), family_cube())
    assert lines(replace(projection, engine_version="plans-1.2.0"), family())[0].since is None
    january = replace(family(), start_date=dt.date(2026, 1, 1))
    assert lines(projection, january)[0].since is None


def test_an_older_result_gives_no_chance_for_goals_after_its_end_or_without_an_amount():
    projection, inputs = project(family(), family_cube()), family()
    dated = [goal for goal in inputs.goals if isinstance(goal.start, dt.date)]
    assert dated
    for changed, says in (
        ({"start": dt.date(2199, 9, 1)}, "after the end of the plan"),
        ({"annual_amount": 0.0}, "no"),
    ):
        asked = replace(
            inputs, goals=tuple(replace(goal, **changed) if goal in dated else goal for goal in inputs.goals)
        )
        found: Any = SimpleNamespace(
            currency="USD",
            question=SimpleNamespace(inputs=asked, policy=SimpleNamespace(target=0.85)),
            result=SimpleNamespace(projection=projection, helps=(), advice=SimpleNamespace(recommendations=())),
            run=SimpleNamespace(names={}),
        )
        shown = {goal.public_id for goal in overview_builders.goals(found)}
        assert not shown & {goal.key for goal in dated}
        told = overview_builders.uncounted_goals(found)
        assert len(told) == len(dated)
        assert all(says in text for text in told)


def test_a_wish_that_costs_the_needs_says_the_chance_without_it_at_the_goal():
    projection, inputs = project(family(), family_cube()), family()
    told = (
        SimpleNamespace(key="wish:boat", effect=SimpleNamespace(success_after=0.807)),
        SimpleNamespace(key="wish:college", effect=None),
        SimpleNamespace(key="save_more", effect=SimpleNamespace(success_after=0.9)),
    )
    found: Any = SimpleNamespace(
        currency="USD",
        question=SimpleNamespace(inputs=inputs, policy=SimpleNamespace(target=0.85)),
        result=SimpleNamespace(projection=projection, helps=(), advice=SimpleNamespace(recommendations=told)),
        run=SimpleNamespace(names={}),
    )
    shown = {goal.public_id: goal.without for goal in overview_builders.goals(found)}
    assert shown["boat"].value == 0.807
    assert shown["boat"].key == "advice:wish:boat:success_after"
    assert [key for key, figure in shown.items() if figure] == ["boat"]


def test_an_age_that_is_no_whole_year_is_told_to_its_month_and_a_whole_one_stays_whole() -> None:
    for value, text in (("66.50", "66.5"), ("66.25", "66.25"), ("67.00", "67")):
        row = SimpleNamespace(
            kind="claim_age", person="Ana", value=Decimal(value), public_id="a", reason="r", set_by="b", set_on=DAY
        )
        rows = SimpleNamespace(select_related=lambda _name, row=row: [row])
        plan: Any = SimpleNamespace(overrides=rows, household=SimpleNamespace(currency="USD"))
        (line,) = overview_builders.overrides(plan)
        assert line.figure.text == text


def test_what_holds_a_mix_back_is_told_in_the_readers_language() -> None:
    with translation.override("pt-br"):
        assert str(overview_builders._BINDING["max_volatility"]) == translation.gettext(
            "the swing that the risk level allows"
        )
        assert str(overview_builders._BINDING["max_volatility"]) != "the swing that the risk level allows"
