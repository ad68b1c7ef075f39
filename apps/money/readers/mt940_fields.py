"""The lines of a SWIFT MT940 or MT942 file as messages of located fields.

A field begins with its tag between colons at the start of a line and goes on to the next one; texts of entries hold
times of day (":12:11") and worse at the start of a line, so only tags of the standard, where they can stand, are tags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.core.tabular.decoding import decoded
from apps.core.tabular.problems import IgnoredReason, IgnoredRow

_LINE_END = re.compile(r"\r\n|\r|\n")
_TAG = re.compile(r":(\d\d[A-Z]?|NS):")
_TAGS = frozenset(
    "13 13C 13D 20 21 25 25P 28 28C 28D 34F 60 60F 60M 61 62 62F 62M 64 65 86 90C 90D NS".split()  # noqa: SIM905
)
_TEXTS = ("61", "86", "NS")
# A text that was wrapped within a time of day: ":20:15 Uhr" begins no message, ":20:1510" does.
_CLOCK = re.compile(r":[0-5]\d:[0-5]\d(?!\w)")
_ENVELOPE = re.compile(r"\s*\{1:.*?\{4:|\s*\{4:")
_MT940 = re.compile(r"^:(?:20|25P?|28C?|60[FM]|61):", re.MULTILINE)
# SWIFT frames messages with these on the wire, and some banks leave them in the file.
_FRAMES = "\x00\x01\x02\x03"


@dataclass(frozen=True, slots=True)
class Mt940Field:
    """A tag, the line where it stands, and its value line by line."""

    tag: str
    line: int
    lines: tuple[str, ...]

    @property
    def value(self) -> str:
        """The first line of the value, without blanks around it."""
        return self.lines[0].strip()


@dataclass(frozen=True, slots=True)
class Mt940Message:
    """The fields of one statement, in the order of the file."""

    fields: tuple[Mt940Field, ...]

    def all(self, *tags: str) -> list[Mt940Field]:
        """The fields with these tags."""
        return [field for field in self.fields if field.tag in tags]


def is_mt940(text: str) -> bool:
    """Whether a line of the text begins as a field of MT940 does."""
    return _MT940.search(text) is not None


def mt940_text(data: bytes) -> str:
    """Decode the file. Banks still write the code page of DOS (852) where Windows-1252 has no letter."""
    return decoded(data, last="cp852", frames=_FRAMES).text


def messages_of(text: str) -> tuple[tuple[Mt940Message, ...], tuple[IgnoredRow, ...]]:
    """Split the text; lines that belong to no field are handed back with their reason."""
    splitter = _Splitter()
    for number, line in enumerate(_LINE_END.split(text), start=1):
        splitter.take(number, line)
    splitter.end_message()
    return tuple(splitter.messages), tuple(splitter.ignored)


class _Splitter:
    """Takes one line after another."""

    def __init__(self) -> None:
        self.messages: list[Mt940Message] = []
        self.ignored: list[IgnoredRow] = []
        self._fields: list[Mt940Field] = []
        self._tags: set[str] = set()
        self._open: tuple[str, int, list[str]] | None = None

    def take(self, number: int, line: str) -> None:
        envelope = _ENVELOPE.match(line)
        if envelope is not None:
            self.end_message()
            line = line[envelope.end() :]
        tag = self._tag_of(line)
        if tag:
            self._end_field()
            if self._begins_message(tag):
                self.end_message()
            self._tags.add(tag)
            self._open = (tag, number, [line[len(tag) + 2 :]])
        elif line.strip() == "-" or line.startswith("-}"):
            self.end_message()
        elif not line.strip():
            return
        elif self._open is not None and self._open[0] in _TEXTS:
            self._open[2].append(line)
        else:
            reason = IgnoredReason.NOTE if self.messages or self._open else IgnoredReason.PREAMBLE
            self.ignored.append(IgnoredRow(number, reason, line.strip()[:200]))

    def end_message(self) -> None:
        self._end_field()
        if self._fields:
            self.messages.append(Mt940Message(tuple(self._fields)))
        self._fields, self._tags = [], set()

    def _end_field(self) -> None:
        if self._open is not None:
            tag, line, lines = self._open
            self._fields.append(Mt940Field(tag, line, tuple(lines)))
        self._open = None

    def _tag_of(self, line: str) -> str:
        match = _TAG.match(line)
        if match is None or match[1] not in _TAGS:
            return ""
        inside_text = self._open is not None and self._open[0] in _TEXTS and not self._is_closed
        return "" if inside_text and _CLOCK.match(line) else match[1]

    def _begins_message(self, tag: str) -> bool:
        if tag.startswith("60"):
            return not self._tags.isdisjoint({"60", "60F", "60M"})
        return tag == "20" or (tag in {"25", "25P", "28", "28C"} and self._is_closed)

    @property
    def _is_closed(self) -> bool:
        return not self._tags.isdisjoint({"62", "62F", "62M"})
