"""The product's own modules as syntax trees."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.env import ROOT


@dataclass(frozen=True)
class Module:
    """One file of apps/ or config/."""

    path: Path

    @property
    def name(self) -> str:
        """Return its path in the repository."""
        return str(self.path.relative_to(ROOT))

    @property
    def room(self) -> str:
        """Return the room of an app's module: the part below the app."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return parts[2] if parts[0] == "apps" and len(parts) > 2 else ""

    @property
    def text(self) -> str:
        """Return its source."""
        return self.path.read_text()

    @property
    def tree(self) -> ast.Module:
        """Return its syntax tree."""
        return ast.parse(self.text)


@cache
def modules() -> tuple[Module, ...]:
    """Return every module that people wrote: migrations are Django's."""
    paths = [*(ROOT / "apps").rglob("*.py"), *(ROOT / "config").rglob("*.py")]
    return tuple(Module(path) for path in sorted(paths) if "migrations" not in path.parts)
