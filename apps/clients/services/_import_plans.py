"""What each row of a file would do, from what it says and what earlier imports made."""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

from apps.clients.models import ImportBatch, ImportRow, ImportState, RowAction
from apps.clients.models.plain_rows import PlainRows
from apps.clients.ports import Importer, ImportFile, Known, Made, PlannedRow, ReadFile, ReadRow
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.core.tabular.problems import RowProblem, Severity
from apps.core.whole_rows import copy_in, updated_at

_COLUMNS = (
    "line", "label", "key", "fingerprint", "facts", "problems", "action", "target_type", "target_id", "before",
    "left_at", "batch_id", "public_id", "created_at", "updated_at",
)  # fmt: skip

# the latest word of applied imports of the kind and household on each key
_EARLIER = f"""
SELECT DISTINCT ON (row.key) row.key, row.fingerprint, row.target_type, row.target_id
FROM {ImportRow._meta.db_table} row JOIN {ImportBatch._meta.db_table} batch ON batch.id = row.batch_id
WHERE batch.kind = %s AND batch.household_id IS NOT DISTINCT FROM %s AND batch.state = %s
    AND row.key = ANY(%s) AND row.action IN ('create', 'update')
ORDER BY row.key, row.batch_id DESC, row.id DESC
"""  # noqa: S608 - names of our own


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the import as it is stored; `facts` and `problems` are JSON."""

    line: int
    label: str
    key: str
    fingerprint: str
    facts: str
    problems: tuple[dict[str, Any], ...]
    action: str
    target_type: str = ""
    target_id: uuid.UUID | None = None
    before: str | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows as they are stored, the ones to take in, and the figures of the whole."""

    rows: tuple[Line, ...]
    to_apply: tuple[PlannedRow, ...]
    unchanged: tuple[PlannedRow, ...]
    counts: Mapping[str, int]
    problems: tuple[dict[str, Any], ...]
    ignored: tuple[dict[str, Any], ...]
    plain: PlainRows | None = None


def file_of(batch: ImportBatch, by: Actor) -> ImportFile:
    """Return the file as it came, with the answers given."""
    return ImportFile(
        filename=batch.filename,
        content=batch.content(),
        by=by,
        household_id=batch.household_id,
        answers=dict(batch.answers),
        batch_id=batch.pk,
    )


def planned(batch: ImportBatch, importer: Importer, file: ImportFile) -> Plan:
    """Read the file and say what each row would do; writes nothing."""
    read = importer.read(file)
    known = {**dict(importer.known(file, read.rows)), **_made_before(batch, file, read.rows)}
    beside = _problems_by_line(read)
    rows: list[Line] = []
    by_action: dict[str, list[PlannedRow]] = defaultdict(list)
    for row in read.rows:
        mine = (*row.problems, *beside.pop(row.line, ()))
        match = known.get(row.key)
        stored = _stored(row, match, mine)
        rows.append(stored)
        by_action[stored.action].append(PlannedRow(row, match.target if match else None))
    of_file = beside.pop(0, ())
    rows += [_unread(line, problems, read.lines.get(line, {})) for line, problems in beside.items()]
    return Plan(
        rows=tuple(sorted(rows, key=lambda row: row.line)),
        to_apply=(*by_action[RowAction.CREATE], *by_action[RowAction.UPDATE]),
        unchanged=tuple(by_action[RowAction.UNCHANGED]),
        counts=_counts(rows, of_file, read),
        problems=tuple(plain_problem(problem) for problem in of_file),
        ignored=tuple({"line": row.row, "reason": str(row.reason), "text": row.text[:200]} for row in read.ignored),
        plain=read.plain,
    )


def plain_problem(problem: RowProblem) -> dict[str, Any]:
    """Return a problem as JSON holds it; the sentences stay message ids, so that each reader gets their language."""
    return {
        "column": problem.column,
        "code": problem.code,
        "message": problem.message,
        "mend": problem.mend,
        "params": {name: str(value) for name, value in problem.params.items()},
        "severity": str(problem.severity),
    }


def records(pairs: Iterable[tuple[str, Any]], *, seen_by: Actor | None = None) -> dict[tuple[str, str], BaseModel]:
    """Load records by (type, public id), one query per type; those that are gone are missing from the answer.

    With `seen_by` those that this actor may not see are missing too.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for label, public_id in pairs:
        wanted[label].add(str(public_id))
    found: dict[tuple[str, str], BaseModel] = {}
    for label, ids in wanted.items():
        if not label:
            continue
        rows = apps.get_model(label)._default_manager.filter(public_id__in=ids)  # noqa: SLF001 - Django documents it
        if seen_by is not None and hasattr(rows, "visible_to"):
            rows = rows.visible_to(seen_by)
        found |= {(label, str(record.public_id)): record for record in rows}
    return found


def _made_before(batch: ImportBatch, file: ImportFile, rows: Sequence[ReadRow]) -> dict[str, Known]:
    """Return what earlier imports of this kind made of the same facts, the latest word on each."""
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER, [batch.kind, batch.household_id, ImportState.APPLIED, [row.key for row in rows]])
        latest = {key: told for key, *told in cursor.fetchall()}
    there = records([(label, pk) for _, label, pk in latest.values()], seen_by=file.by)
    known = {}
    for row in rows:
        fingerprint, label, pk = latest.get(row.key, ("", "", ""))
        target = there.get((label, str(pk)))
        if target is not None:
            known[row.key] = Known(target, is_changed=fingerprint != row.fingerprint)
    return known


def _problems_by_line(read: ReadFile) -> dict[int, list[RowProblem]]:
    found: dict[int, list[RowProblem]] = defaultdict(list)
    for problem in read.problems:
        found[problem.row].append(problem)
    return dict(found)


def _stored(row: ReadRow, known: Known | None, problems: Sequence[RowProblem]) -> Line:
    if any(problem.severity is Severity.ERROR for problem in problems):
        action = RowAction.BLOCKED
    elif known is None:
        action = RowAction.CREATE
    else:
        action = RowAction.UPDATE if known.is_changed else RowAction.UNCHANGED
    return Line(
        line=row.line,
        label=row.label[:200],
        key=row.key,
        fingerprint=row.fingerprint,
        facts=json.dumps(list(row.facts.items()), ensure_ascii=False),
        problems=tuple(plain_problem(problem) for problem in problems),
        action=action.value,
        target_type=known.target._meta.label if known else "",
        target_id=known.target.public_id if known else None,
    )


def _unread(line: int, problems: Sequence[RowProblem], cells: Mapping[str, str]) -> Line:
    is_error = any(problem.severity is Severity.ERROR for problem in problems)
    return Line(
        line=line,
        label=" ".join([text for text in cells.values() if text][:3])[:200],
        key="",
        fingerprint="",
        facts=json.dumps(list(cells.items()), ensure_ascii=False),
        problems=tuple(plain_problem(problem) for problem in problems),
        action=(RowAction.BLOCKED if is_error else RowAction.UNCHANGED).value,
    )


def store(batch: ImportBatch, rows: Iterable[Line]) -> None:
    """Keep these rows in the place of those that the batch had."""
    table = ImportRow._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE batch_id = %s", [batch.pk])  # noqa: S608 - our name; no row for each
    now = timezone.now()
    copy_in(
        table,
        _COLUMNS,
        (
            (
                row.line,
                row.label,
                row.key,
                row.fingerprint,
                row.facts,
                json.dumps(row.problems, ensure_ascii=False) if row.problems else "[]",
                row.action,
                row.target_type,
                row.target_id,
                row.before,
                row.left_at,
                batch.pk,
                uuid.uuid4(),
                now,
                now,
            )
            for row in rows
        ),
    )


def became(rows: Sequence[Line], made: Iterable[Made]) -> list[Line]:
    """Return the rows with what each became and when that was left, so that undo knows of later changes."""
    by_key = {item.key: item for item in made}
    left = left_at(item.target for item in by_key.values())
    return [_became(row, by_key[row.key], left) if _is_due(row) and row.key in by_key else row for row in rows]


def left_at(made: Iterable[BaseModel]) -> dict[uuid.UUID, datetime]:
    """Return when records were last changed, by public id, as the database has it."""
    ids: dict[type[BaseModel], list[uuid.UUID]] = defaultdict(list)
    for record in made:
        ids[type(record)].append(record.public_id)
    return {pk: at for model, public_ids in ids.items() for pk, at in updated_at(model, public_ids).items()}


def _is_due(row: Line) -> bool:
    return row.action in {RowAction.CREATE, RowAction.UPDATE}


def _became(row: Line, item: Made, left: Mapping[uuid.UUID, datetime]) -> Line:
    return Line(
        row.line,
        row.label,
        row.key,
        row.fingerprint,
        row.facts,
        row.problems,
        row.action,
        target_type=item.target._meta.label,
        target_id=item.target.public_id,
        before=json.dumps(dict(item.before)) if item.before is not None else None,
        left_at=left[item.target.public_id],
    )


def _counts(rows: Sequence[Line], of_file: Sequence[RowProblem], read: ReadFile) -> dict[str, int]:
    actions = Counter(str(row.action) for row in rows)
    severities = Counter(problem["severity"] for row in rows for problem in row.problems)
    if read.plain is not None:
        actions.update(create=read.plain.created, unchanged=len(read.plain.rows) - read.plain.created)
    errors_of_file = sum(problem.severity is Severity.ERROR for problem in of_file)
    return {
        **{str(action): actions.get(str(action), 0) for action in RowAction.values},
        "rows": len(rows) + (len(read.plain.rows) if read.plain else 0),
        "errors": actions.get(str(RowAction.BLOCKED), 0) + errors_of_file,
        "warnings": severities.get("warning", 0) + len(of_file) - errors_of_file,
        "ignored": len(read.ignored),
    }
