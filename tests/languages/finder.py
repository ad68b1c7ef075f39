"""Finds in a page, a mail or a paper what people read that was neither translated nor data."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.languages.pseudo import CLOSE, OPEN

# attributes that people see or hear
SPOKEN = frozenset(
    {
        *("title", "alt", "placeholder", "label", "hx-confirm", "hx-prompt"),
        *("aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "aria-placeholder"),
        *("data-confirm", "data-confirm-label", "data-error-message", "data-label", "data-panel-title"),
    }
)
BUTTONS = frozenset({"submit", "button", "reset"})
SILENT = frozenset({"script", "style", "code", "kbd", "samp"})
VOID = frozenset(
    {*("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")}
)
# a mark that opens in a message closes in it: it may hold words of a line, never a paragraph and what comes after
INLINE = frozenset(
    {*("a", "abbr", "b", "br", "cite", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "time", "u")}
)
# keys of a chart's or a tour's JSON whose texts are drawn
DRAWN = frozenset({"title", "unit", "note", "label", "name", "text", "legend", "values"})
FLOW = frozenset({"source", "target"})
CODES_OF_CHARTS = frozenset({"meaning", "meanings", "kind", "format", "style", "stack", "currency", "as_of"})

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
SHORT = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
WRITTEN = re.compile(
    "|".join(
        (
            r"https?://\S+",
            r"(?<!\w)/(?:[\w.-]+/)+[\w.-]*",  # an address on this site
            r"\b[\w-]+\.(?:pdf|csv|xlsx|ofx|qfx|zip|html|txt|png)\b",
            r"\b(?:America|Europe|Pacific|US)/[A-Z][\w/ -]*",  # a time zone
            r"\b[a-z]+:(?:read|write)\b",  # a scope of the API
            r"\b\d{4}-\d\d-\d\dT[\d:.]+Z?",
            r"\bv\d+\b",
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
            rf"\b(?:{MONTHS}|{SHORT})\b\.? \d{{1,2}}, \d{{4}}(?:,? at| \d|,)?",  # a day as Babel writes it
            rf"\b(?:{MONTHS}|{SHORT}) \d{{4}}\b",
            r"\bUTC\b|\bSHA-256\b",
            r"\d[\d:]*[\s\u202f](?:AM|PM)\b(?: [A-Z]{3,4}\b)?",
            r"[$€£]?\d[\d.,]*[KMBT]\b",  # a compact amount
            r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b",  # digests and ids
        )
    )
)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Found:
    """A text outside every message, and the tag or attribute that it stands in."""

    place: str
    text: str

    def __str__(self) -> str:
        """Name both."""
        return f"{self.place}: “{self.text}”"


@dataclass
class Known:
    """The texts that need no translation: the firm's data, and words that are the same in each language."""

    by_first_word: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, values: Iterable[str]) -> Known:
        """Sort the values by their first word, the longest first."""
        known = cls()
        for value in {" ".join(value.split()) for value in values}:
            if first := WORD.search(value):
                known.by_first_word[first[0]].append(value[first.start() :])
        for same in known.by_first_word.values():
            same.sort(key=len, reverse=True)
        return known

    def left_over(self, text: str) -> str:
        """Return what of the text, from its first unknown word on, is no data; nothing if all of it is."""
        # papers break long words by spaces of no width
        text = " ".join(text.replace("\u200b", "").split())
        if _is_json(text):
            return ""  # a record as it is stored
        spans = [found.span() for found in WRITTEN.finditer(text)]
        place = 0
        while word := WORD.search(text, place):
            for value in self.by_first_word.get(word[0], ()):
                end = word.start() + len(value)
                if text.startswith(value, word.start()) and not text[end : end + 1].isalpha():
                    place = end
                    break
            else:
                ends = [end for start, end in spans if start <= word.start() < end]
                if not ends and not (len(word[0]) == 1 and word[0].isupper()):  # an initial
                    return text[word.start() :]
                place = max(ends, default=word.end())
        return ""


def _is_json(text: str) -> bool:
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class Reader(HTMLParser):
    """Goes through a page as a person does, and keeps what stands outside the marks."""

    def __init__(self, known: Known) -> None:
        super().__init__(convert_charrefs=True)
        self.known, self.found = known, list[Found]()
        self._open: list[tuple[str, bool]] = []
        self._depth = 0
        self._json = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes; remember whether the inside is read."""
        named = {name: value or "" for name, value in attrs}
        if tag not in INLINE:
            self._depth = 0
        if tag not in VOID:
            hidden = self._is_silent or tag in SILENT or named.get("translate") == "no"
            self._open.append((tag, hidden))
        if tag == "script" and named.get("type") == "application/json":
            self._json = named.get("id", "json")
        if not self._is_silent:
            self._read_attributes(tag, named)

    def handle_endtag(self, tag: str) -> None:
        """Leave the element, and what was not closed in it."""
        if tag not in INLINE:
            self._depth = 0
        while self._open and any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break
        self._json = ""

    def handle_data(self, data: str) -> None:
        """Read a text, or the JSON that a script draws from."""
        if self._json:
            for text in drawn(json.loads(data)):
                self._judge(f"<script id={self._json}>", text)
        elif not self._is_silent:
            outside, self._depth = unmarked(data, self._depth)
            self._keep(f"<{self._open[-1][0] if self._open else 'text'}>", outside)

    @property
    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _read_attributes(self, tag: str, named: Mapping[str, str]) -> None:
        for name, value in named.items():
            spoken = name in SPOKEN or (tag == "input" and name == "value" and named.get("type") in BUTTONS)
            spoken = spoken or (named.get("id") == "words" and name.startswith("data-"))
            spoken = spoken or (tag == "meta" and name == "content" and named.get("name") == "description")
            if spoken:
                self._judge(f"<{tag} {name}>", value)

    def _judge(self, place: str, text: str) -> None:
        self._keep(place, unmarked(text)[0])

    def _keep(self, place: str, outside: list[str]) -> None:
        for part in outside:
            if left := self.known.left_over(part):
                self.found.append(Found(place, left))


def unmarked(text: str, depth: int = 0) -> tuple[list[str], int]:
    """Return the parts of the text that stand outside the marks, and how many marks are open at its end."""
    parts, start = [""], depth
    for letter in text:
        if letter == OPEN:
            start += 1
            parts.append("")
        elif letter == CLOSE:
            start = max(0, start - 1)
        elif not start:
            parts[-1] += letter
    return [part for part in parts if part.strip()], start


def drawn(value: Any, *, is_text: bool = False) -> Iterator[str]:
    """Yield the texts of a chart or a tour that people see."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in CODES_OF_CHARTS:
                yield from drawn(inner, is_text=key in DRAWN or ("value" in value and key in FLOW))
    elif isinstance(value, list):
        for inner in value:
            yield from drawn(inner, is_text=is_text)
    elif isinstance(value, str) and is_text:
        yield value


def untranslated(html: str, known: Known) -> list[Found]:
    """Return each text of a page that is neither translated nor known."""
    reader = Reader(known)
    reader.feed(html)
    reader.close()
    return list(dict.fromkeys(reader.found))


def untranslated_text(text: str, known: Known) -> list[Found]:
    """Return the same of a plain text."""
    depth, found = 0, list[Found]()
    for line in text.splitlines():
        outside, depth = unmarked(line, depth)
        found += [Found(line.strip()[:40], left) for text in outside if (left := known.left_over(text))]
    return found
