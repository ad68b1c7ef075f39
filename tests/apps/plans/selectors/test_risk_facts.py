from decimal import Decimal

from django.utils import timezone

from apps.plans.models import Plan, ProjectionRun
from apps.plans.selectors.risk_facts import chances_of_plans
from tests.days import today
from tests.factories import clients, plans


def run_of(plan, success):
    """Leave a finished run behind, as the engine would."""
    return ProjectionRun.objects.create(
        plan=plan,
        requested_by="tests",
        facts_as_of=today(),
        seed=1,
        n_paths=1,
        engine_version="tests",
        inputs=b"x",
        input_digest="x",
        assumptions_digest="x",
        result=b"x",
        result_digest="x",
        success=Decimal(success),
        finished_at="2026-01-01T00:00:00Z",
    )


def test_the_chance_of_the_newest_result_of_each_household(ada):
    planned, without = clients.household(ada), clients.household(ada, name="Okonkwo")
    plan = plans.drafted(ada, planned)
    plans.drafted(ada, without)
    run_of(plan, "0.5")
    run_of(plan, "0.75")
    assert chances_of_plans([planned, without], today()) == {planned.pk: {"plan_chance": Decimal("0.75")}}


def test_what_the_client_was_given_goes_before_a_newer_result(ada):
    planned = clients.household(ada)
    plan = plans.drafted(ada, planned)
    Plan.objects.filter(pk=plan.pk).update(
        status="published", published_at=timezone.now(), published_run=run_of(plan, "0.5")
    )
    run_of(plan, "0.75")
    assert chances_of_plans([planned], today())[planned.pk]["plan_chance"] == Decimal("0.5")


def test_a_superseded_plan_says_nothing(ada):
    planned = clients.household(ada)
    plan = plans.drafted(ada, planned)
    run_of(plan, "0.5")
    Plan.objects.filter(pk=plan.pk).update(status="superseded")
    assert chances_of_plans([planned], today()) == {}
