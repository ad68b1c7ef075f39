"""What a wish costs the needs: the plan without it, lived through on the same scenarios."""

from __future__ import annotations

from dataclasses import replace

from apps.kernel.errors import gettext_noop
from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_texts import Facts, Texts, text
from apps.plans.engine.inputs import GoalKind, GoalPriority, ProjectionInputs
from apps.plans.engine.runs import Runs
from apps.plans.engine.success import difference

KEY = "wish"
# a point of the chance that the needs are paid, and beyond the error of simulation
LEAST, ERRORS = 0.01, 2.0


def wish_advice(inputs: ProjectionInputs, runs: Runs, target: float) -> list[Candidate]:
    """Say of each aspirational goal that costs a plan below its target a clear point of its chance what it costs.

    A wish is paid after what is needed in the same month, but years before the needs to come: what it takes is gone.
    """
    before = runs.of(inputs)
    if before.success.value >= target:
        return []
    found = []
    for goal in inputs.goals:
        if goal.priority is not GoalPriority.ASPIRATIONAL or goal.kind is GoalKind.RETIREMENT:
            continue
        without = replace(inputs, goals=tuple(each for each in inputs.goals if each is not goal))
        after = runs.of(without)
        lost = difference(after.succeeded, before.succeeded, before.n_batches)
        if lost.value < LEAST or lost.value <= ERRORS * (lost.standard_error or 0.0):
            continue
        facts = (("success_now", before.success.value), ("success_without", after.success.value))
        found.append(
            Candidate(
                key=f"{KEY}:{goal.key}",
                kind=KEY,
                texts=wish_texts(goal.key, dict(facts)),
                changed=without,
                certain=False,
                difficulty="medium",
                timeframe="long_term",
                facts=facts,
            )
        )
    return found


def wish_texts(goal: str, facts: Facts) -> Texts:
    """A wish takes money from the needs; ``goal`` is its key, which the caller replaces by its name."""
    return (
        text(gettext_noop("Let “%(goal__name)s” wait until what you need is safe"), goal__name=goal),
        text(
            gettext_noop(
                "It is a wish, and it takes money that you need later: with it everything essential is paid in "
                "%(success__percent)s of the markets we tried, without it in %(without__percent)s."
            ),
            success__percent=facts["success_now"],
            without__percent=facts["success_without"],
        ),
        (text(gettext_noop("Make the wish smaller or later, or decide on it when you see how the markets went.")),),
    )
