"""The nightly look at every target: readings are renewed, opportunities open and close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today, firm_zone
from apps.clients.models import Household
from apps.core import audit, jobs, realtime
from apps.core.actors import Actor
from apps.core.models import Job
from apps.core.services import service
from apps.portfolios.models import DriftReading, Mandate, Opportunity, OpportunityKind
from apps.portfolios.selectors.drift import DriftSheet
from apps.portfolios.selectors.opportunities import Found, watched

TASK = "portfolios.watch_drift"
# after the custodians' files of the night and before the first advisor
NIGHT_HOUR = 5
AT_ONCE = 100
# found here; harvests are opened and closed by their own scan
OWN_KINDS = tuple(kind for kind in OpportunityKind if kind is not OpportunityKind.HARVEST)


def watch_firm(*, by: Actor, progress: Callable[[float, str], object] = lambda _part, _step: None) -> int:
    """Look at every household that follows a model or has something open; return how many. Runs again without harm."""
    day = firm_today()
    wanted = set(Mandate.objects.on(day).values_list("household_id", flat=True))
    wanted |= set(Opportunity.objects.open().values_list("household_id", flat=True))
    wanted |= set(DriftReading.objects.values_list("household_id", flat=True))
    ids = sorted(wanted)
    for at in range(0, len(ids), AT_ONCE):
        watch_households(households=list(Household.objects.filter(pk__in=ids[at : at + AT_ONCE])), day=day, by=by)
        progress(min(1.0, (at + AT_ONCE) / len(ids)), gettext("Comparing portfolios with their targets"))
    realtime.publish("firm:all", "opportunities.changed")
    return len(ids)


@service
def watch_households(*, households: Sequence[Household], day: dt.date, by: Actor) -> int:
    """Renew the readings of households, open what is found, close what is gone; return how many opened or closed."""
    # two looks at one household follow each other
    list(
        Household.objects.select_for_update()
        .filter(pk__in=[each.pk for each in households])
        .order_by("pk")
        .values_list("pk")
    )
    seen = watched(households, day)
    _renew(households, seen.sheets, day)
    open_now = {
        _key(row.household_id, row.account_id, row.kind, row.key): row
        for row in Opportunity.objects.open().filter(household__in=households, kind__in=OWN_KINDS)
    }
    n = 0
    for found in seen.found:
        row = open_now.pop(_key(found.household.pk, found.account.pk if found.account else None, *_names(found)), None)
        if row is None:
            _open(found, day, by)
            n += 1
        else:
            row.amount, row.facts, row.seen_on = found.amount, dict(found.facts), day
            row.save(update_fields=["amount", "facts", "seen_on", "updated_at"])
    for row in open_now.values():
        _close(row, day, by)
    return n + len(open_now)


@service
def ask_for_watch(*, by: Actor) -> bool:
    """Ask for the firm's look once a day, when its own clock has passed NIGHT_HOUR; say whether it was asked for."""
    now = timezone.localtime(timezone=ZoneInfo(firm_zone()))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if now.hour < NIGHT_HOUR or Job.objects.filter(name=TASK, created_at__gte=midnight).exists():
        return False
    jobs.enqueue(TASK, by=by)
    return True


def _renew(households: Sequence[Household], sheets: Sequence[DriftSheet], day: dt.date) -> None:
    told = {(sheet.target.household.pk, sheet.target.account.pk if sheet.target.account else None) for sheet in sheets}
    for row in DriftReading.objects.filter(household__in=households):
        if (row.household_id, row.account_id) not in told:
            row.delete()
    for sheet in sheets:
        DriftReading.objects.update_or_create(
            household=sheet.target.household,
            account=sheet.target.account,
            defaults={
                "as_of": day,
                "distance": _six(sheet.drift.distance),
                "largest": _six(sheet.drift.largest),
                "n_out": sheet.n_out,
            },
        )


def _six(value: Decimal) -> Decimal:
    # a reserve that is nearly all there is makes weights of any size; the list needs no more than this
    return min(value, Decimal(999)).quantize(Decimal("0.000001"))


def _names(found: Found) -> tuple[str, str]:
    return str(found.kind), found.key


def _key(household_id: int, account_id: int | None, kind: str, key: str) -> tuple[int, int | None, str, str]:
    return household_id, account_id, str(kind), key


def _open(found: Found, day: dt.date, by: Actor) -> None:
    row = Opportunity(
        household=found.household,
        account=found.account,
        kind=found.kind,
        key=found.key,
        amount=found.amount,
        currency=found.currency,
        facts=dict(found.facts),
        opened_on=day,
        seen_on=day,
    )
    row.save()
    audit.record("portfolios.open_opportunity", by=by, target=row, after=audit.snapshot(row))
    _tell(row)


def _close(row: Opportunity, day: dt.date, by: Actor) -> None:
    row.closed_on = day
    row.save(update_fields=["closed_on", "updated_at"])
    after = {"closed_on": day}
    audit.record("portfolios.close_opportunity", by=by, target=row, before={"closed_on": None}, after=after)
    _tell(row)


def _tell(row: Opportunity) -> None:
    realtime.publish(f"household:{row.household.public_id}", "portfolio.changed", opportunity=str(row.public_id))
