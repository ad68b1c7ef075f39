from apps.plans.models import PlanStatus
from apps.plans.selectors.run_values import result_of
from tests.factories import plans


def test_a_run_answers_and_hands_the_plan_to_review(ada):
    plan = plans.drafted(ada)
    run = plans.computed(plan, ada)
    result = result_of(run)
    assert plan.status == PlanStatus.IN_REVIEW
    assert result is not None
    assert 0 <= result.projection.success.value <= 1
    assert result.projection.success.standard_error is not None
    assert result.savings is not None
    assert result.allocation is None
    assert run.recommendations.exists()
    assert {each.kind for each in run.recommendations.all()} <= {
        "savings",
        "spending",
        "retirement_date",
        "debt",
        "emergency_fund",
    }
    assert run.result_digest
