"""XML as one tree of tags that know their line, read by expat through defusedxml.

ElementTree knows no lines, and a problem without its line is of no use to who has to mend the file. Document types and
entities are refused before anything is expanded: no bank declares any (docs/adr/0006-cash-statements.md).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from apps.core.tabular.decoding import decoded
from apps.core.tabular.problems import FileRefusedError
from apps.kernel.errors import gettext_noop

MAX_TAGS = 2_000_000
MAX_DEPTH = 64
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?\?>")
_DECLARED_ENCODING = re.compile(rb"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']")


@dataclass(slots=True)
class XmlNode:
    """A tag without its prefix, its own text, attributes and children. `line` is where it opens."""

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[XmlNode] = field(default_factory=list)

    def walk(self) -> Iterator[XmlNode]:
        """This tag and all below it, in the order of the file."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def all(self, *tags: str) -> list[XmlNode]:
        """All tags of these names below this one."""
        return [node for node in self.walk() if node.tag in tags and node is not self]

    def each(self, tag: str) -> list[XmlNode]:
        """The children of this name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, *path: str) -> XmlNode | None:
        """The first tag of the path, each the child of the one before."""
        node: XmlNode | None = self
        for tag in path:
            node = next((child for child in node.children if child.tag == tag), None) if node else None
        return node

    def value(self, *path: str) -> str:
        """The text of the tag at the path; empty where it is missing."""
        node = self.first(*path)
        return " ".join(node.text.split()) if node else ""

    def line_of(self, *path: str) -> int:
        """The line of the tag at the path, or of this one where it is missing."""
        node = self.first(*path)
        return node.line if node else self.line


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """The tree and the namespace of its root, empty where it has none."""

    namespace: str
    root: XmlNode


def read_xml(data: bytes) -> XmlDocument:
    """Read the bytes of an XML file in the encoding it declares, else as any text.

    Raises FileRefusedError, with the line, for what is not well formed, ends in the middle, declares a document type
    or entities, nests without end, or holds more tags than any bank writes.
    """
    text = decoded(data, first=_declared_encoding(data)).text
    # The text is decoded already: an encoding that it goes on to declare would be read a second time.
    declaration = _DECLARATION.match(text)
    plain = "\n" * declaration[0].count("\n") + text[declaration.end() :] if declaration else text
    builder = _Builder()
    try:
        defusedxml.sax.parseString(plain.encode("utf-8", "surrogatepass"), builder, forbid_dtd=True)
    except DefusedXmlException as bomb:
        raise FileRefusedError(
            gettext_noop("Line %(line)s declares entities or a document type, which no bank's file does."),
            mend=gettext_noop("Download the file again from the bank itself."),
            line=builder.line,
        ) from bomb
    except SAXParseException as broken:
        raise FileRefusedError(
            gettext_noop("The file is not whole XML: reading stopped in line %(line)s."),
            mend=gettext_noop("Download it again; the transfer was cut off, or a program changed the file."),
            line=broken.getLineNumber() or 1,
        ) from broken
    if builder.root is None:  # expat refuses a document without a root before
        raise AssertionError(builder.root)
    return XmlDocument(builder.namespace, builder.root)


def _declared_encoding(data: bytes) -> str:
    """The encoding of the declaration, where it is one that writes plain letters as single bytes and is known."""
    found = _DECLARED_ENCODING.match(data[:400].removeprefix(codecs.BOM_UTF8))
    if found is None:
        return ""
    name = found[1].decode("ascii")
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return ""
    # A file that says UTF-8 and is not is read as Windows-1252, as any text; zip, hex and the like are no encodings.
    return known if known.startswith(("iso8859", "cp125", "cp85")) else ""


class _Builder(ContentHandler):
    """Builds the tree from the events of the parser."""

    def __init__(self) -> None:
        super().__init__()
        self.root: XmlNode | None = None
        self.namespace = ""
        self._locator: Locator | None = None
        self._stack: list[XmlNode] = []
        self._texts: list[list[str]] = []  # in parts: a text of many lines comes line by line
        self._count = 0

    @property
    def line(self) -> int:
        """Where the parser is."""
        return (self._locator.getLineNumber() if self._locator else None) or 1

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 -- the name is SAX's
        """Take what tells the line."""
        self._locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 -- the name is SAX's
        """Open a tag."""
        self._count += 1
        prefix, _, tag = name.rpartition(":")
        node = XmlNode(tag, self.line, dict(attrs.items()))
        if self._stack:
            self._stack[-1].children.append(node)
        else:
            self.root = node
            self.namespace = node.attributes.get(f"xmlns:{prefix}" if prefix else "xmlns", "")
        self._stack.append(node)
        self._texts.append([])
        if len(self._stack) > MAX_DEPTH or self._count > MAX_TAGS:
            raise FileRefusedError(
                gettext_noop("In line %(line)s the file nests deeper, or has more tags, than any bank writes."),
                mend=gettext_noop("Download the file again from the bank; export a shorter period."),
                line=self.line,
            )

    def characters(self, content: str) -> None:
        """Collect text, which comes in parts."""
        if self._texts:
            self._texts[-1].append(content)

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002 -- the name and the arguments are SAX's
        """Close a tag."""
        self._stack.pop().text = "".join(self._texts.pop()).strip()
