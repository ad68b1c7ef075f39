"""The clauses of a text, each with the goals that its words name; clauses break where no number or time is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from apps.plans.engine.goal_lexicon import Lexicon, Subject

_SENTENCE = re.compile(r"[.!?]+(?=\s|$)|\n+")


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name a goal; `is_reference` where they may only say when ("after I retire")."""

    subject: Subject
    start: int
    end: int
    is_reference: bool = False


@dataclass(slots=True)
class Clause:
    """A part of a sentence between two breaks, `lead` the break before it."""

    start: int
    end: int
    lead: str = ""
    mentions: list[Mention] = field(default_factory=list)

    def holds(self, place: int) -> bool:
        """Say whether a character lies in it."""
        return self.start <= place < self.end


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Tell where each sentence begins and ends."""
    start = 0
    for stop in _SENTENCE.finditer(text):
        if text[start : stop.start()].strip():
            yield start, stop.start()
        start = stop.end()
    if text[start:].strip():
        yield start, len(text)


def clauses_of(text: str, span: tuple[int, int], fixed: Sequence[tuple[int, int]], words: Lexicon) -> list[Clause]:
    """Return the clauses of a sentence; ``fixed`` are the numbers and times that no break may part."""
    at, lead, told = span[0], "", []
    for found in words.breaks.finditer(text, *span):
        if any(first < found.end() and found.start() < last for first, last in fixed):
            continue
        if text[at : found.start()].strip():
            told.append(_clause(text, Clause(at, found.start(), lead), words))
            lead = ""
        at, lead = found.end(), lead + found[0].lower()
    if text[at : span[1]].strip():
        told.append(_clause(text, Clause(at, span[1], lead), words))
    return told


def _clause(text: str, clause: Clause, words: Lexicon) -> Clause:
    aside = [found.span() for found in words.asides.finditer(text, clause.start, clause.end)]
    references = [found.span() for found in words.references.finditer(text, clause.start, clause.end)]
    named: list[Mention] = []
    for subject, shape in words.subjects.items():
        for found in shape.finditer(text, clause.start, clause.end):
            if _meets(found.span(), [*aside, *((each.start, each.end) for each in named)]):
                continue
            is_reference = subject is Subject.RETIREMENT and _meets(found.span(), references)
            named.append(Mention(subject, *found.span(), is_reference))
    clause.mentions = _without_helping(_distinct(sorted(named, key=lambda each: each.start)))
    return clause


def _without_helping(named: list[Mention]) -> list[Mention]:
    """Leave out the help where what it is for is named after it ("help the kids with a down payment")."""
    last = named[-1].start if named else 0
    return [each for each in named if each.subject is not Subject.GIFT or each.start == last]


def _meets(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(first < span[1] and span[0] < last for first, last in others)


def _distinct(named: list[Mention]) -> list[Mention]:
    """Keep the first mention of each subject."""
    told: dict[Subject, Mention] = {}
    for each in named:
        told.setdefault(each.subject, each)
    return list(told.values())
