"""Rows of an import that nobody has to look at: a sealed file of texts, not rows of the database."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# of each row, before what its importer keeps of it
LINE, ACTION, ID, LABEL, OWN = range(5)
_ESCAPES = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class PlainRows:
    """Rows without problems that are new or known already, by line, each a text of columns between tabs.

    A row begins with its line, its action, the public id of the record that it is or becomes, and its label; columns
    of the importer's own follow, as COPY writes them. `head` is plain JSON: `type` is the record's model, `shown` gives
    the place of each fact that pages show, `besides` may name a model of which a record with the same id may be made
    too. `basis` is what the plan rests on: while it is the same, the rows need not be read again.
    """

    head: Mapping[str, Any]
    rows: Sequence[str]
    created: int
    basis: str = ""

    def content(self) -> bytes:
        """Return all of it as one text."""
        head = json.dumps({**self.head, "created": self.created})
        return "\n".join([head, *self.rows]).encode("utf-8", "surrogatepass")

    @classmethod
    def of(cls, content: bytes, basis: str) -> PlainRows:
        """Return what such a text says."""
        head, *rows = content.decode("utf-8", "surrogatepass").split("\n")
        told = json.loads(head)
        return cls(told, rows, told["created"], basis)

    def facts(self, cells: Sequence[str]) -> list[tuple[str, str]]:
        """Return what a row says, by name, as pages show it."""
        told = ((name, cells[place]) for name, place in self.head["shown"].items())
        return [(name, text_of(value)) for name, value in told if value not in {"\\N", "0", ""}]


def text_of(told: str) -> str:
    """Return the text that COPY writes so."""
    return _ESCAPES.sub(lambda found: _MEANT.get(found[1], found[1]), told) if "\\" in told else told
