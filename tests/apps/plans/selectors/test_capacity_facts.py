"""What compliance reads of a plan: years, the funded ratio and the return that it needs, with their source."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from django.utils import timezone

from apps.compliance.forms import CapacityForm
from apps.compliance.selectors.capacity_inputs import known_capacity
from apps.plans.engine.plan_capacity import plan_capacity
from apps.plans.models import Plan, ProjectionRun
from apps.plans.selectors.capacity_facts import known_to_plans
from apps.plans.selectors.run_values import inputs_of
from tests.days import today
from tests.factories import plans


def test_the_form_of_capacity_begins_with_what_the_plan_says(ada):
    household = plans.invested_household(ada)
    plan = plans.drafted(ada, household)
    run = plans.computed(plan, ada)
    told, known = plan_capacity(inputs_of(run).inputs), known_to_plans(household, today())
    assert known.required_return == round(Decimal(repr(told.required_return)), 4)
    assert known.facts["withdrawal_years"] == round(Decimal(repr(told.withdrawal_years)), 1)
    assert known.facts["years_to_first_withdrawal"] == round(Decimal(repr(told.years_to_first_withdrawal)), 1)
    assert told.funded_ratio is not None
    assert known.facts["funded_ratio"] == round(Decimal(repr(told.funded_ratio)), 4)
    assert known.sources.keys() == known.facts.keys()
    form = CapacityForm(initial=known_capacity(household, today()))
    assert form["years_to_first_withdrawal"].value() == known.facts["years_to_first_withdrawal"]
    assert "draft of a plan, version 1 of" in form["source"].value()
    assert "household's money" in form["source"].value()


def test_without_a_result_of_the_day_a_plan_says_nothing(ada):
    household = plans.invested_household(ada)
    assert known_to_plans(household, today()).facts == {}
    plan = plans.drafted(ada, household)
    assert known_to_plans(household, today()).facts == {}
    plans.computed(plan, ada)
    assert known_to_plans(household, today() - dt.timedelta(days=1)).required_return is None
    Plan.objects.update(status="superseded")
    assert known_to_plans(household, today()).required_return is None


def test_what_the_client_was_given_goes_before_a_newer_draft(ada):
    household = plans.invested_household(ada)
    plan = plans.drafted(ada, household)
    run = plans.computed(plan, ada)
    Plan.objects.filter(pk=plan.pk).update(status="published", published_at=timezone.now(), published_run=run)
    # a draft with a result of its own
    draft = Plan.objects.get(pk=plan.pk)
    draft.pk, draft.public_id, draft.version, draft.status = None, uuid.uuid4(), 2, "draft"
    draft.published_run = draft.published_at = None
    draft.save()
    ProjectionRun.objects.filter(pk=run.pk).update(plan=plan)
    copied = ProjectionRun.objects.get(pk=run.pk)
    copied.pk, copied.public_id, copied.plan, copied.job = None, uuid.uuid4(), draft, None
    copied.save()
    (source,) = set(known_to_plans(household, today()).sources.values())
    assert source.startswith("plan, version 1 of")
