"""What each rule costs in the walk: a household in which it is at work, beside the same one without it.

A plan that does not use a rule must not pay for it: what the plain household takes is told by `plan_engine`. Success
alone is asked, of 2,560 paths of 47 years; lives that are drawn walk with three states of the household.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.spending_choices import RateGuardrails
from tests.apps.plans.engine.households import claiming, conversion, converting, family, insured
from tests.apps.plans.engine.test_grants import granted
from tests.apps.plans.engine.test_kernel_deductions import deducting
from tests.apps.plans.engine.test_kernel_iras import after_tax_savings, giving, with_basis
from tests.apps.plans.engine.test_kernel_roths import drawing, layered
from tests.apps.plans.engine.test_kernel_spending import ruled
from tests.apps.plans.engine.test_life_policies import covered
from tests.apps.plans.engine.test_lives import mortal
from tests.apps.plans.engine.test_state_tables import shipped

REPEATS = 7
PLAIN = "plain"


def households(base: ProjectionInputs) -> dict[str, ProjectionInputs]:
    """Return the household with each of the rules, by name."""
    years = (2046, 2055)
    to_bracket, fixed = conversion(years=years), conversion("ben", ConversionRule.FIXED, 20_000.0, years)
    return {
        PLAIN: base,
        "grants of equity": granted(base),
        "basis in IRAs": after_tax_savings(with_basis(base, 60_000.0, 20_000.0)),
        "basis in IRAs, and gifts from them": giving(with_basis(base, 60_000.0, 20_000.0), 12_000.0),
        "layers of Roth accounts": layered(base),
        "layers of Roth accounts, drawn upon early": drawing(layered(base)),
        "payments to itemise": deducting(base),
        "taxes of a state": replace(base, state_table=shipped().of("CA")),
        "premiums of Medicare": insured(base),
        "claims of benefits": claiming(base),
        "conversions of a fixed amount": converting(insured(base), fixed),
        "conversions that fill a bracket": converting(insured(base), to_bracket),
        "rule of spending": ruled(base, RateGuardrails()),
        "cover of lives": covered(base),
    }


def jobs(base: ProjectionInputs, cube: ScenarioCube) -> dict[str, Callable[[], object]]:
    """Return what is timed, by name."""

    def walked(inputs: ProjectionInputs) -> Callable[[], object]:
        return lambda: simulate(inputs, cube, with_flows=False)

    lived = mortal(base)
    return {
        **{name: walked(inputs) for name, inputs in households(base).items()},
        "lives drawn": lambda: simulate_lifetimes(lived, cube),
    }


def main() -> None:
    """Print medians of processor time of interleaved walks, and their ratios to the plain one."""
    base = family(2_560, 10)
    work = jobs(base, draw_cube(base.assumptions, base.simulation, np.random.default_rng(11)))
    times: dict[str, list[float]] = {name: [] for name in work}
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; processor time, median of {REPEATS}")
    for walk in work.values():
        walk()
    for _ in range(REPEATS):
        for name, walk in work.items():
            # what came between has pushed the growth of this one's mixes out of the caches
            walk()
            began = time.process_time()
            walk()
            times[name].append(time.process_time() - began)
    plain = statistics.median(times[PLAIN])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name:44s} {middle * 1e3:7.1f} ms, {middle / plain:.2f}x the plain household")


if __name__ == "__main__":
    main()
