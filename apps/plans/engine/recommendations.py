"""What should the household do? Levers tried on the same scenarios, each with its reason and its effect in numbers.

No number here comes from anywhere but the engine: each effect is a run of the plan with one lever moved, compared
path by path with the plan as it stands. Texts are English message ids with named places; the caller translates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import floor

import numpy as np

from apps.plans.engine.advice import Candidate, debt_advice, emergency_advice, figures_of, risk_advice
from apps.plans.engine.advice_citations import check_citations
from apps.plans.engine.advice_claiming import claiming_advice
from apps.plans.engine.advice_conversion import conversion_advice
from apps.plans.engine.advice_cover import cover_advice
from apps.plans.engine.advice_estate import estate_advice
from apps.plans.engine.advice_gifts import gift_advice
from apps.plans.engine.advice_order import order_advice
from apps.plans.engine.advice_room import room_advice
from apps.plans.engine.advice_saving_texts import saving_places_told
from apps.plans.engine.advice_survivor import survivor_advice
from apps.plans.engine.advice_texts import (
    delay_out_of_reach_texts,
    delay_texts,
    mix_texts,
    room_texts,
    savings_out_of_reach_texts,
    savings_texts,
    spending_out_of_reach_texts,
    spending_texts,
)
from apps.plans.engine.advice_wishes import wish_advice
from apps.plans.engine.advice_worth import helps, place_of, worth_of, yearly_costs
from apps.plans.engine.checks import known
from apps.plans.engine.chunks import Mapper
from apps.plans.engine.digest import input_digest
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.joint_changes import changes_of
from apps.plans.engine.levers import (
    monthly_salaries,
    monthly_saving,
    retirement_spending,
    with_allocation,
    with_retirement_spending,
)
from apps.plans.engine.mixes import ADOPTED, ChosenMix
from apps.plans.engine.monte_carlo import Progress, no_progress, trail_of
from apps.plans.engine.policy import AdvicePolicy, RiskLimit
from apps.plans.engine.results import ENGINE_VERSION, Effect, Outcome, Recommendation, RecommendationList
from apps.plans.engine.retirement_levers import with_retirement_delay
from apps.plans.engine.runs import Run, Runs
from apps.plans.engine.saving_places import NEW_BROKERAGE, with_more_saved
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.solve import (
    SPENDING_STEP,
    RetirementQuestion,
    SavingsQuestion,
    retirement_delay,
    savings_rate,
    spending_that_holds,
)
from apps.plans.engine.success import difference
from apps.plans.engine.walked_income import with_walked_income

# Room to spend more is worth a conversation from a twentieth on.
NOTICEABLE_ROOM = 1.05
# What is tried where no cut alone reaches the target: a tenth less, in the steps of the search.
OFFERED_CUT = 0.10
Rule = tuple[str, Callable[[], list[Candidate]]]


def _effect(before: Run, after: Run) -> Effect:
    delta = difference(after.succeeded, before.succeeded, before.n_batches)
    return Effect(
        success_before=float(before.succeeded.mean()),
        success_after=float(after.succeeded.mean()),
        delta_success=delta.value,
        delta_standard_error=delta.standard_error,
        delta_median_terminal_real=float(np.median(after.terminal_real)) - float(np.median(before.terminal_real)),
    )


def measured_effect(
    inputs: ProjectionInputs, changed: ProjectionInputs, cube: ScenarioCube, *, mapper: Mapper = map
) -> Effect:
    """Say what a changed plan does, compared path by path with the plan as it stands.

    Raises InvalidInputError when the cube does not belong to both.
    """
    runs = Runs(cube, mapper)
    return _effect(runs.of(inputs), runs.of(changed))


def _confidence(effect: Effect | None, *, certain: bool) -> str:
    """High for what needs no forecast; else by how far the effect stands out of the error of simulation."""
    if certain:
        return "high"
    if effect is None or effect.delta_standard_error is None:
        return "medium"
    if abs(effect.delta_success) > 5.0 * effect.delta_standard_error and abs(effect.delta_success) >= 0.02:
        return "high"
    return "medium" if abs(effect.delta_success) > 2.0 * effect.delta_standard_error else "low"


def _savings(inputs: ProjectionInputs, runs: Runs, policy: AdvicePolicy) -> list[Candidate]:
    salaries = monthly_salaries(inputs)
    if salaries <= 0.0:
        return []
    question = SavingsQuestion(policy.target, policy.saving_account, policy.max_savings_rate, policy.facts)
    answer = savings_rate(inputs, runs, question)
    saved = monthly_saving(inputs)
    extra = (answer.monthly_amount or 0.0) - saved
    if answer.outcome is Outcome.ALREADY_REACHED or extra <= 0.0:
        return []
    share = extra / salaries
    facts: tuple[tuple[str, float], ...] = (
        ("monthly_extra", extra),
        ("rate_now", saved / salaries),
        ("rate_needed", answer.value),
        ("success_now", answer.success_now.value),
        ("target", policy.target),
    )
    told = savings_texts if answer.outcome is Outcome.REACHED else savings_out_of_reach_texts
    title, reason, actions = told(dict(facts))
    into, places = saving_places_told(inputs, extra, policy.places)
    facts = (*facts, *into)
    return [
        Candidate(
            key="save_more",
            kind="savings",
            texts=(title, reason, (*places, *actions)),
            changed=with_more_saved(inputs, extra, policy.places),
            certain=False,
            difficulty="easy" if share < 0.03 else "medium" if share < 0.10 else "hard",
            timeframe="this_year",
            facts=facts,
        )
    ]


def _spending(inputs: ProjectionInputs, runs: Runs, policy: AdvicePolicy) -> list[Candidate]:
    planned = retirement_spending(inputs)
    answer = spending_that_holds(inputs, runs, policy.target)
    room = answer.outcome is Outcome.ALREADY_REACHED
    if planned <= 0.0 or (room and answer.value < planned * NOTICEABLE_ROOM):
        return []
    # to live on nothing is no plan, even where it would reach the target
    reached = answer.outcome is not Outcome.CANNOT_BE_REACHED and answer.value > 0.0
    offered = answer.value if reached else SPENDING_STEP * floor((1.0 - OFFERED_CUT) * planned / SPENDING_STEP)
    if offered <= 0.0:
        return []
    cut = 1.0 - offered / planned
    facts: tuple[tuple[str, float], ...] = (
        ("planned_monthly", planned),
        ("sustainable_monthly", offered),
        ("success_now", answer.success_now.value),
        ("target", policy.target),
    )
    if not reached:
        facts = (*facts, ("success_with_nothing", answer.success.value))
    tell = room_texts if room else spending_texts if reached else spending_out_of_reach_texts
    return [
        Candidate(
            key="spend_more" if room else "spend_less",
            kind="spending",
            texts=tell(dict(facts)),
            changed=with_retirement_spending(inputs, offered),
            certain=False,
            difficulty="easy" if cut < 0.05 else "medium" if cut < 0.15 else "hard",
            timeframe="long_term",
            facts=facts,
        )
    ]


def _delay(inputs: ProjectionInputs, runs: Runs, policy: AdvicePolicy) -> list[Candidate]:
    answer = retirement_delay(
        inputs, runs, RetirementQuestion(policy.target, policy.latest_retirement_age, policy.places)
    )
    reached = answer.outcome is Outcome.REACHED
    helps = reached or answer.success.value > answer.success_now.value
    if answer.outcome is Outcome.ALREADY_REACHED or answer.value <= 0.0 or not helps:
        return []
    facts = (
        ("delay_months", answer.value),
        ("success_now", answer.success_now.value),
        ("success_then", answer.success.value),
        ("target", policy.target),
    )
    return [
        Candidate(
            key="retire_later",
            kind="retirement_date",
            texts=delay_texts(dict(facts)) if reached else delay_out_of_reach_texts(dict(facts)),
            changed=with_retirement_delay(inputs, int(answer.value), policy.places),
            certain=False,
            difficulty="easy" if answer.value <= 6 else "medium" if answer.value <= 24 else "hard",
            timeframe="long_term",
            facts=facts,
        )
    ]


def _recommendation(inputs: ProjectionInputs, candidate: Candidate, effect: Effect | None) -> Recommendation:
    (title, reason, actions), costs = candidate.texts, yearly_costs(inputs)
    made = Recommendation(
        key=candidate.key,
        kind=candidate.kind,
        title=title,
        reason=reason,
        effect=effect,
        confidence=_confidence(effect, certain=candidate.certain),
        difficulty=candidate.difficulty,
        timeframe=candidate.timeframe,
        actions=actions,
        facts=candidate.facts,
        worth=worth_of(effect, candidate.stake, candidate.difficulty, costs),
        changes={} if candidate.changed is None else changes_of(inputs, candidate.changed),
    )
    return check_citations(made)


def _rules(inputs: ProjectionInputs, runs: Runs, policy: AdvicePolicy) -> tuple[Rule, ...]:
    """Every rule of advice by the name under which its progress is told."""
    return (
        ("allocation", lambda: risk_advice(inputs, policy.risk_limit) if policy.risk_limit else []),
        ("savings", lambda: _savings(inputs, runs, policy)),
        ("spending", lambda: _spending(inputs, runs, policy)),
        ("retirement_date", lambda: _delay(inputs, runs, policy)),
        ("wish", lambda: wish_advice(inputs, runs, policy.target)),
        ("debt", lambda: debt_advice(inputs, policy.debt_payment)),
        ("social_security", lambda: _benefits(inputs, runs)),
        ("contribution_room", lambda: room_advice(inputs, policy)),
        ("withdrawal_order", lambda: order_advice(inputs, runs)),
        ("roth_conversion", lambda: conversion_advice(inputs, runs)),
        ("ira_gifts", lambda: gift_advice(inputs, runs)),
        ("insurance", lambda: cover_advice(inputs, policy.facts, runs)),
        ("estate", lambda: estate_advice(inputs, policy.facts)),
        ("emergency_fund", lambda: emergency_advice(inputs, policy.emergency_months, policy.emergency_fill_months)),
    )


def _benefits(inputs: ProjectionInputs, runs: Runs) -> list[Candidate]:
    """When to begin Social Security: whoever has a survivor's benefit to choose is told both days at once."""
    told = survivor_advice(inputs, runs)
    owners = [candidate.key.partition(":")[2] for candidate in told]
    return [*told, *claiming_advice(inputs, runs, but=owners)]


def recommend(
    inputs: ProjectionInputs,
    cube: ScenarioCube,
    policy: AdvicePolicy,
    *,
    mapper: Mapper = map,
    progress: Progress = no_progress,
    runs: Runs | None = None,
) -> RecommendationList:
    """List what would help, in order of effect for the effort; what the risk limit demands follows unless it helps.

    ``runs`` are those of questions asked before on the same cube, so that no variant is run twice.

    Raises InvalidInputError for an unknown account or a cube of another plan, NoAllocationError when the risk limit
    contradicts itself. Raising from ``progress`` cancels.
    """
    if policy.saving_account != NEW_BROKERAGE:
        known(policy.saving_account, [account.key for account in inputs.accounts], "saving_account")
    policy = with_walked_income(policy, inputs)
    runs = runs or Runs(cube, mapper)
    base = runs.of(inputs)
    steps = _rules(inputs, runs, policy)
    found: list[tuple[Candidate, Effect | None]] = []
    for done, (name, candidates) in enumerate(steps):
        progress(done / len(steps), name)
        found.extend((candidate, _measured(candidate, base, runs)) for candidate in candidates())
    # An allocation that merely could be better must show that it is; one beyond the limit must change regardless.
    kept = [pair for pair in found if pair[0].key != "improve_allocation" or (pair[1] and pair[1].delta_success > 0)]
    made = [(candidate, _recommendation(inputs, candidate, effect)) for candidate, effect in kept]
    made.sort(key=lambda pair: place_of(pair[1], is_owed=pair[0].mandatory))
    progress(1.0, "done")
    return RecommendationList(
        engine_version=ENGINE_VERSION,
        input_digest=input_digest(inputs),
        success=base.success,
        recommendations=tuple(advice for _, advice in made),
        trail=trail_of(inputs, cube),
    )


def with_adopted_mix(
    advice: RecommendationList, chosen: ChosenMix, inputs: ProjectionInputs, limit: RiskLimit, runs: Runs
) -> RecommendationList:
    """Return the advice with the step from what is held to the chosen mix, on which the plan counts already.

    It takes the place of other advice about the allocation, unless the limit demands that, and comes first, after what
    helps where it does not; where nothing is held, nothing moves.
    """
    if not chosen.held or any(item.key == "reduce_risk" for item in advice.recommendations):
        return advice
    then, now = (figures_of(inputs.assumptions, weights) for weights in (chosen.weights, chosen.held))
    facts = tuple((f"{name}_{when}", value) for when, each in (("now", now), ("then", then)) for name, value in each)
    candidate = Candidate(
        key=ADOPTED,
        kind="allocation",
        texts=mix_texts(dict(facts)),
        changed=inputs,
        certain=False,
        difficulty="easy",
        timeframe="now",
        facts=(*facts, ("volatility_limit", limit.max_volatility), ("equity_limit", limit.max_equity_share)),
    )
    effect = _effect(runs.of(with_allocation(inputs, chosen.held)), runs.of(inputs))
    others = tuple(item for item in advice.recommendations if item.kind != "allocation")
    made = _recommendation(inputs, candidate, effect)
    before = 0 if helps(made) else sum(helps(item) for item in others)
    return replace(advice, recommendations=(*others[:before], made, *others[before:]))


def _measured(candidate: Candidate, base: Run, runs: Runs) -> Effect | None:
    return None if candidate.changed is None else _effect(base, runs.of(candidate.changed))
