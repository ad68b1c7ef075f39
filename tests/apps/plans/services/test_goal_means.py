import datetime as dt
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.money.models import BankAccount
from apps.plans.engine import goal_choices
from apps.plans.engine.goal_choices import ANY_MEANS, GoalMeans
from apps.plans.models import Goal, GoalKind, GoalPriority, Plan, PlanStatus
from apps.plans.models.goal import LEAST_SHARE, MAX_WAIT_YEARS
from apps.plans.selectors.run_values import inputs_of, result_of
from apps.plans.selectors.what_if import asked_of, label_of, value_text
from apps.plans.services.goal_means import MeansDetails, accounts_named, means_of
from apps.plans.services.goals import GoalDetails, remove_goal, set_goal
from apps.plans.services.merging import draft_of, merge_lines, merge_scenario
from apps.plans.services.plans import draft_plan
from apps.plans.services.projections import request_projection
from apps.plans.services.scenarios import keep_scenario
from tests.apps.plans.services.test_mapping import account
from tests.factories import plans, portfolios

CABIN = GoalDetails(
    kind=GoalKind.HOME,
    name="Cabin",
    annual_amount=Decimal(200_000),
    priority=GoalPriority.IMPORTANT,
    starts_on=dt.date(2040, 6, 1),
    years=1,
)


@pytest.fixture
def plan(ada):
    return plans.drafted(ada)


@pytest.fixture
def bank(plan):
    return str(plan.household.bank_accounts.get().public_id)


def cabin(plan, ada, goal=None, **means):
    return set_goal(plan=plan, details=replace(CABIN, means=MeansDetails(**means)), goal=goal, by=ada.as_actor())


def test_means_are_kept_and_the_trail_names_the_accounts(plan, ada, bank):
    goal = cabin(plan, ada, accounts=(bank, bank), only=True, wait_years=3, least_share=Decimal("0.75"))
    goal.refresh_from_db()
    assert (goal.funded_by, goal.funded_only) == ([bank], True)
    assert (goal.wait_years, goal.least_share) == (3, Decimal("0.75"))
    added = AuditEvent.objects.get(action="plans.add_goal", target_id=str(goal.public_id))
    assert added.after["funded_by"] == ["Savings"]
    remove_goal(goal=goal, by=ada.as_actor())
    assert AuditEvent.objects.get(action="plans.remove_goal").before["funded_by"] == ["Savings"]


def test_a_change_that_says_nothing_of_the_means_leaves_them(plan, ada, bank):
    goal = cabin(plan, ada, accounts=(bank,), wait_years=2)
    set_goal(plan=plan, details=replace(CABIN, annual_amount=Decimal(90_000)), goal=goal, by=ada.as_actor())
    goal.refresh_from_db()
    assert (goal.annual_amount, goal.funded_by, goal.wait_years) == (90_000, [bank], 2)
    cabin(plan, ada, goal)
    goal.refresh_from_db()
    assert (goal.funded_by, goal.wait_years) == ([], None)


@pytest.mark.parametrize(
    ("means", "field"),
    [
        ({"only": True}, "funded_by"),
        ({"accounts": ("8d2d1b0e-0000-4000-8000-000000000000",)}, "funded_by"),
        ({"wait_years": 31}, "wait_years"),
        ({"least_share": Decimal("1.5")}, "least_share"),
        ({"least_share": Decimal("0.04")}, "least_share"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(plan, ada, means, field):
    with pytest.raises(InvalidInputError) as refusal:
        cabin(plan, ada, **means)
    assert refusal.value.field == field
    assert not Goal.objects.filter(name="Cabin").exists()


@pytest.mark.parametrize(
    ("means", "field"),
    [
        ({"only": True}, "funded_only"),
        ({"wait_years": 1}, "wait_years"),
        ({"least_share": Decimal("0.9")}, "least_share"),
    ],
)
def test_living_in_retirement_does_not_give_way(plan, ada, bank, means, field):
    goal = plan.goals.get(kind=GoalKind.RETIREMENT)
    said = GoalDetails(goal.kind, goal.name, goal.annual_amount, means=MeansDetails(accounts=(bank,), **means))
    with pytest.raises(InvalidInputError) as refusal:
        set_goal(plan=plan, details=said, goal=goal, by=ada.as_actor())
    assert refusal.value.field == field
    set_goal(plan=plan, details=replace(said, means=MeansDetails(accounts=(bank,))), goal=goal, by=ada.as_actor())
    goal.refresh_from_db()
    assert goal.funded_by == [bank]


def test_another_households_account_and_one_for_education_are_refused(plan, ada):
    other = plans.household_with_facts(ada, name="Other")
    with pytest.raises(InvalidInputError, match="not one of the household"):
        cabin(plan, ada, accounts=(str(other.bank_accounts.get().public_id),))
    study = portfolios.account(plan.household, ada, name="529", registration="education_529")
    with pytest.raises(InvalidInputError, match="pays for education only"):
        cabin(plan, ada, accounts=(str(study.public_id),))
    goal = plan.goals.get(kind=GoalKind.EDUCATION)
    said = GoalDetails(
        goal.kind, goal.name, goal.annual_amount, goal.priority, goal.starts_on, goal.years,
        means=MeansDetails(accounts=(str(study.public_id),)),
    )  # fmt: skip
    assert set_goal(plan=plan, details=said, goal=goal, by=ada.as_actor()).funded_by == [str(study.public_id)]


def test_the_next_version_keeps_the_means(plan, ada, bank):
    cabin(plan, ada, accounts=(bank,), only=True, wait_years=3, least_share=Decimal("0.75"))
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUPERSEDED)
    plan.refresh_from_db()
    copy = draft_plan(household=plan.household, by=ada.as_actor()).goals.get(name="Cabin")
    assert (copy.funded_by, copy.funded_only) == ([bank], True)
    assert (copy.wait_years, copy.least_share) == (3, Decimal("0.75"))


def test_a_scenario_taken_over_keeps_the_means(plan, ada, bank):
    goal = cabin(plan, ada, accounts=(bank,), wait_years=3)
    plans.computed(plan, ada)
    key, by = f"goal_amount:{goal.public_id}", ada.as_actor()
    scenario = keep_scenario(plan=plan, name="Smaller", changes={key: 100_000.0}, by=by)
    looked = {line.key: line.seen for line in merge_lines(scenario, draft_of(scenario)) if line.key == key}
    merge_scenario(scenario=scenario, seen=looked, by=by)
    goal.refresh_from_db()
    assert (goal.annual_amount, goal.funded_by, goal.wait_years) == (100_000, [bank], 3)


def test_other_accounts_pay_in_the_version_as_in_the_scenario(plan, ada, bank):
    goal = cabin(plan, ada, accounts=(bank,), only=True, wait_years=3)
    plans.computed(plan, ada)
    key, by = f"goal_accounts:{goal.public_id}", ada.as_actor()
    asked = asked_of(plan)
    assert label_of(asked, key) == "Cabin: other accounts pay too (0: no, 1: yes)"
    assert [value_text(asked, key, value) for value in (0.0, 1.0)] == ["own accounts only", "other accounts pay too"]
    scenario = keep_scenario(plan=plan, name="All pay", changes={key: 1.0}, by=by)
    looked = {line.key: line.seen for line in merge_lines(scenario, draft_of(scenario)) if line.key == key}
    merge_scenario(scenario=scenario, seen=looked, by=by)
    goal.refresh_from_db()
    assert (goal.funded_only, goal.funded_by, goal.wait_years) == (False, [bank], 3)


def test_the_plan_is_walked_with_them_and_says_how_the_goal_is_met(plan, ada, bank):
    cabin(plan, ada, accounts=(bank,), only=True, wait_years=3, least_share=Decimal("0.5"))
    run = plans.computed(plan, ada)
    key = str(plan.goals.get(name="Cabin").public_id)
    (asked,) = (goal for goal in inputs_of(run).inputs.goals if goal.key == key)
    assert asked.means == GoalMeans((bank,), only=True, wait_years=3, least_share=0.5)
    (found,) = (goal for goal in result_of(run).projection.goals if goal.key == key)
    assert found.given is not None
    parts = (found.given.as_wished.value, found.given.later.value, found.given.smaller.value)
    assert sum(parts) == pytest.approx(found.success.value)


def test_a_goal_is_changed_although_an_account_of_it_is_gone(plan, ada, bank):
    goal, by = plan.goals.get(kind=GoalKind.RETIREMENT), ada.as_actor()
    said = GoalDetails(goal.kind, goal.name, goal.annual_amount, means=MeansDetails(accounts=(bank,)))
    set_goal(plan=plan, details=said, goal=goal, by=by)
    plan.household.bank_accounts.get().delete()
    less = replace(said, annual_amount=Decimal(50_000), means=None)
    assert set_goal(plan=plan, details=less, goal=goal, by=by).funded_by == [bank]
    assert set_goal(plan=plan, details=replace(less, means=MeansDetails()), goal=goal, by=by).funded_by == []


def test_a_goal_that_becomes_retirement_no_longer_gives_way(plan, ada, bank):
    plan.goals.get(kind=GoalKind.RETIREMENT).delete()
    goal = cabin(plan, ada, accounts=(bank,), only=True, wait_years=3, least_share=Decimal("0.5"))
    living = GoalDetails(GoalKind.RETIREMENT, "Living", Decimal(60_000))
    goal = set_goal(plan=plan, details=living, goal=goal, by=ada.as_actor())
    assert (goal.funded_by, goal.funded_only, goal.wait_years, goal.least_share) == ([bank], False, None, None)


def test_an_account_that_is_gone_is_named_and_all_pay(plan, ada, bank):
    cabin(plan, ada, accounts=(bank,), only=True)
    BankAccount.objects.create(
        household=plan.household,
        name="New",
        kind="savings",
        balance=Decimal(420_000),
        balance_as_of=dt.date(2026, 1, 1),
    )
    plan.household.bank_accounts.get(name="Savings").delete()
    run = request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    assert all(goal.means == ANY_MEANS for goal in inputs_of(run).inputs.goals)
    told = [caveat["message"] for caveat in run.caveats]
    assert any("no longer there" in message for message in told)
    assert any("No account is left" in message for message in told)


def test_accounts_pay_in_the_order_of_withdrawal_whatever_order_they_were_named_in():
    roth = account(key="roth", treatment="tax_free")
    cash, shares = account(key="cash", treatment="cash"), account(key="shares")
    goal = SimpleNamespace(
        name="Cabin",
        kind="home",
        funded_by=["roth", "cash", "shares"],
        funded_only=False,
        wait_years=None,
        least_share=None,
    )
    means, caveats = means_of(goal, [roth, shares, cash])
    assert means.accounts == ("cash", "shares", "roth")
    assert caveats == []
    # an account that pays for studies only by now
    means, caveats = means_of(goal, [account(key="roth", treatment="education"), cash])
    assert means.accounts == ("cash",)
    ((_message, params),) = [caveat for caveat in caveats if "education only" in caveat[0]]
    assert params == {"name": "Cabin"}
    assert any("no longer there" in told for told, _params in caveats)


def test_forms_and_engine_let_a_goal_give_way_alike():
    assert MAX_WAIT_YEARS == goal_choices.MAX_WAIT_YEARS
    assert float(LEAST_SHARE) == goal_choices.LEAST_SHARE


def test_accounts_are_read_only_where_a_goal_names_some(plan, django_assert_num_queries):
    goal, household = plan.goals.get(kind=GoalKind.RETIREMENT), plan.household
    with django_assert_num_queries(0):
        assert accounts_named(household, goal) == {}
    told = MeansDetails(accounts=("somewhere",))
    assert [account.name for account in accounts_named(household, goal, told).values()] == ["Savings"]
