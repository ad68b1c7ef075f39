"""Risk tolerance: the Grable-Lytton grid is read as a questionnaire, and the engine scores it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from apps.compliance.engine.errors import IncompleteAnswersError, UnknownAnswerError
from apps.compliance.engine.tables import Questionnaire, level_in, questionnaire_from_mapping
from apps.compliance.engine.tolerance import score_tolerance
from tests.golden.loader import GoldenFolders

NAMES = ("low", "below_average", "average", "above_average", "high")


def _grid(folders: GoldenFolders) -> Questionnaire:
    grid = json.loads(folders.data("grable_lytton_grid.json").read_text(encoding="utf-8"))
    items = [
        {"code": f"{number:02}", "options": [{"code": code, "points": points} for code, points in row.items()]}
        for number, row in enumerate(grid["points"])
    ]
    highest = sum(max(row.values()) for row in grid["points"])
    bands = [{"level": n, "up_to": top or highest} for n, (_low, top, _name) in enumerate(grid["bands"], 1)]
    content = {"version": "1999", "items": items, "bands": bands, "contradictions": []}
    return questionnaire_from_mapping(content)


def _answers(given: list[str]) -> dict[str, str]:
    return {f"{number:02}": option for number, option in enumerate(given)}


def score(case_input: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Score thirteen answers."""
    scored = score_tolerance(_answers(case_input["answers"]), _grid(folders))
    return {"score": scored.score, "band": NAMES[scored.level - 1]}


def band(case_input: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Name the band of a score."""
    return {"band": NAMES[level_in(_grid(folders).bands, Decimal(case_input["score"])) - 1]}


def reject(case_input: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """Say whether the answers are taken."""
    try:
        score_tolerance(_answers(case_input["answers"]), _grid(folders))
    except (IncompleteAnswersError, UnknownAnswerError):
        return {"accepted": False}
    return {"accepted": True}


ADAPTERS = {"score": score, "band": band, "reject": reject}
