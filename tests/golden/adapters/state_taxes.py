"""State income tax: the product's tables of the year, households as drawn."""

from __future__ import annotations

from typing import Any

from tests.golden.loader import GoldenFolders
from tools.state_oracle.compare import our_tax, tables


def _state_income_tax(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    federal, states = tables()
    return {"tax": float(our_tax(federal, states, case["state"], case))}


ADAPTERS = {"state_income_tax": _state_income_tax}
