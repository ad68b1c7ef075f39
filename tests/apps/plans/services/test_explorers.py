"""Answers for the pages that explore one choice: the engine's own, kept, and nothing is written."""

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.engine.claiming_map import claiming_map
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.tax_years import tax_years
from apps.plans.engine.what_if_levers import moved
from apps.plans.selectors.run_values import inputs_of
from apps.plans.services._scenarios import cube_of
from apps.plans.services.explorers import answer_of_run, claiming_of_run, tax_years_of_run
from tests.factories import plans


def test_answers_are_the_engines_and_kept(ada):
    run, by = plans.computed(plans.drafted(ada), ada), ada.as_actor()
    before, asked = AuditEvent.objects.count(), inputs_of(run)
    years = tax_years_of_run(run=run, by=by)
    assert years == tax_years(asked.inputs)
    assert tax_years_of_run(run=run, by=by) is years
    found = claiming_of_run(run=run, real_rate=0.02, by=by)
    assert found == claiming_map(asked.inputs, 0.02)
    assert claiming_of_run(run=run, real_rate=0.02, by=by) is found
    assert claiming_of_run(run=run, real_rate=0.03, by=by).real_rate == 0.03
    key = f"claim_age:{found.owners[0]}"
    told = answer_of_run(run=run, changes={key: 62.0}, is_whole=True, by=by)
    later = moved(asked.inputs, asked.policy, {key: 62.0}).inputs
    assert later.claims != asked.inputs.claims
    cube = cube_of(asked.inputs.assumptions, asked.inputs.simulation)
    assert told.success == simulate(later, cube, with_flows=False).success()
    assert answer_of_run(run=run, changes={key: 62.0}, is_whole=True, by=by) is told
    with pytest.raises(InvalidInputError) as refusal:
        answer_of_run(run=run, changes={key: 75.0}, is_whole=True, by=by)
    assert refusal.value.field == key
    assert AuditEvent.objects.count() == before
