"""The oracle in its own environment, asked through a pipe."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.tax_oracle.households import Household

HERE = Path(__file__).resolve().parent
OWN = HERE.parents[1] / ".venv-tax-oracle" / "bin" / "python"


class NoOracleError(Exception):
    """There is no environment with the oracle."""


def ask(households: list[Household], *options: str) -> str:
    """Hand households to the oracle and return what it wrote. Raises NoOracleError without its environment."""
    python = os.environ.get("STEWARD_TAX_ORACLE_PYTHON") or str(OWN)
    if not Path(python).exists():
        raise NoOracleError(f"{python} does not exist: run make tax-oracle")
    command = [python, str(HERE / "oracle.py"), *options]
    done = subprocess.run(command, input=json.dumps(households), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def answers_of(households: list[Household]) -> list[dict[str, float]]:
    """Return the oracle's answers, in the order of the households."""
    told: list[dict[str, float]] = json.loads(ask(households))
    return told


def seconds_of(households: list[Household], repeats: int) -> float:
    """Return the median seconds of the oracle's `calc_all` on the households."""
    return float(ask(households, "--seconds", str(repeats)))
