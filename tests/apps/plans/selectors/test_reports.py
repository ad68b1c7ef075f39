"""What the paper of a version says: the same figures as the pages, its advice, its steps."""

import dataclasses

import pytest

from apps.plans.models import Plan, PlanStep, StepStatus
from apps.plans.selectors.overviews import plan_overview
from apps.plans.selectors.reports import REPORTER, plan_report
from tests.days import today
from tests.factories import plans


@pytest.fixture
def plan(ada):
    plan = plans.drafted(ada)
    plan.goals.filter(kind="retirement").update(annual_amount=140_000)
    plans.computed(plan, ada)
    return plan


def test_a_plan_without_a_result_has_no_report(ada):
    assert plan_report(plans.drafted(ada), (), today()) is None


def test_a_report_tells_the_pages_figures_and_who_does_what(ada, plan):
    drafted = plan_report(plan, (), today())
    assert [move.step for move in drafted.moves] == [None] * len(drafted.moves)
    assert drafted.actions == ()
    assert not drafted.essentials

    plans.published(plan, ada)
    report = plan_report(Plan.objects.get(pk=plan.pk), (), today())
    shown = plan_overview(plan.household, REPORTER, Plan.objects.get(pk=plan.pk))
    assert report.overview == shown
    assert shown.together.state == "measured"
    assert drafted.overview.together is None
    assert [move.advice.key for move in report.moves] == [line.key for line in shown.recommendations]
    first = report.moves[0]
    due = PlanStep.objects.filter(recommendation__key=first.advice.key).order_by("due_on", "id").first()
    assert (first.step.title, first.step.due_on) == (due.words, due.due_on)
    assert report.best == next(move.advice for move in report.moves if (move.advice.effect.change.number or 0) > 0)
    limit = [dataclasses.replace(move.advice, is_owed=True) for move in report.moves]
    owed = tuple(dataclasses.replace(move, advice=line) for move, line in zip(report.moves, limit, strict=True))
    assert dataclasses.replace(report, moves=owed).owed == tuple(limit[3:]) != ()
    assert dataclasses.replace(report, moves=()).best is None
    assert [step.due_on for step in report.actions] == sorted(step.due_on for step in report.actions)
    whole, later = report.years
    assert whole.since is None
    assert later.wages.number == 0
    assert shown.goals[0].unpaid.number > 0
    assert shown.shortfall.number > 0

    PlanStep.objects.update(status=StepStatus.DROPPED, reason="x", closed_at=plan.updated_at)
    assert plan_report(plan, (), today()).actions == ()
