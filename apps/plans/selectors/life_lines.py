"""What life brings to a plan, and what the household is worth over time, as pages show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.kernel.errors import gettext_noop
from apps.plans.engine.grant_schedules import months_taken
from apps.plans.engine.grants import EquityGrant, GrantKind
from apps.plans.engine.horizon import year_of
from apps.plans.engine.life_events import SpendingPhase, Thing
from apps.plans.engine.life_policies import LifePolicy
from apps.plans.engine.results import YearWorth
from apps.plans.selectors.figures import Figure, money_figure
from apps.plans.selectors.overview_builders import Found

# a table for reading, not for the archive: every fifth year, the first, and the last
_EVERY = 5


@dataclass(frozen=True, slots=True)
class EventLine:
    """A phase, money that comes once, a sale, or cover of a life.

    `chance` is that of a phase which can be left out or not be paid.
    """

    name: str
    kind: str
    amount: Figure
    first: Figure | None
    last: Figure | None = None
    at_retirement: bool = False
    chance: Figure | None = None


@dataclass(frozen=True, slots=True)
class WorthLine:
    """What the household is worth as a year begins, in money of today."""

    calendar_year: int
    accounts: Figure
    things: Figure
    debts: Figure
    net: Figure


@dataclass(frozen=True, slots=True)
class LifePart:
    """What life brings, and what the household is worth over time; both empty where nothing was stated."""

    events: tuple[EventLine, ...]
    worth: tuple[WorthLine, ...]


def life_part(found: Found) -> LifePart:
    """Return both."""
    return LifePart(event_lines(found), worth_lines(found))


def event_lines(found: Found) -> tuple[EventLine, ...]:
    """Return what the plan counts on besides goals, with how likely each phase is paid for."""
    events, names = found.question.inputs.events, found.run.names
    chances = {outcome.key: outcome.success.value for outcome in found.result.projection.goals}
    lines = [_phase(phase, names.get(phase.key, phase.key), chances, found.currency) for phase in events.phases]
    for windfall in events.windfalls:
        name = names.get(windfall.key, windfall.key)
        amount = money_figure(windfall.amount, found.currency, f"event:{windfall.key}:amount", name)
        kind = _("Money expected once")
        lines.append(EventLine(name, kind, amount, _year(windfall.day.year, windfall.key)))
    for thing in events.things:
        if thing.sale_day is not None:
            name = names.get(thing.key, thing.key)
            worth, start = thing.value * thing.sold_share, found.question.inputs.start_date
            kind = _("Sale, at the value of today")
            last = None
            if thing.instalments > 1:
                kind = _("Sale in yearly parts, at the value of today")
                last = _year(thing.sale_day.year + thing.instalments - 1, thing.key, "last")
            if thing.sale_day < start:
                kind, worth = (
                    _("Sold already: what of the price is still to come"),
                    _to_come(thing, thing.sale_day, start),
                )
            amount = money_figure(worth, found.currency, f"event:{thing.key}:amount", name)
            lines.append(EventLine(name, kind, amount, _year(thing.sale_day.year, thing.key), last))
    told = (_grant(grant, found, names.get(grant.key, grant.key)) for grant in events.grants)
    lines += [line for line in told if line is not None]
    lines += [_cover(policy, found, names.get(policy.key, policy.key)) for policy in events.policies]
    return tuple(lines)


_GRANT_WORDS = {
    GrantKind.UNITS: gettext_noop("Restricted stock units still to vest, at the price of today, before taxes"),
    GrantKind.OPTIONS: gettext_noop("Options, worth above their strike at the price of today, before taxes"),
    GrantKind.INCENTIVE: gettext_noop(
        "Incentive options, worth above their strike at the price of today, before taxes"
    ),
    GrantKind.PURCHASES: gettext_noop("Discount of a purchase plan still to come, at the price of today, before taxes"),
}


def _to_come(thing: Thing, sold: dt.date, start: dt.date) -> float:
    """What is still to come of a price, as `event_schedules.receipts_of` counts it."""
    passed = (start.year - sold.year) * 12 + start.month - sold.month
    parts = sum(12 * place >= passed for place in range(thing.instalments)) / thing.instalments
    price = thing.value * thing.sold_share * float((1.0 + thing.annual_growth) ** (-passed / 12.0))
    return parts * price * (1.0 - thing.selling_cost)


def _grant(grant: EquityGrant, found: Found, name: str) -> EventLine | None:
    """What the walk takes of a grant, at the price of the start; None where nothing of it is still to come."""
    inputs = found.question.inputs
    taken = [(months_taken(grant, day, inputs)[0], shares) for day, shares in grant.tranches]
    to_come = [(month, shares) for month, shares in taken if month >= 0]
    if not to_come:
        return None
    worth = sum(shares * max(0.0, grant.price - grant.strike) for _month, shares in to_come)
    if grant.kind is GrantKind.PURCHASES:
        worth *= grant.discount
    first, last = (
        inputs.start_date.year + year_of(end(month for month, _ in to_come), inputs.start_date) for end in (min, max)
    )
    return EventLine(
        name=name,
        kind=_(_GRANT_WORDS[grant.kind]),
        amount=money_figure(worth, found.currency, f"event:{grant.key}:amount", name),
        first=_year(first, grant.key),
        last=_year(last, grant.key, "last"),
    )


def _cover(policy: LifePolicy, found: Found, name: str) -> EventLine:
    """Cover pays at a death; it ends with its term, or with the work of the insured."""
    amount = money_figure(policy.benefit, found.currency, f"event:{policy.key}:amount", name)
    inputs, last = found.question.inputs, policy.end
    if policy.until_retirement:
        last = next(adult.retirement_date for adult in inputs.adults if adult.key == policy.insured)
    kind = _("Life insurance, paid at the death of %(name)s") % {"name": found.run.names.get(policy.insured, "")}
    return EventLine(name, kind, amount, None, None if last is None else _year(last.year, policy.key, "last"))


def _year(year: int, key: str, which: str = "first") -> Figure:
    return Figure(year, "year", f"event:{key}:{which}", _("Year"))


def _phase(phase: SpendingPhase, name: str, chances: dict[str, float], currency: str) -> EventLine:
    key = f"event:{phase.key}:amount"
    if phase.share:
        amount = Figure(Decimal(repr(phase.share)), "percent", key, _("Share of living costs"))
    else:
        amount = money_figure(phase.monthly_amount, currency, key, _("Amount a month"))
    last = phase.end.year if phase.end is not None else None
    if last is None and phase.years and phase.start is not None:
        last = phase.start.year + phase.years
    chance = chances.get(phase.key)
    return EventLine(
        name=name,
        kind=_("Phase of spending"),
        first=None if phase.start is None else _year(phase.start.year, phase.key),
        last=None if last is None else _year(last, phase.key, "last"),
        at_retirement=phase.from_retirement,
        amount=amount,
        chance=None if chance is None else Figure(chance, "percent", f"phase:{phase.key}", name),
    )


def worth_lines(found: Found) -> tuple[WorthLine, ...]:
    """Return accounts, things and debts as the years begin; nothing where nothing is owned besides accounts."""
    rows = found.result.projection.worth
    return tuple(_worth(row, found.currency) for row in rows if row.year % _EVERY == 0 or row.year == len(rows) - 1)


def _worth(row: YearWorth, currency: str) -> WorthLine:
    def at(name: str, label: str, value: float) -> Figure:
        return money_figure(value, currency, f"worth:{row.year}:{name}", f"{label}, {row.calendar_year}")

    return WorthLine(
        calendar_year=row.calendar_year,
        accounts=at("accounts", _("Accounts"), row.accounts),
        things=at("things", _("Things"), row.things),
        debts=at("debts", _("Owed"), row.debts),
        net=at("net", _("Net worth"), row.accounts + row.things - row.debts),
    )
