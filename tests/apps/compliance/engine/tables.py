"""The shipped tables, for tests of the engine."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import apps.compliance
from apps.compliance.engine.capacity import CapacityFacts
from apps.compliance.engine.tables import (
    CapacityTable,
    LevelTable,
    Questionnaire,
    capacity_table_from_mapping,
    level_table_from_mapping,
    questionnaire_from_mapping,
)

REFERENCE = Path(apps.compliance.__file__).parent / "reference"


def content(name: str) -> dict[str, Any]:
    """Read a shipped table."""
    return tomllib.loads((REFERENCE / f"{name}.toml").read_text(encoding="utf-8"))


def questionnaire() -> Questionnaire:
    """The questionnaire of 2026."""
    return questionnaire_from_mapping(content("risk_questionnaire_2026_1"))


def capacity_table() -> CapacityTable:
    """The capacity table of 2026."""
    return capacity_table_from_mapping(content("risk_capacity_2026_1"))


def level_table() -> LevelTable:
    """The levels of 2026."""
    return level_table_from_mapping(content("risk_levels_2026_1"))


def facts(**changed: str) -> CapacityFacts:
    """A couple with time and savings, with what a test changes."""
    usual = {
        "years_to_first_withdrawal": "15",
        "withdrawal_years": "25",
        "liquidity_coverage": "1",
        "income_stability": "2",
        "funded_ratio": "1",
        "debt_service_ratio": "0.2",
        "dependants": "2",
        "net_worth_share": "0.5",
    }
    return CapacityFacts(**{name: Decimal(value) for name, value in (usual | changed).items()})


def answers_of(points: int) -> dict[str, str]:
    """Every item answered with the option of this many points, or the nearest below."""
    made = {}
    for item in questionnaire().items:
        fitting = [code for code, worth in item.points.items() if worth <= points]
        made[item.code] = max(fitting, key=lambda code: item.points[code])
    return made
