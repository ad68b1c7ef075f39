"""Steps that make advice happen: written, changed, done with their evidence, halted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from apps.clients.models import Document, DocumentCategory, Household, Person
from apps.clients.services.documents import file_document
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans import policies
from apps.plans.models import PlanStep, Recommendation, StepOwner, StepStatus
from apps.plans.services._checks import checked
from apps.plans.services.errors import NotYourStepError, StepNotPossibleError
from apps.portfolios.models import Transaction


@dataclass(frozen=True, slots=True)
class StepDetails:
    """What somebody writes about a step. `owner_name` is for who is neither advisor nor client."""

    title: str
    owner: str
    due_on: dt.date
    person: Person | None = None
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that a step is done: words, a paper sent along, one filed before, or an entry of a ledger."""

    note: str = ""
    filename: str = ""
    content: bytes = b""
    document: Document | None = None
    entry: Transaction | None = None


@service
def add_step(
    *, household: Household, details: StepDetails, by: Actor, recommendation: Recommendation | None = None
) -> PlanStep:
    """Write a step of one's own. Raises InvalidInputError for what is missing, and for people or advice of others."""
    if recommendation is not None and recommendation.run.plan.household_id != household.pk:
        raise InvalidInputError(
            gettext_noop("This advice is of another household."), field="recommendation", mend=gettext_noop("Reload.")
        )
    row = PlanStep(household=household, recommendation=recommendation)
    _fill(row, details)
    row.save()
    audit.record("plans.add_step", by=by, target=row, after=audit.snapshot(row))
    tell_steps(row)
    return row


@service
def change_step(*, step: PlanStep, details: StepDetails, by: Actor) -> PlanStep:
    """Give a step under way other words, another owner or day; a new day is reminded of anew.

    Raises StepNotPossibleError for one that is closed, InvalidInputError.
    """
    row = _locked(step)
    if not row.is_under_way:
        _refuse(row, gettext_noop("Reopen it first."))
    before, due = audit.snapshot(row), row.due_on
    _fill(row, details)
    if row.due_on != due:
        row.reminded_on = None
    row.save()
    audit.record("plans.change_step", by=by, target=row, before=before, after=audit.snapshot(row))
    tell_steps(row)
    return row


@service
def finish_step(*, step: PlanStep, evidence: Evidence, by: Actor) -> PlanStep:
    """Note a step as done, with what shows it.

    Raises StepNotPossibleError, InvalidInputError without evidence or with that of another household,
    FileNotAcceptedError.
    """
    row = _locked(step)
    before = _moved(row, StepStatus.DONE)
    _check_evidence(row, evidence)
    if evidence.content:
        row.document = file_document(
            household=row.household,
            category=_category(row),
            title=row.words,
            filename=evidence.filename,
            content=evidence.content,
            by=by,
            # what the client has to do is the client's to read
            visible_to_client=row.owner == StepOwner.CLIENT,
        )
    else:
        row.document = evidence.document
    row.note, row.entry = evidence.note.strip(), evidence.entry
    row.closed_by, row.closed_at, row.reason = by.label, timezone.now(), ""
    return _kept(row, "plans.finish_step", before, by)


@service
def finish_own_step(*, step: PlanStep, evidence: Evidence, by: Actor) -> PlanStep:
    """Note a step as done, as the person of the household whose it is.

    Raises NotYourStepError, and what finish_step raises.
    """
    person = Person.objects.filter(household=step.household, user_id=by.user_id or 0).first()
    if person is None or step.owner != StepOwner.CLIENT or step.person_id not in {None, person.pk}:
        raise NotYourStepError(
            gettext_noop("This step is somebody else’s to do."), mend=gettext_noop("Ask your advisor to note it.")
        )
    return finish_step(step=step, evidence=evidence, by=by)


@service
def halt_step(*, step: PlanStep, status: str, reason: str, by: Actor) -> PlanStep:
    """Let a step wait for something, or drop it, and say why. Raises StepNotPossibleError, InvalidInputError."""
    row = _locked(step)
    if status not in {StepStatus.BLOCKED, StepStatus.DROPPED}:
        raise InvalidInputError(gettext_noop("Let the step wait, or drop it."), field="status")
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why."), field="reason")
    before = _moved(row, status)
    row.reason = reason.strip()
    if status == StepStatus.DROPPED:
        row.closed_by, row.closed_at = by.label, timezone.now()
    return _kept(row, "plans.halt_step", before, by)


@service
def reopen_step(*, step: PlanStep, by: Actor) -> PlanStep:
    """Take a step up again; its evidence stays on the trail. Raises StepNotPossibleError."""
    row = _locked(step)
    before = _moved(row, StepStatus.OPEN)
    row.reason = row.note = row.closed_by = ""
    row.document = row.entry = row.closed_at = None
    return _kept(row, "plans.reopen_step", before, by)


def tell_steps(row: PlanStep) -> None:
    """Tell who watches the household."""
    realtime.publish(f"household:{row.household.public_id}", "plan.steps_changed", step=str(row.public_id))


def _locked(step: PlanStep) -> PlanStep:
    return PlanStep.objects.select_for_update(of=("self",)).select_related("household").get(pk=step.pk)


def _fill(row: PlanStep, details: StepDetails) -> None:
    if details.person is not None and details.person.household_id != row.household_id:
        raise InvalidInputError(gettext_noop("This person is of another household."), field="person")
    if details.title.strip() != row.words:
        # words of a template stay message ids: readers get them in their own language
        row.title = details.title.strip()
    row.owner, row.due_on = details.owner, details.due_on
    row.person = details.person if details.owner == StepOwner.CLIENT else None
    row.owner_name = details.owner_name.strip() if details.owner == StepOwner.OTHER else ""
    if details.owner == StepOwner.OTHER and not row.owner_name:
        raise InvalidInputError(gettext_noop("Say who does it."), field="owner_name")
    checked(row)


def _moved(row: PlanStep, to: str) -> dict[str, object]:
    if not policies.can_move_step(row, to):
        _refuse(row, gettext_noop("Reload the page."))
    before = audit.snapshot(row)
    row.status = to
    return before


def _refuse(row: PlanStep, mend: str) -> None:
    raise StepNotPossibleError(
        gettext_noop("The step is “%(now)s” already."), mend=mend, now=StepStatus(row.status).label, field="status"
    )


def _check_evidence(row: PlanStep, evidence: Evidence) -> None:
    told = evidence.note.strip() or evidence.content or evidence.document or evidence.entry
    if not told:
        raise InvalidInputError(gettext_noop("Say how it was done, or file the paper that shows it."), field="note")
    foreign_paper = evidence.document is not None and evidence.document.household_id != row.household_id
    foreign_entry = evidence.entry is not None and evidence.entry.account.household_id != row.household_id
    if foreign_paper or foreign_entry:
        raise InvalidInputError(
            gettext_noop("The evidence is of another household."), field="document" if foreign_paper else "entry"
        )


def _category(row: PlanStep) -> str:
    kind = row.recommendation.kind if row.recommendation is not None else ""
    return kind if kind in {DocumentCategory.INSURANCE, DocumentCategory.ESTATE} else DocumentCategory.OTHER


def _kept(row: PlanStep, action: str, before: dict[str, object], by: Actor) -> PlanStep:
    checked(row)
    row.save()
    audit.record(action, by=by, target=row, before=before, after=audit.snapshot(row), reason=row.reason)
    tell_steps(row)
    return row
