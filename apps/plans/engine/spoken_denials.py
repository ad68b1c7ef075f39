"""Words that turn what follows them into its opposite: "not from my 401k", "I don't think we can wait".

A denial reaches as far as its clause, and so many words; what only looks like one ("not only", "I can't wait to", "if
not") is left out first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# how many words may stand between a denial and what it denies, and how far before that it is looked for
_REACH, _NEAR = 10, 200  # words, characters
# stands in the place of what only looks like a denial; no text holds it
_BLANK = "\x04"


@dataclass(frozen=True, slots=True)
class DenialWords:
    """The shapes of one language: what denies, what only looks so, where a denial ends, what denies from behind."""

    words: re.Pattern[str]
    spared: re.Pattern[str]
    ends: re.Pattern[str]
    behind: re.Pattern[str]


def denial_words_from(content: Mapping[str, Any]) -> DenialWords:
    """Return the words of the table `means.denials` of a file `goal_words_<tongue>.toml`."""
    return DenialWords(
        words=_any_of(rf"(?<!\w)(?:{'|'.join(content['words'])})(?!\w)"),
        # one may begin with a comma: what is put in between is no end of a clause
        spared=_any_of(rf"(?:(?<!\w)|(?=,))(?:{'|'.join(content['spared'])})(?!\w)"),
        ends=_any_of("|".join(content["ends"])),
        behind=_any_of(rf"\s*(?:{'|'.join(content['behind'])})(?!\w)"),
    )


def _any_of(shape: str) -> re.Pattern[str]:
    return re.compile(shape, re.IGNORECASE)


def cleared(text: str, words: DenialWords) -> str:
    """Return the text without what only looks like a denial, every other letter in its place."""
    return words.spared.sub(lambda found: _BLANK * len(found[0]), text)


def denied_from(clear: str, span: tuple[int, int], words: DenialWords) -> int | None:
    """Return from which character on the words at ``span`` are denied, None where nothing denies them; ``clear`` is of
    `cleared`.
    """
    start = max(0, span[0] - _NEAR)
    before = clear[start : span[0]]
    begins = max((each.end() for each in words.ends.finditer(before)), default=0)
    for each in reversed(list(words.words.finditer(before, begins))):
        if len(before[each.end() :].split()) <= _REACH:
            return start + each.start()
    return span[0] if words.behind.match(clear, span[1]) else None
