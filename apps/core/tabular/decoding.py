"""Bytes of an upload, judged and turned into text: what it is by its bytes, not by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.core.tabular.problems import FileRefusedError
from apps.kernel.errors import gettext_noop

# A custodian's yearly history of a whole firm has some 20 MB; more is a mistake or an attack.
MAX_BYTES = 50 * 1024 * 1024

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HTML = re.compile(
    rb"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body|table|script|div)\b", re.IGNORECASE | re.DOTALL
)
# Tab, line feed, form feed, carriage return and the old end-of-file mark of DOS are the control characters of texts.
_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_FOREIGN_MAGIC = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
)


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text, its line ends as they were, and the encoding that fitted."""

    text: str
    encoding: str


def checked_size(data: bytes) -> None:
    """Refuse nothing at all, and more than MAX_BYTES."""
    if not data.strip(b"\x00 \t\r\n"):
        raise FileRefusedError(
            gettext_noop("The file is empty."), mend=gettext_noop("Export it again and look at its size before.")
        )
    if len(data) > MAX_BYTES:
        raise FileRefusedError(
            gettext_noop("The file has %(megabytes)s MB; %(limit)s MB are read at most."),
            mend=gettext_noop("Export a shorter period or fewer accounts."),
            megabytes=len(data) // 1_048_576,
            limit=MAX_BYTES // 1_048_576,
        )


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a ZIP archive, which an XLSX file is."""
    return data.startswith(b"PK\x03\x04")


def decoded(data: bytes, *, first: str = "", last: str = "", frames: str = "") -> DecodedText:
    """Decode by byte-order mark, else UTF-8, else Windows-1252, what Excel writes where nobody chose.

    ``first`` is the encoding that the file itself declares, ``last`` one to try where nothing else fits, ``frames``
    control characters that the format puts around its messages; they are dropped.
    Raises FileRefusedError for nothing, too much, a web page, a picture, a PDF and other binary files.
    """
    checked_size(data)
    _refuse_foreign(data)
    for encoding in filter(None, (first, *_candidates(data), last)):
        try:
            text = data.decode(encoding).translate(dict.fromkeys(map(ord, frames)))
        except (UnicodeError, LookupError) as wrong:
            if encoding == "utf-8" and isinstance(wrong, UnicodeDecodeError):
                _refuse_mixed(data, wrong.start)
            continue
        return DecodedText(_checked_text(text).removeprefix("\ufeff"), encoding.removesuffix("-sig"))
    raise _binary(1)


def _refuse_mixed(data: bytes, position: int) -> None:
    """Refuse a text that is UTF-8 for the most part: read as Windows-1252, its names would come out garbled."""
    letters = _UTF8_LETTER.findall(data)
    strange = len(_HIGH.findall(data)) - sum(map(len, letters))
    if len(letters) > strange:
        raise FileRefusedError(
            gettext_noop("The file mixes two encodings: line %(line)s is not UTF-8 as the lines around it."),
            mend=gettext_noop("Export it again as CSV in UTF-8, and do not join files of different programs."),
            line=data.count(b"\n", 0, position) + 1,
        )


def _candidates(data: bytes) -> tuple[str, ...]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return (encoding,)
    head = data[:400]
    # Plain letters in UTF-16 without its mark: every second byte is zero.
    if len(head) >= 8 and head[1::2].count(0) > 0.8 * len(head[1::2]):
        return ("utf-16-le",)
    if len(head) >= 8 and head[0::2].count(0) > 0.8 * len(head[0::2]):
        return ("utf-16-be",)
    return ("utf-8", "cp1252")


def _refuse_foreign(data: bytes) -> None:
    if _HTML.match(data[:4096].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf")):
        raise FileRefusedError(
            gettext_noop("This is a web page, not a data file: often the sign-in page of the site it came from."),
            mend=gettext_noop("Sign in there, then download the file again."),
            line=1,
        )
    for magic, name in _FOREIGN_MAGIC:
        if data.startswith(magic):
            raise FileRefusedError(
                gettext_noop("This is a %(kind)s file."),
                mend=gettext_noop("Save or export it as CSV or XLSX, without a password."),
                line=1,
                kind=name,
            )


def _checked_text(text: str) -> str:
    stray = _BINARY.search(text)
    if stray is not None:
        raise _binary(line_at(text, stray.start()))
    return text


def line_at(text: str, position: int) -> int:
    """The line of a place in the text, counted from 1, by any of the three line ends."""
    before = text[:position]
    return before.count("\n") + len(re.findall(r"\r(?!\n)", before)) + 1


def _binary(line: int) -> FileRefusedError:
    return FileRefusedError(
        gettext_noop("The file is not text: line %(line)s holds bytes that no text has."),
        mend=gettext_noop("Export it again as CSV in UTF-8; the transfer may have damaged it."),
        line=line,
    )
