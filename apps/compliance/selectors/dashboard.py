"""What the compliance officer has to look at today."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from apps.clients.models import Household, Person
from apps.compliance.models import (
    AssessmentKind,
    AssessmentState,
    AuditExport,
    MethodTable,
    RiskAssessment,
    TrailVerification,
)
from apps.compliance.selectors.trail import TrailQuery, trail_events
from apps.core.actors import Actor

# rows shown of each kind; the counts say how many there are
SHOWN = 8
SELF_REVIEW_DAYS = 90
ENDS_SOON_DAYS = 30
SIGN_IN_DAYS = 7


@dataclass(frozen=True, slots=True)
class Attention:
    """One household that needs somebody."""

    household: str
    household_id: uuid.UUID
    person: str
    what: str
    advisor: str
    since: dt.date | None
    tone: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Counts with the rows behind them. Days are the server's (UTC)."""

    to_review: int
    waiting_for_yes: int
    past_date: int
    ending_soon: int
    without_profile: int
    disagreeing: int
    exceptions: int
    self_reviews: int
    failed_sign_ins: int
    attention: tuple[Attention, ...]
    verification: TrailVerification | None
    exports: int
    not_adopted: tuple[MethodTable, ...]


def dashboard(actor: Actor, on: dt.date) -> Dashboard:
    """Return what needs attention among the households that the actor sees; a constant number of queries."""
    rows = RiskAssessment.objects.visible_to(actor)
    soon = on + dt.timedelta(days=ENDS_SOON_DAYS)
    counts = rows.aggregate(
        to_review=Count("pk", filter=Q(state=AssessmentState.ANSWERED, review=None)),
        waiting=Count("pk", filter=Q(state=AssessmentState.ANSWERED, review__isnull=False)),
        past=Count("pk", filter=Q(state=AssessmentState.REVIEWED, valid_until__lt=on)),
        soon=Count("pk", filter=Q(state=AssessmentState.REVIEWED, valid_until__range=(on, soon))),
        disagreeing=Count("pk", filter=_going() & ~Q(disagreements=[])),
        exceptions=Count("pk", filter=Q(state=AssessmentState.REVIEWED, review__is_exception=True)),
    )
    uncovered = _without_profile(actor)
    missing = uncovered.count()
    since = timezone.now() - dt.timedelta(days=SELF_REVIEW_DAYS)
    reviews = trail_events(actor, TrailQuery(self_reviews=True)).filter(occurred_at__gte=since)
    return Dashboard(
        to_review=counts["to_review"],
        waiting_for_yes=counts["waiting"],
        past_date=counts["past"],
        ending_soon=counts["soon"],
        without_profile=missing,
        disagreeing=counts["disagreeing"],
        exceptions=counts["exceptions"],
        self_reviews=reviews.filter(action="accounts.attest_self_review").count(),
        failed_sign_ins=_failed_sign_ins(actor),
        attention=(*_from_profiles(rows, on), *_from_people(uncovered)),
        verification=TrailVerification.objects.first(),
        exports=AuditExport.objects.visible_to(actor).count(),
        not_adopted=tuple(MethodTable.objects.filter(adopted_at=None).defer("content")),
    )


def _failed_sign_ins(actor: Actor) -> int:
    since = timezone.now() - dt.timedelta(days=SIGN_IN_DAYS)
    failed = Q(action="accounts.fail_sign_in") | Q(action="accounts.fail_second_factor")
    return trail_events(actor, TrailQuery()).filter(failed, occurred_at__gte=since).count()


def _going() -> Q:
    return Q(state__in=[AssessmentState.ANSWERED, AssessmentState.REVIEWED])


def _without_profile(actor: Actor) -> QuerySet[Person]:
    """Return adults of served households who have no profile, own or joint, and were not asked for one."""
    served = Household.objects.visible_to(actor).active()
    covered = RiskAssessment.objects.filter(
        Q(person=OuterRef("pk"))
        | Q(household=OuterRef("household"), kind=AssessmentKind.JOINT, state=AssessmentState.REVIEWED),
        state__in=[AssessmentState.OPEN, AssessmentState.ANSWERED, AssessmentState.REVIEWED],
    )
    return Person.objects.adults().filter(household__in=served).exclude(Exists(covered))


def _from_profiles(rows: QuerySet[RiskAssessment], on: dt.date) -> list[Attention]:
    pressing = rows.filter(
        Q(state=AssessmentState.ANSWERED)
        | Q(state=AssessmentState.REVIEWED, valid_until__lt=on)
        | (Q(state=AssessmentState.REVIEWED) & ~Q(disagreements=[]))
    ).select_related("household__advisor", "person", "review")
    return [_of_profile(row, on) for row in pressing.order_by("submitted_at", "id")[: 2 * SHOWN]]


def _of_profile(row: RiskAssessment, on: dt.date) -> Attention:
    review = getattr(row, "review", None)
    tone = "warn"
    if row.state == AssessmentState.ANSWERED and review is None:
        what = gettext("Answers wait for a review")
    elif row.state == AssessmentState.ANSWERED:
        what = gettext("A client's acknowledgement is missing")
    elif row.is_stale_on(on):
        what, tone = gettext("The profile is past its date"), "bad"
    else:
        count = len(row.disagreements)
        what = ngettext("%(count)s point to talk about", "%(count)s points to talk about", count) % {"count": count}
        tone = "note"
    since = row.valid_until if row.is_stale_on(on) and row.valid_until else None
    if since is None and row.submitted_at is not None:
        since = timezone.localdate(row.submitted_at)
    return Attention(
        household=row.household.name,
        household_id=row.household.public_id,
        person=str(row.person),
        what=what,
        advisor=str(row.household.advisor),
        since=since,
        tone=tone,
    )


def _from_people(people: QuerySet[Person]) -> list[Attention]:
    found = people.select_related("household__advisor").order_by(
        F("household__client_since").asc(nulls_last=True), "id"
    )
    return [
        Attention(
            household=person.household.name,
            household_id=person.household.public_id,
            person=str(person),
            what=gettext("No risk profile, and none asked for"),
            advisor=str(person.household.advisor),
            since=person.household.client_since,
            tone="warn",
        )
        for person in found[:SHOWN]
    ]
