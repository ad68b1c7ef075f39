"""Drawing the cube by each market model beside the log-normal one: 10,240 paths of 40 years of five assets."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np

from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.history import History
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.markets import LOG_NORMAL, MarketKind, MarketModel
from tests.apps.plans.engine.households import published_assumptions

REPEATS = 5
LIMIT = 1.5


def noise(keys: tuple[str, ...]) -> History:
    """Return ninety years of made-up months: drawing them costs what real ones do."""
    rows = 0.005 + 0.03 * np.random.default_rng(1).standard_normal((1080, len(keys) + 1))
    return History(date(1930, 1, 1), (*keys, "inflation"), tuple(tuple(row) for row in rows.tolist()))


def main() -> None:
    """Print medians of processor time of interleaved draws, and their ratios to the log-normal one."""
    assumptions = published_assumptions()
    history = noise(assumptions.asset_keys)
    models = [LOG_NORMAL, MarketModel(MarketKind.FAT_TAILED), MarketModel(MarketKind.BOOTSTRAP, history.digest)]
    spec = CubeSpec(seed=1, n_paths=10_240, n_batches=10, n_months=480)

    def job(model: MarketModel) -> Callable[[], object]:
        asked = replace(spec, market=model)
        return lambda: draw_cube(assumptions, asked, np.random.default_rng(1), history)

    jobs = {str(model.kind): job(model) for model in models}
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for work in jobs.values():
        work()
    for _ in range(REPEATS):
        for name, work in jobs.items():
            began = time.process_time()
            work()
            times[name].append(time.process_time() - began)
    base = statistics.median(times[str(LOG_NORMAL.kind)])
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; processor time, median of {REPEATS}")
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name}: {middle:.2f} s, {middle / base:.2f}x the log-normal one (aimed at: {LIMIT} at most)")


if __name__ == "__main__":
    main()
