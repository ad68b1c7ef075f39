"""Federal tax of whole households, line by line."""

from __future__ import annotations

from typing import Any

from tests.golden.loader import GoldenFolders
from tests.tax_oracle.households import blank
from tests.tax_oracle.ours import lines_of, tax_of


def _household(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return dict(lines_of(tax_of({**blank(), **case})))


ADAPTERS = {"household_federal_tax": _household}
