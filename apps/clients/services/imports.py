"""Taking files in: brought, read and shown, applied whole or not at all, taken back while nothing hangs on them.

docs/recipes/add-an-importer.md says how an app adds a kind of file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from django.db import connection
from django.utils import timezone

from apps.clients.models import Household, ImportBatch, ImportRow, ImportState, RowAction
from apps.clients.models.plain_rows import PlainRows
from apps.clients.models.sealed_files import seal
from apps.clients.ports import Belongs, Importer, ImportFile, PlainImporter, Progress, Question, UndoRow, ports
from apps.clients.services._import_plans import Plan, became, file_of, left_at, planned, records, store
from apps.clients.services._uploads import safe_name
from apps.core import audit, jobs, realtime
from apps.core.actors import Actor, ActorKind
from apps.core.models import BaseModel, Job
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop

# how often a file is read before it is given up: a first reading locks what the next ones rest on
_READINGS = 3


class ImportStateError(DomainError):
    """The import is not in the state that this needs."""

    code = "import_state"


class ImportHasErrorsError(DomainError):
    """Rows of the file cannot be taken in; nothing was."""

    code = "import_has_errors"
    status = 422


class ImportHasDependentsError(DomainError):
    """Later records hang on what the import made; `dependents` lists them."""

    code = "import_has_dependents"

    def __init__(self, dependents: Sequence[str]) -> None:
        super().__init__(
            gettext_noop("The import cannot be undone: %(count)s later records depend on it."),
            mend=gettext_noop("Take these back first: %(shown)s."),
            count=len(dependents),
            shown="; ".join(dependents[:5]) + ("; …" if len(dependents) > 5 else ""),
        )
        self.dependents = tuple(dependents)


def importer_for(kind: str) -> Importer:
    """Return the importer of a kind of file; raise InvalidInputError for an unknown one."""
    if kind not in ports.importers:
        raise InvalidInputError(
            gettext_noop("Files of the kind “%(kind)s” are not taken in."),
            mend=gettext_noop("Choose one of the kinds offered."),
            field="kind",
            kind=kind,
        )
    return ports.importers[kind]


@service
def open_batch(
    *, kind: str, filename: str, content: bytes, by: Actor, household: Household | None = None
) -> ImportBatch:
    """Take a file, keep it encrypted, and read it as its importer proposes (a dry run: nothing else is written).

    Raises FileRefusedError with the line and the mend when the file as a whole cannot be read, InvalidInputError for
    an unknown kind or when the household is missing.
    """
    importer = importer_for(kind)
    if importer.belongs == Belongs.ONE and household is None:
        raise InvalidInputError(gettext_noop("Say to which household the file belongs."), field="household")
    if household is not None and importer.belongs == Belongs.NO_HOUSEHOLD:
        raise InvalidInputError(gettext_noop("A file of this kind belongs to no household."), field="household")
    file = ImportFile(filename, content, by, household.pk if household else None)
    questions = importer.questions(file)
    sealed = seal("imports", content)
    batch = ImportBatch(
        kind=kind,
        household=household,
        filename=safe_name(filename),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        stored_name=sealed.name,
        wrapped_key=sealed.wrapped_key,
        created_by=by.label,
        actor_key=by.key,
    )
    batch.save()
    audit.record("clients.open_batch", by=by, target=batch, after={"kind": kind, "sha256": batch.sha256})
    answers = {question.name: question.value for question in questions}
    return _checked(batch, replace(file, answers=answers, batch_id=batch.pk), by)


@service
def check_batch(*, batch: ImportBatch, answers: Mapping[str, str], by: Actor) -> ImportBatch:
    """Read the file by these answers and note what each row would do; nothing but the batch's own rows is written.

    Raises ImportStateError for a batch that was applied, InvalidInputError for answers that do not fit the file.
    """
    batch = _locked(batch, ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)
    return _checked(batch, replace(file_of(batch, by), answers=dict(answers)), by)


def _checked(batch: ImportBatch, file: ImportFile, by: Actor) -> ImportBatch:
    before = {"answers": batch.answers, "counts": batch.counts}
    batch.answers, batch.state = dict(file.answers), ImportState.CHECKED
    plan = planned(batch, importer_for(batch.kind), file)
    _note(batch, plan)
    store(batch, plan.rows)
    batch.keep_plain(plan.plain)
    batch.save()
    after = {"answers": batch.answers, "counts": batch.counts}
    audit.record("clients.check_batch", by=by, target=batch, before=before, after=after)
    return batch


@service
def request_apply(*, batch: ImportBatch, by: Actor) -> Job:
    """Ask for the checked file to be taken in, in the background.

    Raises ImportStateError unless it was checked and waits; ImportHasErrorsError while rows have errors.
    """
    batch = _locked(batch, ImportState.CHECKED)
    _refuse_errors(batch)
    job = jobs.enqueue(
        "clients.apply_import",
        by=by,
        topic=f"user:{by.key.partition(':')[2]}" if by.kind is ActorKind.PERSON else "",
        batch_id=batch.pk,
        user_id=by.user_id,
        origin=asdict(by.origin),
    )
    batch.state, batch.job, batch.problems = ImportState.APPLYING, job, []
    batch.save(update_fields=["state", "job", "problems", "updated_at"])
    audit.record("clients.request_apply", by=by, target=batch, after={"job": str(job.public_id)})
    return job


@service
def apply_batch(*, batch: ImportBatch, by: Actor) -> ImportBatch:
    """Take the file in, whole or not at all; what earlier imports brought already is left alone.

    A batch that was applied answers as it is: jobs run at least once. Raises ImportStateError for one that was not
    checked, ImportHasErrorsError when a row cannot be taken in, and whatever a service refuses.
    """
    _one_at_a_time(batch)
    batch = _locked(batch, ImportState.CHECKED, ImportState.APPLYING, ImportState.APPLIED)
    if batch.state == ImportState.APPLIED:
        return batch
    importer, file = importer_for(batch.kind), file_of(batch, by)
    found = _taken_as_planned(batch, file)
    besides = list(_taken_anew(batch, importer, file) if found is None else found)
    left = left_at(besides)
    batch.besides = [
        {"type": record._meta.label, "id": str(record.public_id), "left_at": left[record.public_id].isoformat()}
        for record in {record.public_id: record for record in besides}.values()
    ]
    batch.state, batch.applied_at = ImportState.APPLIED, timezone.now()
    batch.save()
    audit.record("clients.apply_batch", by=by, target=batch, after={"counts": batch.counts, "sha256": batch.sha256})
    _tell(batch)
    return batch


def _taken_as_planned(batch: ImportBatch, file: ImportFile) -> Iterator[BaseModel] | None:
    """Take in a file of plain rows alone as its dry run kept them; None where others are, or their ground has moved."""
    plain = batch.plain()
    if plain is None or batch.counts["rows"] != len(plain.rows) or batch.counts["errors"]:
        return None
    importer = cast("PlainImporter", importer_for(batch.kind))
    return _plain_taken(batch, file, plain) if importer.basis(file, plain) == plain.basis else None


def _taken_anew(batch: ImportBatch, importer: Importer, file: ImportFile) -> Iterator[BaseModel]:
    """Read the file again and take in what it says to the records as they are now."""
    file, plan = _firmly_planned(batch, importer, file)
    _note(batch, plan)
    _refuse_errors(batch)
    applied = importer.apply(file, plan.to_apply, plan.unchanged, _teller(batch))
    store(batch, became(plan.rows, applied.made))
    yield from applied.besides
    batch.keep_plain(plan.plain)
    if plan.plain is not None:
        yield from _plain_taken(batch, file, plan.plain)


def _firmly_planned(batch: ImportBatch, importer: Importer, file: ImportFile) -> tuple[ImportFile, Plan]:
    """Plan what a file does, once more where the records that plain rows rest on moved until they were locked.

    Raises ImportStateError where they move each time.
    """
    for _ in range(_READINGS):
        plan = planned(batch, importer, file)
        if plan.plain is None or cast("PlainImporter", importer).basis(file, plan.plain) == plan.plain.basis:
            return file, plan
        file = replace(file, known={})
    raise ImportStateError(
        gettext_noop("The books were changed again and again while the file was read."),
        mend=gettext_noop("Check the file again in a few minutes; nothing was taken in."),
    )


def _plain_taken(batch: ImportBatch, file: ImportFile, plain: PlainRows) -> Iterator[BaseModel]:
    taken = cast("PlainImporter", importer_for(batch.kind)).take_plain(file, plain, _teller(batch))
    batch.plain_left_at = taken.left_at
    yield from taken.besides


@service
def fail_batch(*, batch: ImportBatch, refusal: DomainError, by: Actor) -> ImportBatch:
    """Note why applying stopped; the file can be checked and applied again."""
    batch = _locked(batch, ImportState.APPLYING, ImportState.CHECKED)
    batch.state = ImportState.FAILED
    batch.problems = [
        {
            "column": refusal.field,
            "code": refusal.code,
            "message": refusal.message,
            "mend": refusal.mend,
            "params": {name: str(value) for name, value in refusal.params.items()},
            "severity": "error",
        }
    ]
    batch.save()
    audit.record("clients.fail_batch", by=by, target=batch, after={"code": refusal.code}, reason=str(refusal))
    return batch


@service
def undo_batch(*, batch: ImportBatch, by: Actor) -> ImportBatch:
    """Take back all that the import made and changed.

    Raises ImportStateError unless it was applied; ImportHasDependentsError, with the list, when records were changed
    since, or others hang on them.
    """
    _one_at_a_time(batch)
    batch = _locked(batch, ImportState.APPLIED)
    outcome = _outcome(batch)
    blocking = outcome.blocking
    if blocking:
        raise ImportHasDependentsError(blocking)
    importer_for(batch.kind).undo(outcome.undo, outcome.besides, by)
    if batch.kind in ports.followers:
        ports.followers[batch.kind].take_back(batch.public_id, by)
    batch.state, batch.undone_at = ImportState.UNDONE, timezone.now()
    batch.save(update_fields=["state", "undone_at", "updated_at"])
    audit.record("clients.undo_batch", by=by, target=batch, after={"taken_back": len(outcome.undo)})
    _tell(batch)
    return batch


def questions_for(batch: ImportBatch, by: Actor) -> tuple[Question, ...]:
    """Return what the importer asks of the file; nothing once it is taken in."""
    if batch.state not in {ImportState.CHECKED, ImportState.FAILED}:
        return ()
    return importer_for(batch.kind).questions(file_of(batch, by))


def what_blocks_undo(batch: ImportBatch) -> list[str]:
    """Return, as sentences, what is in the way of taking the import back."""
    return _outcome(batch).blocking if batch.state == ImportState.APPLIED else []


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What an import made, as it is now, and what is in the way of taking it back."""

    undo: list[UndoRow]
    besides: list[BaseModel]
    blocking: list[str]


def _outcome(batch: ImportBatch) -> _Outcome:
    rows = list(batch.rows.filter(action__in=[RowAction.CREATE, RowAction.UPDATE]))
    plain = batch.plain()
    made = list(batch.plain_rows(plain, plain.rows)) if plain else []
    made = [row for row in made if row.action == RowAction.CREATE]
    rows += made
    there = records([(row.target_type, row.target_id) for row in rows])
    besides = records([(each["type"], each["id"]) for each in batch.besides])
    with_plain = records([(plain.head.get("besides", ""), row.target_id) for row in made] if plain else [])
    pairs = [
        (row, there[row.target_type, str(row.target_id)])
        for row in rows
        if (row.target_type, str(row.target_id)) in there
    ]
    kept = [row for row, _target in pairs]
    created = [target for row, target in pairs if row.action == RowAction.CREATE]
    return _Outcome(
        undo=[UndoRow(target, row.before if row.action == RowAction.UPDATE else None) for row, target in pairs],
        besides=[*besides.values(), *with_plain.values()],
        blocking=[
            *_changed_since(batch, kept, there, besides),
            *(_sentence(record) for record in with_plain.values() if record.updated_at != batch.plain_left_at),
            *_said_again(batch, kept),
            *importer_for(batch.kind).dependents(created, [*besides.values(), *with_plain.values()]),
        ],
    )


def _locked(batch: ImportBatch, *states: str) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("household", "job").get(pk=batch.pk)
    if batch.state not in states:
        raise ImportStateError(
            gettext_noop("This import is “%(state)s”."),
            mend=gettext_noop("Reload the page: somebody may have gone on with it."),
            state=str(batch.get_state_display()),
        )
    return batch


def _one_at_a_time(batch: ImportBatch) -> None:
    """Let imports of one kind and household, or of a kind whose files name households, see what others made."""
    one = "" if importer_for(batch.kind).belongs == Belongs.ONE_OR_NAMED else batch.household_id or ""
    scope = f"clients.import.{batch.kind}.{one}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || %s, 0))", [scope])


def _note(batch: ImportBatch, plan: Plan) -> None:
    batch.counts, batch.problems, batch.ignored = dict(plan.counts), list(plan.problems), list(plan.ignored)


def _tell(batch: ImportBatch) -> None:
    if batch.household is not None:
        realtime.publish(f"household:{batch.household.public_id}", "household.changed")


def _teller(batch: ImportBatch) -> Progress:
    """Return what tells the page how far it is.

    Not the job's own progress: that writes the job's row, which this transaction would keep locked against the
    renewal of its lease.
    """
    job = batch.job
    if job is None or not job.topic:
        return lambda _fraction, _step: None
    topic, job_id = job.topic, str(job.public_id)

    def tell(fraction: float, step: str) -> None:
        realtime.send_now(
            topic, "job.progress", job=job_id, state="running", percent=round(100 * fraction), step=str(step)
        )

    return tell


def _refuse_errors(batch: ImportBatch) -> None:
    if batch.counts["errors"]:
        raise ImportHasErrorsError(
            gettext_noop("%(count)s rows of the file cannot be taken in, so none was."),
            mend=gettext_noop("Mend them in the file and bring it again; what is wrong stands beside each row."),
            count=batch.counts["errors"],
        )


def _changed_since(
    batch: ImportBatch,
    rows: Sequence[ImportRow],
    there: dict[tuple[str, str], Any],
    besides: dict[tuple[str, str], Any],
) -> list[str]:
    left = {(row.target_type, str(row.target_id)): row.left_at for row in rows}
    changed = [record for name, record in there.items() if name in left and record.updated_at != left[name]]
    left_besides = {(made["type"], made["id"]): made["left_at"] for made in batch.besides}
    changed += [record for name, record in besides.items() if record.updated_at.isoformat() != left_besides[name]]
    return [_sentence(record) for record in changed]


def _sentence(record: BaseModel) -> str:
    return f"{record} ({record._meta.verbose_name}, {timezone.localtime(record.updated_at):%Y-%m-%d %H:%M})"


def _said_again(batch: ImportBatch, rows: Sequence[ImportRow]) -> list[str]:
    """Return later imports that changed what this one made."""
    later = (
        ImportRow.objects.filter(
            batch__state=ImportState.APPLIED,
            batch_id__gt=batch.pk,
            action=RowAction.UPDATE,
            target_id__in=[row.target_id for row in rows],
        )
        .select_related("batch")
        .order_by("batch_id", "line")
    )
    return [f"{row.label} ({row.batch.filename}:{row.line})" for row in later]
