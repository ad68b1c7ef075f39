"""Answers kept for the frozen values they were worked out from: a tax table, an assumption set.

Every run of a plan asks the same of the same table, and a search asks hundreds of times. Such values hold mappings, so
they have no hash, and comparing them whole costs as much as the answer; which object it is costs nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar

Value = TypeVar("Value")
Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")


def remembered(
    most: int,
) -> Callable[[Callable[Concatenate[Value, Rest], Answer]], Callable[Concatenate[Value, Rest], Answer]]:
    """Keep the last ``most`` answers of a pure function of a frozen value and hashable arguments, by object.

    The value is kept with its answer, so that its place in memory is not given to another. Callers must not write to
    an answer.
    """

    def keeping(
        work: Callable[Concatenate[Value, Rest], Answer],
    ) -> Callable[Concatenate[Value, Rest], Answer]:
        kept: OrderedDict[Hashable, tuple[Value, Answer]] = OrderedDict()
        lock = Lock()

        @wraps(work)
        def asked(value: Value, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Answer:
            key = (id(value), args, tuple(sorted(kwargs.items())))
            with lock:
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key][1]
            answer = work(value, *args, **kwargs)
            with lock:
                kept[key] = (value, answer)
                while len(kept) > most:
                    kept.popitem(last=False)
            return answer

        return asked

    return keeping
