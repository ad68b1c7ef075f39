import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError

from apps.core.models import AuditEvent
from apps.money.models import RegularSaving
from apps.plans.engine.advice_facts import PlanKind
from apps.plans.models import ContributionWatch, Decision, PlanStatus, PlanStep, StepOwner, StepStatus
from apps.plans.selectors.advice_kinds import KINDS
from apps.plans.services import step_starts
from apps.plans.services._step_templates import (
    BY_ACCOUNT,
    TEMPLATES,
    Anchor,
    Anchors,
    StepTemplate,
    is_of_another_account,
    templates_of,
)
from apps.plans.services.plans import draft_plan
from apps.plans.services.recommendations import decide_recommendation
from apps.plans.services.step_starts import facts_of, start_steps
from apps.plans.services.steps import Evidence, finish_step
from tests.days import today
from tests.factories import plans, portfolios

WORKPLACE = PlanKind.WORKPLACE


@pytest.fixture
def household(ada):
    made = plans.household_with_facts(ada)
    made.bank_accounts.update(balance=Decimal(9_000))
    account = portfolios.account(made, ada, registration="plan_401k", name="Plan at work")
    portfolios.entry(account, ada, "deposit", cash="20000")
    RegularSaving.objects.create(
        household=made, as_of=today(), name="Deferral", account=account, monthly_amount=Decimal(100)
    )
    return made


@pytest.fixture
def ready(ada, household):
    plan = plans.drafted(ada, household)
    run = plans.computed(plan, ada)
    decline(run, ada, "allocation")
    return plan


def decline(run, ada, kind):
    for row in run.recommendations.filter(kind=kind):
        decide_recommendation(recommendation=row, decision=Decision.DECLINED, reason="Not now", by=ada.as_actor())


def published_again(ada, plan, *declined):
    later = draft_plan(household=plan.household, based_on=plan, by=ada.as_actor())
    run = plans.computed(later, ada)
    for kind in ("allocation", *declined):
        decline(run, ada, kind)
    return plans.published(later, ada)


def test_accepted_advice_becomes_dated_steps_with_owners_and_declined_advice_none(ada, ready):
    plans.published(ready, ada)
    run = ready.runs.finished().first()
    for row in run.recommendations.all():
        codes = {step.code for step in row.steps.all()}
        wanted = (
            set() if row.decision == Decision.DECLINED else {each.code for each in templates_of(row.kind, [WORKPLACE])}
        )
        assert codes == wanted, row.key
    steps = PlanStep.objects.filter(household=ready.household)
    assert steps.filter(recommendation__kind="debt", owner=StepOwner.CLIENT, code="lender").exists()
    assert all(step.due_on > today() for step in steps)
    assert AuditEvent.objects.filter(action="plans.add_step").count() == steps.count()
    ready.household.refresh_from_db()
    assert ready.household.next_review_on == today() + step_starts.REVIEW_AFTER


def test_every_kind_of_advice_has_its_steps_and_its_name():
    assert set(TEMPLATES) == set(KINDS)


def test_laying_out_a_second_time_lays_out_nothing(ada, ready):
    plans.published(ready, ada)
    before = PlanStep.objects.count()
    assert start_steps(plan=ready, run=ready.runs.finished().first(), by=ada.as_actor()) == []
    assert (PlanStep.objects.count(), ContributionWatch.objects.count()) == (before, 1)


def test_the_contribution_that_advice_adds_to_is_watched_with_what_was_paid_before(ada, ready):
    plans.published(ready, ada)
    watch = ContributionWatch.objects.get()
    facts = facts_of(watch.recommendation)
    assert watch.recommendation.kind == "savings"
    assert watch.account.name == "Plan at work"
    assert watch.monthly_amount == (Decimal(repr(facts["monthly_extra"])) + 100).quantize(Decimal("0.01"))
    assert watch.first_month.day == 1
    assert watch.first_month > today()


def test_an_adjusted_amount_is_what_is_watched(ada, ready, system):
    from apps.plans.services.recommendations import measure_recommendation

    row = ready.runs.finished().first().recommendations.get(kind="savings")
    told = {"decision": Decision.ADJUSTED, "value": Decimal(250), "reason": "x", "by": ada.as_actor()}
    row = decide_recommendation(recommendation=row, **told)
    measure_recommendation(recommendation=row, value=Decimal(250), progress=plans.silent, by=system)
    plans.published(ready, ada)
    assert ContributionWatch.objects.get().monthly_amount == Decimal(350)


def test_steps_under_way_go_on_in_the_next_version_and_done_ones_stay_with_theirs(ada, ready):
    plans.published(ready, ada)
    old = ready.runs.finished().first().recommendations.get(kind="debt")
    finish_step(step=old.steps.get(code="lender"), evidence=Evidence(note="Booked"), by=ada.as_actor())
    going_on = old.steps.get(code="check_balance")
    later = published_again(ada, ready)
    new = later.runs.finished().first().recommendations.get(kind="debt")
    going_on.refresh_from_db()
    assert going_on.recommendation == new
    assert {step.code for step in new.steps.all()} == {"lender", "check_balance"}
    assert old.steps.get().status == StepStatus.DONE
    assert ContributionWatch.objects.count() == 1


def test_what_declined_advice_should_bring_is_watched_no_more(ada, ready):
    plans.published(ready, ada)
    assert ContributionWatch.objects.active().count() == 1
    published_again(ada, ready, "savings", "contribution_room")
    watch = ContributionWatch.objects.get()
    assert watch.stopped_on == today()
    assert watch.stop_reason == "The advice was declined in version 2 of the plan."


def test_an_account_that_the_advice_no_longer_pays_into_is_watched_no_more(ada, ready):
    plans.published(ready, ada)
    old = ContributionWatch.objects.get()
    later = draft_plan(household=ready.household, based_on=ready, by=ada.as_actor())
    decline(plans.computed(later, ada), ada, "allocation")
    other = portfolios.account(ready.household, ada, name="Paid before", number="8765-4321")
    ContributionWatch.objects.update(account=other)
    plans.published(later, ada)
    assert {watch.account.name: watch.stopped_on for watch in ContributionWatch.objects.all()} == {
        "Paid before": today(),
        "Plan at work": None,
    }
    old.refresh_from_db()
    assert old.stop_reason == "The account is paid into another way."


def test_steps_of_advice_that_is_declined_later_are_dropped(ada, ready):
    plans.published(ready, ada)
    later = published_again(ada, ready, "debt")
    rows = PlanStep.objects.filter(recommendation__kind="debt")
    assert {row.status for row in rows} == {StepStatus.DROPPED}
    assert all(str(later.version) in row.reason for row in rows)


def test_a_plan_whose_steps_fail_is_not_published(ada, ready, monkeypatch):
    def broken(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(step_starts, "_watch", broken)
    with pytest.raises(DatabaseError):
        plans.published(ready, ada)
    ready.refresh_from_db()
    assert ready.status == PlanStatus.IN_REVIEW
    assert not PlanStep.objects.exists()


@pytest.mark.parametrize(
    ("anchor", "days", "due"),
    [
        (Anchor.START, 30, dt.date(2026, 4, 9)),
        (Anchor.RETIREMENT, -31, dt.date(2030, 5, 1)),
        (Anchor.FILLED, 0, dt.date(2027, 3, 1)),
        (Anchor.CLAIM, -30, dt.date(2028, 1, 31)),
        (Anchor.YEAR_END, -15, dt.date(2026, 12, 16)),
        (Anchor.START, -5, dt.date(2026, 3, 11)),
    ],
)
def test_days_follow_from_the_plan_and_none_lies_in_the_past(anchor, days, due):
    anchors = Anchors(dt.date(2026, 3, 10), dt.date(2030, 6, 1), {"fill_months": 12.0, "claim_in_months": 24.0})
    assert anchors.day(StepTemplate("x", "x", StepOwner.CLIENT, days, anchor)) == due


def test_every_template_has_its_own_code_and_fits_its_column():
    for kind, templates in {**TEMPLATES, **BY_ACCOUNT}.items():
        codes = [each.code for each in templates]
        assert len(set(codes)) == len(codes), kind
        assert all(len(each.title) <= 200 and len(each.code) <= 40 for each in templates)


def test_what_the_plan_needs_is_watched_before_what_the_law_has_room_for(ada, ready):
    run = ready.runs.finished().first()
    room = run.recommendations.get(kind="contribution_room")
    plans.published(ready, ada)
    assert room.steps.filter(code="deferral").exists()
    assert ContributionWatch.objects.get().recommendation.kind == "savings"


def test_room_is_watched_in_its_own_account_where_nothing_else_is_advised_there(ada, ready):
    run = ready.runs.finished().first()
    decline(run, ada, "savings")
    plans.published(ready, ada)
    watch, room = ContributionWatch.objects.get(), run.recommendations.get(kind="contribution_room")
    assert watch.recommendation == room
    assert str(watch.account.public_id) == room.key.partition(":")[2]
    extra = Decimal(repr(dict(room.proposal["facts"])["monthly_extra"]))
    assert watch.monthly_amount == (extra + 100).quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("account", "codes"),
    [
        (PlanKind.WORKPLACE, {"deferral", "first_arrival"}),
        (PlanKind.TRADITIONAL_IRA, {"ira_transfer", "first_arrival"}),
        (PlanKind.ROTH_IRA, {"ira_transfer", "first_arrival", "roth_income"}),
        (PlanKind.HEALTH, {"health_payroll", "first_arrival"}),
        (None, {"transfer", "first_arrival"}),
    ],
)
def test_steps_of_room_go_by_the_kind_of_account(account, codes):
    templates = templates_of("contribution_room", [account])
    assert {each.code for each in templates} == codes
    assert not any(is_of_another_account(code, "contribution_room", templates) for code in (*codes, "", "missed"))
    assert is_of_another_account("deferral", "contribution_room", templates) == ("deferral" not in codes)
    # where all that is saved goes to the custodian, no employer is asked; other kinds of advice pay into no account
    assert is_of_another_account("deferral", "savings", TEMPLATES["savings"])
    assert not is_of_another_account("deferral", "debt", TEMPLATES["debt"])


def test_a_roth_ira_is_paid_into_at_its_custodian_and_no_employer_is_asked(ada, ready):
    run = ready.runs.finished().first()
    room = run.recommendations.get(kind="contribution_room")
    decide_recommendation(recommendation=room, decision=Decision.ACCEPTED, by=ada.as_actor())
    inputs = bytes(run.inputs).replace(b'"kind":"workplace"', b'"kind":"roth_ira"')
    ready.runs.filter(pk=run.pk).update(inputs=inputs)
    start_steps(plan=ready, run=ready.runs.get(pk=run.pk), by=ada.as_actor())
    steps = PlanStep.objects.filter(recommendation__kind="contribution_room")
    assert {step.code for step in steps} == {"ira_transfer", "first_arrival", "roth_income"}
    assert not any("employer" in step.title for step in steps)


def test_steps_of_more_saving_name_each_way_it_is_paid_and_open_an_account_where_there_is_none():
    def codes(*kinds, **told):
        return [each.code for each in templates_of("savings", kinds, **told)]

    assert codes(None) == ["transfer", "first_arrival", "raise"]
    assert codes(WORKPLACE) == ["deferral", "first_arrival", "raise"]
    assert codes(PlanKind.ROTH_IRA, PlanKind.TRADITIONAL_IRA, None)[:2] == ["ira_transfer", "transfer"]
    assert codes(WORKPLACE, opens_account=True)[:3] == ["deferral", "open_account", "transfer"]
