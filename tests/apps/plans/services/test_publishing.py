from decimal import Decimal

import pytest

from apps.clients.models import Document
from apps.core.models import AuditEvent, Job
from apps.money.models import BankAccount
from apps.notices.models import Mail
from apps.plans.models import ContributionWatch, Decision, Plan, PlanStatus, PlanStep, Recommendation
from apps.plans.selectors.overviews import plan_overview
from apps.plans.services.errors import AlternativesError, NoResultError, RiskLimitMissingError, StatusNotPossibleError
from apps.plans.services.plans import draft_plan
from apps.plans.services.publishing import file_report, order_report, publish_plan
from apps.plans.services.recommendations import decide_recommendation, measure_recommendation
from apps.plans.services.statuses import move_plan
from tests.days import today
from tests.factories import clients, compliance, plans, portfolios


@pytest.fixture
def ready(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return plan


@pytest.fixture
def client(ready):
    return clients.portal_user(ready.household.people.get(relationship="head"))


def test_publishing_freezes_the_result_and_tells_the_client(ada, ready):
    publish_plan(plan=ready, by=ada.as_actor())
    ready.refresh_from_db()
    assert ready.status == PlanStatus.PUBLISHED
    assert ready.published_run == ready.runs.finished().first()
    assert Mail.objects.get(kind="plans/plan_published").to == "ana.rivera@example.com"
    assert Job.objects.filter(name="plans.file_report", sent_at=None).count() == 1
    assert AuditEvent.objects.filter(action="plans.publish_plan").count() == 1


def test_advice_that_is_not_decided_stays_an_offer_and_makes_no_steps(ada, ready):
    row = ready.runs.finished().first().recommendations.get(kind="debt")
    decide_recommendation(recommendation=row, decision=Decision.ACCEPTED, by=ada.as_actor())
    publish_plan(plan=ready, by=ada.as_actor())
    rows = ready.runs.finished().first().recommendations.exclude(pk=row.pk)
    assert {each.decision for each in rows} == {Decision.OPEN}
    assert {step.recommendation for step in PlanStep.objects.all()} == {row}
    assert not ContributionWatch.objects.exists()


def test_ways_that_replace_each_other_are_published_together_only_for_a_reason(ada, ready):
    rows = [row for row in ready.runs.finished().first().recommendations.all() if row.proposal["effect"]][:2]
    for row in rows:
        effect = {**row.proposal["effect"], "success_before": 0.6, "success_after": 0.85}
        row.proposal = {**row.proposal, "effect": effect}
        row.decision = Decision.ACCEPTED
        row.save()
    plans.told_together(rows[0].run)
    with pytest.raises(AlternativesError, match="2 recommendations .* each reach the target alone. Accept one"):
        publish_plan(plan=ready, by=ada.as_actor())
    rows[1].reason = "They want both."
    rows[1].save()
    assert publish_plan(plan=ready, by=ada.as_actor()).status == PlanStatus.PUBLISHED


def test_a_draft_without_a_result_is_not_published(ada):
    plan = plans.drafted(ada)
    with pytest.raises(StatusNotPossibleError, match="Generate the plan"):
        publish_plan(plan=plan, by=ada.as_actor())
    assert not Mail.objects.exists()


def test_a_plan_whose_adjustment_is_not_measured_waits(ada, ready):
    row = ready.runs.finished().first().recommendations.get(kind="debt")
    decide_recommendation(
        recommendation=row, decision=Decision.ADJUSTED, value=Decimal(50), reason="x", by=ada.as_actor()
    )
    with pytest.raises(NoResultError, match="still being computed"):
        publish_plan(plan=ready, by=ada.as_actor())


def test_advice_about_the_allocation_needs_a_risk_profile(ada, ready):
    run = ready.runs.finished().first()
    row = run.recommendations.first()
    Recommendation.objects.filter(pk=row.pk).update(kind="allocation")
    with pytest.raises(RiskLimitMissingError, match="Send the risk questionnaire"):
        publish_plan(plan=ready, by=ada.as_actor())
    row.refresh_from_db()
    assert row.decision == Decision.OPEN
    Recommendation.objects.filter(pk=row.pk).update(decision=Decision.DECLINED, reason="No profile yet")
    assert publish_plan(plan=ready, by=ada.as_actor()).status == PlanStatus.PUBLISHED


def test_the_report_is_filed_once_and_the_client_is_asked_to_sign(ada, ready, client, system):
    plan = plans.asked_to_sign(ready, ada, system)
    file_report(plan=plan, by=system)
    document = Document.objects.get(category="plan")
    assert plan.document == document
    assert document.visible_to_client
    assert document.current.content().startswith(b"%PDF-1.7")
    assert [str(each.person) for each in plan.signature_request.signatures.all()] == ["Ana Rivera"]


def test_a_newer_version_takes_the_open_request_back(ada, ready, client, system):
    first = plans.asked_to_sign(ready, ada, system)
    second = draft_plan(household=first.household, by=ada.as_actor())
    plans.computed(second, ada)
    plans.asked_to_sign(second, ada, system)
    first.refresh_from_db()
    assert first.status == PlanStatus.SUPERSEDED
    assert first.signature_request.state == "withdrawn"


def test_a_report_is_ordered_again_only_while_none_is_filed(ada, ready, system):
    publish_plan(plan=ready, by=ada.as_actor())
    order_report(plan=ready, by=ada.as_actor())
    assert Job.objects.filter(name="plans.file_report").count() == 2
    file_report(plan=ready, by=system)
    with pytest.raises(NoResultError):
        order_report(plan=ready, by=ada.as_actor())


@pytest.mark.parametrize("status", [PlanStatus.IN_FORCE, PlanStatus.PUBLISHED, PlanStatus.IN_REVIEW])
def test_a_draft_is_not_moved_past_its_steps(ada, status):
    plan = plans.drafted(ada)
    with pytest.raises((StatusNotPossibleError, NoResultError)):
        move_plan(plan=plan, status=status, by=ada.as_actor())
    assert Plan.objects.get(pk=plan.pk).status == PlanStatus.DRAFT


def test_a_plan_in_review_goes_back_to_draft_and_out(ada, ready):
    assert move_plan(plan=ready, status=PlanStatus.DRAFT, by=ada.as_actor()).status == PlanStatus.DRAFT
    gone = move_plan(plan=ready, status=PlanStatus.SUPERSEDED, reason="They left", by=ada.as_actor())
    assert gone.status == PlanStatus.SUPERSEDED


@pytest.fixture
def profiled(ada, ready, client):
    """A plan with invested money that would do better in another mix, and a risk profile of both adults."""
    BankAccount.objects.filter(household=ready.household).update(balance=Decimal(250_000))
    account = portfolios.account(ready.household, ada)
    portfolios.entry(account, ada, "deposit", today(), cash="180000")
    luis = ready.household.people.get(relationship="partner")
    clients.portal_user(luis)
    for person in (ready.household.people.get(relationship="head"), luis):
        compliance.in_force(person, ada)
    return ready


def test_an_allocation_that_was_declined_is_not_shown_to_the_client(ada, client, profiled, system):
    run = plans.computed(profiled, ada)
    assert run.risk_limit["is_stale"] is False
    assert plan_overview(profiled.household, ada.as_actor(), profiled).allocation.return_then.value is not None
    decide_recommendation(
        recommendation=run.recommendations.get(kind="allocation"),
        decision=Decision.DECLINED,
        reason="They wait for the house sale",
        by=ada.as_actor(),
    )
    plan = plans.asked_to_sign(profiled, ada, system)
    shown = plan_overview(plan.household, client.as_actor())
    assert shown.allocation.return_then.value is None
    assert shown.allocation.frontier == ()
    assert plan_overview(plan.household, ada.as_actor(), plan).allocation.return_then.value is not None


def test_an_allocation_on_a_valid_profile_is_published_and_adjusted_by_its_equity(ada, client, profiled, system):
    run = plans.computed(profiled, ada)
    row, value = run.recommendations.get(kind="allocation"), Decimal("0.2")
    row = decide_recommendation(
        recommendation=row, decision=Decision.ADJUSTED, value=value, reason="Slowly", by=ada.as_actor()
    )
    measured = measure_recommendation(recommendation=row, value=value, progress=plans.silent, by=system)
    assert measured.adjusted_effect["delta_success"] != row.proposal["effect"]["delta_success"]
    plan = plans.asked_to_sign(profiled, ada, system)
    assert plan_overview(plan.household, client.as_actor()).allocation.equity_then.number <= 0.2 + 1e-6
