"""A text without the names that are known: each stands as a word of our own, and every character keeps its place.

What leaves the house must not say who the household is. A name of somebody whom nobody knows here stays; e-mail
addresses and long numbers (accounts, telephones) go as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from apps.plans.engine.spoken_spelling import Spelled

# digits with nothing or one dash, dot, slash or space between them, nine and more: no amount is written so long
_NUMBER = re.compile(r"(?<![\w.,])\+?\(?\d(?:[ ./()-]{0,2}\d){8,}(?!\w)")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
_MAIL_WORD, _NUMBER_WORD = "[address]", "[number]"


def without_names(text: str, names: Mapping[str, str]) -> Spelled:
    """Return the text with each of ``names`` (as people write them) as the word it maps to.

    Upper and lower case are the same: a name that is also a word goes rather than stays. The longer name goes first.
    """
    told = sorted((name for name in names if name.strip()), key=len, reverse=True)
    known = {name.casefold(): names[name] for name in told}
    shapes = [_MAIL.pattern, _NUMBER.pattern]
    if told:
        shapes.append(rf"(?<!\w)(?:{'|'.join(map(re.escape, told))})(?!\w)")
    written: list[str] = []
    places: list[int] = []
    at = 0
    for found in re.finditer("|".join(shapes), text, re.IGNORECASE):
        word = known.get(found[0].casefold()) or (_MAIL_WORD if "@" in found[0] else _NUMBER_WORD)
        written += [text[at : found.start()], word]
        places += [*range(at, found.start()), *[found.start()] * (len(word) - 1), found.end() - 1]
        at = found.end()
    written.append(text[at:])
    places += range(at, len(text))
    return Spelled("".join(written), tuple(places))
