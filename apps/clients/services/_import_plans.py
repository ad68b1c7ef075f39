"""What each row of a file would do, from what it says and what earlier imports made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from apps.clients.models import ImportBatch, ImportRow, ImportState, RowAction
from apps.clients.ports import Importer, ImportFile, Known, PlannedRow, ReadFile, ReadRow
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.core.tabular.problems import RowProblem, Severity


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows as they are stored, the ones to take in, and the figures of the whole."""

    rows: tuple[ImportRow, ...]
    to_apply: tuple[PlannedRow, ...]
    unchanged: tuple[PlannedRow, ...]
    counts: Mapping[str, int]
    problems: tuple[dict[str, Any], ...]
    ignored: tuple[dict[str, Any], ...]


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
    rows: list[ImportRow] = []
    by_action: dict[str, list[PlannedRow]] = defaultdict(list)
    for row in read.rows:
        mine = (*row.problems, *beside.pop(row.line, ()))
        stored = _stored(batch, row, known.get(row.key), mine)
        rows.append(stored)
        match = known.get(row.key)
        by_action[stored.action].append(PlannedRow(row, match.target if match else None))
    of_file = beside.pop(0, ())
    rows += [_unread(batch, line, problems, read.lines.get(line, {})) for line, problems in beside.items()]
    return Plan(
        rows=tuple(sorted(rows, key=lambda row: row.line)),
        to_apply=(*by_action[RowAction.CREATE], *by_action[RowAction.UPDATE]),
        unchanged=tuple(by_action[RowAction.UNCHANGED]),
        counts=_counts(rows, of_file, read),
        problems=tuple(plain_problem(problem) for problem in of_file),
        ignored=tuple({"line": row.row, "reason": str(row.reason), "text": row.text[:200]} for row in read.ignored),
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
        rows = apps.get_model(label)._default_manager.filter(public_id__in=ids)  # noqa: SLF001 - Django documents it
        if seen_by is not None and hasattr(rows, "visible_to"):
            rows = rows.visible_to(seen_by)
        found |= {(label, str(record.public_id)): record for record in rows}
    return found


def _made_before(batch: ImportBatch, file: ImportFile, rows: Sequence[ReadRow]) -> dict[str, Known]:
    """Return what earlier imports of this kind made of the same facts, the latest word on each."""
    earlier = ImportRow.objects.filter(
        batch__kind=batch.kind,
        batch__household=batch.household_id,
        batch__state=ImportState.APPLIED,
        key__in={row.key for row in rows},
        action__in=[RowAction.CREATE, RowAction.UPDATE],
    ).order_by("batch_id", "id")
    latest = {row.key: row for row in earlier}
    there = records([(row.target_type, row.target_id) for row in latest.values()], seen_by=file.by)
    known = {}
    for row in rows:
        before = latest.get(row.key)
        target = there.get((before.target_type, str(before.target_id))) if before else None
        if before is not None and target is not None:
            known[row.key] = Known(target, is_changed=before.fingerprint != row.fingerprint)
    return known


def _problems_by_line(read: ReadFile) -> dict[int, list[RowProblem]]:
    found: dict[int, list[RowProblem]] = defaultdict(list)
    for problem in read.problems:
        found[problem.row].append(problem)
    return dict(found)


def _stored(batch: ImportBatch, row: ReadRow, known: Known | None, problems: Sequence[RowProblem]) -> ImportRow:
    if any(problem.severity is Severity.ERROR for problem in problems):
        action = RowAction.BLOCKED
    elif known is None:
        action = RowAction.CREATE
    else:
        action = RowAction.UPDATE if known.is_changed else RowAction.UNCHANGED
    return ImportRow(
        batch=batch,
        line=row.line,
        label=row.label[:200],
        key=row.key,
        fingerprint=row.fingerprint,
        facts=[[name, value] for name, value in row.facts.items()],
        problems=[plain_problem(problem) for problem in problems],
        action=action,
        target_type=known.target._meta.label if known else "",
        target_id=known.target.public_id if known else None,
    )


def _unread(batch: ImportBatch, line: int, problems: Sequence[RowProblem], cells: Mapping[str, str]) -> ImportRow:
    is_error = any(problem.severity is Severity.ERROR for problem in problems)
    return ImportRow(
        batch=batch,
        line=line,
        label=" ".join([text for text in cells.values() if text][:3])[:200],
        facts=[[name, value] for name, value in cells.items()],
        problems=[plain_problem(problem) for problem in problems],
        action=RowAction.BLOCKED if is_error else RowAction.UNCHANGED,
    )


def _counts(rows: Sequence[ImportRow], of_file: Sequence[RowProblem], read: ReadFile) -> dict[str, int]:
    actions = Counter(str(row.action) for row in rows)
    severities = Counter(problem["severity"] for row in rows for problem in row.problems)
    errors_of_file = sum(problem.severity is Severity.ERROR for problem in of_file)
    return {
        **{str(action): actions.get(str(action), 0) for action in RowAction.values},
        "rows": len(rows),
        "errors": actions.get(str(RowAction.BLOCKED), 0) + errors_of_file,
        "warnings": severities.get("warning", 0) + len(of_file) - errors_of_file,
        "ignored": len(read.ignored),
    }
