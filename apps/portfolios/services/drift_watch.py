"""The nightly look at every target: readings are renewed, opportunities open and close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import structlog
from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today, firm_zone
from apps.clients.models import Household
from apps.core import jobs, realtime
from apps.core.actors import Actor
from apps.core.models import Job
from apps.core.services import service
from apps.kernel.errors import DomainError
from apps.portfolios.models import Account, AccountStatus, DriftReading, Mandate, Opportunity, OpportunityKind
from apps.portfolios.selectors.cash_watch import cash_short
from apps.portfolios.selectors.drift import DriftSheet
from apps.portfolios.selectors.harvest import Thresholds, harvest_sheet, harvests_of
from apps.portfolios.selectors.opportunities import watched
from apps.portfolios.selectors.watch_rules import watch_rules
from apps.portfolios.services.opportunities import take_up

log = structlog.get_logger(__name__)

TASK = "portfolios.watch_drift"
# after the custodians' files of the night and before the first advisor
NIGHT_HOUR = 5
AT_ONCE = 100
# found together; losses are looked for household by household
OWN_KINDS = tuple(kind for kind in OpportunityKind if kind is not OpportunityKind.HARVEST)


def watch_firm(*, by: Actor, progress: Callable[[float, str], object] = lambda _part, _step: None) -> int:
    """Look at every household with something to watch; return how many. Runs again without harm.

    These are those that follow a model, have something open, or an account that is active.
    """
    day = firm_today()
    wanted = set(Mandate.objects.on(day).values_list("household_id", flat=True))
    wanted |= set(Account.objects.filter(status=AccountStatus.ACTIVE).managed().values_list("household_id", flat=True))
    wanted |= set(Opportunity.objects.open().values_list("household_id", flat=True))
    wanted |= set(DriftReading.objects.values_list("household_id", flat=True))
    ids = sorted(wanted)
    with_losses = set(Mandate.objects.on(day).values_list("household_id", flat=True))
    with_losses |= set(
        Opportunity.objects.open().filter(kind=OpportunityKind.HARVEST).values_list("household", flat=True)
    )
    for at in range(0, len(ids), AT_ONCE):
        households = list(Household.objects.filter(pk__in=ids[at : at + AT_ONCE]))
        _watch_together(households, day, by)
        for household in households:
            if household.pk in with_losses:
                _watch_losses_of(household, day, by)
        progress(min(1.0, (at + AT_ONCE) / len(ids)), gettext("Comparing portfolios with their targets"))
    realtime.publish("firm:all", "opportunities.changed")
    return len(ids)


def _watch_together(households: Sequence[Household], day: dt.date, by: Actor) -> None:
    """Look at households together; where one cannot be looked at, at each alone, so that it keeps no other back."""
    try:
        watch_households(households=households, day=day, by=by)
    except DomainError as refused:
        if len(households) == 1:
            log.warning("watch.unknown", household=str(households[0].public_id), code=refused.code)
            return
        for household in households:
            _watch_together([household], day, by)


def _watch_losses_of(household: Household, day: dt.date, by: Actor) -> None:
    """One household whose lots cannot be reckoned keeps no other back."""
    try:
        watch_losses(household=household, day=day, by=by)
    except DomainError as refused:
        log.warning("watch.losses_unknown", household=str(household.public_id), code=refused.code)


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
    rules = watch_rules()
    found = [*seen.found, *cash_short(households, day, day + dt.timedelta(days=rules.needs_within_days))]
    return take_up(households, OWN_KINDS, found, day, by)


@service
def watch_losses(*, household: Household, day: dt.date, by: Actor) -> int:
    """Look for losses of a household that are worth taking; return how many opportunities opened or closed."""
    Household.objects.select_for_update().get(pk=household.pk)
    rules = watch_rules()
    sheet = harvest_sheet(household, day, Thresholds(rules.harvest_amount, rules.harvest_share))
    return take_up([household], [OpportunityKind.HARVEST], harvests_of(sheet), day, by)


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
