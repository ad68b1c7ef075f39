"""A plan from the client's words to the alert of a fallen market, by its people in real browsers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys import steps_goals, steps_levers, steps_watched
from tests.journeys.planning_job import PlanningJob
from tests.live import LiveSite

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1500)]


def test_a_plan_is_told_generated_tried_out_published_signed_and_watched(live_site: LiveSite, chromium: Any) -> None:
    live_site.start_worker()
    job = PlanningJob(live_site, chromium)
    steps_goals.tell_what_they_want(job)
    steps_goals.fill_what_is_missing(job)
    steps_goals.generate_and_watch(job)
    steps_levers.move_a_lever(job)
    steps_levers.compare_three_scenarios(job)
    steps_levers.decide_and_publish(job)
    steps_watched.ask_and_answer(job)
    steps_watched.sign_both(job)
    steps_watched.let_the_market_fall(job)
    steps_watched.adjust_by_the_alert(job)
    job.close()
