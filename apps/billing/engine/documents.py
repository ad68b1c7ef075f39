"""Inputs and receipts as plain values that JSON can hold, back again, and their digest.

Decimals become strings, days ISO dates, enumerations their values: nothing is lost on the way.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from apps.kernel.errors import InvalidInputError, gettext_noop

T = TypeVar("T")
Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]


def plain(value: object) -> Plain:
    """Return a value of the engine as dicts, lists, strings, integers and None."""
    kind: Any = type(value)
    names = _field_names(kind)
    if names:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return _plain_scalar(value)


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _plain_scalar(value: object) -> bool | int | str | None:
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise InvalidInputError(gettext_noop("A %(kind)s cannot stand in a receipt."), kind=type(value).__name__)


def digest(value: object) -> str:
    """Return the SHA-256 of the value's canonical JSON."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def restored(kind: type[T], data: object) -> T:
    """Return the dataclass that `plain` made the data from. Raises InvalidInputError for data of another shape."""
    try:
        return typing.cast("T", _restored(kind, data))
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise InvalidInputError(
            gettext_noop("This is no stored %(kind)s: %(reason)s."), kind=kind.__name__, reason=str(error)
        ) from error


def _restored(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        return None if data is None else _restored(options[0], data)
    if origin in (tuple, frozenset):
        return origin(_restored(get_args(kind)[0], item) for item in data)
    if is_dataclass(kind):
        if not isinstance(data, Mapping):
            raise TypeError(f"{getattr(kind, '__name__', kind)} expected")
        hints = get_type_hints(kind)
        return typing.cast("Any", kind)(**{f.name: _restored(hints[f.name], data[f.name]) for f in fields(kind)})
    return _restored_scalar(kind, data)


def _restored_scalar(kind: Any, data: Any) -> Any:
    if kind is Decimal:
        return Decimal(data)
    if kind is date:
        return date.fromisoformat(data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if not isinstance(data, kind):
        raise TypeError(f"{kind.__name__} expected")
    return data
