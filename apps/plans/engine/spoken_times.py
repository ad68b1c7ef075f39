"""When and for how long, as people say it, in English and Portuguese: ages, years, "in ten years", "for four years".

What is found is told as it was said, with its place; whose age it is and which day that makes, the caller resolves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.plans.engine.spoken_numbers import Money, Number, Tongue


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that a text names: one of an age, a calendar year (with a month from 1 on), or years from now.

    `of` is the name before an age ("when Ana is 18"), empty where the speaker's own is meant.
    """

    start: int
    end: int
    age: int | None = None
    year: int | None = None
    month: int | None = None
    ahead: int | None = None
    of: str = ""


@dataclass(frozen=True, slots=True)
class Duration:
    """For how many years."""

    years: int
    start: int
    end: int


_MONTHS = {
    Tongue.ENGLISH: [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
    Tongue.PORTUGUESE: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
}
_MONTH_BEFORE = {
    Tongue.ENGLISH: re.compile(rf"\b({'|'.join(_MONTHS[Tongue.ENGLISH])}),?\s+(?:of\s+)?$", re.IGNORECASE),
    Tongue.PORTUGUESE: re.compile(rf"\b({'|'.join(_MONTHS[Tongue.PORTUGUESE])})\s+(?:de\s+)?$", re.IGNORECASE),
}
_YEARS_AFTER = {
    Tongue.ENGLISH: re.compile(r"[\s-]*(?:years?|yrs?)\b(?P<rest>\s+(?:from now|old|of|in))?", re.IGNORECASE),
    Tongue.PORTUGUESE: re.compile(r"\s*anos?\b(?P<rest>\s+(?:de idade|de|a partir de agora))?", re.IGNORECASE),
}
_AHEAD = {
    Tongue.ENGLISH: re.compile(r"\b(?:in|within)\s+(?:about\s+|around\s+|the next\s+|maybe\s+)?$", re.IGNORECASE),
    Tongue.PORTUGUESE: re.compile(r"\b(?:em|daqui a|dentro de|nos próximos)\s+(?:uns\s+|cerca de\s+)?$", re.IGNORECASE),
}
_DURING = {
    Tongue.ENGLISH: re.compile(
        r"\b(?:for|over|during|through)\s+(?:about\s+|the (?:next|first)\s+|all\s+|maybe\s+|another\s+)?$",
        re.IGNORECASE,
    ),
    Tongue.PORTUGUESE: re.compile(r"\b(?:por|durante)\s+(?:uns\s+|cerca de\s+|os próximos\s+)?$", re.IGNORECASE),
}
_FOLLOWS = {Tongue.ENGLISH: {"from now": "ahead", "old": "age", "of": "during", "in": "during"}}
_FOLLOWS[Tongue.PORTUGUESE] = {"de idade": "age", "de": "during", "a partir de agora": "ahead"}
_AT_AGE = {
    Tongue.ENGLISH: re.compile(
        r"\b(?:at|by|until|till|past|before|after|from|age|turn|turning|reach|hit|aged)"
        r"\s+(?:about\s+|around\s+|age\s+|the age of\s+|i['’]m\s+|we['’]re\s+)?$",
        re.IGNORECASE,
    ),
    Tongue.PORTUGUESE: re.compile(
        r"\b(?:aos|até os|antes dos|depois dos|a partir dos|com|fizer|tiver|completar|fizermos|tivermos)"
        r"\s+(?:uns\s+)?$",
        re.IGNORECASE,
    ),
}
_OF = {
    Tongue.ENGLISH: re.compile(
        r"\b(?:when|once|until|till|before|after|by the time|year)\s+(?:my\s+|our\s+)?(\w+)"
        r"(?:\s+(?:is|am|are|turns?|hits?|reach(?:es)?|gets? to)|['’](?:s|m|re))\s+$",
        re.IGNORECASE,
    ),
    Tongue.PORTUGUESE: re.compile(
        r"\b(?:quando|assim que|até que?|antes de)\s+(?:minha\s+|meu\s+|a\s+|o\s+)?(\w+)"
        r"\s+(?:fizer|tiver|completar|fazer|chegar aos)\s+$",
        re.IGNORECASE,
    ),
}
_SPEAKER = {"i", "we", "eu", "nós", "a gente"}
# words for a time, with the years from now that they are
_WORDED: dict[Tongue, tuple[tuple[re.Pattern[str], int], ...]] = {
    Tongue.ENGLISH: (
        (re.compile(r"\bnext (?:year|summer|spring|fall|autumn|winter)\b|\b(?:with)?in a year\b", re.IGNORECASE), 1),
        (re.compile(r"\bthis (?:year|summer|spring|fall|autumn|winter)\b(?! or)", re.IGNORECASE), 0),
    ),
    Tongue.PORTUGUESE: (
        (re.compile(r"\b(?:ano que vem|próximo ano)\b|\b(?:em|dentro de|daqui a) um ano\b", re.IGNORECASE), 1),
        (re.compile(r"\b(?:este ano|ainda este ano)\b", re.IGNORECASE), 0),
    ),
}
_MONTH_ALONE = {
    tongue: re.compile(
        rf"\b(?:{before})\s+({'|'.join(_MONTHS[tongue])})\b(?!,?\s+(?:of\s+|de\s+)?\d{{4}})", re.IGNORECASE
    )
    for tongue, before in ((Tongue.ENGLISH, "in|by|this|next"), (Tongue.PORTUGUESE, "em|no mês de|até"))
}
_YEAR_AFTER = {
    Tongue.ENGLISH: re.compile(r"\b(?:the year after|the following year|a year later)\b", re.IGNORECASE),
    Tongue.PORTUGUESE: re.compile(r"\b(?:no ano seguinte|um ano depois)\b", re.IGNORECASE),
}
_ONE_YEAR = {
    Tongue.ENGLISH: re.compile(r"\b(?:a|one) year (?=off|abroad|in|traveling|travelling)", re.IGNORECASE),
    Tongue.PORTUGUESE: re.compile(r"\bum ano (?=fora|sabático|viajando|em|na|no)", re.IGNORECASE),
}
# so many years between two stops say how long ("a master's in Porto, two years, ...")
_APART_BEFORE, _APART_AFTER = (
    re.compile(r"[,;(]\s+$"),
    re.compile(r"\s*(?:altogether|in all|in total|ao todo|no total)?\s*(?:[,.;)!]|$)"),
)
_REACH = 80
_AGES, _YEARS, _LONGEST = range(1, 111), range(2000, 2151), 100


def times_in(
    text: str, numbers: Sequence[Number], money: Sequence[Money], tongue: Tongue
) -> tuple[list[Moment], list[Duration]]:
    """Return the times and durations of a text, in order, from the numbers that are not money."""
    moments = [
        Moment(found.start(), found.end(), ahead=years)
        for shape, years in _WORDED[tongue]
        for found in shape.finditer(text)
    ]
    durations = [Duration(1, *found.span()) for found in _ONE_YEAR[tongue].finditer(text)]
    paid = [(each.start, each.end) for each in money]
    moments += _months_alone(text, tongue)
    for number in numbers:
        if number.value != int(number.value) or any(first <= number.start < last for first, last in paid):
            continue
        told = _time_of(text, number, tongue)
        if isinstance(told, Moment):
            moments.append(told)
        elif told is not None:
            durations.append(told)
        elif moments and _ends_as_ahead(text, number, moments[-1], tongue):
            moments.append(Moment(number.start, number.end, ahead=int(number.value)))
    moments.sort(key=lambda moment: moment.start)
    return moments + _years_after(text, moments, tongue), durations


def _years_after(text: str, moments: Sequence[Moment], tongue: Tongue) -> list[Moment]:
    """Tell the years that are named by the one before ("in 2027, and the year after")."""
    told = []
    for found in _YEAR_AFTER[tongue].finditer(text):
        before = [moment for moment in moments if moment.end <= found.start() and moment.age is None]
        if before and before[-1].year is not None:
            told.append(Moment(*found.span(), year=before[-1].year + 1))
        elif before and before[-1].ahead is not None:
            told.append(Moment(*found.span(), ahead=before[-1].ahead + 1))
    return told


def _before(text: str, place: int) -> str:
    """Return the words right before a place: as many as any shape here needs."""
    return text[max(0, place - _REACH) : place]


def _months_alone(text: str, tongue: Tongue) -> list[Moment]:
    """Tell the months that stand without their year ("in April")."""
    found = _MONTH_ALONE[tongue].finditer(text)
    return [Moment(*each.span(1), month=_MONTHS[tongue].index(each[1].lower()) + 1) for each in found]


def _ends_as_ahead(text: str, number: Number, last: Moment, tongue: Tongue) -> bool:
    """Say whether a number leaves out the years that were just said ("in eleven years ..., in four")."""
    if last.ahead is None or not _AHEAD[tongue].search(_before(text, number.start)):
        return False
    return re.match(r"\s*(?:[.,;!?]|$)", text[number.end :]) is not None


def _time_of(text: str, number: Number, tongue: Tongue) -> Moment | Duration | None:
    value, before = int(number.value), _before(text, number.start)
    if value in _YEARS and text[number.start : number.end].isdigit():
        return _calendar(before, number, value, tongue)
    years = _YEARS_AFTER[tongue].match(text, number.end)
    if years is not None and value < _LONGEST:
        return _counted(text, number, years, tongue)
    return _age(before, number, number.end, tongue)


def _calendar(before: str, number: Number, year: int, tongue: Tongue) -> Moment:
    named = _MONTH_BEFORE[tongue].search(before)
    if named is None:
        return Moment(number.start, number.end, year=year)
    return Moment(named.start(), number.end, year=year, month=_MONTHS[tongue].index(named[1].lower()) + 1)


def _counted(text: str, number: Number, years: re.Match[str], tongue: Tongue) -> Moment | Duration | None:
    """Tell what so many years are: a time ahead, a duration, or an age."""
    before = _before(text, number.start)
    rest = " ".join((years["rest"] or "").lower().split())
    meant, end = _FOLLOWS[tongue].get(rest, ""), years.end() - len(years["rest"] or "")
    if meant == "ahead" or (_AHEAD[tongue].search(before) and meant != "age"):
        return Moment(number.start, years.end() if meant else end, ahead=int(number.value))
    is_apart = _APART_BEFORE.search(before) and _APART_AFTER.match(text, end)
    if _DURING[tongue].search(before) or meant == "during" or (is_apart and not meant):
        return Duration(int(number.value), number.start, end)
    return _age(before, number, end, tongue, is_said=meant == "age")


def _age(before: str, number: Number, end: int, tongue: Tongue, *, is_said: bool = False) -> Moment | None:
    if int(number.value) not in _AGES:
        return None
    of = _OF[tongue].search(before)
    name = of[1] if of is not None and of[1].lower() not in _SPEAKER else ""
    if name or is_said or of is not None or _AT_AGE[tongue].search(before):
        return Moment(number.start, end, age=int(number.value), of=name)
    return None
