"""Canonical bytes of frozen values, and their digest: the same inputs have the same name everywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

# Metadata of a field that came later: at its default it is not told, so that what was written before keeps its name.
UNTOLD = MappingProxyType({"untold": True})


def plain(value: Any) -> Any:
    """Turn frozen dataclasses and their parts into plain JSON values; tuples keep their order.

    Raises TypeError on what has no canonical form.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in fields(value) if not _is_untold(field, value)
        }
    if isinstance(value, Mapping):
        return {str(_scalar(key)): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return _scalar(value)


def _is_untold(field: Field[Any], value: Any) -> bool:
    return "untold" in field.metadata and bool(getattr(value, field.name) == field.default)


def _scalar(value: Any) -> str | bool | int | float | None:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # -0.0 and 0.0 are the same amount and must have the same bytes.
        return float(value) + 0.0
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces and shortest round-trip floats; NaN is refused with ValueError."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def input_digest(inputs: Any) -> str:
    """SHA-256 of the canonical bytes, as hex."""
    return hashlib.sha256(canonical_json(inputs)).hexdigest()
