"""Words with a slip of the pen, read as the word that was meant: one letter too many, too few, wrong or out of place,
or a missing accent. Only words of a given list are mended, and only long ones, so that no other word is mistaken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST, _LONGEST = 6, 20


@dataclass(frozen=True, slots=True)
class Spelled:
    """A mended text; `places[i]` is where its character i stands in the text that was written."""

    text: str
    places: tuple[int, ...]

    def start(self, place: int) -> int:
        """Return where a part that begins here begins in the text as written."""
        return self.places[place]

    def end(self, place: int) -> int:
        """Return where a part that ends here ends in the text as written."""
        return self.places[place - 1] + 1 if place else 0


def spelled(text: str, words: Collection[str]) -> Spelled:
    """Return the text with the words of the list as they are spelled."""
    plain = {_plain(word): word for word in words}
    mended: list[str] = []
    places: list[int] = []
    at = 0
    for found in _WORD.finditer(text):
        meant = _meant(found[0].lower(), plain, words)
        if meant is None:
            continue
        mended.append(text[at : found.start()])
        places.extend(range(at, found.start()))
        mended.append(meant)
        last = found.end() - 1
        places.extend(min(found.start() + step, last) for step in range(len(meant) - 1))
        places.append(last)
        at = found.end()
    mended.append(text[at:])
    places.extend(range(at, len(text)))
    return Spelled("".join(mended), tuple(places))


def _meant(word: str, plain: dict[str, str], words: Collection[str]) -> str | None:
    if word in words:
        return None
    if word in plain:
        return plain[word]
    if not _SHORTEST <= len(word) <= _LONGEST:
        return None
    bare = _plain(word)
    return next((plain[near] for near in _near(bare) if near in plain and _is_slip(bare, near)), None)


def _is_slip(word: str, meant: str) -> bool:
    """Say whether one is the other misspelled rather than another form of it ("retired", "precisar")."""
    return len(meant) >= _SHORTEST and not word.startswith(meant) and not meant.startswith(word)


def _near(word: str) -> Iterator[str]:
    """Tell every string one slip away: letters swapped, one dropped, one changed, one added."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    for head, tail in parts:
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in letters)
        yield from (head + letter + tail for letter in letters)


def _plain(word: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(each))
