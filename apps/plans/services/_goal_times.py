"""Goals on their way into the engine: what of them falls into the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from apps.plans.models import Goal, GoalKind
from apps.plans.selectors.goal_times import AFTER_END, COSTS_NOTHING, OVER, UNDER_WAY, left_of

Caveat = tuple[str, dict[str, Any]]


class CountedGoal(NamedTuple):
    """A goal that the plan counts, from when on (None: when work ends) and for how many years."""

    goal: Goal
    starts_on: dt.date | None
    years: int


def counted_goals(goals: Sequence[Goal], start: dt.date, n_months: int) -> tuple[list[CountedGoal], list[Caveat]]:
    """Return the goals that fall into a plan of so many months, and what is said of the others and of those under way.

    A goal after the end or without an amount would be met in every future: it is told instead of counted.
    """
    counted: list[CountedGoal] = []
    told: list[Caveat] = []
    for goal in goals:
        if goal.starts_on is None or goal.kind == GoalKind.RETIREMENT:
            counted.append(CountedGoal(goal, None, goal.years))
            continue
        left = left_of(goal.starts_on, goal.years, start)
        month = 12 * (left.starts_on.year - start.year) + left.starts_on.month - start.month
        if not goal.annual_amount:
            told.append((COSTS_NOTHING, {"name": goal.name}))
        elif not left.years:
            told.append((OVER, {"name": goal.name}))
        elif month >= n_months:
            told.append((AFTER_END, {"name": goal.name, "year": str(left.starts_on.year)}))
        else:
            counted.append(CountedGoal(goal, left.starts_on, left.years))
            if left.years < goal.years:
                told.append((UNDER_WAY, {"name": goal.name, "day": left.starts_on.isoformat()}))
    return counted, told
