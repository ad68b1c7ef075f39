"""A survivor's benefit and the own one: which first is found on the plan itself, and measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_claiming import best_ages, with_claim_ages
from apps.plans.engine.advice_survivor import survivor_advice
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.record_benefits import month_at
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import claiming, cube_of, family, with_retirement_budget
from tests.apps.plans.engine.test_claiming_map import older, single

HIS = OtherRecord(RecordKind.DECEASED, 2_400.0, date(1962, 3, 3), date(2020, 5, 5))


def widow(record: OtherRecord | None = HIS, own: float = 3_000.0, budget: float = 95_000.0) -> ProjectionInputs:
    """Ana at 61, alone, with a record beside her own that is planned to begin with her claim at 67."""
    inputs = with_retirement_budget(older(single(claiming(family(256, 4))), 16), budget)
    claims = (replace(inputs.claims[0], primary_amount=own, record=record),)
    return replace(inputs, claims=claims)


@pytest.fixture(scope="module")
def told() -> tuple[Candidate, ProjectionInputs, Runs]:
    inputs = widow()
    runs = Runs(cube_of(inputs))
    (found,) = survivor_advice(inputs, runs)
    return found, inputs, runs


def test_the_smaller_survivors_benefit_is_taken_now_and_the_larger_own_one_grows(
    told: tuple[Candidate, ProjectionInputs, Runs],
) -> None:
    found, inputs, runs = told
    assert (found.key, found.kind, found.timeframe) == ("survivor_claim", "social_security", "now")
    assert found.changed is not None
    (claim,) = found.changed.claims
    assert claim.record is not None
    assert claim.record.begins_age is not None
    assert month_at(inputs.adults[0].birth_date, claim.record.begins_age, inputs.start_date) == 0
    assert claim.claim_age == 70 * 12
    after, before = runs.of(found.changed).succeeded.mean(), runs.of(inputs).succeeded.mean()
    own_alone = runs.of(with_claim_ages(inputs, best_ages(inputs, runs))).succeeded.mean()
    assert after > own_alone >= before


def test_its_texts_state_only_what_was_worked_out(told: tuple[Candidate, ProjectionInputs, Runs]) -> None:
    found, _inputs, _runs = told
    figures = [value for _name, value in found.facts]
    title, reason, actions = found.texts
    assert [uncited(each, figures) for each in (title, reason, *actions)] == [()] * (2 + len(actions))
    facts = dict(found.facts)
    # 2,400 x 71.5 % at 60 and more each month to full age; 3,000 x 124 % at 70
    assert 0.715 * 2_400 < facts["survivor"] < facts["survivor_now"] == 2_400.0
    assert facts["own"] == 3_720.0
    assert facts["claim_in_months"] == 0.0


def test_a_larger_survivors_benefit_waits_for_full_age_while_the_own_one_is_taken_first() -> None:
    inputs = widow(replace(HIS, primary_amount=3_600.0, begins_age=62 * 12), own=1_200.0)
    found = survivor_advice(inputs, Runs(cube_of(inputs)))
    assert len(found) == 1
    assert found[0].changed is not None
    (claim,) = found[0].changed.claims
    assert claim.record is not None
    assert claim.record.begins_age == 67 * 12
    assert claim.claim_age < 67 * 12
    assert "own benefit" in found[0].texts[0].message


@pytest.mark.parametrize(
    "record",
    [
        None,
        OtherRecord(RecordKind.DIVORCED, 2_400.0, date(1962, 3, 3), date(2010, 5, 5)),
        # paid for years: nothing is left to choose
        replace(HIS, begins_age=60 * 12),
    ],
)
def test_who_has_nothing_to_choose_is_told_nothing(record: OtherRecord | None) -> None:
    inputs = widow(record)
    assert survivor_advice(inputs, Runs(cube_of(inputs))) == []
