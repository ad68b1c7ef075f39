"""Claiming ages: found on the plan itself, measured, silent where there is nothing to choose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_claiming import claiming_advice, with_claim_ages
from apps.plans.engine.claiming import Claim, worker_benefit
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import claiming, cube_of, family, with_retirement_budget

D = Decimal


def couple(ages: tuple[int, int]) -> ProjectionInputs:
    return with_retirement_budget(claiming(family(256, 4), ages), 125_000.0)


@pytest.fixture(scope="module")
def early() -> tuple[Candidate, ProjectionInputs, Runs]:
    inputs = couple((63 * 12, 64 * 12))
    runs = Runs(cube_of(inputs))
    (found,) = claiming_advice(inputs, runs)
    return found, inputs, runs


def test_a_couple_that_claims_early_and_lives_long_is_told_to_wait(
    early: tuple[Candidate, ProjectionInputs, Runs],
) -> None:
    found, inputs, runs = early
    assert (found.key, found.kind) == ("claim_ages", "social_security")
    assert found.changed is not None
    ages = {claim.owner: claim.claim_age for claim in found.changed.claims}
    assert ages["ana"] > 63 * 12
    assert runs.of(found.changed).succeeded.mean() > runs.of(inputs).succeeded.mean()


def test_no_pair_of_the_ends_is_better_than_what_was_found(early: tuple[Candidate, ProjectionInputs, Runs]) -> None:
    found, inputs, runs = early
    assert found.changed is not None
    best = runs.of(found.changed).succeeded.mean()
    for first in (62 * 12 + 1, 67 * 12, 70 * 12):
        tried = with_claim_ages(inputs, {"ana": first})
        assert runs.of(tried).succeeded.mean() <= best + 0.01


def test_facts_hold_the_benefits_of_the_law_and_the_age_that_evens_out(
    early: tuple[Candidate, ProjectionInputs, Runs],
) -> None:
    found, _, _ = early
    facts = dict(found.facts)
    ana = date(1981, 3, 9)
    # the larger benefit stands first
    assert facts["monthly_now_1"] == float(worker_benefit(Claim(D(3_000), ana, 63 * 12))) == 2_250.0
    then = round(facts["age_then_1"]) * 12
    assert facts["monthly_then_1"] == float(worker_benefit(Claim(D(3_000), ana, then)))
    # by hand: 12 (e - 63) 2250 = 12 (e - then) later
    even = (facts["monthly_then_1"] * then / 12 - 2_250.0 * 63) / (facts["monthly_then_1"] - 2_250.0)
    assert facts["even_age_1"] == pytest.approx(even, abs=0.05)
    title, reason, actions = found.texts
    for text in (title, reason, *actions):
        assert uncited(text, facts.values()) == ()
    assert facts["claim_in_months"] > 0


def test_a_couple_with_the_best_ages_already_is_told_nothing(
    early: tuple[Candidate, ProjectionInputs, Runs],
) -> None:
    found, _, runs = early
    assert found.changed is not None
    assert claiming_advice(found.changed, runs) == []


def test_benefits_that_run_or_that_nobody_stated_are_not_moved() -> None:
    stated = family(256, 4)
    assert claiming_advice(stated, Runs(cube_of(stated))) == []
    none = replace(
        couple((63 * 12, 64 * 12)),
        claims=tuple(replace(claim, primary_amount=0.0) for claim in couple((63 * 12, 64 * 12)).claims),
    )
    assert claiming_advice(none, Runs(cube_of(none))) == []
    adults = tuple(replace(adult, birth_date=date(1957, 3, 9)) for adult in family().adults)
    running = replace(couple((67 * 12, 66 * 12)), adults=adults)
    assert claiming_advice(running, Runs(cube_of(running))) == []
