"""No text of advice states a number that the engine did not compute for it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from apps.plans.engine.results import Recommendation, Text

_PLACE = re.compile(r"%\(\w+\)s")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0]\d+)*")
# names of the law that hold digits and are no figures
_NAMES = re.compile(r"401\(k\)|403\(b\)|Form \d{4}(?:-[A-Z])?")
_SAME = 1e-9


class UncitedFigureError(ValueError):
    """A text states a number that is not among the figures of its advice."""


def cited_figures(advice: Recommendation) -> frozenset[float]:
    """Return the numbers that the texts of the advice may state: its facts, and what its effect was measured to be."""
    effect = advice.effect
    measured = () if effect is None else (effect.success_before, effect.success_after, effect.delta_success)
    wealth = () if effect is None else (effect.delta_median_terminal_real,)
    return frozenset((*(value for _, value in advice.facts), *measured, *wealth))


def uncited(text: Text, figures: Iterable[float]) -> tuple[str, ...]:
    """Return what a text states that is not among the figures: values of its places, and numbers written out in it.

    A number written in the message counts as it stands or, before a per cent sign, as a fraction.
    """
    known = tuple(figures)
    told = [repr(value) for _, value in text.params if not isinstance(value, str) and not _among(value, known)]
    message = _NAMES.sub("", _PLACE.sub("", text.message))
    for found in _NUMBER.finditer(message):
        value = float(found.group().replace(",", "").replace("\u00a0", ""))
        is_share = message[found.end() :].lstrip().startswith("%")
        if not _among(value / 100.0 if is_share else value, known):
            told.append(found.group())
    return tuple(told)


def check_citations(advice: Recommendation) -> Recommendation:
    """Return the advice. Raises UncitedFigureError where one of its texts states a number of its own."""
    figures = cited_figures(advice)
    for text in (advice.title, advice.reason, *advice.actions):
        told = uncited(text, figures)
        if told:
            raise UncitedFigureError(f"{advice.key}: “{text.message}” states {', '.join(told)}")
    return advice


def _among(value: float, figures: tuple[float, ...]) -> bool:
    return any(math.isclose(value, each, rel_tol=_SAME, abs_tol=_SAME) for each in figures)
