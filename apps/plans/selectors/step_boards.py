"""What becomes of advice, as a board of one household, a list across households, and what a client has to do."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from apps.clients.models import Document, Household, Person
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.models import ContributionWatch, PlanStep, StepOwner, StepStatus
from apps.plans.selectors.advice_kinds import kind_label
from apps.plans.selectors.contribution_months import WatchLine, watch_lines
from apps.portfolios.models import Transaction, TransactionKind

# steps that ask why a contribution did not arrive
MISSED_CODE = "missed-"
SOON = dt.timedelta(days=30)
TONES = {StepStatus.OPEN: "", StepStatus.BLOCKED: "warn", StepStatus.DONE: "good", StepStatus.DROPPED: ""}
# which steps the list across households shows
VIEWS = ("soon", "overdue", "waiting", "open", "done")


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as pages show it."""

    public_id: uuid.UUID
    household_id: uuid.UUID
    household: str
    title: str
    advice: str
    owner: str
    owner_label: str
    due_on: dt.date
    status: str
    status_label: str
    tone: str
    is_overdue: bool
    reason: str
    note: str
    document: Document | None
    entry: str
    closed_by: str
    closed_at: dt.datetime | None

    @property
    def is_under_way(self) -> bool:
        """Whether it is still to be done."""
        return self.status in {StepStatus.OPEN, StepStatus.BLOCKED}


@dataclass(frozen=True, slots=True)
class Column:
    """The steps of one status."""

    status: str
    label: str
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class StepBoard:
    """A household's steps by status, and the contributions that are watched."""

    columns: tuple[Column, ...]
    dropped: tuple[StepLine, ...]
    watches: tuple[WatchLine, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on it."""
        return not (self.dropped or self.watches or any(column.steps for column in self.columns))


def step_board(household: Household, actor: Actor, on: dt.date) -> StepBoard:
    """Return the board: what is due first; what is done, the latest first."""
    rows = _with_all(PlanStep.objects.visible_to(actor).filter(household=household))
    lines = step_lines(rows, on)
    watches = ContributionWatch.objects.visible_to(actor).filter(household=household).active()
    return StepBoard(
        columns=tuple(
            Column(status, str(StepStatus(status).label), _of(lines, status))
            for status in (StepStatus.OPEN, StepStatus.BLOCKED, StepStatus.DONE)
        ),
        dropped=_of(lines, StepStatus.DROPPED),
        watches=watch_lines(list(watches.select_related("account")), on),
    )


def _of(lines: tuple[StepLine, ...], status: str) -> tuple[StepLine, ...]:
    found = [line for line in lines if line.status == status]
    if status in {StepStatus.DONE, StepStatus.DROPPED}:
        found.sort(key=lambda line: str(line.closed_at), reverse=True)
    return tuple(found)


def listed_steps(actor: Actor, on: dt.date, view: str) -> QuerySet[PlanStep]:
    """Return steps across the households the actor may see, what is due first."""
    rows = _with_all(PlanStep.objects.visible_to(actor))
    if view == "overdue":
        return rows.due_by(on - dt.timedelta(days=1))  # type: ignore[attr-defined, no-any-return]
    if view == "waiting":
        return rows.filter(status=StepStatus.BLOCKED)
    if view == "open":
        return rows.filter(status__in=[StepStatus.OPEN, StepStatus.BLOCKED])
    if view == "done":
        return rows.filter(status=StepStatus.DONE).order_by("-closed_at", "-id")
    return rows.due_by(on + SOON)  # type: ignore[attr-defined, no-any-return]


def steps_due(actor: Actor, on: dt.date) -> QuerySet[PlanStep]:
    """Return what the firm itself has to do by the day, and what clients are late with."""
    rows = _with_all(PlanStep.objects.visible_to(actor)).filter(status=StepStatus.OPEN, due_on__lte=on)
    return rows.exclude(owner=StepOwner.CLIENT, due_on=on)


@dataclass(frozen=True, slots=True)
class ClientSteps:
    """The steps of a household as its own people read them."""

    own: tuple[StepLine, ...]
    others: tuple[StepLine, ...]
    done: tuple[StepLine, ...]


def client_steps(household: Household, actor: Actor, on: dt.date) -> ClientSteps:
    """Return what this person has to do, what others do for the household, and what is done."""
    rows = list(_with_all(PlanStep.objects.visible_to(actor).filter(household=household)))
    mine = {row.pk for row in own_steps(actor)}
    # an advisor's question to oneself is no step of the client's plan
    shown = [row for row in rows if not row.code.startswith(MISSED_CODE)]
    under_way = [row for row in shown if row.is_under_way]
    return ClientSteps(
        own=step_lines([row for row in under_way if row.pk in mine], on),
        others=step_lines([row for row in under_way if row.pk not in mine], on),
        done=step_lines([row for row in shown if row.status == StepStatus.DONE], on),
    )


def own_steps(actor: Actor) -> QuerySet[PlanStep]:
    """Return the steps under way that are this client's to do, of their own household."""
    person = Person.objects.filter(user_id=actor.user_id or 0).values("pk")
    rows = _with_all(PlanStep.objects.visible_to(actor).under_way()).filter(owner=StepOwner.CLIENT)
    return rows.filter(person=None) | rows.filter(person__in=person)


def step_lines(rows: Iterable[PlanStep], on: dt.date) -> tuple[StepLine, ...]:
    """Return steps as pages show them; rows come with what they point at."""
    return tuple(
        StepLine(
            public_id=row.public_id,
            household_id=row.household.public_id,
            household=row.household.name,
            title=row.words,
            advice=kind_label(row.recommendation.kind) if row.recommendation else "",
            owner=row.owner,
            owner_label=_owner(row),
            due_on=row.due_on,
            status=row.status,
            status_label=str(StepStatus(row.status).label),
            tone="bad" if _is_overdue(row, on) else TONES[StepStatus(row.status)],
            is_overdue=_is_overdue(row, on),
            reason=row.reason,
            note=row.note,
            document=row.document,
            entry=f"{row.entry}, {row.entry.account.name}" if row.entry else "",
            closed_by=row.closed_by,
            closed_at=row.closed_at,
        )
        for row in rows
    )


def _is_overdue(row: PlanStep, on: dt.date) -> bool:
    return row.status == StepStatus.OPEN and row.due_on < on


def _owner(row: PlanStep) -> str:
    if row.owner == StepOwner.OTHER:
        return row.owner_name
    if row.owner == StepOwner.CLIENT and row.person is not None:
        return str(row.person)
    return str(row.household.advisor) if row.owner == StepOwner.ADVISOR else str(StepOwner(row.owner).label)


def step_for(actor: Actor, public_id: uuid.UUID | str) -> PlanStep:
    """Return a step the actor may see. Raises NotFoundError."""
    found = _with_all(PlanStep.objects.visible_to(actor)).filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such step, or its household is not assigned to you."))
    return found


def watch_for(actor: Actor, public_id: uuid.UUID | str) -> ContributionWatch:
    """Return a watched contribution the actor may see. Raises NotFoundError."""
    rows = ContributionWatch.objects.visible_to(actor).select_related("account", "household__advisor")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such contribution, or its household is not assigned to you."))
    return found


def entries_for_evidence(household: Household, since: dt.date) -> QuerySet[Transaction]:
    """Return what was paid into the household's accounts lately: an entry can show that a step is done."""
    kinds = [TransactionKind.DEPOSIT, TransactionKind.TRANSFER_IN]
    rows = Transaction.objects.standing().filter(account__household=household, kind__in=kinds, trade_date__gte=since)
    return rows.select_related("account").order_by("-trade_date", "-id")


def _with_all(rows: QuerySet[PlanStep]) -> QuerySet[PlanStep]:
    return rows.select_related("household__advisor", "recommendation", "person", "document", "entry__account")
