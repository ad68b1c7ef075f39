"""The consent to electronic signatures, by version and language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parent.parent / "reference" / "esign_consent.toml"


@dataclass(frozen=True, slots=True)
class Consent:
    """What a signer agrees to before signing, word for word."""

    version: str
    text: str
    intent: str


@lru_cache(maxsize=1)
def _versions() -> tuple[dict[str, Any], ...]:
    with _FILE.open("rb") as handle:
        rows = tomllib.load(handle)["versions"]
    return tuple(sorted(rows, key=lambda row: row["effective_from"]))


def consent_on(day: date, language: str) -> Consent:
    """Return the consent in force on the day, in the reader's language or else in English."""
    row = next(row for row in reversed(_versions()) if row["effective_from"] <= day)
    return Consent(
        version=row["version"],
        text=row["text"].get(language, row["text"]["en"]),
        intent=row["intent"].get(language, row["intent"]["en"]),
    )
