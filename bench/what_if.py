"""A lever moves: what the engine takes to answer, and what the page's whole request does, beside the full run.

The household is that of the engine's benchmark, six accounts and federal taxes over 47 years; the request goes through
the site's middleware, session, permission and templates, on a plan of the product's own services.
"""

from __future__ import annotations

import itertools
import logging
import os
import resource

import django

from bench.household_list import firm, interleaved, signed_in

LIMIT_MS = 150.0


def engine() -> None:
    """Print the engine's part: each turn moves spending to where it has not been."""
    import numpy as np

    from apps.plans.engine.drawing import draw_cube
    from apps.plans.engine.inputs import CubeSpec
    from apps.plans.engine.policy import AdvicePolicy
    from apps.plans.engine.what_if import on_paths, standing, what_if
    from apps.plans.engine.what_if_levers import moved
    from tests.apps.plans.engine.households import family

    policy = AdvicePolicy(0.85, "brokerage", 0.6, 72, None, 300.0, 6, 24)
    whole = family(10_240, 10)
    few = on_paths(whole, CubeSpec(whole.simulation.seed, 1024, 8, whole.simulation.n_months))
    jobs = []
    for plan in (few, whole):
        cube = draw_cube(plan.assumptions, plan.simulation, np.random.default_rng(plan.simulation.seed))
        before, spent = standing(plan, cube), itertools.count(4000)

        def job(plan=plan, cube=cube, before=before, spent=spent) -> object:  # type: ignore[no-untyped-def]
            return what_if(moved(plan, policy, {"retirement_spending": float(next(spent))}), cube, before)

        def mixed(plan=plan, cube=cube, before=before, spent=spent) -> object:  # type: ignore[no-untyped-def]
            return what_if(moved(plan, policy, {"equity_share": float(next(spent) % 100)}), cube, before)

        job(), mixed()
        jobs += [job, mixed]
    few_spent, few_mix, all_spent, all_mix = (seconds * 1e3 for seconds in interleaved(*jobs))
    print(f"engine, 1,024 paths with bands and flows: spending moved {few_spent:.1f} ms, mix moved {few_mix:.1f} ms")
    print(f"engine, 10,240 paths with bands and flows: spending moved {all_spent:.1f} ms, mix moved {all_mix:.1f} ms")
    print(f"ratio all paths / 1,024 paths: {all_spent / few_spent:.1f}x")


def site() -> None:
    """Print the request's part, and what the engine adds to the memory of a process."""
    from apps.plans.services.projections import STANDARD
    from tests.cast import person
    from tests.factories import plans

    ada = person("advisor", "Ada")
    plan = plans.drafted(ada)
    kept, plans.SMALL = plans.SMALL, STANDARD
    plans.computed(plan, ada)
    plans.SMALL = kept
    client, numbers = signed_in(ada), itertools.count(1)
    address = f"/plans/{plan.public_id}/what-if/"

    def move(precision: str) -> None:
        number = next(numbers)
        told = {"page": "bench", "number": str(number), "precision": precision}
        answer = client.post(f"{address}answer/", {**told, "retirement_spending": str(3000 + number)})
        assert answer.status_code == 200, answer.content

    move("quick"), move("whole")
    quick, whole, page = interleaved(lambda: move("quick"), lambda: move("whole"), lambda: client.get(address))
    print(f"request, lever moved: {quick * 1e3:.0f} ms, {quick * 1e3 / LIMIT_MS:.2f} of the 150 ms aimed at")
    print(f"request, lever at rest with affordable spending: {whole * 1e3:.0f} ms, {whole / quick:.1f}x a moved one")
    print(f"request, the page itself: {page * 1e3:.0f} ms")
    print(f"memory of the process at its most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def main() -> None:
    """Print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    logging.disable(logging.INFO)  # a line for each request is not what the table is about
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    engine()
    with firm():
        site()


if __name__ == "__main__":
    main()
