"""The door to the engine for savings calculators: it brings numba, imported when one asks."""

from __future__ import annotations

from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.savings import PlainLine, SavingsAnswer
from apps.plans.engine.savings_answers import savings_answer
from apps.plans.services._scenarios import cube_of


def answered(inputs: ProjectionInputs, target: float, plain: PlainLine) -> SavingsAnswer:
    """Answer on the scenarios that the household names."""
    return savings_answer(inputs, cube_of(inputs.assumptions, inputs.simulation), target, plain)
