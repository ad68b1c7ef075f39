"""Fresh draws as ratios: the job of `plan_engine` on scenarios drawn for it alone, beside a peer and its normals.

A draw of ours is not one by dice: Sobol points steer it, so that fewer paths give the same error. How many is measured
here, on cubes of their own, against the error that independent paths have by theory.
"""

from __future__ import annotations

import importlib.util
import math
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import numpy as np

from apps.plans.engine.chunks import Mapper
from apps.plans.engine.compiled import LANES
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.normal_draws import fill_normals, seed_lanes
from bench.plan_engine import MEANS, N_PATHS, PEER, YEARS, PeerProcess, bands_of, job, measured

CUBES, AIM_PATHS, AIM_ERROR = 32, 8192, 0.10
WHOLE, WHOLE_2 = "fresh draws with bands, one thread", "fresh draws with bands, two threads"
AS_EXACT = "fresh draws with bands, as exact as 10,000 by dice, two threads"
NORMALS = "the normals alone, one thread"


def fresh_bands(inputs: ProjectionInputs, seeds: Iterator[int], mapper: Mapper) -> float:
    """Do the same on scenarios of a seed that was never drawn before: nothing is kept from earlier runs."""
    fresh = replace(inputs, simulation=replace(inputs.simulation, seed=next(seeds)))
    cube = draw_cube(fresh.assumptions, fresh.simulation, np.random.default_rng(fresh.simulation.seed), mapper=mapper)
    return bands_of(fresh, cube, mapper)


def throw_normals() -> None:
    """Draw the normals of a job and keep none: the least that fresh draws can cost."""
    state, rows = np.empty((4, LANES), np.uint32), np.empty((12 * YEARS * (len(MEANS) + 1), LANES), np.float32)
    for block in range(-(-N_PATHS // LANES)):
        seed_lanes(np.arange(block * LANES, (block + 1) * LANES, dtype=np.uint64), state)
        fill_normals(state, rows)


def with_paths(inputs: ProjectionInputs, n_paths: int) -> ProjectionInputs:
    """Return the job on so many paths of one scramble."""
    return replace(inputs, simulation=replace(inputs.simulation, n_paths=n_paths, n_batches=1))


def errors(inputs: ProjectionInputs) -> dict[int, float]:
    """Standard deviation of success in percentage points over cubes of their own, by how many paths they have."""
    found = {}
    for n_paths in (256, 512, 1024, 2048, 4096, AIM_PATHS):
        fewer = with_paths(inputs, n_paths)
        told = [fresh_bands(fewer, iter((seed,)), map) for seed in range(1000, 1000 + CUBES)]
        found[n_paths] = 100.0 * statistics.stdev(told)
    return found


def main() -> None:
    """Print the errors, medians of interleaved runs and their ratios."""
    inputs, seeds = job(), count(2)
    success = fresh_bands(inputs, seeds, map)
    dice = 100.0 * math.sqrt(success * (1.0 - success) / N_PATHS)
    found = errors(inputs)
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"success {success:.4f}; its error on {N_PATHS:,} paths by dice: {dice:.3f} pp")
    for n_paths, error in found.items():
        print(f"  on {n_paths:5,d} paths of ours: {error:.3f} pp, as {(dice / error) ** 2 * N_PATHS:,.0f} by dice")
    print(f"  aimed at on {AIM_PATHS:,} paths: {AIM_ERROR:.2f} pp")
    n_paths = next((n for n, error in found.items() if error <= dice), AIM_PATHS)
    fewer = with_paths(inputs, n_paths)
    python = os.environ.get("STEWARD_RESEARCH_PYTHON", "")
    if not python and importlib.util.find_spec("monteplan"):
        python = sys.executable
    peer = PeerProcess(python) if python else None
    with ThreadPoolExecutor(2) as pool:
        jobs: dict[str, Callable[[], object]] = {
            WHOLE: lambda: fresh_bands(inputs, seeds, map),
            WHOLE_2: lambda: fresh_bands(inputs, seeds, pool.map),
            f"{AS_EXACT} ({n_paths:,})": lambda: fresh_bands(fewer, seeds, pool.map),
            NORMALS: throw_normals,
        }
        medians, _ = measured(jobs, peer)
    if peer is not None:
        peer.close()
    for name, seconds in medians.items():
        print(f"{name:72s} {seconds.wall * 1e3:9.2f} ms {seconds.busy * 1e3:9.2f} ms of processors")
    for name in jobs:
        for other in (PEER, NORMALS):
            if other in medians and name != NORMALS:
                wall, busy = (over / under for over, under in zip(medians[other], medians[name], strict=True))
                print(f"ratio {other} / {name}: {wall:.2f}x, by processor time {busy:.2f}x")


if __name__ == "__main__":
    main()
