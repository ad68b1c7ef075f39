"""What a reader has to say about a file: located problems, lines set aside with their reason, and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from apps.kernel.errors import DomainError, InvalidInputError


class Severity(StrEnum):
    """ERROR keeps the row out; WARNING lets it in and shows the doubt beside it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One doubt about one place of a file.

    ``row`` is the line of the file, or of the sheet, counted from 1 as an editor shows it; 0 means the whole file.
    ``column`` is the column's own heading, or the tag; empty when the whole row is meant. ``message`` and ``mend``
    are message ids whose ``%(name)s`` places ``params`` fill.
    """

    row: int
    column: str
    code: str
    message: str
    mend: str = ""
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        text = self.message % self.params if self.params else self.message
        mend = self.mend % self.params if self.params and self.mend else self.mend
        return f"{text} {mend}".strip()


class IgnoredReason(StrEnum):
    """Why a line that is not blank became neither a row nor a problem."""

    PREAMBLE = "preamble"
    REPEATED_HEADER = "repeated_header"
    TOTAL = "total"
    NOTE = "note"
    DUPLICATE = "duplicate"
    PENDING = "pending"
    BLANK = "blank"
    # told by another line, with which it makes one fact
    PART = "part"


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """A line that carries no row of ours; kept so that every line of the file is accounted for."""

    row: int
    reason: IgnoredReason
    text: str


class FileRefusedError(DomainError):
    """The file as a whole cannot be read. ``line`` is where reading stopped, 0 when no line is to blame."""

    code = "file_refused"
    status = 422

    def __init__(self, message: str, *, mend: str, line: int = 0, **params: object) -> None:
        super().__init__(message, mend=mend, field="", line=line, **params)
        self.line = line


class CellError(InvalidInputError):
    """One cell cannot be read as what its column holds; readers turn it into a RowProblem."""

    code = "invalid_cell"

    def __init__(self, code: str, message: str, *, mend: str, **params: object) -> None:
        super().__init__(message, mend=mend, field="", **params)
        self.code = code

    def at(self, row: int, column: str) -> RowProblem:
        """Return the problem, located."""
        return RowProblem(row, column, self.code, self.message, self.mend, dict(self.params))
