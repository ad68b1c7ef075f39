"""OFX 1 (SGML) and OFX 2 (XML) as one tree of tags that know their line.

Written for the files that banks really send: closing tags left out or doubled, headers missing, empty tags, unknown
tags (INTU.BID), which a reader by the letter of the specification refuses whole, without a line
(docs/adr/0005-readers.md). No entity is expanded but the five of XML, so there is nothing to bomb.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apps.core.tabular.decoding import DecodedText, decoded, line_at
from apps.core.tabular.problems import FileRefusedError, RowProblem, Severity
from apps.kernel.errors import gettext_noop

MAX_TAGS = 2_000_000
MAX_DEPTH = 64
_HEADER_WITHIN = 8_192

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|<\?[^>]*>|<!(?P<declaration>[^>]*)>"
    r"|<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9._-]*)(?:\s[^<>]*?)?(?P<empty>/?)>|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_START = re.compile(r"<OFX\s*>", re.IGNORECASE)
_VERSION_1 = re.compile(r"VERSION:\s*(\d{3})")
_VERSION_2 = re.compile(r"<\?OFX\b[^>]*?\bVERSION\s*=\s*[\"'](\d{3})[\"']", re.IGNORECASE)
# Tags that carry rows: they are aggregates whatever stands behind them, and never stand inside themselves.
_ROW_TAGS = frozenset(
    {"STMTTRN", "INVBANKTRAN", "INVPOS", "STMTRS", "CCSTMTRS", "INVSTMTRS", "BANKTRANLIST", "INVTRAN"}
)
# What an entry says once: twice inside one, the end of the one and the beginning of the next are damaged.
_ONCE_TAGS = frozenset({"TRNTYPE", "DTPOSTED", "TRNAMT"})
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(slots=True)
class OfxNode:
    """A tag: a leaf has text, an aggregate has children. `line` is where it opens."""

    tag: str
    line: int
    text: str = ""
    children: list[OfxNode] = field(default_factory=list)

    def walk(self) -> Iterator[OfxNode]:
        """This tag and all below it, in the order of the file."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def all(self, *tags: str) -> list[OfxNode]:
        """All tags of these names below this one."""
        return [node for node in self.walk() if node.tag in tags and node is not self]

    def first(self, *path: str) -> OfxNode | None:
        """The first tag of the path, each the child of the one before."""
        node: OfxNode | None = self
        for tag in path:
            node = next((child for child in node.children if child.tag == tag), None) if node else None
        return node

    def value(self, *path: str) -> str:
        """The text of the tag at the path; empty where it is missing."""
        node = self.first(*path)
        return node.text if node else ""

    def line_of(self, *path: str) -> int:
        """The line of the tag at the path, or of this one where it is missing."""
        node = self.first(*path)
        return node.line if node else self.line


@dataclass(frozen=True, slots=True)
class OfxDocument:
    """The tree below <OFX>, the version that the header states (empty without one), and what was odd on the way."""

    version: str
    root: OfxNode
    problems: tuple[RowProblem, ...]


def read_ofx(data: bytes) -> OfxDocument:
    """Read the bytes of an OFX or QFX file.

    Raises FileRefusedError, with the line, for files that are no OFX, end in the middle, or nest without end.
    """
    source = decoded(data)
    start = _start_of(source)
    # A header has some ten lines; what stands far above the first tag is none.
    head = source.text[max(0, start - _HEADER_WITHIN) : start]
    bare = _COMMENT.sub(lambda comment: comment[0].replace("<!--", "").replace("-->", ""), head)
    version = _VERSION_2.search(bare) or _VERSION_1.search(bare)
    builder = _Builder(source.text, start)
    return OfxDocument(version[1] if version else "", builder.built(), tuple(builder.problems))


def _start_of(source: DecodedText) -> int:
    match = _START.search(source.text)
    if match is None:
        raise FileRefusedError(
            gettext_noop("This is no OFX or QFX file: it has no <OFX> tag."),
            mend=gettext_noop("Choose “Quicken (QFX)” or “OFX” where the bank offers formats for download."),
            line=1,
        )
    return match.start()


class _Builder:
    """Builds the tree in one pass; the closing tags found anywhere tell aggregates from leaves left empty."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.position = start
        self.line = line_at(text, start)
        self.closed = {tag.upper() for tag in re.findall(r"</([A-Za-z][A-Za-z0-9._-]*)", text[start:])}
        self.leaf: OfxNode | None = None
        self.stack: list[OfxNode] = []
        self.leaves_open: dict[str, int] = {}
        self.problems: list[RowProblem] = []

    def built(self) -> OfxNode:
        root: OfxNode | None = None
        for count, token in enumerate(_TOKEN.finditer(self.text, self.position)):
            if count > MAX_TAGS:
                raise self._refused(
                    gettext_noop("The file has more than %(limit)s tags."),
                    gettext_noop("Export a shorter period."),
                    limit=MAX_TAGS,
                )
            self._advance(token.start())
            self._take(token)
            root = root or (self.stack[0] if self.stack else None)
            if root is not None and not self.stack:
                self._refuse_second(token.end())
                break
        if self.stack or root is None:
            raise self._cut_off()
        return root

    def _advance(self, position: int) -> None:
        passed = self.text[self.position : position]
        self.line += passed.count("\n") + (len(re.findall(r"\r(?!\n)", passed)) if "\r" in passed else 0)
        self.position = position

    def _take(self, token: re.Match[str]) -> None:
        if token["tag"]:
            tag = token["tag"].upper()
            if token["close"]:
                self._close(tag)
            else:
                self._open(tag, token["empty"] == "/", token.end())
        elif token["text"] is not None:
            self._text(html.unescape(token["text"]))
        elif token["cdata"] is not None and self.leaf is not None:
            self.leaf.text = f"{self.leaf.text}{token['cdata']}".strip()
        elif token["declaration"] is not None:
            raise self._refused(
                gettext_noop("Line %(line)s declares entities or a document type, which no bank's file does."),
                gettext_noop("Download the file again from the bank itself."),
            )

    def _text(self, text: str) -> None:
        if self.leaf is not None:
            self.leaf.text = f"{self.leaf.text}{text}".strip()
        elif text.strip():
            tag = self.stack[-1].tag if self.stack else "OFX"
            self._note("stray_text", gettext_noop("Text between the tags of <%(tag)s> was passed over."), tag)

    def _refuse_second(self, end: int) -> None:
        second = _START.search(self.text, end)
        if second is not None:
            self._advance(second.start())
            raise self._refused(
                gettext_noop("A second OFX document begins in line %(line)s of the file."),
                gettext_noop("Split the file there and upload both parts."),
            )

    def _open(self, tag: str, is_empty: bool, end: int) -> None:  # noqa: FBT001 -- a fact of the tag, not a switch
        node = OfxNode(tag, self.line)
        if tag in _ROW_TAGS and any(open_node.tag == tag for open_node in self.stack):
            self._close(tag)
            self._note("unclosed_tag", gettext_noop("<%(tag)s> is not closed; it was taken to end here."), tag)
        if self.stack:
            self._refuse_two_in_one(tag)
            self.stack[-1].children.append(node)
        following = self.text[end : end + 400].lstrip()
        has_text = bool(following) and (not following.startswith("<") or following.startswith("<![CDATA["))
        closes_at_once = following[: len(tag) + 2].upper() == f"</{tag}"
        if is_empty:
            self.leaf = None
        elif self.stack and tag not in _ROW_TAGS and (has_text or closes_at_once or tag not in self.closed):
            self.leaf = node
            self.leaves_open[tag] = self.leaves_open.get(tag, 0) + 1
        else:
            self.leaf = None
            self.stack.append(node)
            if len(self.stack) > MAX_DEPTH:
                raise self._refused(
                    gettext_noop("In line %(line)s more than %(limit)s tags stand inside each other."),
                    gettext_noop("Download the file again from the bank."),
                    limit=MAX_DEPTH,
                )

    def _refuse_two_in_one(self, tag: str) -> None:
        if tag in _ONCE_TAGS and self.stack[-1].first(tag) is not None:
            raise self._refused(
                gettext_noop("In line %(line)s two entries run into each other: <%(tag)s> stands twice in one."),
                gettext_noop("Download the file again from the bank."),
                tag=tag,
            )

    def _close(self, tag: str) -> None:
        self.leaf = None
        if self.leaves_open.get(tag):
            self.leaves_open[tag] -= 1
            return
        depth = next((place for place in range(len(self.stack) - 1, -1, -1) if self.stack[place].tag == tag), None)
        if depth is None:
            self._note(
                "stray_closing_tag",
                gettext_noop("</%(tag)s> closes what is not open; it was passed over."),
                tag,
            )
            return
        for open_node in self.stack[depth + 1 :]:
            self._note(
                "unclosed_tag", gettext_noop("<%(tag)s> is not closed; it was taken to end here."), open_node.tag
            )
        del self.stack[depth:]

    def _note(self, code: str, message: str, tag: str) -> None:
        mend = gettext_noop("Compare the entries near it with the bank's own list.")
        self.problems.append(RowProblem(self.line, tag, code, message, mend, {"tag": tag}, Severity.WARNING))

    def _refused(self, message: str, mend: str, **params: object) -> FileRefusedError:
        return FileRefusedError(message, mend=mend, line=self.line, **params)

    def _cut_off(self) -> FileRefusedError:
        self._advance(len(self.text.rstrip()))
        return self._refused(
            gettext_noop("The file ends in the middle: in line %(line)s, inside <%(tag)s>."),
            gettext_noop("Download it again; the transfer was cut off."),
            tag=self.stack[-1].tag if self.stack else "OFX",
        )
