from decimal import Decimal

import pytest

from apps.core.models import AuditEvent, Job
from apps.kernel.errors import InvalidInputError
from apps.plans.models import Decision
from apps.plans.selectors.recommendation_lines import lines_of
from apps.plans.services.errors import NoResultError, NotAdjustableError
from apps.plans.services.recommendations import decide_recommendation, measure_recommendation
from tests.factories import plans, portfolios


@pytest.fixture
def run(ada):
    household = plans.household_with_facts(ada)
    portfolios.account(household, ada, registration="plan_401k", name="Plan at work")
    return plans.computed(plans.drafted(ada, household), ada)


def of_kind(run, kind):
    return run.recommendations.get(kind=kind)


def test_advice_is_accepted_without_a_reason(ada, run):
    row = decide_recommendation(recommendation=of_kind(run, "debt"), decision=Decision.ACCEPTED, by=ada.as_actor())
    assert (row.decision, row.decided_by) == (Decision.ACCEPTED, ada.as_actor().label)
    assert AuditEvent.objects.filter(action="plans.decide_recommendation").count() == 1


def test_a_second_way_to_the_target_is_accepted_only_for_a_reason(ada, run):
    first, second = [row for row in run.recommendations.all() if row.proposal["effect"]][:2]
    for row in (first, second):
        effect = {**row.proposal["effect"], "success_before": 0.6, "success_after": 0.86}
        row.proposal = {**row.proposal, "effect": effect}
        row.save()
    accepted = {"decision": Decision.ACCEPTED, "by": ada.as_actor()}
    decide_recommendation(recommendation=first, **accepted)
    decide_recommendation(recommendation=first, **accepted)
    with pytest.raises(InvalidInputError, match="Decline one of the two") as refused:
        decide_recommendation(recommendation=second, **accepted)
    assert refused.value.field == "reason"
    lines = {line.key: line for line in lines_of(run, list(run.recommendations.all()), "USD")}
    assert lines[second.key].is_alternative
    assert lines[second.key].is_taken_elsewhere
    assert not lines[first.key].is_taken_elsewhere
    row = decide_recommendation(recommendation=second, reason="They want to live on less as well.", **accepted)
    assert (row.decision, row.reason) == (Decision.ACCEPTED, "They want to live on less as well.")


@pytest.mark.parametrize("decision", [Decision.ADJUSTED, Decision.DECLINED])
def test_a_departure_needs_its_reason(ada, run, decision):
    row = of_kind(run, "debt")
    with pytest.raises(InvalidInputError, match="Say why") as refused:
        decide_recommendation(recommendation=row, decision=decision, value=Decimal(50), reason=" ", by=ada.as_actor())
    row.refresh_from_db()
    assert refused.value.field == "reason"
    assert row.decision == Decision.OPEN


def test_an_adjustment_is_measured_by_the_engine(ada, run, system):
    row, value = of_kind(run, "debt"), Decimal(50)
    row = decide_recommendation(
        recommendation=row, decision=Decision.ADJUSTED, value=value, reason="Cash is tight", by=ada.as_actor()
    )
    assert row.waits_for_effect
    assert Job.objects.filter(name="plans.measure_recommendation", sent_at=None).count() == 1
    measured = measure_recommendation(recommendation=row, value=value, progress=plans.silent, by=system)
    assert not measured.waits_for_effect
    effect, before = measured.adjusted_effect, row.proposal["effect"]
    assert effect["success_before"] == before["success_before"]
    assert effect["delta_median_terminal_real"] != before["delta_median_terminal_real"]


def test_an_effect_that_comes_after_another_decision_is_dropped(ada, run, system):
    row = of_kind(run, "debt")
    told = {"decision": Decision.ADJUSTED, "reason": "x", "by": ada.as_actor()}
    row = decide_recommendation(recommendation=row, value=Decimal(50), **told)
    row = decide_recommendation(recommendation=row, value=Decimal(60), **told)
    kept = measure_recommendation(recommendation=row, value=Decimal(50), progress=plans.silent, by=system)
    assert kept.adjusted_effect is None


@pytest.mark.parametrize("kind", ["savings", "spending", "retirement_date", "emergency_fund", "contribution_room"])
def test_every_kind_of_advice_can_be_adjusted_where_it_is_given(ada, run, system, kind):
    for row in run.recommendations.filter(kind=kind):
        value = Decimal(12)
        told = {"decision": Decision.ADJUSTED, "value": value, "reason": "x", "by": ada.as_actor()}
        decided = decide_recommendation(recommendation=row, **told)
        measured = measure_recommendation(recommendation=decided, value=value, progress=plans.silent, by=system)
        assert measured.adjusted_effect
        assert measured.adjusted_effect["worth"] != row.proposal["worth"]


@pytest.mark.parametrize("value", [None, Decimal(-1), Decimal(0), Decimal(2_000_000)])
def test_a_value_out_of_reach_is_refused_at_its_field(ada, run, value):
    with pytest.raises((NotAdjustableError, InvalidInputError)) as refused:
        decide_recommendation(
            recommendation=of_kind(run, "debt"), decision=Decision.ADJUSTED, value=value, reason="x", by=ada.as_actor()
        )
    assert refused.value.field == "value"


def test_an_unknown_decision_is_refused(ada, run):
    with pytest.raises(InvalidInputError) as refused:
        decide_recommendation(recommendation=of_kind(run, "debt"), decision="open", by=ada.as_actor())
    assert refused.value.field == "decision"


def test_advice_of_an_older_result_is_not_decided_any_more(ada, run):
    plans.computed(run.plan, ada)
    with pytest.raises(NoResultError, match="older result"):
        decide_recommendation(recommendation=of_kind(run, "debt"), decision=Decision.ACCEPTED, by=ada.as_actor())
