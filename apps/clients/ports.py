"""What clients need from apps above; config/wiring.py connects them at start-up."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from apps.clients.models.plain_rows import PlainRows
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.core.tabular.problems import IgnoredRow, RowProblem

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


# --- signatures ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class EndedRequest:
    """A request for signatures that came to an end; ids are public ids, `state` is completed, declined or withdrawn."""

    request: uuid.UUID
    household: uuid.UUID
    document: uuid.UUID
    purpose: str
    state: str
    signed_at: dt.datetime | None

    @property
    def is_signed(self) -> bool:
        """Whether all have signed."""
        return self.state == "completed"


class SignatureEnd(Protocol):
    """Hears, inside the transaction of the last signature, that a request of its purpose ended."""

    def __call__(self, *, ended: EndedRequest, by: Actor) -> None:
        """Take note; a DomainError takes the signature back."""


# --- onboarding ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class StepReport:
    """What an app above knows of one step of the onboarding: done, or what is missing and who has the ball.

    `missing` are sentences in the reader's language, `waits_for` is client, advisor or firm.
    """

    done: bool
    missing: tuple[str, ...] = ()
    waits_for: str = "advisor"
    url: str = ""


class StepSource(Protocol):
    """Tells how far a household is in one step, in a constant number of queries."""

    def __call__(self, household: uuid.UUID) -> StepReport:
        """Report on the household with this public id."""


# --- imports ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file on its way in, and who brings it: records that `by` may not see are none of its business.

    `household_id` is the row id of the household it belongs to, None for a client list; `answers` is what the
    importer asked and was told, by the name of the question. `batch_id` is the row id of its import, None while that
    is being opened. `known` is the importer's own: what it made of the file already, for as long as this is at hand.
    """

    filename: str
    content: bytes
    by: Actor
    household_id: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    batch_id: int | None = None
    known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One thing the importer wants to know of the file, with the answer it proposes; without options a short text."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str
    samples: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One fact of the file.

    `key` (up to 200 characters) is the same for the same fact in every file, `fingerprint` (up to 64) changes when
    anything about it does. `facts` are plain JSON values, shown beside the row and kept: no identifiers in clear.
    `value` is the reader's own row; it is handed back to `apply`.
    """

    line: int
    key: str
    fingerprint: str
    label: str
    facts: Mapping[str, Any]
    value: Any
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a reader made of a file. `lines` gives the cells of lines that became no row, so that they can be shown.

    `plain` are rows besides that are new or known without a doubt (PlainImporter).
    """

    rows: tuple[ReadRow, ...]
    problems: tuple[RowProblem, ...] = ()
    ignored: tuple[IgnoredRow, ...] = ()
    lines: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    plain: PlainRows | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a row is to the records there are: the record it speaks of, and whether it says anything new of it."""

    target: BaseModel
    is_changed: bool


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row to take in: new when `target` is None, else a change of that record."""

    row: ReadRow
    target: BaseModel | None


@dataclass(frozen=True, slots=True)
class Made:
    """What a row became; `before` holds the values that a change replaced, as plain JSON, for undo."""

    key: str
    target: BaseModel
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """All that the rows became, and the records that were made besides (the household of a new person)."""

    made: tuple[Made, ...]
    besides: tuple[BaseModel, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoRow:
    """One record to take back: removed when `before` is None, else set to what it was."""

    target: BaseModel
    before: Mapping[str, Any] | None


Progress = Callable[[float, str], None]


class Belongs(StrEnum):
    """To how many households a kind of file belongs."""

    NO_HOUSEHOLD = "no_household"
    ONE = "one"
    # to one that is said besides, or each line names its own
    ONE_OR_NAMED = "one_or_named"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a list of our own making says: `sample` is a static file that shows a line of each kind.

    `columns` are, for each kind of line, the headings of the columns that it may fill.
    """

    sample: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]


class Importer(Protocol):
    """Takes one kind of file in. Registered under `ports.importers[kind]`."""

    @property
    def label(self) -> StrOrPromise:
        """Name the kind of file."""

    @property
    def accept(self) -> str:
        """Name the endings that the file dialog offers (".csv,.xlsx")."""

    @property
    def belongs(self) -> Belongs:
        """Say to how many households such a file belongs."""

    def explained(self, language: str) -> Explanation | None:
        """Explain a list of our own making in the reader's language; None for files that others make."""

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Return what must be settled before reading; raise FileRefusedError when the file cannot be read at all."""

    def read(self, file: ImportFile) -> ReadFile:
        """Read the file by its answers; a bad row is a problem, never an exception."""

    def known(self, file: ImportFile, rows: Sequence[ReadRow]) -> Mapping[str, Known]:
        """Return, by key, the records that rows speak of although no import made them. Constant queries."""

    def apply(
        self, file: ImportFile, rows: Sequence[PlannedRow], unchanged: Sequence[PlannedRow], progress: Progress
    ) -> Applied:
        """Take the rows in through services, in the transaction of the caller, in the name of `file.by`.

        `unchanged` are the rows that say nothing new, with the records they speak of: for context, not to be applied.
        """

    def dependents(self, made: Sequence[BaseModel], besides: Sequence[BaseModel]) -> list[str]:
        """Return, as sentences, what hangs on the records now: while there is any, they cannot be taken back."""

    def undo(self, rows: Sequence[UndoRow], besides: Sequence[BaseModel], by: Actor) -> None:
        """Take the records back."""


@dataclass(frozen=True, slots=True)
class TakenPlain:
    """When the records of plain rows were left, and what was made besides."""

    left_at: dt.datetime
    besides: tuple[BaseModel, ...] = ()


class PlainImporter(Importer, Protocol):
    """An importer that sets rows apart which are new or known without a doubt, a hundred thousand of them."""

    def basis(self, file: ImportFile, plain: PlainRows) -> str:
        """Lock what the rows are taken into, and return a digest of all that their plan rests on."""

    def take_plain(self, file: ImportFile, plain: PlainRows, progress: Progress) -> TakenPlain:
        """Take in the new ones under their ids, in the transaction of the caller, without an object for each."""


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """One thing of an import that somebody else decides: what it is, how it stands, and where it is decided."""

    text: str
    state: str
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What an applied import left to others, in the reader's language."""

    sentences: tuple[str, ...]
    is_waiting: bool
    url: str
    url_label: str
    points: tuple[OpenPoint, ...]


class ImportFollower(Protocol):
    """Knows what imports of a kind left to others. Registered under `ports.followers[kind]`."""

    def left_open(self, batch: uuid.UUID) -> LeftOpen | None:
        """Return what the import with this public id left, None when it left nothing."""

    def take_back(self, batch: uuid.UUID, by: Actor) -> None:
        """Withdraw what still waits: the import is being undone."""


@dataclass(slots=True)
class Ports:
    """What is connected."""

    signature_ends: dict[str, SignatureEnd] = field(default_factory=dict)
    onboarding_steps: dict[str, StepSource] = field(default_factory=dict)
    importers: dict[str, Importer] = field(default_factory=dict)
    followers: dict[str, ImportFollower] = field(default_factory=dict)


ports = Ports()
