import datetime as dt
import hashlib
from decimal import Decimal

import pytest

from apps.core.models import AuditEvent, Job
from apps.kernel.errors import InvalidInputError
from apps.money.models import ExpenseLine
from apps.plans.engine.what_if_results import ScenarioResult
from apps.plans.models import Override, OverrideKind, PlanScenario
from apps.plans.selectors._mapping import shown_money
from apps.plans.selectors.frozen_values import read_frozen
from apps.plans.selectors.run_values import inputs_of, result_of
from apps.plans.selectors.scenarios import comparison, scenario_lines
from apps.plans.services.errors import (
    NoResultError,
    ScenarioConflictError,
    ScenarioLockedError,
    StatusNotPossibleError,
)
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.merging import draft_of, facts_changed, merge_lines, merge_scenario
from apps.plans.services.plans import discard_draft, set_override
from apps.plans.services.scenarios import (
    change_scenario,
    keep_scenario,
    lock_scenario,
    measure_scenario,
    restore_scenario,
    set_scenario_aside,
)
from tests.factories import plans


@pytest.fixture
def run(ada):
    return plans.computed(plans.drafted(ada), ada)


@pytest.fixture
def by(ada):
    return ada.as_actor()


def kept(run, by, name="Later", **changes):
    return keep_scenario(plan=run.plan, name=name, changes=changes or {"retirement_spending": 5000.0}, by=by)


def measured(row, system):
    return measure_scenario(scenario=row, revision=row.revision, progress=plans.silent, by=system)


def seen(scenario, *keys):
    lines = merge_lines(scenario, draft_of(scenario))
    return {line.key: line.seen for line in lines if not keys or line.key in keys}


def test_a_kept_scenario_is_audited_once_and_measured_by_one_job(run, by, system):
    row = kept(run, by, lower_returns=1.0, retirement_spending=5000.0)
    assert AuditEvent.objects.filter(action="plans.keep_scenario").count() == 1
    job = Job.objects.get(name="plans.measure_scenario")
    assert job.arguments == {"scenario_id": row.pk, "revision": 1}
    done = measured(row, system)
    result = read_frozen(done.result, ScenarioResult)
    assert {effect.key for effect in result.effects} == {"lower_returns", "retirement_spending"}
    assert result.answer.n_paths == run.n_paths
    assert hashlib.sha256(bytes(done.result)).hexdigest() == done.result_digest
    assert measured(done, system).result == done.result
    assert AuditEvent.objects.filter(action="plans.finish_scenario").count() == 1


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("", {"lower_returns": 1.0}),
        ("Later", {}),
        ("Later", {"lower_returns": 0.0}),
        ("Later", {"lower_returns": 99.0}),
    ],
)
def test_a_scenario_without_a_name_or_a_move_is_refused_whole(run, by, name, changes):
    with pytest.raises(InvalidInputError):
        keep_scenario(plan=run.plan, name=name, changes=changes, by=by)
    assert not PlanScenario.objects.exists()
    assert not Job.objects.filter(name="plans.measure_scenario").exists()


def test_a_plan_without_a_result_keeps_no_scenario(ada, by):
    with pytest.raises(NoResultError):
        keep_scenario(plan=plans.drafted(ada), name="Later", changes={"lower_returns": 1.0}, by=by)


def test_a_name_stands_once_and_comes_free_when_set_aside(run, by):
    first = kept(run, by)
    with pytest.raises(InvalidInputError, match="name already"):
        kept(run, by)
    set_scenario_aside(scenario=first, by=by)
    second = kept(run, by)
    with pytest.raises(InvalidInputError, match="name already"):
        restore_scenario(scenario=first, by=by)
    set_scenario_aside(scenario=second, by=by)
    assert restore_scenario(scenario=first, by=by).set_aside_at is None


def test_the_plan_keeps_only_so_many(run, by, monkeypatch):
    monkeypatch.setattr("apps.plans.services.scenarios.MOST_KEPT", 1)
    kept(run, by)
    with pytest.raises(InvalidInputError, match="Set one aside"):
        kept(run, by, name="Another")


def test_a_change_that_somebody_else_overtook_is_refused_and_a_late_result_is_dropped(run, by, system):
    row = kept(run, by)
    changed = change_scenario(scenario=row, name="Later", changes={"lower_returns": 2.0}, revision=1, by=by)
    assert (changed.revision, changed.result) == (2, None)
    with pytest.raises(ScenarioConflictError):
        change_scenario(scenario=row, name="Later", changes={"lower_returns": 3.0}, revision=1, by=by)
    measure_scenario(scenario=row, revision=1, progress=plans.silent, by=system)
    row.refresh_from_db()
    assert row.result is None
    assert measured(row, system).result is not None


def test_a_locked_scenario_stays_as_it_is(run, by):
    row = lock_scenario(scenario=kept(run, by), by=by)
    for act in (
        lambda: change_scenario(scenario=row, name="x", changes={"lower_returns": 2.0}, revision=1, by=by),
        lambda: set_scenario_aside(scenario=row, by=by),
        lambda: lock_scenario(scenario=row, by=by),
    ):
        with pytest.raises(ScenarioLockedError):
            act()
    assert AuditEvent.objects.filter(action="plans.lock_scenario").count() == 1


def test_three_are_compared_with_what_each_difference_does_alone(run, by, system):
    rows = [
        measured(kept(run, by, name="A", lower_returns=1.0), system),
        measured(kept(run, by, name="B", lower_returns=2.0, retirement_spending=5000.0), system),
        measured(kept(run, by, name="C", higher_inflation=1.0), system),
    ]
    found = comparison(rows)
    assert found.names == ("A", "B", "C")
    labels = [field.label for field in found.fields]
    assert len(labels) == 3
    lower = next(field for field in found.fields if field.cells[0].effect and field.cells[1].effect)
    assert lower.cells[2].effect is None
    alone = read_frozen(rows[1].result, ScenarioResult).effects
    assert lower.cells[1].effect.value == next(each for each in alone if each.key == "lower_returns").change.value
    assert [len(line.cells) for line in found.results] == [4] * len(found.results)
    assert result_of(run).projection.success.value < 1.0
    missing = next(line for line in found.results if line.label.startswith("Missing in all"))
    shortfall = result_of(run).projection.shortfall
    assert shortfall > 0.0
    assert missing.cells[0][0].value == shown_money(shortfall, "USD")


def test_what_a_result_rests_on_is_named_when_it_changes(run, by, system):
    row = measured(kept(run, by), system)
    (line,) = scenario_lines(run.plan)
    assert line.stale == ()
    assert facts_changed(row) == ()
    ExpenseLine.objects.filter(household=run.plan.household).update(monthly_amount=Decimal(7000))
    assert "living costs" in facts_changed(row)
    set_goal(
        plan=run.plan,
        details=GoalDetails("other", "Boat", Decimal(9000), "aspirational", dt.date(2040, 1, 1), 1),
        by=by,
    )
    run.plan.refresh_from_db()
    (line,) = scenario_lines(run.plan)
    assert line.stale == ("goals or choices changed since",)


def test_chosen_fields_are_taken_over_as_overrides_and_goals(run, by, ada):
    head = run.plan.household.people.get(relationship="head")
    college = run.plan.goals.get(name="College")
    age = f"retirement_age:{head.public_id}"
    changes = {
        age: 69.0,
        "retirement_spending": 5000.0,
        "extra_saving": 300.0,
        f"goal_amount:{college.public_id}": 30_000.0,
        f"goal_year:{college.public_id}": float(college.starts_on.year + 1),
        "lower_returns": 1.0,
    }
    row = keep_scenario(plan=run.plan, name="All", changes=changes, by=by)
    lines = seen(row)
    assert "lower_returns" not in lines
    plan = merge_scenario(scenario=row, seen=lines, by=by)
    assert Override.objects.get(plan=plan, kind=OverrideKind.RETIREMENT_AGE).value == 69
    assert Override.objects.get(plan=plan, kind=OverrideKind.EXTRA_SAVING).value == 300
    assert "All" in Override.objects.get(plan=plan, kind=OverrideKind.EXTRA_SAVING).reason
    assert plan.goals.get(kind="retirement").annual_amount == 60_000
    year = college.starts_on.year + 1
    college.refresh_from_db()
    assert (college.annual_amount, college.starts_on.year) == (30_000, year)
    assert AuditEvent.objects.filter(action="plans.merge_scenario").count() == 1
    # generated again, the draft is the scenario without its stress
    again = inputs_of(plans.computed(plan, ada)).inputs
    assert any(item.key == "extra_saving" and item.monthly_amount == 300.0 for item in again.contributions)
    assert seen(row) == {key: str(int(value)) for key, value in changes.items() if key != "lower_returns"}


def test_a_draft_that_changed_meanwhile_is_not_overwritten_unseen(run, by):
    row = kept(run, by, retirement_spending=5000.0, extra_saving=100.0)
    looked = seen(row)
    set_override(plan=run.plan, kind=OverrideKind.EXTRA_SAVING, value=Decimal(250), reason="Told us", by=by)
    with pytest.raises(ScenarioConflictError) as refused:
        merge_scenario(scenario=row, seen=looked, by=by)
    assert refused.value.field == "extra_saving"
    assert Override.objects.get(plan=run.plan).value == 250
    lines = {line.key: line for line in merge_lines(row, draft_of(row))}
    assert lines["extra_saving"].is_conflict
    assert not lines["retirement_spending"].is_conflict
    merge_scenario(scenario=row, seen=seen(row, "extra_saving"), by=by)
    assert Override.objects.get(plan=run.plan).value == 100


def test_nothing_chosen_a_stress_and_no_draft_are_refused(run, by):
    row = kept(run, by, lower_returns=1.0)
    with pytest.raises(InvalidInputError, match="Choose"):
        merge_scenario(scenario=row, seen={}, by=by)
    with pytest.raises(InvalidInputError, match="no such field"):
        merge_scenario(scenario=row, seen={"lower_returns": "0"}, by=by)
    discard_draft(plan=run.plan, reason="No", by=by)
    with pytest.raises(StatusNotPossibleError):
        merge_scenario(scenario=row, seen={"retirement_spending": "1"}, by=by)


def test_a_claim_age_is_taken_over_and_counts_in_the_next_run(run, ada, by, system):
    head = run.plan.household.people.get(relationship="head")
    key = f"claim_age:{head.public_id}"
    row = measured(kept(run, by, "Wait", **{key: 70.0}), system)
    assert read_frozen(row.result, ScenarioResult).effects[0].key == key
    merge_scenario(scenario=row, seen=seen(row), by=by)
    own = Override.objects.get(plan=run.plan, kind=OverrideKind.CLAIM_AGE)
    assert (own.person, own.value) == (head, 70)
    again = plans.computed(run.plan, ada)
    ages = {claim.owner: claim.claim_age for claim in inputs_of(again).inputs.claims}
    assert ages[str(head.public_id)] == 70 * 12
    with pytest.raises(InvalidInputError):
        set_override(plan=run.plan, kind=OverrideKind.CLAIM_AGE, value=Decimal(71), reason="x", person=head, by=by)


def test_a_floor_of_spending_becomes_the_rule_of_the_draft(ada, by):
    plan = plans.drafted(ada)
    run = plans.computed(plan, ada)
    row = kept(run, by, spending_floor=75.0)
    draft = merge_scenario(scenario=row, seen=seen(row), by=by)
    assert (draft.spending_rule["kind"], draft.spending_rule["floor"]) == ("rate", "0.75")
    (line,) = merge_lines(row, draft)
    assert line.draft == line.value == 75.0
