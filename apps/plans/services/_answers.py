"""Putting questions to the engine.

The one door of services to the compiled kernels and solvers: importing it brings numba and scipy (some 4 s), so
services import it where a job computes, and no page, start or other job pays for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from django.utils.translation import gettext as _

from apps.plans.engine.advice import figures_of
from apps.plans.engine.advice_worth import worth_of, yearly_costs
from apps.plans.engine.allocation import optimised_allocation, stated_allocation
from apps.plans.engine.alternatives import goal_candidates, mix_table
from apps.plans.engine.chunks import Mapper
from apps.plans.engine.goal_help import goal_helps
from apps.plans.engine.goal_mixes import goal_mixes
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import invested_mix
from apps.plans.engine.market_outcomes import outcome_under, spec_under
from apps.plans.engine.mixes import MixTable, Weights
from apps.plans.engine.monte_carlo import project
from apps.plans.engine.policy import RiskLimit
from apps.plans.engine.recommendations import measured_effect, recommend, with_adopted_mix
from apps.plans.engine.results import Effect, MarketOutcome, OptimisedAllocation, RecommendationList, SolveOutcome
from apps.plans.engine.runs import Runs
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.solve import NoSalaryError, SavingsQuestion, savings_rate
from apps.plans.engine.walked_income import with_walked_income
from apps.plans.selectors.markets import history_named
from apps.plans.selectors.run_values import CurrentMix, RunInputs, RunResult
from apps.plans.services._changes import adjusted_allocation, changed_by
from apps.plans.services._levers import Change
from apps.plans.services._scenarios import cube_of

Progress = Callable[[float, str], None]
THREADS = min(4, os.cpu_count() or 1)


def answered(question: RunInputs, progress: Progress) -> RunResult:
    """Answer all questions of a plan, on threads. Raising from `progress` cancels."""
    cube = cube_of(
        question.inputs.assumptions,
        question.inputs.simulation,
        announce=lambda: progress(0.03, _("Drawing the markets")),
    )
    with ThreadPoolExecutor(THREADS) as pool:
        return answer(question, cube, mapper=pool.map, progress=progress)


def answer(question: RunInputs, cube: ScenarioCube, *, mapper: Mapper, progress: Progress) -> RunResult:
    """Put all questions of a plan to the engine; the same question on the same scenarios gives the same bytes."""
    question = replace(question, policy=with_walked_income(question.policy, question.inputs))
    inputs, policy = question.inputs, question.policy

    def part(first: float, last: float, step: str) -> Progress:
        return lambda fraction, _step: progress(first + (last - first) * fraction, step)

    projection = project(inputs, cube, mapper=mapper, progress=part(0.10, 0.25, _("Living through every future")))
    runs = Runs(cube, mapper)
    savings = _savings(question, runs, part(0.25, 0.45, _("Looking for the savings rate")))
    progress(0.45, _("Looking for the allocation"))
    held, limit = question.chosen.held if question.chosen else invested_mix(inputs), policy.risk_limit
    best = optimised_allocation(inputs.assumptions, limit) if limit else None
    mixes = None
    if limit and best:
        tried = part(0.47, 0.55, _("Trying mixes for each goal"))
        mixes = _mixes(question, (cube, mapper), (limit, best, held), tried)
    advice = recommend(inputs, cube, policy, progress=part(0.55, 0.90, _("Trying what would help")), runs=runs)
    lifting = part(0.90, 0.98, _("Trying what would help each goal"))
    helps = goal_helps(inputs, cube, policy, mapper=mapper, progress=lambda fraction: lifting(fraction, ""))
    return RunResult(
        projection=projection,
        savings=savings,
        current=_current(inputs, held) if held else None,
        allocation=_advised(question, best),
        advice=_with_choice(question, advice, runs),
        mixes=mixes,
        helps=helps,
        markets=_under_other_markets(question),
    )


def _under_other_markets(question: RunInputs) -> tuple[MarketOutcome, ...]:
    """Return how the plan fares under each model that the run asks beside its own."""
    inputs, found = question.inputs, []
    for model in question.other_markets:
        history = history_named(model.history)
        spec = spec_under(inputs, model, 0 if history is None else history.n_months)
        found.append(outcome_under(inputs, cube_of(inputs.assumptions, spec)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Measured:
    """What adjusted advice does, what that is worth for its effort, and the mix that belongs to it, if any."""

    effect: Effect
    worth: float | None
    mix: OptimisedAllocation | None


def measured(change: Change, question: RunInputs, difficulty: str, progress: Progress) -> Measured:
    """Return what adjusted advice does; ``difficulty`` is that of the advice as it was given."""
    question = replace(question, policy=with_walked_income(question.policy, question.inputs))
    changed = changed_by(change, question) or question.inputs
    cube = cube_of(question.inputs.assumptions, question.inputs.simulation)
    progress(0.3, "")
    with ThreadPoolExecutor(THREADS) as pool:
        effect = measured_effect(question.inputs, changed, cube, mapper=pool.map)
    worth = worth_of(effect, None, difficulty, yearly_costs(question.inputs))
    return Measured(effect, worth, adjusted_allocation(change, question))


def _savings(question: RunInputs, runs: Runs, progress: Progress) -> SolveOutcome | None:
    """Return the savings rate that reaches the target; None where nobody earns a salary."""
    policy = question.policy
    asked = SavingsQuestion(policy.target, policy.saving_account, policy.max_savings_rate, policy.facts)
    try:
        return savings_rate(question.inputs, runs, asked, progress=progress)
    except NoSalaryError:
        return None


def _current(inputs: ProjectionInputs, mix: Weights) -> CurrentMix:
    figures = dict(figures_of(inputs.assumptions, mix))
    return CurrentMix(mix, figures["return"], figures["volatility"], figures["equity"])


def _advised(question: RunInputs, best: OptimisedAllocation | None) -> OptimisedAllocation | None:
    """Return the chosen mix where there is one, else the best."""
    limit, chosen = question.policy.risk_limit, question.chosen
    if best is None or limit is None or chosen is None:
        return best
    return stated_allocation(question.inputs.assumptions, limit, chosen.weights, str(chosen.kind))


def _with_choice(question: RunInputs, advice: RecommendationList, runs: Runs) -> RecommendationList:
    limit, chosen = question.policy.risk_limit, question.chosen
    if limit is None or chosen is None:
        return advice
    return with_adopted_mix(advice, chosen, question.inputs, limit, runs)


def _mixes(
    question: RunInputs,
    markets: tuple[ScenarioCube, Mapper],
    market: tuple[RiskLimit, OptimisedAllocation, Weights],
    progress: Progress,
) -> MixTable:
    """Return the mixes side by side, and the best one of each goal."""
    (cube, mapper), (limit, best, held), inputs = markets, market, question.inputs
    candidates = goal_candidates(inputs.assumptions, limit, best)
    goals = goal_mixes(inputs, cube, candidates, mapper=mapper, progress=lambda fraction: progress(fraction, ""))
    dice = np.random.default_rng(cube.spec.seed)
    return mix_table(best, held, goals, (inputs.assumptions, limit, cube), dice)
