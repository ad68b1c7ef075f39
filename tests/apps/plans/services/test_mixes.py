import pytest
from django.db import transaction

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.engine.mixes import MixKind
from apps.plans.models import Decision, Plan, PlanStatus
from apps.plans.selectors.overviews import plan_overview
from apps.plans.selectors.run_values import inputs_of, result_of
from apps.plans.services.errors import NoResultError, NotAdjustableError, PlanFrozenError, RiskLimitMissingError
from apps.plans.services.mixes import choose_mix
from apps.plans.services.plans import draft_plan
from apps.plans.services.projections import request_projection
from apps.plans.services.publishing import publish_plan
from apps.plans.services.recommendations import decide_recommendation
from tests.factories import plans


@pytest.fixture
def plan(ada):
    plan = plans.drafted(ada, plans.invested_household(ada))
    plans.computed(plan, ada)
    return plan


def choices():
    return AuditEvent.objects.filter(action="plans.choose_mix")


def mixes(run):
    return {mix.kind: mix for mix in result_of(run).mixes.mixes}


def test_the_plan_computes_with_the_chosen_mix_and_still_knows_what_is_held(ada, plan):
    first = plan.runs.finished().first()
    choose_mix(plan=plan, kind="risk_parity", by=ada.as_actor())
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFT
    run = plans.computed(plan, ada)
    wanted, question = mixes(first)[MixKind.RISK_PARITY].weights, inputs_of(run)
    invested = [account.allocation for account in question.inputs.accounts if account.treatment == "taxable"]
    assert invested == [wanted]
    assert question.chosen.kind == MixKind.RISK_PARITY
    assert mixes(run)[MixKind.PRESENT].weights == mixes(first)[MixKind.PRESENT].weights
    assert result_of(run).allocation.weights == wanted
    assert result_of(run).projection.terminal != result_of(first).projection.terminal
    assert run.recommendations.get(kind="allocation").key == "adopt_mix"
    overview = plan_overview(plan.household, ada.as_actor(), plan)
    assert any("chosen mix" in caveat for caveat in overview.caveats)
    assert [line.kind for line in overview.mixes.lines if line.is_counted_on] == ["risk_parity"]


def test_a_choice_is_audited_once_with_both_images_and_a_second_click_changes_nothing(ada, plan):
    changed_at = plan.inputs_changed_at
    for _ in range(2):
        choose_mix(plan=plan, kind="robust", by=ada.as_actor())
    event = choices().get()
    assert event.before["chosen_mix"] is None
    assert event.after["chosen_mix"]["kind"] == "robust"
    plan.refresh_from_db()
    assert plan.inputs_changed_at > changed_at
    choose_mix(plan=plan, kind="present", by=ada.as_actor())
    plan.refresh_from_db()
    assert plan.chosen_mix is None
    assert choices().count() == 2


def test_an_unknown_mix_is_refused(ada, plan):
    with pytest.raises(InvalidInputError) as refused:
        choose_mix(plan=plan, kind="tulips", by=ada.as_actor())
    assert refused.value.field == "kind"
    assert not choices().exists()


def test_without_a_result_or_a_risk_limit_there_is_nothing_to_choose(ada):
    draft = plans.drafted(ada)
    for _ in range(2):
        with pytest.raises(NoResultError, match="no such mix"):
            choose_mix(plan=draft, kind="robust", by=ada.as_actor())
        plans.computed(draft, ada)
    assert result_of(draft.runs.finished().first()).mixes is None


def test_a_mix_beyond_the_limit_is_refused(ada, plan):
    run = plan.runs.finished().first()
    run.result = bytes(run.result).replace(b'"keeps_limit":true', b'"keeps_limit":false')
    run.save(update_fields=["result"])
    with pytest.raises(RiskLimitMissingError, match="passes the client's risk limit"):
        choose_mix(plan=plan, kind="robust", by=ada.as_actor())


def test_a_plan_that_the_client_has_does_not_change(ada, plan):
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUPERSEDED)
    with pytest.raises(PlanFrozenError):
        choose_mix(plan=plan, kind="robust", by=ada.as_actor())
    assert not choices().exists()


def test_a_choice_that_fails_half_way_leaves_nothing(ada, plan):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        choose_mix(plan=plan, kind="robust", by=ada.as_actor())
        raise ZeroDivisionError
    plan.refresh_from_db()
    assert plan.chosen_mix is None
    assert not choices().exists()


def test_the_next_version_takes_the_choice_over_unless_its_assumptions_lack_a_class(ada, plan):
    choose_mix(plan=plan, kind="robust", by=ada.as_actor())
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUPERSEDED)
    second = draft_plan(household=plan.household, by=ada.as_actor())
    plan.refresh_from_db()
    assert second.chosen_mix == plan.chosen_mix
    Plan.objects.filter(pk=second.pk).update(
        status=PlanStatus.SUPERSEDED, chosen_mix={**second.chosen_mix, "weights": [["tulips", 1.0]]}
    )
    assert draft_plan(household=plan.household, by=ada.as_actor()).chosen_mix is None


def test_the_step_to_the_chosen_mix_is_accepted_or_another_is_chosen(ada, plan):
    choose_mix(plan=plan, kind="risk_parity", by=ada.as_actor())
    row = plans.computed(plan, ada).recommendations.get(key="adopt_mix")
    for decision in (Decision.DECLINED, Decision.ADJUSTED):
        with pytest.raises(NotAdjustableError, match="counts on the chosen mix"):
            decide_recommendation(recommendation=row, decision=decision, reason="No", by=ada.as_actor())
    assert decide_recommendation(recommendation=row, decision=Decision.ACCEPTED, by=ada.as_actor())


def test_a_chosen_mix_is_not_published_on_a_profile_that_cannot_carry_it(ada, plan):
    choose_mix(plan=plan, kind="risk_parity", by=ada.as_actor())
    run = plans.computed(plan, ada)
    run.risk_limit = {**run.risk_limit, "level": 0}
    run.save(update_fields=["risk_limit"])
    with pytest.raises(RiskLimitMissingError):
        publish_plan(plan=plan, by=ada.as_actor())


def test_a_run_that_was_asked_for_before_the_choice_leaves_the_plan_a_draft(ada, plan):
    request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    choose_mix(plan=plan, kind="robust", by=ada.as_actor())
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFT
