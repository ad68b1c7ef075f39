"""Reads a page as a person does: which numbers are marked as figures of the books, and which stand there unmarked.

What is not a number of the books, by rule:
- form fields, code, scripts, `<time>`;
- what carries `data-verbatim`: words that people typed or signed, shown as they are (docs/face.md);
- the inside of a passport (`data-passport`): it is the answer, not the question;
- the year that heads a row of figures: it says which year they are of;
- a chart: its title and its table, which must lead to one passport (`data-chart-passport`);
- days, written as the formats of the product write them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
UNREAD = frozenset({"head", "script", "style", "template", "textarea", "select", "code", "time", "progress"})
SPACE = r"[  \s]"
CODES = r"(?:USD|EUR|GBP|BRL|CHF|CAD|JPY|US\$|R\$)"
NUMBER = r"\d(?:[\d.,]*\d)?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
DAYS = re.compile(
    rf"\d{{4}}-\d{{2}}(?:-\d{{2}})?(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}})?)?|{_MONTH}{SPACE}\d{{1,2}},{SPACE}\d{{4}}"
    rf"|{_MONTH}{SPACE}\d{{4}}|\d{{1,2}}{SPACE}{_MONTH}{SPACE}\d{{4}}"
)
AMOUNTS = re.compile(
    rf"[$€£¥]{SPACE}?{NUMBER}"
    rf"|\b{CODES}{SPACE}?{NUMBER}|{NUMBER}{SPACE}?{CODES}\b"
    rf"|{NUMBER}{SPACE}?(?:%|percent|per{SPACE}cent|percentage{SPACE}points)"
    rf"|{NUMBER}{SPACE}?(?:bps|basis{SPACE}points)\b"
    r"|(?<![\w.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w-])"
    r"|(?<![\w.,-])\d+\.\d{2,}(?![\w.-])"
    r"|(?<![\w.,-])\d+(?:\.\d+)?[KMB]\b"
)
YEARS = re.compile(r"(?<![\w.,/§-])20\d\d(?![\w-])")


@dataclass(eq=False)
class Node:
    """An element with what is in it, in order."""

    tag: str
    attrs: dict[str, str]
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return name in self.attrs

    @property
    def text(self) -> str:
        return " ".join("".join(self.strings()).split())

    def strings(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in UNREAD:
                yield from child.strings()

    def walk(self, enters: Callable[[Node], bool] = lambda _node: True) -> Iterator[Node]:
        """Yield the element and those in it, without the inside of those that are not entered."""
        yield self
        if enters(self):
            for child in self.children:
                if isinstance(child, Node):
                    yield from child.walk(enters)

    def inside(self, name: str) -> Node | None:
        """Return the nearest element around (or this one) that has the attribute."""
        node: Node | None = self
        while node is not None and not node.has(name):
            node = node.parent
        return node


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.at = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Node(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self.at
        while node is not None and node.tag != tag:
            node = node.parent
        if node is not None and node.parent is not None:
            self.at = node.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def read(html: str) -> Node:
    """Parse a page or a part of one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


@dataclass(frozen=True)
class Marked:
    """A number that a template marks."""

    kind: str
    value: str
    day: str
    address: str
    text: str


@dataclass(frozen=True)
class Drawn:
    """A chart, and where its numbers come from."""

    name: str
    address: str


@dataclass(frozen=True)
class Loose:
    """A number that looks like one of the books and is not marked."""

    number: str
    around: str


def marked(page: Node) -> list[Marked]:
    """Return the figures of a page, without those inside a passport."""
    return [
        Marked(
            kind=node.attrs["data-figure"],
            value=node.attrs.get("data-value", ""),
            day=node.attrs.get("data-as-of", ""),
            address=node.attrs.get("href", "") if node.tag == "a" else "",
            text=node.text,
        )
        for node in page.walk(lambda node: not node.has("data-passport"))
        if node.has("data-figure")
    ]


def drawn(page: Node) -> list[Drawn]:
    """Return the charts of a page."""
    return [
        Drawn(
            node.attrs["data-chart"],
            next((a.attrs.get("href", "") for a in node.walk() if a.tag == "a" and a.has("data-chart-passport")), ""),
        )
        for node in page.walk()
        if node.has("data-chart")
    ]


def loose(page: Node, *, this_year: int | None = None) -> list[Loose]:
    """Return the numbers of a page that look like numbers of the books and are not marked."""
    year = this_year or dt.date.today().year
    found = []
    for node in page.walk(_is_read):
        if not _is_read(node):
            continue
        for child in node.children:
            if isinstance(child, str):
                numbers = amounts_in(child) + ([] if _heads_a_row_of_figures(node) else years_in(child, year))
                found += [Loose(number, node.text[:160]) for number in numbers]
    return found


def amounts_in(text: str) -> list[str]:
    """Return what looks like an amount or a proportion in a text."""
    return [hit.group() for hit in AMOUNTS.finditer(DAYS.sub(" ", text))]


def years_in(text: str, this_year: int) -> list[str]:
    """Return the years to come in a text."""
    return [hit.group() for hit in YEARS.finditer(DAYS.sub(" ", text)) if int(hit.group()) > this_year + 1]


def _heads_a_row_of_figures(node: Node) -> bool:
    row = node.parent
    return (
        node.tag == "th" and row is not None and row.tag == "tr" and any(each.has("data-figure") for each in row.walk())
    )


def _is_read(node: Node) -> bool:
    names = ("data-figure", "data-passport", "data-verbatim", "data-chart")
    return node.tag not in UNREAD and not any(node.has(name) for name in names) and not _is_reading_of_dial(node)


def _is_reading_of_dial(node: Node) -> bool:
    """Whether it is the drawn number of a dial that says the same number as a figure beside it."""
    if node.tag != "text" or "reading" not in node.attrs.get("class", ""):
        return False
    around = node.parent.parent if node.parent else None
    return around is not None and any(each.has("data-figure") for each in around.walk())
