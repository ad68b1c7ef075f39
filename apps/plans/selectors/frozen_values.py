"""The engine's canonical bytes as frozen values again: the way back from `engine.digest.canonical_json`."""

from __future__ import annotations

import json
import types
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from apps.kernel.errors import InvalidInputError, gettext_noop

T = TypeVar("T")


def read_frozen(data: bytes | memoryview, kind: type[T]) -> T:
    """Read canonical bytes as a value of the dataclass; writing it again gives the same bytes.

    Bytes of an older engine are read with the defaults of the fields that it did not know. Raises InvalidInputError
    when one of them has none.
    """
    try:
        return cast("T", _read(json.loads(bytes(data)), kind))
    except (KeyError, TypeError, ValueError) as foreign:
        raise InvalidInputError(
            gettext_noop("The stored result was written by another version of the engine."),
            mend=gettext_noop("Generate the plan again."),
        ) from foreign


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(cast("type[Any]", kind))


def _read(value: Any, kind: Any) -> Any:
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _read_union(value, get_args(kind))
    if origin is tuple:
        return _read_tuple(value, get_args(kind))
    if origin is not None and issubclass(origin, Mapping):
        key_kind, item_kind = get_args(kind)
        return {_read(key, key_kind): _read(item, item_kind) for key, item in value.items()}
    if is_dataclass(kind):
        hints = _hints(cast("Hashable", kind))
        # what an older engine did not tell has its default
        told = [field for field in fields(kind) if field.name in value or field.default is MISSING]
        return cast("type[Any]", kind)(**{field.name: _read(value[field.name], hints[field.name]) for field in told})
    return _read_scalar(value, kind)


def _read_tuple(value: Any, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(item, kinds[0]) for item in value)
    return tuple(_read(item, kind) for item, kind in zip(value, kinds, strict=True))


def _read_union(value: Any, kinds: tuple[Any, ...]) -> Any:
    """None where that is allowed; else the first kind that takes the value (a date before a boundary's name)."""
    if value is None and type(None) in kinds:
        return None
    refused: Exception = TypeError("no kind")
    for kind in kinds:
        if kind is type(None):
            continue
        try:
            return _read(value, kind)
        except (KeyError, TypeError, ValueError) as other:
            refused = other
    raise refused


def _read_scalar(value: Any, kind: Any) -> Any:
    if kind is Any:
        return value
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    if issubclass(kind, Enum):
        return kind(value)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
