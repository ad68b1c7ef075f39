import hashlib

import pytest

from apps.core.jobs import JobCancelledError
from apps.core.models import AuditEvent, Job
from apps.kernel.errors import InvalidInputError
from apps.money.models import Debt, ExpenseLine
from apps.plans.models import PlanStatus
from apps.plans.selectors.advice_kinds import KINDS
from apps.plans.selectors.run_values import inputs_of, result_of
from apps.plans.services import _scenarios
from apps.plans.services.errors import FactsMissingError, PlanFrozenError, RunInProgressError
from apps.plans.services.projections import cancel_projection, request_projection, run_projection
from tests.factories import clients, plans


def test_a_run_answers_and_hands_the_plan_to_review(ada):
    plan = plans.drafted(ada)
    run = plans.computed(plan, ada)
    result = result_of(run)
    assert plan.status == PlanStatus.IN_REVIEW
    assert result is not None
    assert 0 <= result.projection.success.value <= 1
    assert result.projection.success.standard_error is not None
    assert result.savings is not None
    kinds = {each.kind for each in run.recommendations.all()}
    assert kinds <= set(KINDS)
    # nobody has stated any insurance, no paper of the estate is on file
    assert kinds >= {"debt", "insurance", "estate"}
    assert hashlib.sha256(bytes(run.result)).hexdigest() == run.result_digest
    actions = set(AuditEvent.objects.filter(target_type="plans.Plan").values_list("action", flat=True))
    assert {"plans.draft_plan", "plans.request_projection", "plans.finish_projection"} <= actions


def test_the_same_inputs_give_the_same_bytes_in_another_worker(ada, system):
    """A second worker has neither the first one's memory nor, here, its files."""
    plan = plans.drafted(ada)
    first = plans.computed(plan, ada)
    _scenarios._open.clear()
    for kept in _scenarios._folder().glob("*.npy"):
        if kept.stat().st_size < 20_000_000:
            kept.unlink()
    again = request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    assert bytes(again.inputs) == bytes(first.inputs)
    second = run_projection(run=again, progress=plans.silent, by=system)
    assert bytes(second.result) == bytes(first.result)
    assert second.cube_digest == first.cube_digest


def test_a_run_that_is_run_twice_keeps_its_one_result(ada, system):
    plan = plans.drafted(ada)
    run = plans.computed(plan, ada)
    finished = run.finished_at
    assert run_projection(run=run, progress=plans.silent, by=system).finished_at == finished
    assert AuditEvent.objects.filter(action="plans.finish_projection").count() == 1


def test_asking_freezes_the_inputs_and_leaves_one_job_for_after_the_commit(ada):
    plan = plans.drafted(ada)
    run = request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    job = Job.objects.get(name="plans.run_projection")
    assert run.job == job
    assert job.sent_at is None
    assert job.arguments == {"run_id": run.pk}
    assert inputs_of(run).inputs.simulation.n_paths == plans.SMALL.n_paths
    assert hashlib.sha256(bytes(run.inputs)).hexdigest() == run.input_digest


def test_two_runs_at_once_are_refused(ada):
    plan = plans.drafted(ada)
    request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    with pytest.raises(RunInProgressError):
        request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    assert plan.runs.count() == 1


def test_a_household_without_facts_is_told_what_is_missing_and_no_job_remains(ada):
    household = clients.household(ada)
    plan = plans.drafted(ada, household)
    with pytest.raises(FactsMissingError, match="What the household spends") as refused:
        request_projection(plan=plan, by=ada.as_actor())
    assert refused.value.field == "spending"
    assert not Job.objects.filter(name="plans.run_projection").exists()
    assert not plan.runs.exists()


def test_a_debt_whose_payment_is_too_low_is_refused_at_its_field(ada):
    household = plans.household_with_facts(ada)
    Debt.objects.filter(household=household).update(monthly_payment=1)
    plan = plans.drafted(ada, household)
    with pytest.raises(InvalidInputError, match="The payment of Car loan does not cover its interest") as refused:
        request_projection(plan=plan, by=ada.as_actor())
    assert refused.value.field.startswith("debts[")
    assert not plan.runs.exists()


def test_a_published_version_is_not_computed_again(ada):
    plan = plans.drafted(ada)
    plan.status = PlanStatus.SUPERSEDED
    plan.save()
    with pytest.raises(PlanFrozenError):
        request_projection(plan=plan, by=ada.as_actor())


def test_a_cancelled_run_leaves_no_result(ada, system):
    plan = plans.drafted(ada)
    run = request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)

    def stop(fraction: float, _step: str) -> None:
        if fraction > 0.1:
            raise JobCancelledError("The job was cancelled.")

    with pytest.raises(JobCancelledError):
        run_projection(run=run, progress=stop, by=system)
    run.refresh_from_db()
    assert run.result is None
    assert not run.recommendations.exists()
    cancel_projection(run=run, by=ada.as_actor())
    run.job.refresh_from_db()
    assert run.state == "cancelled"


def test_goals_that_change_while_it_computes_leave_the_plan_a_draft(ada, system):
    plan = plans.drafted(ada)
    run = request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    plans.college(plan, ada.as_actor())
    run_projection(run=run, progress=plans.silent, by=system)
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFT


def test_facts_that_change_change_the_next_runs_inputs_only(ada):
    plan = plans.drafted(ada)
    first = plans.computed(plan, ada)
    before = bytes(first.inputs)
    ExpenseLine.objects.filter(household=plan.household).update(monthly_amount=7000)
    second = request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
    first.refresh_from_db()
    assert bytes(first.inputs) == before
    assert second.input_digest != first.input_digest
