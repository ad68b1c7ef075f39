"""Published reference cases: where they lie, what they say, and which adapter answers them.

`GOLDEN_CASES` names the folders of cases (a path list); without it they are those of this folder. A case may read
`data/…` or `files/<owner>/<repo>/<path>`, which are looked for beside every folder of cases.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import pkgutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.golden import adapters as adapter_package

HERE = Path(__file__).parent
Adapter = Callable[[dict[str, Any], "GoldenFolders"], dict[str, Any]]


class NotPresentError(Exception):
    """A case reads a file that lies beside none of the folders: neither passed nor failed."""


class BrokenCasesError(Exception):
    """The folders of cases cannot be read as such."""


@dataclass(frozen=True)
class GoldenFolders:
    """The folders of cases; finds what a case reads beside them."""

    cases: tuple[Path, ...]

    def data(self, name: str) -> Path:
        """Find a data file, by its name or by `data/name`. Raises NotPresentError."""
        return self._beside(Path("data") / name.removeprefix("data/"))

    def file(self, *parts: str) -> Path:
        """Find a sample file by repository and path, or by both in one. Raises NotPresentError."""
        return self._beside(Path("files").joinpath(*parts))

    def _beside(self, relative: Path) -> Path:
        for folder in self.cases:
            found = folder.parent / relative
            if found.is_file():
                return found
        raise NotPresentError(str(relative))

    def require(self, case_input: Mapping[str, Any]) -> None:
        """Find all that the input names. Raises NotPresentError, and BrokenCasesError for a file with another hash."""
        if isinstance(case_input.get("data"), str):
            self.data(case_input["data"])
        if "repo" in case_input and "path" in case_input:
            found = self.file(case_input["repo"], case_input["path"])
            asked = case_input.get("sha256")
            if asked and hashlib.sha256(found.read_bytes()).hexdigest() != asked:
                raise BrokenCasesError(f"{found.name} is not the file that the case was made from")


@dataclass(frozen=True)
class GoldenCase:
    """One published figure."""

    area: str
    id: str
    function: str
    input: dict[str, Any]
    expected: dict[str, Any]
    tolerance: dict[str, float]
    also_acceptable: tuple[Any, ...]
    all_roots: tuple[float, ...]
    folder: int

    @property
    def name(self) -> str:
        """Its id, with the place of its folder where there are several: folders may hold the same ids."""
        return f"{self.area}/{self.id}" + (f"@{self.folder}" if self.folder else "")


def case_folders() -> GoldenFolders:
    """Return the folders that the environment names, or our own. Raises BrokenCasesError for one without cases."""
    named = [Path(part) for part in os.environ.get("GOLDEN_CASES", "").split(os.pathsep) if part]
    folders = tuple(named or [HERE / "cases"])
    for folder in folders:
        if not any(folder.glob("*.json")):
            raise BrokenCasesError(f"GOLDEN_CASES names {folder}, which holds no cases (*.json)")
    return GoldenFolders(folders)


def load_cases(folders: GoldenFolders) -> list[GoldenCase]:
    """Read every case of the folders. Raises BrokenCasesError for an id that stands twice in one folder."""
    cases = [
        _case(place, document.get("area", path.stem), raw)
        for place, folder in enumerate(folders.cases)
        for path in sorted(folder.glob("*.json"))
        for document in [json.loads(path.read_text(encoding="utf-8"))]
        for raw in document["cases"]
    ]
    names = [case.name for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BrokenCasesError(f"cases stand twice in one folder: {', '.join(twice)}")
    return cases


def _case(place: int, area: str, raw: Mapping[str, Any]) -> GoldenCase:
    return GoldenCase(
        area=area,
        id=raw["id"],
        function=raw["function"],
        input=raw["input"],
        expected=raw["expected"],
        tolerance=raw.get("tolerance", {}),
        also_acceptable=tuple(raw.get("also_acceptable", ())),
        all_roots=tuple(raw.get("all_roots", ())),
        folder=place,
    )


def load_adapters() -> dict[str, Adapter]:
    """Return the adapter of each function. Raises BrokenCasesError when two modules answer the same function."""
    found: dict[str, Adapter] = {}
    for module in pkgutil.iter_modules(adapter_package.__path__):
        answers = importlib.import_module(f"{adapter_package.__name__}.{module.name}").ADAPTERS
        both = sorted(found.keys() & answers.keys())
        if both:
            raise BrokenCasesError(f"two adapters answer {', '.join(both)}")
        found |= answers
    return found


def resolved_functions() -> frozenset[str]:
    """Return the functions whose issue is done: each must have an adapter."""
    listed = tomllib.loads((HERE / "resolved.toml").read_text(encoding="utf-8"))
    return frozenset(name for area in listed["areas"].values() for name in area)
