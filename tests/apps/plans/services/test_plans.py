import datetime as dt
from decimal import Decimal

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.models import Goal, GoalKind, OverrideKind, Plan, PlanStatus
from apps.plans.selectors.run_values import inputs_of
from apps.plans.services.errors import PlanFrozenError, PlanInTheWorksError
from apps.plans.services.goals import GoalDetails, remove_goal, set_goal
from apps.plans.services.plans import discard_draft, draft_plan, remove_override, set_choices, set_override
from apps.plans.services.projections import request_projection
from tests.factories import clients, plans


def frozen(plan: Plan) -> Plan:
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUPERSEDED)
    plan.refresh_from_db()
    return plan


def test_the_first_version_begins_with_living_on_as_today(ada):
    plan = draft_plan(household=plans.household_with_facts(ada), by=ada.as_actor())
    goal = plan.goals.get()
    assert (plan.version, plan.status) == (1, PlanStatus.DRAFT)
    assert (goal.kind, goal.annual_amount) == (GoalKind.RETIREMENT, Decimal(78_000))
    assert AuditEvent.objects.filter(action="plans.draft_plan", subject_id=str(plan.household.public_id)).count() == 1


def test_a_household_whose_spending_is_unknown_begins_without_goals(ada):
    assert not draft_plan(household=clients.household(ada), by=ada.as_actor()).goals.exists()


def test_a_second_draft_is_refused_and_leaves_nothing(ada):
    plan = plans.drafted(ada)
    with pytest.raises(PlanInTheWorksError, match="Go on with that one"):
        draft_plan(household=plan.household, by=ada.as_actor())
    assert Plan.objects.count() == 1


def test_the_next_version_takes_goals_choices_and_overrides_over(ada):
    by, plan = ada.as_actor(), plans.drafted(ada)
    set_choices(plan=plan, choices={"horizon_age": 99}, by=by)
    set_override(plan=plan, kind=OverrideKind.MONTHLY_SPENDING, value=Decimal(7100), reason="They move", by=by)
    frozen(plan)
    second = draft_plan(household=plan.household, by=by)
    assert (second.version, second.based_on, second.horizon_age) == (2, plan, 99)
    assert [goal.name for goal in second.goals.all()] == [goal.name for goal in plan.goals.all()]
    assert second.overrides.get().value == 7100


def test_an_older_version_is_restored_as_a_new_draft(ada):
    by, first = ada.as_actor(), plans.drafted(ada)
    frozen(first)
    second = draft_plan(household=first.household, by=by)
    remove_goal(goal=second.goals.get(kind=GoalKind.EDUCATION), by=by)
    frozen(second)
    third = draft_plan(household=first.household, based_on=first, by=by)
    assert third.version == 3
    assert third.goals.filter(kind=GoalKind.EDUCATION).exists()


def test_a_goal_in_the_past_is_refused_at_its_date(ada):
    plan = plans.drafted(ada)
    past = GoalDetails(
        kind=GoalKind.HOME, name="Roof", annual_amount=Decimal(1), starts_on=dt.date(2020, 1, 1), years=1
    )
    with pytest.raises(InvalidInputError, match="past") as refused:
        set_goal(plan=plan, details=past, by=ada.as_actor())
    assert refused.value.field == "starts_on"
    assert not Goal.objects.filter(name="Roof").exists()


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"starts_on": None, "years": 1}, "starts_on"),
        ({"starts_on": dt.date(2060, 1, 1), "years": 0}, "years"),
        ({"starts_on": dt.date(2060, 1, 1), "years": 1, "annual_amount": Decimal(-1)}, "annual_amount"),
        ({"starts_on": dt.date(2060, 1, 1), "years": 1, "name": ""}, "name"),
        ({"starts_on": dt.date(2060, 1, 1), "years": 1, "kind": "yacht"}, "kind"),
    ],
)
def test_a_wrong_goal_is_refused_at_its_field(ada, details, field):
    plan = plans.drafted(ada)
    told = {"kind": GoalKind.HOME, "name": "House", "annual_amount": Decimal(50_000), **details}
    with pytest.raises(InvalidInputError) as refused:
        set_goal(plan=plan, details=GoalDetails(**told), by=ada.as_actor())
    assert refused.value.field == field


def test_a_second_retirement_goal_is_refused(ada):
    plan = plans.drafted(ada)
    again = GoalDetails(kind=GoalKind.RETIREMENT, name="Again", annual_amount=Decimal(1))
    with pytest.raises(InvalidInputError, match="retirement goal already"):
        set_goal(plan=plan, details=again, by=ada.as_actor())


def test_a_goal_for_somebody_elses_child_is_refused(ada):
    plan, other = plans.drafted(ada), clients.household(ada, name="Stone")
    child = other.people.get(first_name="Eva")
    details = GoalDetails(
        kind=GoalKind.HOME, name="X", annual_amount=Decimal(1), starts_on=dt.date(2060, 1, 1), years=1, person=child
    )
    with pytest.raises(InvalidInputError, match="not in the household"):
        set_goal(plan=plan, details=details, by=ada.as_actor())


def test_a_changed_goal_is_audited_with_both_images_and_makes_the_plan_a_draft(ada):
    plan = plans.drafted(ada)
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.IN_REVIEW)
    goal = plan.goals.get(kind=GoalKind.RETIREMENT)
    more = GoalDetails(kind=goal.kind, name=goal.name, annual_amount=Decimal(90_000))
    set_goal(plan=plan, details=more, goal=goal, by=ada.as_actor())
    event = AuditEvent.objects.get(action="plans.change_goal")
    plan.refresh_from_db()
    assert (event.before["annual_amount"], event.after["annual_amount"]) == ("78000.00", "90000")
    assert plan.status == PlanStatus.DRAFT


def test_an_override_is_what_the_engine_is_told_and_the_fact_stays(ada):
    by, plan = ada.as_actor(), plans.drafted(ada)
    ana = plan.household.people.get(relationship="head")
    set_override(plan=plan, kind=OverrideKind.RETIREMENT_AGE, value=Decimal(62), reason="Tired", person=ana, by=by)
    set_override(
        plan=plan, kind=OverrideKind.ANNUAL_INCOME, value=Decimal(120_000), reason="Part time", person=ana, by=by
    )
    set_override(plan=plan, kind=OverrideKind.MONTHLY_SPENDING, value=Decimal(5000), reason="Downsizing", by=by)
    inputs = inputs_of(request_projection(plan=plan, by=by, precision=plans.SMALL)).inputs
    assert inputs.adults[0].retirement_date == dt.date(2042, 5, 17)
    assert inputs.spending.monthly_amount == 5000.0
    assert [income.monthly_amount for income in inputs.incomes if income.owner == str(ana.public_id)][:1] != [
        140_000 / 12
    ]
    assert 10_000.0 in [income.monthly_amount for income in inputs.incomes]
    ana.refresh_from_db()
    assert ana.retirement_age == 65


def test_an_override_needs_its_reason_and_its_person(ada):
    by, plan = ada.as_actor(), plans.drafted(ada)
    with pytest.raises(InvalidInputError):
        set_override(plan=plan, kind=OverrideKind.MONTHLY_SPENDING, value=Decimal(5000), reason=" ", by=by)
    with pytest.raises(InvalidInputError, match="Say whose"):
        set_override(plan=plan, kind=OverrideKind.RETIREMENT_AGE, value=Decimal(60), reason="x", by=by)
    assert not plan.overrides.exists()


def test_an_override_taken_back_leaves_the_fact(ada):
    by, plan = ada.as_actor(), plans.drafted(ada)
    row = set_override(plan=plan, kind=OverrideKind.MONTHLY_SPENDING, value=Decimal(5000), reason="x", by=by)
    remove_override(override=row, by=by)
    inputs = inputs_of(request_projection(plan=plan, by=by, precision=plans.SMALL)).inputs
    assert inputs.spending.monthly_amount == 6500.0


def test_an_impossible_choice_is_refused_at_its_field(ada):
    plan = plans.drafted(ada)
    with pytest.raises(InvalidInputError) as refused:
        set_choices(plan=plan, choices={"horizon_age": 20}, by=ada.as_actor())
    assert refused.value.field == "horizon_age"
    for target in ("0", "1"):
        with pytest.raises(InvalidInputError, match=r"from 1 to 99\.9 per cent") as certain:
            set_choices(plan=plan, choices={"target_success": Decimal(target)}, by=ada.as_actor())
        assert certain.value.field == "target_success"
    with pytest.raises(InvalidInputError, match="no choice"):
        set_choices(plan=plan, choices={"status": "in_force"}, by=ada.as_actor())


def test_a_version_the_client_has_does_not_change(ada):
    by, plan = ada.as_actor(), frozen(plans.drafted(ada))
    with pytest.raises(PlanFrozenError):
        set_choices(plan=plan, choices={"horizon_age": 90}, by=by)
    with pytest.raises(PlanFrozenError):
        remove_goal(goal=plan.goals.first(), by=by)
    with pytest.raises(PlanFrozenError):
        discard_draft(plan=plan, reason="x", by=by)


def test_a_discarded_draft_is_kept_and_makes_room(ada):
    plan = plans.drafted(ada)
    discard_draft(plan=plan, reason="Started by mistake", by=ada.as_actor())
    plan.refresh_from_db()
    assert plan.status == PlanStatus.SUPERSEDED
    assert AuditEvent.objects.get(action="plans.discard_draft").reason == "Started by mistake"
    assert draft_plan(household=plan.household, by=ada.as_actor()).version == 2
