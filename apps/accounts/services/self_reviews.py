"""The timed self-review: what stands in for the second person in a firm of one.

It is flagged on the decision and on the trail, and ends when a second licensed person joins.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.accounts.models import ApprovalDecision, ApprovalRequest, FirmProfile, SelfReview, User, Verdict
from apps.accounts.selectors.approvals import lone_reviewer
from apps.accounts.services.approvals import close_approved, locked_pending
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, NotAllowedError, gettext_noop

MIN_ATTESTATION = 20


class SecondPersonError(NotAllowedError):
    """The firm has a second licensed person, or the reviewer is not the one who asked."""

    code = "second_person_present"


class TooEarlyError(DomainError):
    """The time that a self-review takes at least has not passed."""

    code = "self_review_too_early"


@service
def open_self_review(*, request: ApprovalRequest, by: Actor) -> SelfReview:
    """Begin the review of one's own request; its time runs from the first opening, a second changes nothing.

    Raises SecondPersonError where somebody else can decide, ApprovalClosedError when it is no longer pending.
    """
    request = locked_pending(request)
    reviewer = _reviewer(request, by)
    review, is_new = SelfReview.objects.get_or_create(
        request=request, defaults={"reviewer": reviewer, "opened_at": timezone.now()}
    )
    if is_new:
        audit.record("accounts.open_self_review", by=by, target=request, after={"is_self_review": True})
    return review


@service
def attest_self_review(*, request: ApprovalRequest, attestation: str, by: Actor) -> ApprovalRequest:
    """Approve one's own request after the firm's time has passed, in words of one's own.

    Raises SecondPersonError, ApprovalClosedError, TooEarlyError (with the minutes left) and InvalidInputError for an
    attestation that says nothing.
    """
    request = locked_pending(request)
    reviewer = _reviewer(request, by)
    review = SelfReview.objects.select_for_update().filter(request=request).first()
    if review is None:
        raise TooEarlyError(gettext_noop("The review is not open yet."), mend=gettext_noop("Open it first."))
    _wait_is_over(review)
    words = attestation.strip()
    if len(words) < MIN_ATTESTATION:
        raise InvalidInputError(
            gettext_noop("The attestation is too short."),
            mend=gettext_noop("Say in a sentence what you reviewed and found."),
            field="attestation",
        )
    review.attested_at, review.attestation = timezone.now(), words
    review.save(update_fields=["attested_at", "attestation", "updated_at"])
    made = ApprovalDecision.objects.create(
        request=request, decided_by=reviewer, verdict=Verdict.APPROVE, note=words, is_self_review=True
    )
    audit.record("accounts.attest_self_review", by=by, target=request, after=audit.snapshot(made), reason=words)
    close_approved(request=request, by=by, reason=words)
    return request


def _reviewer(request: ApprovalRequest, by: Actor) -> User:
    reviewer = lone_reviewer(request)
    if reviewer is None or reviewer.pk != by.user_id:
        raise SecondPersonError(
            gettext_noop("A self-review is only for the one licensed person of a firm, on their own request."),
            mend=gettext_noop("Another person has to decide this request."),
        )
    return reviewer


def _wait_is_over(review: SelfReview) -> None:
    ends = review.opened_at + dt.timedelta(minutes=FirmProfile.current().self_review_minutes)
    left = ends - timezone.now()
    if left > dt.timedelta(0):
        raise TooEarlyError(
            gettext_noop("The review has to take its time: %(minutes)s more minutes."),
            mend=gettext_noop("Read the record again and attest then."),
            minutes=max(1, -(-int(left.total_seconds()) // 60)),
        )
