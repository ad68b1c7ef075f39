"""Services that a household takes: with mandate, reserve, review and report rhythm; checked, and ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.services.households import update_household
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.dates import months_after
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import Account, CashReserve, HouseholdService, QualityCheck, ServiceOffering, ServiceVersion
from apps.portfolios.selectors.service_offerings import version_on
from apps.portfolios.services._checks import checked
from apps.portfolios.services.mandates import MandateTerms, check_end, end_mandate, give_mandate, tell_household
from apps.portfolios.services.restrictions import ReserveTerms, add_reserve, end_reserve


class ServiceNotOfferedError(DomainError):
    """The service has no approved version on the day."""

    code = "service_not_offered"


@service
def take_service(
    *,
    household: Household,
    offering: ServiceOffering,
    from_day: dt.date,
    by: Actor,
    account: Account | None = None,
    note: str = "",
) -> HouseholdService:
    """Have a household take a service: its mandate, cash reserve, review and reports follow from the version in force.

    Raises ServiceNotOfferedError without an approved version on the day, InvalidInputError where the household takes it
    already, and what `give_mandate` raises (a model beyond the risk profile needs a note).
    """
    Household.objects.select_for_update().get(pk=household.pk)
    version = version_on(offering, from_day)
    if version is None:
        raise ServiceNotOfferedError(
            gettext_noop("“%(name)s” has no approved version on that day."),
            mend=gettext_noop("Choose a later day, or have a version approved first."),
            field="from_day",
            name=offering.name,
        )
    taken = HouseholdService(
        household=household, account=account, offering=offering, version=version, from_day=from_day
    )
    checked(taken, exclude=["mandate", "reserve"])
    if version.model is not None:
        terms = MandateTerms(
            model=version.model,
            from_day=from_day,
            account=account,
            client_approves=version.client_approves,
            note=note,
        )
        taken.mandate = give_mandate(household=household, terms=terms, by=by)
        taken.reserve = _keep_cash(taken, version, by)
    taken.save()
    audit.record("portfolios.take_service", by=by, target=taken, after=audit.snapshot(taken))
    review = months_after(from_day, version.review_months)
    if household.next_review_on is None or household.next_review_on > review:
        update_household(household=household, fields={"next_review_on": review}, by=by)
    tell_household(household, by)
    return taken


def _keep_cash(taken: HouseholdService, version: ServiceVersion, by: Actor) -> CashReserve | None:
    if not version.cash_share:
        return None
    purpose = gettext("Cash of the service %(name)s") % {"name": taken.offering.name}
    terms = ReserveTerms(purpose, taken.from_day, share=version.cash_share, account=taken.account)
    return add_reserve(household=taken.household, terms=terms, by=by)


@service
def end_service(*, taken: HouseholdService, until: dt.date, reason: str, by: Actor) -> HouseholdService:
    """End a service after a day, and the mandate and the reserve that came with it where they still hold.

    Raises InvalidInputError for a day outside its days or without a reason.
    """
    locked = HouseholdService.objects.select_for_update(of=("self",)).select_related("household", "mandate", "reserve")
    row = locked.get(pk=taken.pk)
    check_end(row.from_day, row.until, until)
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why."), field="reason")
    before = audit.snapshot(row)
    row.until = until
    row.save(update_fields=["until", "updated_at"])
    audit.record("portfolios.end_service", by=by, target=row, before=before, after=audit.snapshot(row), reason=reason)
    if row.mandate is not None and row.mandate.until is None and row.mandate.from_day <= until:
        end_mandate(mandate=row.mandate, until=until, reason=reason, by=by)
    if row.reserve is not None and row.reserve.until is None:
        end_reserve(reserve=row.reserve, until=until, reason=reason, by=by)
    tell_household(row.household, by)
    return row


@service
def record_quality_check(*, taken: HouseholdService, met: Sequence[int], by: Actor, note: str = "") -> QualityCheck:
    """Record that the checks of a service were gone through today: `met` are the places of those in order.

    The household's next review moves on by the rhythm of the service. Raises InvalidInputError where something is not
    in order and the note does not say what is to be done, or the service has ended.
    """
    Household.objects.select_for_update().get(pk=taken.household_id)
    today, version = firm_today(), taken.version
    if not taken.is_on(today):
        raise InvalidInputError(gettext_noop("The household does not take this service today."))
    items = [{"item": item, "is_met": place in set(met)} for place, item in enumerate(version.checklist)]
    row = QualityCheck(service=taken, day=today, items=items, note=note.strip()[:300], checked_by=by.label[:200])
    if not row.is_clean and not row.note:
        raise InvalidInputError(
            gettext_noop("Not all is in order."), mend=gettext_noop("Say what is to be done."), field="note"
        )
    row.save()
    audit.record("portfolios.check_service", by=by, target=row, after=audit.snapshot(row))
    review = months_after(today, version.review_months)
    household = Household.objects.get(pk=taken.household_id)
    if household.next_review_on is None or household.next_review_on <= review:
        update_household(household=household, fields={"next_review_on": review}, by=by)
    return row
