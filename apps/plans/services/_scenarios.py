"""The markets that plans are tried on: drawn once per set and market model, kept on disk, shared by all processes.

A cube of 10,240 futures over 60 years takes some 170 MB and tenths of a second to draw; from disk it costs less, and
processes share its pages. The folder is bounded: what was not used longest goes first.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import structlog
from django.conf import settings

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.compiled import LANES
from apps.plans.engine.digest import canonical_json, input_digest
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.results import ENGINE_VERSION
from apps.plans.engine.scenarios import ScenarioCube, factors_digest
from apps.plans.selectors.markets import history_named

log = structlog.get_logger(__name__)

DISK_BYTES = 2 * 2**30
OPEN_CUBES = 8
THREADS = min(4, os.cpu_count() or 1)
_drawing = threading.Lock()
_open: OrderedDict[str, ScenarioCube] = OrderedDict()


def cube_of(assumptions: AssumptionSet, spec: CubeSpec, *, announce: Callable[[], None] | None = None) -> ScenarioCube:
    """Return the scenarios of a set: from this process, from disk, or drawn now (`announce` is called before).

    Raises InvalidInputError for markets out of a history that the firm does not have.
    """
    name = hashlib.sha256(
        canonical_json({"engine": ENGINE_VERSION, "lanes": LANES, "set": input_digest(assumptions), "spec": spec})
    ).hexdigest()
    with _drawing:
        cube = _open.get(name) or _kept(name, assumptions, spec)
        if cube is None:
            if announce is not None:
                announce()
            cube = _drawn(assumptions, spec)
            _keep(name, cube)
            # from disk its pages are shared with other processes
            cube = _kept(name, assumptions, spec) or cube
        _open[name] = cube
        _open.move_to_end(name)
        while len(_open) > OPEN_CUBES:
            _open.popitem(last=False)
        return cube


def _drawn(assumptions: AssumptionSet, spec: CubeSpec) -> ScenarioCube:
    history = history_named(spec.market.history)
    with ThreadPoolExecutor(THREADS) as pool:
        return draw_cube(assumptions, spec, np.random.default_rng(spec.seed), history, mapper=pool.map)


def _kept(name: str, assumptions: AssumptionSet, spec: CubeSpec) -> ScenarioCube | None:
    """Open a cube on disk; one whose bytes are not what was written is thrown away and drawn again."""
    for path in _folder().glob(f"{name}.*.npy"):
        digest = path.name.split(".")[1]
        try:
            factors = np.asarray(np.load(path, mmap_mode="r"))
        except (OSError, ValueError) as broken:
            log.warning("plans.cube_unreadable", path=path.name, reason=str(broken))
            path.unlink(missing_ok=True)
            continue
        with ThreadPoolExecutor(THREADS) as pool:
            found = factors_digest(factors, pool.map)
        if found != digest:
            log.warning("plans.cube_damaged", path=path.name)
            path.unlink(missing_ok=True)
            continue
        os.utime(path)
        return ScenarioCube(spec, input_digest(assumptions), digest, factors)
    return None


def _keep(name: str, cube: ScenarioCube) -> None:
    """Write whole or not at all, then make room."""
    folder = _folder()
    try:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            np.save(part, cube.factors)
        Path(part.name).replace(folder / f"{name}.{cube.digest}.npy")
        _make_room(folder)
    except OSError as full:
        # the cube in memory serves this run; the next one draws again
        log.warning("plans.cube_not_kept", reason=str(full))


def _make_room(folder: Path) -> None:
    files = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for place, path in enumerate(files):
        total += path.stat().st_size
        if place and total > DISK_BYTES:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder: Path = settings.HOME / "scenarios"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
