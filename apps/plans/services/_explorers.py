"""The door to the engine for the pages that explore one choice of a plan: it brings numba, imported when one asks."""

from __future__ import annotations

from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.tax_map import TaxYear
from apps.plans.engine.tax_years import tax_years


def tax_map(inputs: ProjectionInputs) -> tuple[TaxYear, ...]:
    """Answer what each year of a plan is taxed on."""
    return tax_years(inputs)
