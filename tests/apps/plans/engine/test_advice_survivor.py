"""A survivor's benefit and the own one: which first is found on the plan itself, and measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_claiming import best_ages, claiming_advice, with_claim_ages
from apps.plans.engine.advice_survivor import survivor_advice
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.record_benefits import month_at
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import claiming, cube_of, family, with_retirement_budget
from tests.apps.plans.engine.test_claiming_map import older, single

HIS = OtherRecord(RecordKind.DECEASED, 2_400.0, date(1962, 3, 3), date(2020, 5, 5))


def widow(record: OtherRecord | None = HIS, own: float = 3_000.0, budget: float = 45_000.0) -> ProjectionInputs:
    """Ana at 61, alone and retired, with a record beside her own that is planned to begin with her claim at 67."""
    inputs = with_retirement_budget(older(single(claiming(family(256, 4))), 16), budget)
    inputs = replace(inputs, adults=(replace(inputs.adults[0], retirement_date=inputs.start_date),))
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
    assert (found.key, found.kind, found.timeframe) == ("survivor_claim:ana", "social_security", "now")
    assert found.changed is not None
    (claim,) = found.changed.claims
    assert claim.record is not None
    assert claim.record.begins_age is not None
    # the first year of age that is still ahead
    assert 0 <= month_at(inputs.adults[0].birth_date, claim.record.begins_age, inputs.start_date) < 12
    assert claim.record.begins_age % 12 == 0
    assert claim.claim_age == 70 * 12
    after, before = runs.of(found.changed).succeeded.mean(), runs.of(inputs).succeeded.mean()
    own_alone = runs.of(with_claim_ages(inputs, best_ages(inputs, runs, {"ana"}))).succeeded.mean()
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
    assert 0.0 <= facts["claim_in_months"] < 12.0
    assert {facts[name] % 1.0 for name in ("since", "since_now", "own_age", "own_age_now")} == {0.0}


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


def test_nothing_begins_while_pay_from_work_would_hold_it_back() -> None:
    """Until work ends, or to full age: the law withholds benefits from who earns, and the walk does not know it."""
    at_work = replace(widow(), adults=(replace(widow().adults[0], retirement_date=date(2029, 3, 1)),))
    told = survivor_advice(at_work, Runs(cube_of(at_work)))
    assert told
    for candidate in told:
        assert candidate.changed is not None
        (claim,) = candidate.changed.claims
        assert claim.record is not None
        assert claim.record.begins_age is not None
        born = at_work.adults[0].birth_date
        for age in (claim.record.begins_age, claim.claim_age):
            assert month_at(born, age, at_work.start_date) >= 32  # March 2029, of a plan from July 2026 on
    for_long = replace(widow(), adults=(replace(widow().adults[0], retirement_date=date(2046, 3, 1)),))
    for candidate in survivor_advice(for_long, Runs(cube_of(for_long))):
        assert candidate.changed is not None
        assert candidate.changed.claims[0].record is not None
        assert candidate.changed.claims[0].record.begins_age == 67 * 12


def test_what_a_partner_does_stays_and_is_asked_by_itself() -> None:
    """Ana has a record beside her own; Ben's claim is moved by the advice that names him alone."""
    inputs = with_retirement_budget(older(claiming(family(256, 4)), 16), 70_000.0)
    adults = tuple(replace(adult, retirement_date=date(2026, 10, 1)) for adult in inputs.adults)
    claims = (replace(inputs.claims[0], record=HIS), replace(inputs.claims[1], primary_amount=2_600.0))
    inputs = replace(inputs, adults=adults, claims=claims)
    told = survivor_advice(inputs, Runs(cube_of(inputs)))
    assert told
    assert all(each.changed is not None and each.changed.claims[1] == inputs.claims[1] for each in told)
    beside = claiming_advice(inputs, Runs(cube_of(inputs)), but=("ana",))
    assert all(each.changed is not None and each.changed.claims[0] == inputs.claims[0] for each in beside)


def test_who_has_no_own_benefit_is_not_told_of_one() -> None:
    inputs = widow(replace(HIS, begins_age=67 * 12), own=0.0, budget=36_000.0)
    (found,) = survivor_advice(inputs, Runs(cube_of(inputs)))
    _title, reason, actions = found.texts
    assert "no own benefit" in reason.message
    assert all("one benefit alone" not in action.message for action in actions)
