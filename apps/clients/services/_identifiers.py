"""Tax numbers on their way in: checked, then encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.clients.readers.people import read_tax_id
from apps.core.secrets import encrypted
from apps.core.tabular.problems import CellError
from apps.kernel.errors import InvalidInputError


def stored(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a person's fields with the tax number as it is stored; an empty one takes the number away.

    Raises InvalidInputError at `tax_id` for a number that no authority gave out (SSN, ITIN, CPF).
    """
    ready = dict(fields)
    if ready.get("tax_id"):
        try:
            _kind, number = read_tax_id(ready["tax_id"])
        except CellError as wrong:
            raise InvalidInputError(wrong.message, mend=wrong.mend, field="tax_id", **wrong.params) from wrong
        ready["tax_id"] = encrypted(number)
    return ready
