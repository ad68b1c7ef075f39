"""What a file may be: told by its content, never by its name alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype

from apps.kernel.errors import InvalidInputError, gettext_noop

MAX_BYTES = 25 * 1024 * 1024
# by content: extensions that such a file may bear. Nothing that a browser or an office program would run:
# no HTML, no SVG, no macros (docm, xlsm), no archives.
_EXTENSIONS = {
    "application/pdf": {"pdf"},
    "image/png": {"png"},
    "image/jpeg": {"jpg", "jpeg"},
    "image/heic": {"heic", "heif"},
    "image/tiff": {"tif", "tiff"},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {"docx"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {"xlsx"},
    "text/plain": {"txt", "csv", "ofx", "qfx"},
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\\/]+")
_MARKUP = re.compile(rb"^\s*(?:<!doctype\s+html|<html|<svg|<\?xml[^>]*>\s*<svg|<script)", re.IGNORECASE)


class FileNotAcceptedError(InvalidInputError):
    """The file is empty, too large, of a kind that is not taken, or not what its name says."""

    code = "file_not_accepted"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be filed."""

    filename: str
    mime: str
    content: bytes


def accepted(filename: str, content: bytes) -> Upload:
    """Return the file with its type by content. Raises FileNotAcceptedError with the reason and the mend."""
    name = safe_name(filename)
    if not content:
        raise _refused(gettext_noop("The file “%(name)s” is empty."), gettext_noop("Choose another file."), name)
    if len(content) > MAX_BYTES:
        raise _refused(
            gettext_noop("The file “%(name)s” is larger than 25 MB."),
            gettext_noop("Scan it at a lower resolution or split it."),
            name,
        )
    mime = _mime_of(content)
    if mime not in _EXTENSIONS:
        raise _refused(
            gettext_noop("Files such as “%(name)s” are not taken in."),
            gettext_noop("Send a PDF, a picture (PNG, JPEG, HEIC, TIFF), a Word or Excel file, or plain text."),
            name,
        )
    extension = PurePosixPath(name).suffix.removeprefix(".").lower()
    if extension not in _EXTENSIONS[mime]:
        raise _refused(
            gettext_noop("The content of “%(name)s” is not what its name says."),
            gettext_noop("Give the file the ending of what it is, or choose another."),
            name,
        )
    return Upload(name, mime, content)


def safe_name(filename: str) -> str:
    """Return the bare name, without folders and signs that file systems refuse, at most 120 characters."""
    bare = _CONTROL.sub(" ", filename.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .") or "file"
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[: 119 - len(ending)]}{dot}{ending}" if dot and len(ending) < 10 else bare[:120]


def _mime_of(content: bytes) -> str:
    guess = filetype.guess_mime(content)
    if guess is not None:
        return str(guess)
    if _MARKUP.match(content[:1024]) or b"\x00" in content:
        return "application/octet-stream"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "text/plain" if _is_western_text(content) else "application/octet-stream"
    return "text/plain"


def _is_western_text(content: bytes) -> bool:
    """Say whether the bytes are Windows-1252 text, as bank files often are: no control signs but line ends and tabs."""
    return not any(byte < 32 and byte not in (9, 10, 13) for byte in content)


def _refused(message: str, mend: str, name: str) -> FileNotAcceptedError:
    return FileNotAcceptedError(message, mend=mend, field="file", name=name)
