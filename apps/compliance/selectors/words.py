"""What is stored, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext


def told(line: Mapping[str, Any]) -> str:
    """Return a stored line of an engine's trail: its message translated, its values filled in."""
    text, params = gettext(line["text"]), line.get("params") or {}
    return text % params if params else text


def all_told(lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return stored lines, translated."""
    return [told(line) for line in lines]


def in_language(texts: Mapping[str, str]) -> str:
    """Return the text of a reference table in the reader's language, otherwise the English one."""
    language = (get_language() or "en").lower()
    return texts.get(language) or texts.get(language.partition("-")[0]) or gettext(texts["en"])
