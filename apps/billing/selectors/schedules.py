"""Fee schedules as their pages show them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from apps.billing.engine.documents import restored
from apps.billing.engine.terms import FeeTerms
from apps.billing.models import FeeAssignment, FeeSchedule, FeeScheduleVersion
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop


@dataclass(frozen=True, slots=True)
class TierRow:
    """One tier as people read it."""

    lower: Decimal
    upper: Decimal | None
    rate: Decimal


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version with its terms."""

    version: FeeScheduleVersion
    terms: FeeTerms
    tiers: tuple[TierRow, ...]


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A schedule in the list, with how many households pay by it now."""

    schedule: FeeSchedule
    newest: FeeScheduleVersion | None
    n_households: int


def schedule_rows(actor: Actor) -> list[ScheduleRow]:
    """Return the schedules with their newest version, in three queries."""
    paying = FeeAssignment.objects.filter(ends_on=None).order_by().values("version__schedule_id")
    counts = {row["version__schedule_id"]: row["n"] for row in paying.annotate(n=Count("household"))}
    rows = FeeSchedule.objects.visible_to(actor).prefetch_related("versions")
    return [ScheduleRow(row, next(iter(row.versions.all()), None), counts.get(row.pk, 0)) for row in rows]


def schedule_for(actor: Actor, public_id: uuid.UUID | str) -> FeeSchedule:
    """Return a schedule that the actor may see. Raises NotFoundError."""
    found = FeeSchedule.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such fee schedule, or it is not yours to see."))
    return found


def version_for(schedule: FeeSchedule, number: int) -> FeeScheduleVersion:
    """Return a version of the schedule by its number. Raises NotFoundError."""
    found = schedule.versions.filter(number=number).first()
    if found is None:
        raise NotFoundError(gettext_noop("The fee schedule has no such version."))
    return found


def version_views(schedule: FeeSchedule) -> list[VersionView]:
    """Return the versions of a schedule, the newest first, with their terms."""
    return [version_view(version) for version in schedule.versions.all()]


def version_view(version: FeeScheduleVersion) -> VersionView:
    """Return one version with its terms."""
    terms = restored(FeeTerms, version.terms)
    lower, rows = Decimal(0), []
    for tier in terms.tiers:
        upper = tier.up_to.amount if tier.up_to else None
        rows.append(TierRow(lower, upper, tier.rate.fraction))
        lower = upper if upper is not None else lower
    return VersionView(version, terms, tuple(rows))
