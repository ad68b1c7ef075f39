"""The frame of every write service."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from apps.core.actors import Actor, acting_as

P = ParamSpec("P")
R = TypeVar("R")


def service(function: Callable[P, R]) -> Callable[P, R]:
    """Run a write service whole or not at all, and name its actor (`by`) in the history of each row it writes.

    A service takes keyword arguments only and always `by`; nested services join the outer transaction.
    """

    @wraps(function)
    def framed(*args: P.args, **kwargs: P.kwargs) -> R:
        by = kwargs.get("by")
        if args or not isinstance(by, Actor):
            raise TypeError(f"{function.__qualname__} takes keyword arguments only, with by=<Actor> among them.")
        with acting_as(by), transaction.atomic():
            return function(*args, **kwargs)

    return framed
