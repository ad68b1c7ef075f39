"""The parts of a plan's report that the pages do not have: what is owned by tax treatment, taxes by year, great falls.

Everything is read from the frozen question and answer of a run; nothing is computed anew from the household's facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_skeleton
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.templatetags import formats
from apps.plans.engine.event_schedules import worth_of
from apps.plans.engine.falls import MarketFall, change_of
from apps.plans.engine.inputs import Account, TaxTreatment
from apps.plans.engine.levers import INVESTED
from apps.plans.engine.mixes import Weights
from apps.plans.selectors.figures import Figure, money_figure
from apps.plans.selectors.overview_builders import Found
from apps.plans.selectors.overview_parts import AllocationPart, FlowLine

_TREATMENTS = {
    TaxTreatment.CASH: (gettext_lazy("Cash"), gettext_lazy("interest is taxed each year")),
    TaxTreatment.TAXABLE: (gettext_lazy("Taxable"), gettext_lazy("yield is taxed each year, gains when sold")),
    TaxTreatment.TAX_DEFERRED: (gettext_lazy("Tax-deferred"), gettext_lazy("taxed as income when taken out")),
    TaxTreatment.TAX_FREE: (gettext_lazy("Tax-free"), gettext_lazy("not taxed when taken out by the rules")),
    TaxTreatment.EDUCATION: (gettext_lazy("Education"), gettext_lazy("not taxed when it pays for education")),
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """An account or a debt, whose it is (empty: the household's), and its balance on the day of the facts."""

    name: str
    owner: str
    amount: Figure


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """The accounts that the law taxes alike, with what that means, their sum and its part of the whole."""

    label: str
    meaning: str
    lines: tuple[SheetLine, ...]
    total: Figure
    share: Figure


@dataclass(frozen=True, slots=True)
class SheetPart:
    """Accounts, things and debts; `owned` are the accounts, what the plan lives on, `net` what all of it is worth."""

    groups: tuple[SheetGroup, ...]
    things: tuple[SheetLine, ...]
    debts: tuple[SheetLine, ...]
    owned: Figure
    worth: Figure
    owed: Figure
    net: Figure


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The taxes of one calendar year on the expected path, nominal, their part of all money in; `middle`: of all."""

    calendar_year: int
    since: dt.date | None
    ages: tuple[int, ...]
    federal: Figure
    state: Figure
    medicare: Figure
    total: Figure
    share: Figure
    middle: Figure


@dataclass(frozen=True, slots=True)
class FallLine:
    """A great fall of the past: what it would take from what is invested, as it is today and as advised."""

    key: str
    period: str
    now: Figure
    loss_now: Figure
    then: Figure
    loss_then: Figure


@dataclass(frozen=True, slots=True)
class FallPart:
    """The falls, what they are applied to, and where their figures come from."""

    invested: Figure
    lines: tuple[FallLine, ...]
    source: str


def sheet(found: Found) -> SheetPart:
    """Return accounts by tax treatment, things and debts, as the plan counts them on the day of its facts."""
    inputs, names = found.question.inputs, found.run.names
    owned = sum(account.balance for account in inputs.accounts)
    owed = sum(debt.balance for debt in inputs.debts)
    things = [(thing.key, worth_of(thing, 0, inputs.start_date)) for thing in inputs.events.things]
    worth = sum(value for _key, value in things)
    groups = [_group(found, treatment, owned) for treatment in _TREATMENTS]
    return SheetPart(
        groups=tuple(group for group in groups if group.lines),
        things=tuple(
            SheetLine(names.get(key, key), "", _amount(found, value, f"thing:{key}")) for key, value in things if value
        ),
        debts=tuple(
            SheetLine(names.get(debt.key, debt.key), "", _amount(found, -debt.balance, f"debt:{debt.key}"))
            for debt in inputs.debts
        ),
        owned=_amount(found, owned, "owned"),
        worth=_amount(found, worth, "things"),
        owed=_amount(found, -owed, "owed"),
        net=_amount(found, owned + worth - owed, "net"),
    )


def _group(found: Found, treatment: TaxTreatment, owned: float) -> SheetGroup:
    rows = [account for account in found.question.inputs.accounts if account.treatment is treatment]
    label, meaning = _TREATMENTS[treatment]
    total = sum(account.balance for account in rows)
    return SheetGroup(
        label=str(label),
        meaning=str(meaning),
        lines=tuple(_account(found, account) for account in rows if account.balance),
        total=_amount(found, total, f"treatment:{treatment}"),
        share=Figure(total / owned if owned else None, "percent", f"sheet:share:{treatment}", str(label)),
    )


def _account(found: Found, account: Account) -> SheetLine:
    names = found.run.names
    return SheetLine(
        names.get(account.key, account.key),
        names.get(account.owner, ""),
        _amount(found, account.balance, f"account:{account.key}"),
    )


def _amount(found: Found, value: float, key: str) -> Figure:
    return money_figure(value, found.currency, f"sheet:{key}", _("Balance"))


def taxes(found: Found, flows: Sequence[FlowLine]) -> tuple[TaxLine, ...]:
    """Return each year's taxes, of the same flows as the table of cash flow."""
    middle = {row.year: row.taxes for row in found.result.projection.median_flows}
    return tuple(_tax(found, line, middle.get(line.year)) for line in flows)


def _tax(found: Found, line: FlowLine, middle: float | None) -> TaxLine:
    def amount(value: float | None, name: str, label: str) -> Figure:
        return money_figure(value, found.currency, f"tax:{line.year}:{name}", f"{label}, {line.calendar_year}")

    paid, state, medicare = (each.number or 0.0 for each in (line.taxes, line.state_taxes, line.medicare))
    received = sum(
        each.number or 0.0 for each in (line.wages, line.social_security, line.other_income, line.withdrawals)
    )
    return TaxLine(
        calendar_year=line.calendar_year,
        since=line.since,
        ages=line.ages,
        federal=amount(paid - state, "federal", _("Federal taxes")),
        state=line.state_taxes,
        medicare=line.medicare,
        total=amount(paid + medicare, "total", _("Taxes in all")),
        share=Figure(
            (paid + medicare) / received if received > 0 else None,
            "percent",
            f"tax:{line.year}:share",
            _("Taxes, of all money in"),
        ),
        middle=amount(middle, "middle", _("Taxes in the middle future")),
    )


def great_falls(found: Found, falls: Sequence[MarketFall], part: AllocationPart | None) -> FallPart | None:
    """Return what each fall would take from what is invested; None where nothing is."""
    if part is None or not falls:
        return None
    invested = sum(account.balance for account in found.question.inputs.accounts if account.treatment in INVESTED)
    now: Weights = tuple((line.asset, line.now.number or 0.0) for line in part.lines)
    then: Weights = tuple((line.asset, line.then.number or 0.0) for line in part.lines)
    if not invested or not any(weight for _asset, weight in now):
        return None
    return FallPart(
        invested=money_figure(invested, found.currency, "fall:invested", _("Invested today")),
        lines=tuple(_fall(found, fall, (change_of(fall, now), change_of(fall, then)), invested) for fall in falls),
        source=falls[0].source,
    )


def _fall(found: Found, fall: MarketFall, changes: tuple[float | None, float | None], invested: float) -> FallLine:
    def change(place: int, name: str) -> Figure:
        return Figure(changes[place], "percent", f"fall:{fall.key}:{name}", _("Change"))

    def loss(place: int, name: str) -> Figure:
        value = changes[place]
        amount = None if value is None else value * invested
        return money_figure(amount, found.currency, f"fall:{fall.key}:{name}", _("Change"))

    return FallLine(
        key=fall.key,
        period=_("%(first)s to %(last)s") % {"first": _month(fall.first_month), "last": _month(fall.last_month)},
        now=change(0, "now"),
        loss_now=loss(0, "loss_now"),
        then=change(1, "then"),
        loss_then=loss(1, "loss_then"),
    )


def _month(text: str) -> str:
    return format_skeleton("yMMMM", dt.date.fromisoformat(f"{text}-01"), locale=formats.locale())
