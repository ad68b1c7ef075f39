"""Whom a wish names: by the words before or after the name, since a capital letter may be a place as well."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apps.plans.engine.goal_lexicon import Lexicon, Subject
from apps.plans.engine.spoken_clauses import Clause

_NAME = re.compile(r"(?<![\w'’])[A-ZÁÉÍÓÚÂÊÔÃÕÇ][a-záéíóúâêôãõç]+(?!\w)")
# a name after one of these is a place
_PLACED = re.compile(r"\b(?:in|at|near|from|to|em|de|na|no)\s+$", re.IGNORECASE)
_AT = re.compile(r"\s+(?:at|by|aos)\s+", re.IGNORECASE)
_REACH = 80
# goals that go to somebody; the others have no receiver ("Tom wants a boat")
_GIVEN = frozenset(
    {
        Subject.EDUCATION,
        Subject.WEDDING,
        Subject.GIFT,
        Subject.LEGACY,
        Subject.CARE,
        Subject.HOME,
        Subject.VEHICLE,
        Subject.BUSINESS,
        Subject.OTHER,
        Subject.RETIREMENT,
    }
)
# goals that are of the one who does them ("Brianna starts in the fall")
_DONE = frozenset({Subject.EDUCATION, Subject.WEDDING})


class People:
    """The names of a text, and which of them a wish is for."""

    def __init__(self, text: str, words: Lexicon, names: Sequence[str]) -> None:
        self.text, self.words, self.known = text, words, frozenset(names)
        self.found = [each for each in _NAME.finditer(text) if self._is_name(each[0])]

    def whom(self, parts: Sequence[Clause], subject: Subject) -> str:
        """Return the name that the clauses give as the one the wish is for, empty where they give none."""
        if subject not in _GIVEN:
            return ""
        inside = [each for each in self.found if any(part.holds(each.start()) for part in parts)]
        for name in inside:
            if name[0] in self.known and subject is not Subject.RETIREMENT:
                return name[0]
        return next((name[0] for name in inside if self._is_person(name, subject)), "")

    def before(self, place: int) -> str:
        """Return the last person named before a place, for "when she is 18"."""
        named = [each for each in self.found if each.start() < place and not _PLACED.search(self._before(each))]
        return named[-1][0] if named else ""

    def doer(self, place: int) -> str:
        """Return the name right before a verb ("Jorge stops at 60"), empty for the speaker."""
        for name in self.found:
            between = self.text[name.end() : place]
            if name.end() <= place and re.fullmatch(
                r"(?:['’]s)?(?: (?:has|will|is|can|wants to|se|vai|quer))?\s+", between
            ):
                return name[0]
        return ""

    def aged(self, start: int, end: int) -> str:
        """Return the name beside a number that tells an age and no more: "62 for Dave", "Paulo aos 60"."""
        told = self.words.receives.match(self.text, end)
        for name in self.found:
            if told is not None and name.start() == told.end():
                return name[0]
            if name.end() < start and _AT.fullmatch(self.text[name.end() : start]):
                return name[0]
        return ""

    def _before(self, name: re.Match[str]) -> str:
        return self.text[max(0, name.start() - _REACH) : name.start()]

    def _is_name(self, word: str) -> bool:
        shapes = [*(shape for _, shape in self.words.cues), *self.words.subjects.values()]
        return word.lower() not in self.words.no_names and not any(shape.fullmatch(word) for shape in shapes)

    def _is_person(self, name: re.Match[str], subject: Subject) -> bool:
        if _NAME.match(self.text, name.end() + 1) and self.text[name.end()] == " ":
            return False
        if self.words.person_before.search(self._before(name)):
            return True
        after = self.words.person_after.match(self.text, name.end())
        return after is not None and (subject in _DONE or after.lastgroup == "own")
