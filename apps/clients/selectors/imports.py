"""Imports as pages show them."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext

from apps.clients.models import ImportBatch, ImportRow, ImportState, RowAction
from apps.clients.models.plain_rows import ACTION, LINE, PlainRows
from apps.clients.ports import Belongs, LeftOpen, ports
from apps.core.actors import Actor
from apps.core.field_words import choice_words, field_words
from apps.kernel.errors import NotFoundError, gettext_noop

ROWS_PER_PAGE = 100
_TONES = {
    ImportState.UPLOADED: "",
    ImportState.CHECKED: "note",
    ImportState.APPLYING: "note",
    ImportState.APPLIED: "good",
    ImportState.FAILED: "bad",
    ImportState.UNDONE: "",
}
_ACTION_TONES = {RowAction.CREATE: "good", RowAction.UPDATE: "note", RowAction.UNCHANGED: "", RowAction.BLOCKED: "bad"}


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """One problem in the reader's language."""

    column: str
    sentence: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the file beside what is wrong with it."""

    line: int
    label: str
    action: str
    tone: str
    facts: tuple[tuple[str, Any], ...]
    problems: tuple[ShownProblem, ...]


@dataclass(frozen=True, slots=True)
class HouseholdRows:
    """What a file of several households holds of one: how many rows do what."""

    name: str
    rows: int
    create: int
    update: int
    blocked: int


@dataclass(frozen=True, slots=True)
class ImportPage:
    """All that the page of one import shows."""

    batch: ImportBatch
    kind: str
    tone: str
    rows: Page[Any]
    shown: tuple[ShownRow, ...]
    problems: tuple[ShownProblem, ...]
    ignored: tuple[dict[str, Any], ...]
    only: str
    left_open: LeftOpen | None
    households: tuple[HouseholdRows, ...] = ()

    @property
    def can_apply(self) -> bool:
        """Whether the file can be taken in now."""
        return self.batch.state == ImportState.CHECKED and not self.batch.counts["errors"]

    @property
    def changes_nothing(self) -> bool:
        """Whether all of it is known already."""
        counts = self.batch.counts
        return not counts["errors"] and not counts["create"] and not counts["update"]

    @property
    def can_answer(self) -> bool:
        """Whether the questions may still be answered otherwise."""
        return self.batch.state in {ImportState.CHECKED, ImportState.FAILED, ImportState.UPLOADED}


def import_for(actor: Actor, public_id: uuid.UUID | str) -> ImportBatch:
    """Return an import the actor may see; raise NotFoundError when there is none, or not for this actor."""
    found = ImportBatch.objects.visible_to(actor).select_related("household", "job").filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such import, or it is not yours."))
    return found


def import_page(batch: ImportBatch, *, page: str = "1", only: str = "") -> ImportPage:
    """Return a page of rows by line; `only` narrows to one action."""
    rows = batch.rows.all()
    if only in RowAction.values:
        rows = rows.filter(action=only)
    plain = batch.plain()
    paged = Paginator(rows.order_by("line", "id"), ROWS_PER_PAGE).get_page(page)
    if plain is not None:
        paged = _with_plain(batch, plain, rows, page=page, only=only)
    importer, follower = ports.importers.get(batch.kind), ports.followers.get(batch.kind)
    return ImportPage(
        batch=batch,
        kind=str(importer.label) if importer else batch.kind,
        tone=_TONES[ImportState(batch.state)],
        rows=paged,
        shown=tuple(_shown(row) for row in paged.object_list),
        problems=tuple(shown_problem(problem) for problem in batch.problems),
        ignored=tuple(batch.ignored),
        only=only,
        left_open=follower.left_open(batch.public_id) if follower and batch.applied_at else None,
        households=_by_household(batch) if importer and importer.belongs == Belongs.ONE_OR_NAMED else (),
    )


def _by_household(batch: ImportBatch) -> tuple[HouseholdRows, ...]:
    """Return what a file does to each household that its lines name; nothing for a file of one."""
    if batch.household_id is not None:
        return ()
    done: dict[str, Counter[str]] = {}
    for facts, action in batch.rows.order_by("line").values_list("facts", "action"):
        done.setdefault(str(dict(facts).get("household", "")), Counter())[action] += 1
    told = (RowAction.CREATE, RowAction.UPDATE, RowAction.BLOCKED)
    return tuple(
        HouseholdRows(name, counted.total(), *(counted[action] for action in told)) for name, counted in done.items()
    )


def _with_plain(
    batch: ImportBatch, plain: PlainRows, rows: QuerySet[ImportRow], *, page: str, only: str
) -> Page[ImportRow]:
    """Return the page of stored and plain rows together, by line."""
    told = [row for row in plain.rows if only not in RowAction.values or row.split("\t", 2)[ACTION] == only]
    places: list[tuple[int, int, str]] = [(int(row.split("\t", 1)[LINE]), 0, row) for row in told]
    places += [(line, pk, "") for line, pk in rows.values_list("line", "pk")]
    paged: Page[Any] = Paginator(sorted(places), ROWS_PER_PAGE).get_page(page)
    chosen = list(paged.object_list)
    found = {row.pk: row for row in rows.filter(pk__in=[pk for _, pk, _ in chosen if pk])}
    of_text = batch.plain_rows(plain, [text for _, pk, text in chosen if not pk])
    paged.object_list = [found[pk] if pk else next(of_text) for _, pk, _ in chosen]
    return paged


def import_list(actor: Actor, *, page: str = "1") -> Page[ImportBatch]:
    """Return the imports the actor may see, newest first."""
    rows = ImportBatch.objects.visible_to(actor).select_related("household").order_by("-id")
    return Paginator(rows.defer("ignored", "problems", "answers"), 50).get_page(page)


def shown_problem(problem: dict[str, Any]) -> ShownProblem:
    """Translate a stored problem and fill in its values."""
    parts = [gettext(problem["message"]), gettext(problem["mend"]) if problem["mend"] else ""]
    if problem["params"]:
        parts = [part % problem["params"] for part in parts]
    return ShownProblem(problem["column"], " ".join(part for part in parts if part), problem["severity"] == "error")


def _shown(row: ImportRow) -> ShownRow:
    action = RowAction(row.action)
    return ShownRow(
        line=row.line,
        label=row.label,
        action=str(action.label),
        tone=_ACTION_TONES[action],
        facts=tuple(
            (field_words(name), choice_words(name, value, "clients.Person"))
            for name, value in row.facts
            if value not in {"", None}
        ),
        problems=tuple(shown_problem(problem) for problem in row.problems),
    )
