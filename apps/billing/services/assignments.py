"""Which household pays by which terms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.billing.engine.errors import RetirementPayerError
from apps.billing.models import Collection, ExclusionReason, FeeAssignment, FeeExclusion, FeeScheduleVersion
from apps.billing.models.run import BillingRun, RunState
from apps.billing.services._agreed import dearer_than_agreed
from apps.billing.services._checks import checked
from apps.billing.services._mapping import version_terms
from apps.clients.models import Agreement, AgreementState, Household
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import Account, Instrument


class NoAgreementError(DomainError):
    """A fee would be charged that no signed agreement allows."""

    code = "no_signed_agreement"


class NotAgreedError(DomainError):
    """The fee is not what the agreement says."""

    code = "fee_not_agreed"


class BilledPeriodError(DomainError):
    """Days that were billed would get other terms."""

    code = "period_already_billed"


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What one household negotiated beside the schedule, and where its fees are collected. Rates are fractions."""

    negotiated_rate: Decimal | None = None
    discount: Decimal = Decimal(0)
    collection: str = Collection.INVOICE
    paying_account: Account | None = None


_AS_SCHEDULED = OwnTerms()


@service
def assign_fee(  # noqa: PLR0913 - who, which terms, on which clause, from when: one more object would hide the four
    *,
    household: Household,
    version: FeeScheduleVersion,
    agreement: Agreement,
    clause: str,
    starts_on: dt.date,
    by: Actor,
    own: OwnTerms = _AS_SCHEDULED,
) -> FeeAssignment:
    """Put a household on the terms of a version, from a day on; the terms before it end the day before.

    Raises NoAgreementError unless the agreement is the household's own, signed, in force by that day and has the
    clause; NotAgreedError for terms other than, or dearer than, what it says; BilledPeriodError for days that a locked
    run has billed; RetirementPayerError for a retirement account that would pay for others; InvalidInputError for a
    wrong field.
    """
    household = Household.objects.select_for_update().get(pk=household.pk)
    _check_agreement(household, agreement, clause, starts_on)
    _check_version(household, version, starts_on)
    _check_terms(agreement, version, own)
    _check_payer(household, own)
    _check_not_billed(household, starts_on)
    _end_before(household, starts_on, by)
    assignment = FeeAssignment(
        household=household,
        version=version,
        agreement=agreement,
        clause=clause,
        starts_on=starts_on,
        negotiated_rate=own.negotiated_rate,
        discount=own.discount,
        collection=own.collection,
        paying_account=own.paying_account,
    )
    checked(assignment, exclude=["household"])
    assignment.save()
    audit.record("billing.assign_fee", by=by, target=assignment, after=audit.snapshot(assignment))
    realtime.publish(f"household:{household.public_id}", "billing.changed")
    return assignment


@service
def end_fee(*, assignment: FeeAssignment, ends_on: dt.date, by: Actor) -> FeeAssignment:
    """End a household's terms after a day; what was paid in advance for later days is given back by the next run.

    Raises InvalidInputError for a day before the first.
    """
    assignment = FeeAssignment.objects.select_for_update().get(pk=assignment.pk)
    before = audit.snapshot(assignment)
    assignment.ends_on = ends_on
    checked(assignment, exclude=["household"])
    assignment.save(update_fields=["ends_on", "updated_at"])
    audit.record("billing.end_fee", by=by, target=assignment, before=before, after=audit.snapshot(assignment))
    return assignment


@dataclass(frozen=True, slots=True)
class ExclusionTerms:
    """What is left out of an account: all of it, its cash (reason `cash`), or one security; `share` is a fraction."""

    reason: str
    clause: str
    starts_on: dt.date
    instrument: Instrument | None = None
    share: Decimal = Decimal(1)
    counts_for_breakpoint: bool = False
    note: str = ""


@service
def exclude_from_fees(*, account: Account, terms: ExclusionTerms, by: Actor) -> FeeExclusion:
    """Leave something of an account out of its fees from a day on. Raises InvalidInputError for a wrong field."""
    if terms.reason == ExclusionReason.CASH and terms.instrument is not None:
        raise InvalidInputError(
            gettext_noop("Cash is no security."), mend=gettext_noop("Leave the security empty."), field="instrument"
        )
    exclusion = FeeExclusion(
        account=account,
        reason=terms.reason,
        instrument=terms.instrument,
        share=terms.share,
        counts_for_breakpoint=terms.counts_for_breakpoint,
        clause=terms.clause,
        note=terms.note,
        starts_on=terms.starts_on,
    )
    checked(exclusion, exclude=["account"])
    exclusion.save()
    audit.record("billing.exclude_from_fees", by=by, target=exclusion, after=audit.snapshot(exclusion))
    return exclusion


@service
def end_exclusion(*, exclusion: FeeExclusion, ends_on: dt.date, by: Actor) -> FeeExclusion:
    """Bill again what was left out, after a day. Raises InvalidInputError for a day before the first."""
    exclusion = FeeExclusion.objects.select_for_update().get(pk=exclusion.pk)
    before = audit.snapshot(exclusion)
    exclusion.ends_on = ends_on
    checked(exclusion, exclude=["account"])
    exclusion.save(update_fields=["ends_on", "updated_at"])
    audit.record("billing.end_exclusion", by=by, target=exclusion, before=before, after=audit.snapshot(exclusion))
    return exclusion


def _check_agreement(household: Household, agreement: Agreement, clause: str, starts_on: dt.date) -> None:
    if agreement.household_id != household.pk or agreement.state != AgreementState.SIGNED:
        raise NoAgreementError(
            gettext_noop("No signed agreement of %(household)s allows this fee."),
            mend=gettext_noop("Have the client sign the agreement first."),
            field="agreement",
            household=household.name,
        )
    if agreement.effective_on > starts_on:
        raise NoAgreementError(
            gettext_noop("The agreement takes effect on %(day)s."),
            mend=gettext_noop("Charge the fee from that day on."),
            field="starts_on",
            day=agreement.effective_on,
        )
    try:
        agreement.clause(clause)
    except KeyError:
        raise NoAgreementError(
            gettext_noop("The agreement has no clause %(clause)s."),
            mend=gettext_noop("Name the clause that the fee rests on, such as 4.2."),
            field="clause",
            clause=clause or "–",
        ) from None


def _check_version(household: Household, version: FeeScheduleVersion, starts_on: dt.date) -> None:
    if version.currency != household.currency:
        raise InvalidInputError(
            gettext_noop("The schedule is in %(schedule)s, the household in %(household)s."),
            mend=gettext_noop("Choose a schedule in the household's currency."),
            field="version",
            schedule=version.currency,
            household=household.currency,
        )
    if version.effective_on > starts_on:
        raise InvalidInputError(
            gettext_noop("This version may be agreed from %(day)s."),
            mend=gettext_noop("Choose that day or a later one, or an earlier version."),
            field="starts_on",
            day=version.effective_on,
        )


def _check_terms(agreement: Agreement, version: FeeScheduleVersion, own: OwnTerms) -> None:
    wrong = dearer_than_agreed(agreement, version, version_terms(version), (own.negotiated_rate, own.discount))
    if wrong:
        raise NotAgreedError(
            gettext_noop("The agreement says otherwise about %(what)s."),
            mend=gettext_noop("Choose the schedule that was signed, or have a new agreement signed."),
            field="version",
            what=_(wrong),
        )


def _check_payer(household: Household, own: OwnTerms) -> None:
    payer = own.paying_account
    if payer is None:
        return
    if payer.household_id != household.pk:
        raise InvalidInputError(
            gettext_noop("The paying account belongs to another household."),
            mend=gettext_noop("Choose an account of this household."),
            field="paying_account",
        )
    if payer.is_retirement:
        raise RetirementPayerError(
            gettext_noop("Retirement account %(payer)s must not pay the fees of other accounts (IRC 4975)."),
            mend=gettext_noop("Choose a taxable account, or bill by invoice."),
            field="paying_account",
            payer=payer.name,
        )


def _check_not_billed(household: Household, starts_on: dt.date) -> None:
    billed = (
        BillingRun.objects.filter(
            fees__household=household,
            state__in=[RunState.LOCKED, RunState.INVOICED],
            last_day__gte=starts_on,
        )
        .order_by("-last_day")
        .first()
    )
    if billed is not None:
        raise BilledPeriodError(
            gettext_noop("The household was billed up to %(day)s."),
            mend=gettext_noop("Let the new terms begin after that day."),
            field="starts_on",
            day=billed.last_day,
        )


def _end_before(household: Household, starts_on: dt.date, by: Actor) -> None:
    """End what is in force; terms that would begin on that day or later and never billed are replaced."""
    last = starts_on - dt.timedelta(days=1)
    for earlier in FeeAssignment.objects.filter(household=household).within(starts_on, dt.date.max):
        if earlier.starts_on >= starts_on:
            raise InvalidInputError(
                gettext_noop("Other terms begin on %(day)s."),
                mend=gettext_noop("Let the new terms begin after that day."),
                field="starts_on",
                day=earlier.starts_on,
            )
        end_fee(assignment=earlier, ends_on=last, by=by)
