from decimal import Decimal

import pytest

from apps.core.models import AuditEvent, Job
from apps.plans import tasks
from apps.plans.models import Decision, PlanStatus, ProjectionRun
from apps.plans.selectors.overviews import plan_overview
from apps.plans.selectors.run_values import result_of
from apps.plans.services.accepted_together import keep_together
from apps.plans.services.errors import NoResultError
from apps.plans.services.publishing import publish_plan
from apps.plans.services.recommendations import decide_recommendation, measure_recommendation
from tests.factories import clients, plans, portfolios

JOB = "plans.measure_accepted"


@pytest.fixture
def run(ada):
    household = plans.household_with_facts(ada)
    portfolios.account(household, ada, registration="plan_401k", name="Plan at work")
    return plans.computed(plans.drafted(ada, household), ada)


@pytest.fixture
def decide(ada, run):
    def decided(row, decision=Decision.ACCEPTED, **told):
        return decide_recommendation(
            recommendation=row, decision=decision, **{"reason": plans.WANTED, "by": ada.as_actor(), **told}
        )

    return decided


def measurable(run):
    return [row for row in run.recommendations.all() if row.proposal["effect"]]


def together(run):
    run.refresh_from_db()
    return run.accepted_together


def test_nothing_taken_has_no_measure(ada, run, decide):
    decide(measurable(run)[0], Decision.DECLINED)
    assert together(run) == {}
    assert not Job.objects.filter(name=JOB).exists()
    assert plan_overview(run.plan.household, ada.as_actor()).together is None


def test_one_piece_of_advice_has_its_own_effect_at_once(run, decide):
    row = decide(measurable(run)[0])
    told = together(run)
    assert told["state"] == "measured"
    assert told["effect"] == row.proposal["effect"]
    assert told["taken"] == [[str(row.public_id), ""]]
    assert not Job.objects.filter(name=JOB).exists()
    assert AuditEvent.objects.filter(action="plans.measure_accepted").count() == 1
    decide(row, Decision.DECLINED)
    assert together(run) == {}


def test_an_adjusted_one_waits_for_its_own_effect(run, decide, system):
    value = Decimal(50)
    row = decide(run.recommendations.get(kind="debt"), Decision.ADJUSTED, value=value)
    assert together(run) == {}
    measure_recommendation(recommendation=row, value=value, progress=plans.silent, by=system)
    row.refresh_from_db()
    told = together(run)
    assert told["taken"] == [[str(row.public_id), "50"]]
    assert told["effect"]["delta_success"] == row.adjusted_effect["delta_success"]
    assert "worth" not in told["effect"]


def test_two_are_run_together_in_a_job_and_their_effects_do_not_add_up(ada, run, decide):
    first, second = measurable(run)[:2]
    decide(first), decide(second)
    assert together(run)["taken"] == [[str(first.public_id), ""]]
    asked = Job.objects.get(name=JOB)
    assert plan_overview(run.plan.household, ada.as_actor()).together.state == "measuring"
    tasks.measure_accepted.run(**asked.arguments)
    told = together(run)
    assert {taken for taken, _ in told["taken"]} == {str(first.public_id), str(second.public_id)}
    assert told["effect"]["success_before"] == first.proposal["effect"]["success_before"]
    wealth = told["effect"]["delta_median_terminal_real"]
    alone = [row.proposal["effect"]["delta_median_terminal_real"] for row in (first, second)]
    assert wealth not in alone
    assert wealth != pytest.approx(sum(alone), abs=0.01)
    event = AuditEvent.objects.filter(action="plans.measure_accepted").latest("id")
    assert ada.as_actor().key in str(event.on_behalf_of)
    assert event.after["accepted_together"]["effect"]["delta_median_terminal_real"] == wealth


def test_the_same_advice_taken_twice_over_is_one_plan_whatever_the_order(run, decide):
    rows = measurable(run)
    for row in rows:
        decide(row)
    first = plans.told_together(run)
    effect = first.accepted_together["effect"]
    for row in rows[::-1]:
        decide(row, Decision.DECLINED)
    for row in rows[::-1]:
        decide(row)
    assert plans.told_together(run).accepted_together["effect"] == effect


def test_an_adjusted_value_counts_in_what_is_measured_together(run, decide):
    debt = run.recommendations.get(kind="debt")
    other = next(row for row in measurable(run) if row != debt)
    decide(other), decide(debt)
    as_proposed = plans.told_together(run).accepted_together
    decide(debt, Decision.ADJUSTED, value=Decimal(20))
    adjusted = plans.told_together(run).accepted_together
    assert [value for _, value in adjusted["taken"] if value] == ["20"]
    assert adjusted["effect"]["delta_median_terminal_real"] != as_proposed["effect"]["delta_median_terminal_real"]


def test_a_measure_of_another_set_is_not_stored(run, decide, system):
    first, second, third = measurable(run)[:3]
    decide(first), decide(second)
    old = [[str(row.public_id), ""] for row in (first, second)]
    decide(third)
    before = together(run)
    kept = keep_together(run=run, agreed=old, answer={"state": "unchanged"}, by=system)
    assert kept.accepted_together == before
    assert together(run) == before


def test_a_result_that_kept_too_little_says_so_and_holds_no_publication(ada, run, decide, monkeypatch):
    without = bytes(run.result).replace(b'"changes":', b'"nothing":')
    run.result = without
    run.save()
    for row in measurable(run)[:2]:
        decide(row)
    assert plans.told_together(run).accepted_together["state"] == "older"
    part = plan_overview(run.plan.household, ada.as_actor()).together
    assert (part.state, part.count, part.effect) == ("older", 2, None)
    assert publish_plan(plan=run.plan, by=ada.as_actor()).status == PlanStatus.PUBLISHED


def test_decisions_from_before_such_measures_hold_no_publication(ada, run, decide):
    for row in measurable(run)[:2]:
        decide(row)
    ProjectionRun.objects.filter(pk=run.pk).update(accepted_together=None)
    assert plan_overview(run.plan.household, ada.as_actor()).together.state == "older"
    assert publish_plan(plan=run.plan, by=ada.as_actor()).status == PlanStatus.PUBLISHED


def test_a_plan_is_published_when_what_was_taken_is_measured(ada, run, decide):
    client = clients.portal_user(run.plan.household.people.get(relationship="head"))
    for row in measurable(run)[:2]:
        decide(row)
    with pytest.raises(NoResultError, match="still being measured together"):
        publish_plan(plan=run.plan, by=ada.as_actor())
    plans.told_together(run)
    publish_plan(plan=run.plan, by=ada.as_actor())
    part = plan_overview(run.plan.household, client.as_actor()).together
    assert part.state == "measured"
    assert part.effect.success_after.number == together(run)["effect"]["success_after"]


def test_a_failed_measure_is_told_and_asked_for_again_by_the_next_decision(ada, run, decide):
    rows = measurable(run)[:2]
    for row in rows:
        decide(row)
    Job.objects.filter(name=JOB).update(state="failed")
    assert plan_overview(run.plan.household, ada.as_actor()).together.state == "failed"
    decide(rows[0])
    assert Job.objects.filter(name=JOB).count() == 2
    assert plan_overview(run.plan.household, ada.as_actor()).together.state == "measuring"


def test_what_changes_nothing_is_told_without_a_run(run, decide):
    row = measurable(run)[0]
    row.proposal = {**row.proposal, "effect": None}
    row.save()
    decide(row)
    assert together(run)["state"] == "unchanged"


def test_a_plan_that_cannot_take_all_of_it_is_refused_in_words(run, decide, monkeypatch):
    from apps.kernel.errors import InvalidInputError
    from apps.plans.services import _together

    def cannot(*_told):
        raise InvalidInputError("Too many accounts.")

    for row in measurable(run)[:2]:
        decide(row)
    monkeypatch.setattr(_together, "joined", cannot)
    assert plans.told_together(run).accepted_together["state"] == "refused"


def test_every_recommendation_keeps_what_it_changes_in_the_result_alone(run):
    kept = {item.key: item.changes for item in result_of(run).advice.recommendations}
    assert all(kept[row.key] for row in measurable(run))
    assert not any("changes" in row.proposal for row in run.recommendations.all())
