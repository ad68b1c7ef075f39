"""The overview of one household: what it is worth, how its plan stands, what is due, what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from apps.accounts.policies import Permission
from apps.billing.models import HouseholdFee
from apps.billing.policies import SETTLED
from apps.clients.models import Household
from apps.clients.selectors.onboarding import OnboardingStatus, onboarding_status
from apps.clients.selectors.people import PersonFacts, people_of
from apps.compliance.selectors.trail import TrailQuery, trail_entries, trail_events
from apps.core.actors import Actor, ActorKind
from apps.desk.selectors.today import Today, today
from apps.kernel.money import Money
from apps.money.selectors.balance_sheets import balance_sheet
from apps.plans.selectors.plan_lists import versions_of
from apps.portfolios.models import HouseholdService

EVENTS_SHOWN = 12
ICONS = {
    "accounts": "key",
    "billing": "receipt",
    "clients": "people",
    "compliance": "shield-check",
    "money": "money",
    "plans": "route",
    "portfolios": "chart-pie",
}
# records whose own name says something to a reader; those of others are keys, or amounts
NAMED = frozenset(
    {
        "Account",
        "Agreement",
        "Document",
        "DocumentRequest",
        "Goal",
        "Invoice",
        "Person",
        "PlanQuestion",
        "SignatureRequest",
    }
)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure of the household with its date and its passport."""

    label: str
    value: Money | Decimal | float | int | None
    kind: str
    style: str
    passport: str
    as_of: dt.date | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class HappenedEvent:
    """One line of the timeline, across all apps. `detail` is empty for who may not see amounts."""

    icon: str
    what: str
    who: str
    at: dt.datetime
    detail: str


@dataclass(frozen=True, slots=True)
class HouseholdOverview:
    """What the page shows; `figures` is empty for who may not see balances and results."""

    people: tuple[PersonFacts, ...]
    onboarding: OnboardingStatus
    figures: tuple[KeyFigure, ...]
    simulated_from: dt.date | None
    due: Today
    events: tuple[HappenedEvent, ...]
    services: tuple[HouseholdService, ...]


def household_overview(household: Household, actor: Actor, on: dt.date) -> HouseholdOverview:
    """Return the overview of a household that the caller has checked, in a fixed number of queries."""
    figures: tuple[KeyFigure, ...] = ()
    simulated = None
    if actor.can(Permission.VIEW_FINANCES):
        figures, simulated = _figures(household, actor, on)
    return HouseholdOverview(
        people=people_of(household, actor, on=on),
        onboarding=onboarding_status(household),
        figures=figures,
        simulated_from=simulated,
        due=today(actor, on, household),
        events=_events(household, actor),
        services=tuple(HouseholdService.objects.filter(household=household).on(on).select_related("offering")),
    )


def _figures(household: Household, actor: Actor, on: dt.date) -> tuple[tuple[KeyFigure, ...], dt.date | None]:
    sheet = balance_sheet(household, on)
    key = {"household_id": household.public_id}
    worth = KeyFigure(
        label=gettext("Net worth"),
        value=Money(sheet.net_worth, sheet.currency),
        kind="money",
        style="whole",
        passport=f"{reverse('money:household-passport', kwargs={**key, 'figure': 'net_worth'})}?day={on}",
        as_of=sheet.oldest,
    )
    portfolio = KeyFigure(
        label=gettext("Portfolio"),
        value=Money(sheet.portfolio.total, sheet.currency),
        kind="money",
        style="whole",
        passport=f"{reverse('portfolios:household-passport', kwargs={**key, 'figure': 'total'})}?day={on}",
        as_of=sheet.portfolio.priced_on,
    )
    simulation = sheet.portfolio.simulation
    figures = (worth, portfolio, *_plan_figure(household, actor), *_fee_figure(household, actor))
    return figures, simulation.simulated_from if simulation else None


def _plan_figure(household: Household, actor: Actor) -> tuple[KeyFigure, ...]:
    newest = next((row for row in versions_of(household, actor) if row.success.value is not None), None)
    if newest is None:
        return ()
    return (
        KeyFigure(
            label=gettext("Chance of success"),
            value=newest.success.number,
            kind="percent",
            style="0",
            passport=reverse("plans:figure", kwargs={"plan_id": newest.plan_id, "key": newest.success.key}),
            as_of=newest.on,
            note=f"{gettext('plan')} {newest.version} · {newest.status_label}",
        ),
    )


def _fee_figure(household: Household, actor: Actor) -> tuple[KeyFigure, ...]:
    rows = HouseholdFee.objects.visible_to(actor).filter(household=household, run__state__in=SETTLED)
    last = rows.select_related("run").order_by("-run__last_day", "-pk").first()
    if last is None:
        return ()
    return (
        KeyFigure(
            label=gettext("Last fee"),
            value=Money(last.total, last.currency),
            kind="money",
            style="exact",
            passport=reverse("billing:household-receipt", kwargs={"fee_id": last.public_id}),
            as_of=last.run.last_day,
        ),
    )


def _events(household: Household, actor: Actor) -> tuple[HappenedEvent, ...]:
    rows = trail_events(actor, TrailQuery(household=str(household.public_id)))[:EVENTS_SHOWN]
    sees_amounts = actor.can(Permission.VIEW_FINANCES)
    events = {row.pk: row for row in rows}
    return tuple(
        HappenedEvent(
            icon=ICONS.get(entry.action.partition(".")[0], "history"),
            what=entry.words,
            who=entry.who if events[entry.event_id].actor_kind == ActorKind.PERSON else gettext("Steward"),
            at=events[entry.event_id].occurred_at,
            detail=entry.target if sees_amounts and entry.target_type in NAMED else "",
        )
        for entry in trail_entries(events.values())
    )
