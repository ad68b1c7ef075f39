"""Files that are named on the command line."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError


def text_of(file: Path) -> str:
    """Return the text of a file in UTF-8; CommandError, which says how to mend it, for one that cannot be read so."""
    try:
        return file.read_text("utf-8-sig")
    except OSError as away:
        raise CommandError(f"{file} cannot be read: {away.strerror}. Name a file that is there.") from away
    except UnicodeDecodeError as foreign:
        raise CommandError(f"{file} is no text in UTF-8. Save it in that encoding, then load it again.") from foreign
