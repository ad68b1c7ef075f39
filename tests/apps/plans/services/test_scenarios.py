import numpy as np
import pytest

from apps.plans.engine.inputs import CubeSpec
from apps.plans.services import _scenarios
from apps.plans.services._scenarios import cube_of
from tests.apps.plans.engine.households import simple_assumptions

SPEC = CubeSpec(seed=7, n_paths=64, n_batches=2, n_months=24)


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.HOME = tmp_path
    _scenarios._open.clear()
    yield tmp_path / "scenarios"
    _scenarios._open.clear()


def kept(folder):
    return sorted(folder.glob("*.npy"))


def test_a_cube_is_drawn_once_and_then_read(folder):
    drawn: list[int] = []
    first = cube_of(simple_assumptions(), SPEC, announce=lambda: drawn.append(1))
    _scenarios._open.clear()
    second = cube_of(simple_assumptions(), SPEC, announce=lambda: drawn.append(1))
    assert drawn == [1]
    assert second.digest == first.digest
    assert np.array_equal(second.factors, first.factors)
    assert len(kept(folder)) == 1


def test_a_damaged_file_is_thrown_away_and_drawn_again(folder):
    first = cube_of(simple_assumptions(), SPEC)
    _scenarios._open.clear()
    path = kept(folder)[0]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert cube_of(simple_assumptions(), SPEC).digest == first.digest
    path.write_bytes(b"no array")
    _scenarios._open.clear()
    assert cube_of(simple_assumptions(), SPEC).digest == first.digest


def test_other_assumptions_have_other_cubes_and_the_folder_is_bounded(folder, monkeypatch):
    monkeypatch.setattr(_scenarios, "DISK_BYTES", 1)
    cube_of(simple_assumptions(), SPEC)
    cube_of(simple_assumptions(equity_volatility=0.2), SPEC)
    assert len(kept(folder)) == 1
