"""Putting questions to the engine.

The one door of services to the compiled kernels and solvers: importing it brings numba and scipy (some 4 s), so
services import it where a job computes, and no page, start or other job pays for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.utils.translation import gettext as _

from apps.plans.engine.advice import invested_mix
from apps.plans.engine.allocation import optimised_allocation, portfolio_risk
from apps.plans.engine.growth import Mapper
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.monte_carlo import project
from apps.plans.engine.recommendations import measured_effect, recommend
from apps.plans.engine.results import Effect, OptimisedAllocation, SolveOutcome
from apps.plans.engine.runs import Runs
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.solve import NoSalaryError, SavingsQuestion, savings_rate
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
    inputs, policy = question.inputs, question.policy

    def part(first: float, last: float, step: str) -> Progress:
        return lambda fraction, _step: progress(first + (last - first) * fraction, step)

    projection = project(inputs, cube, mapper=mapper, progress=part(0.10, 0.25, _("Living through every future")))
    runs = Runs(cube, mapper)
    savings = _savings(question, runs, part(0.25, 0.45, _("Looking for the savings rate")))
    progress(0.45, _("Looking for the allocation"))
    mix = invested_mix(inputs)
    return RunResult(
        projection=projection,
        savings=savings,
        current=_current(inputs, mix) if mix else None,
        allocation=optimised_allocation(inputs.assumptions, policy.risk_limit) if policy.risk_limit else None,
        advice=recommend(inputs, cube, policy, progress=part(0.5, 0.98, _("Trying what would help")), runs=runs),
    )


def measured(change: Change, question: RunInputs, progress: Progress) -> tuple[Effect, OptimisedAllocation | None]:
    """Return what adjusted advice does, and the mix that belongs to it when it is about one."""
    changed = changed_by(change, question) or question.inputs
    cube = cube_of(question.inputs.assumptions, question.inputs.simulation)
    progress(0.3, "")
    with ThreadPoolExecutor(THREADS) as pool:
        effect = measured_effect(question.inputs, changed, cube, mapper=pool.map)
    return effect, adjusted_allocation(change, question)


def _savings(question: RunInputs, runs: Runs, progress: Progress) -> SolveOutcome | None:
    """Return the savings rate that reaches the target; None where nobody earns a salary."""
    policy = question.policy
    asked = SavingsQuestion(policy.target, policy.saving_account, policy.max_savings_rate)
    try:
        return savings_rate(question.inputs, runs, asked, progress=progress)
    except NoSalaryError:
        return None


def _current(inputs: ProjectionInputs, mix: tuple[tuple[str, float], ...]) -> CurrentMix:
    volatility, equity_share = portfolio_risk(inputs.assumptions, mix)
    means = dict(zip(inputs.assumptions.asset_keys, inputs.assumptions.means().tolist(), strict=True))
    expected = sum(weight * means[key] for key, weight in mix)
    return CurrentMix(mix, expected, volatility, equity_share)
