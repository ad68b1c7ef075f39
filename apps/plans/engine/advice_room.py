"""Advice to use what the law still lets people pay into retirement and health accounts this year."""

from __future__ import annotations

import math

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_retirement_texts import NOT_PUBLISHED, room_texts_of
from apps.plans.engine.advice_texts import text
from apps.plans.engine.contribution_rooms import Room, rooms
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import monthly_salaries, monthly_saving, with_extra_saving
from apps.plans.engine.limits import LimitsTable
from apps.plans.engine.policy import AdvicePolicy

KEY = "contribution_room"
# less than fifty a month is not worth a form
_LEAST = 600.0
_YEAR = 12.0


def room_advice(inputs: ProjectionInputs, policy: AdvicePolicy) -> list[Candidate]:
    """Advise to use the room in accounts that the household has, within the most that the firm lets people save."""
    facts, salaries = policy.facts, monthly_salaries(inputs)
    if facts is None or facts.limits is None or salaries <= 0.0:
        return []
    most = policy.max_savings_rate * salaries - monthly_saving(inputs)
    found = []
    for room in rooms(inputs, facts):
        # whole dollars, down: twelve of them must not come to more than the law allows
        extra = float(math.floor(min(room.left / _YEAR, most) + 1e-9))
        if room.left >= _LEAST and extra >= _LEAST / _YEAR:
            found.append(_candidate(inputs, room, extra, (facts.limits, extra / salaries)))
    return found


def _candidate(inputs: ProjectionInputs, room: Room, extra: float, about: tuple[LimitsTable, float]) -> Candidate:
    limits, share = about
    year = float(limits.year)
    facts = (
        ("monthly_extra", extra),
        ("year", year),
        ("limit", room.limit),
        ("paid", round(room.paid, 2)),
        ("room", round(room.left, 2)),
    )
    title, reason, actions = room_texts_of(
        dict(facts), (room.plan.account, room.plan.owner), room.text, notes=room.notes
    )
    if limits.carried_from:
        actions = (*actions, text(NOT_PUBLISHED, year__year=year))
    return Candidate(
        key=f"{KEY}:{room.plan.account}",
        kind=KEY,
        texts=(title, reason, actions),
        changed=with_extra_saving(inputs, extra, room.plan.account),
        certain=False,
        difficulty="easy" if share < 0.03 else "medium" if share < 0.10 else "hard",
        timeframe="this_year",
        facts=facts,
    )
