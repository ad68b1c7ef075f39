"""Services that the firm offers: drafted by one person, approved by another, in force from a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.models import ApprovalRequest, ApprovalState
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import approval_for, drop_approval, hold_target, request_approval
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import (
    HouseholdService,
    ModelPortfolio,
    Rhythm,
    RunMode,
    ServiceKind,
    ServiceOffering,
    ServiceVersion,
    VersionState,
    Way,
)
from apps.portfolios.selectors.service_offerings import service_changes
from apps.portfolios.services._checks import checked

APPROVAL_KIND = "portfolios.service_version"
ONE_DAY = dt.timedelta(days=1)


class ServiceStateError(DomainError):
    """The version is not in a state in which this can be done."""

    code = "service_state"


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """What a service says: promise, portfolio, quality checks, and how the firm keeps in touch."""

    promise: str
    model: ModelPortfolio | None = None
    client_approves: bool = False
    cash_share: Decimal = Decimal(0)
    rebalance_mode: str = RunMode.TO_BAND
    minimum_amount: Decimal = Decimal(250)
    blocks_short_gains: bool = True
    review_months: int = Rhythm.YEARLY
    meeting_way: str = Way.IN_PERSON
    report_months: int = Rhythm.QUARTERLY
    checklist: Sequence[str] = ()
    note: str = ""


@service
def draft_service(
    *, offering: ServiceOffering | None, name: str, kind: str, terms: ServiceTerms, by: Actor
) -> ServiceVersion:
    """Add a service with its first draft, or write down what one says next.

    Raises InvalidInputError for a name that is taken, a wrong field, or investment management without a model;
    ServiceStateError while a version waits for approval.
    """
    before = {}
    if offering is None:
        locked = ServiceOffering()
    else:
        locked = ServiceOffering.objects.select_for_update().get(pk=offering.pk)
        before = audit.snapshot(locked)
    locked.name, locked.kind = name.strip(), kind
    checked(locked)
    if audit.snapshot(locked) != before:
        locked.save()
        audit.record("portfolios.name_service", by=by, target=locked, before=before, after=audit.snapshot(locked))
    return _draft(locked, terms, by)


def _draft(offering: ServiceOffering, terms: ServiceTerms, by: Actor) -> ServiceVersion:
    rows = offering.versions.select_for_update()
    version = rows.filter(state__in=[VersionState.DRAFT, VersionState.WAITING]).first()
    before = {}
    if version is None:
        number = (offering.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        version = ServiceVersion(offering=offering, number=number)
    else:
        _demand(version, VersionState.DRAFT, gettext_noop("Version %(n)s waits for approval and cannot be changed."))
        before = audit.snapshot(version)
    told = {each.name: getattr(terms, each.name) for each in fields(terms)}
    told["checklist"] = [line.strip() for line in terms.checklist if line.strip()]
    told["promise"], told["note"] = terms.promise.strip(), terms.note.strip()
    for name, value in told.items():
        setattr(version, name, value)
    if offering.kind == ServiceKind.INVESTMENT and terms.model is None:
        raise InvalidInputError(gettext_noop("Investment management needs a model."), field="model")
    checked(version)
    version.save()
    audit.record("portfolios.draft_service", by=by, target=version, before=before, after=audit.snapshot(version))
    return version


@service
def submit_service(*, version: ServiceVersion, effective_from: dt.date, by: Actor) -> ApprovalRequest:
    """Put a draft to a second person, to be in force from a day.

    Raises ServiceStateError unless it is a draft, InvalidInputError for a day that has passed or does not lie after the
    start of the version before.
    """
    locked = _locked(version)
    _demand(locked, VersionState.DRAFT, gettext_noop("Version %(n)s was submitted already."))
    last = locked.offering.versions.filter(state=VersionState.APPROVED, until=None).first()
    earliest = max(firm_today(), last.effective_from + ONE_DAY if last and last.effective_from else dt.date.min)
    if effective_from < earliest:
        raise InvalidInputError(
            gettext_noop("A version is in force from %(day)s at the earliest."),
            mend=gettext_noop("Choose a later day."),
            field="effective_from",
            day=earliest,
        )
    before = audit.snapshot(locked)
    locked.effective_from, locked.state = effective_from, VersionState.WAITING
    locked.save(update_fields=["effective_from", "state", "updated_at"])
    after = audit.snapshot(locked)
    audit.record("portfolios.submit_service", by=by, target=locked, before=before, after=after)
    told = {"service": locked.offering.name, "n": locked.number, "day": date_text(effective_from)}
    return request_approval(
        kind=APPROVAL_KIND,
        target=locked,
        title=_("%(service)s, version %(n)s, from %(day)s") % told,
        suggestion=_("Compare it with the version in force: what is promised must be done for every household."),
        reasons=service_changes(locked),
        by=by,
    )


@service
def recall_service(*, version: ServiceVersion, by: Actor) -> None:
    """Take a version that waits back to a draft. Raises ServiceStateError unless it waits."""
    locked = _locked(version)
    _demand(locked, VersionState.WAITING, gettext_noop("Version %(n)s does not wait for approval."))
    request = approval_for(kind=APPROVAL_KIND, target=locked)
    if request is not None and request.is_pending:
        # the decision is heard below and makes it a draft again
        drop_approval(request=request, reason=gettext_noop("The version was taken back."), by=by)
    else:
        _end(locked, VersionState.DRAFT, "portfolios.return_service", by)


@service
def hear_service_decision(*, request: ApprovalRequest, by: Actor) -> None:
    """Take up how the review of a version ended: it is in force from its day, or a draft again.

    One that was approved after its day is in force from the day of the approval.
    """
    found = ServiceVersion.objects.filter(public_id=request.target_id).first()
    version = _locked(found) if found is not None else None
    if version is None or version.state != VersionState.WAITING:
        return
    if request.state != ApprovalState.APPROVED:
        _end(version, VersionState.DRAFT, "portfolios.return_service", by)
        return
    version.effective_from = max(version.effective_from or firm_today(), firm_today())
    for earlier in version.offering.versions.filter(state=VersionState.APPROVED, until=None):
        earlier.until = max(version.effective_from - ONE_DAY, earlier.effective_from or dt.date.min)
        _end(earlier, VersionState.SUPERSEDED, "portfolios.supersede_service", by)
    _end(version, VersionState.APPROVED, "portfolios.approve_service", by)


@service
def retire_service(*, offering: ServiceOffering, on: dt.date, reason: str, by: Actor) -> ServiceVersion:
    """End the version in force on a day, so that no household can take the service after it.

    Raises ServiceStateError when none is in force or a household goes on taking it, InvalidInputError without a reason.
    """
    locked = ServiceOffering.objects.select_for_update().get(pk=offering.pk)
    version = locked.versions.select_for_update().filter(state=VersionState.APPROVED, until=None).first()
    if version is None:
        raise ServiceStateError(gettext_noop("No version of this service is in force without an end."))
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why."), field="reason")
    n = HouseholdService.objects.filter(offering=locked).not_over(on + ONE_DAY).count()
    if n:
        raise ServiceStateError(
            gettext_noop("%(n)s households take this service after that day."),
            mend=gettext_noop("End it for them first."),
            n=n,
        )
    version.until = max(on, version.effective_from or on)
    _end(version, VersionState.RETIRED, "portfolios.retire_service", by, reason)
    return version


def _end(version: ServiceVersion, state: VersionState, action: str, by: Actor, reason: str = "") -> None:
    before = {"state": version.state}
    version.state = state
    version.save(update_fields=["state", "effective_from", "until", "updated_at"])
    after = {"state": state, "effective_from": version.effective_from, "until": version.until}
    audit.record(action, by=by, target=version, before=before, after=after, reason=reason)


def _locked(version: ServiceVersion) -> ServiceVersion:
    """Lock the service before its version: whoever drafts, submits or decides waits for the others."""
    hold_target(version)
    ServiceOffering.objects.select_for_update().get(pk=version.offering_id)
    return ServiceVersion.objects.select_for_update(of=("self",)).select_related("offering").get(pk=version.pk)


def _demand(version: ServiceVersion, state: VersionState, message: str) -> None:
    if version.state != state:
        raise ServiceStateError(message, n=version.number)
