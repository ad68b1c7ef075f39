"""A plan told in plain words by somebody else than the engine: figures are cited by name, never written out.

A text holds places, ``{figure:chance}`` for a figure and ``{name:goal_a}`` for the name of a goal. The same check that
holds our own advice (`advice_citations`) refuses any digit; numbers in words, shares ("half") and signs of money or
per cent outside of a place are refused as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.results import Text
from apps.plans.engine.spoken_numbers import Tongue, numbers_in

LONGEST, SHORTEST = 4_000, 80
_PLACE = re.compile(r"\{(figure|name):([a-z_]{1,60})\}")
_SIGNS = re.compile(r"[%$€£<>{}]|https?:|www\.|\bUSD\b|\bBRL\b")
_SHARES = {
    Tongue.ENGLISH: "half halves quarter quarters third thirds double doubled triple twice dozen dozens percent",
    Tongue.PORTUGUESE: "metade metades dobro triplo terço terços quarto dúzia dúzias porcento",
}


class ToldNumberError(ValueError):
    """The text states what it may not, or cites what there is not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure or a name stands in a text."""

    is_figure: bool
    name: str


def pieces(text: str) -> tuple[str | Place, ...]:
    """Return a text in its order: what is written, and its places."""
    found: list[str | Place] = []
    at = 0
    for place in _PLACE.finditer(text):
        found += [text[at : place.start()], Place(place[1] == "figure", place[2])]
        at = place.end()
    found.append(text[at:])
    return tuple(each for each in found if each != "")


def check_told(
    text: str, figures: Mapping[str, float], names: Collection[str], tongue: Tongue, *, needs: Collection[str] = ()
) -> str:
    """Return the text, trimmed. ``figures`` are the values that may be cited; those in ``needs`` must be.

    Raises ToldNumberError where it states a number, cites what is not there or leaves out what it must say.
    """
    text = text.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise ToldNumberError(f"The text has {len(text)} characters.")
    parts = pieces(text)
    cited = [part for part in parts if isinstance(part, Place)]
    unknown = [place.name for place in cited if place.name not in (figures if place.is_figure else names)]
    if unknown:
        raise ToldNumberError(f"The text cites {', '.join(unknown)}.")
    missing = set(needs) - {place.name for place in cited if place.is_figure}
    if missing:
        raise ToldNumberError(f"The text leaves out {', '.join(sorted(missing))}.")
    written = "".join(" " if isinstance(part, Place) else part for part in parts)
    params = tuple((f"p{at}", figures[place.name]) for at, place in enumerate(cited) if place.is_figure)
    stated = uncited(Text(written.replace("%", "%%"), params), [figures[p.name] for p in cited if p.is_figure])
    # fractions and numerals of other scripts are no digits
    stated += tuple(sign for sign in written if sign.isnumeric() and not sign.isdecimal())
    stated += tuple(_SIGNS.findall(written)) + _in_words(written, tongue)
    if stated:
        raise ToldNumberError(f"The text states {', '.join(stated)}.")
    return text


def _in_words(text: str, tongue: Tongue) -> tuple[str, ...]:
    """Return numbers written in words; one is an article as well."""
    spoken = [text[n.start : n.end] for n in numbers_in(text, tongue) if n.value != 1]
    shares = set(_SHARES[tongue].split()) & {word.lower() for word in re.findall(r"\w+", text)}
    return (*(word for word in spoken if not any(sign.isdigit() for sign in word)), *sorted(shares))
