"""What there is to do for households on a day, found from drift, cash, restrictions and the age of prices."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text, money_text, percent_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import Account, DriftReading, Opportunity, OpportunityKind, RestrictionKind, RunMode
from apps.portfolios.selectors.cash_needs import need_text
from apps.portfolios.selectors.drift import DriftSheet, drift_sheets
from apps.portfolios.selectors.targets import HouseholdTargets, targets_on
from apps.portfolios.selectors.trading_limits import Weights

NOTHING = Decimal(0)
# days after which a price of a managed holding is too old to act on; markets close for a long weekend
STALE_DAYS = 7
# less than this share of what is invested, or this amount, is left as it is
IDLE_SHARE, IDLE_AMOUNT = Decimal("0.01"), Decimal(500)

SORTS = {"household": F("household__name"), "amount": F("amount"), "opened": F("opened_on"), "kind": F("kind")}


@dataclass(frozen=True, slots=True)
class Found:
    """Something to do. Two of a household, account, kind and key are one."""

    household: Household
    account: Account | None
    kind: OpportunityKind
    currency: str
    key: str = ""
    amount: Decimal | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watched:
    """Households on a day: their sheets, and what was found."""

    sheets: tuple[DriftSheet, ...]
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class OpportunityRow:
    """An opportunity with its sentence and its next step: a run of `mode`, or a page to look at where that is empty."""

    opportunity: Opportunity
    why: str
    url: str
    action: str
    mode: str


# the run that answers each kind; a price is looked at, not traded
MODES: dict[OpportunityKind, str] = {
    OpportunityKind.DRIFT: RunMode.TO_BAND,
    OpportunityKind.INVEST: RunMode.INVEST_CASH,
    OpportunityKind.RAISE: RunMode.RAISE_CASH,
    OpportunityKind.NEED: RunMode.RAISE_CASH,
    OpportunityKind.RESTRICTION: RunMode.FULL,
    OpportunityKind.HARVEST: RunMode.HARVEST,
}


def watched(households: Sequence[Household], day: dt.date) -> Watched:
    """Return the sheets of households and what there is to do, in a fixed number of queries."""
    targets = targets_on(households, day)
    sheets = drift_sheets([target for each in targets.values() for target in each.targets], day)
    of_sheets = (found for sheet in sheets for found in _found(sheet))
    return Watched(sheets, (*of_sheets, *_restricted(targets.values(), day)))


def _found(sheet: DriftSheet) -> Iterator[Found]:
    if sheet.drift.total <= 0:
        return
    yield from _drifted(sheet)
    yield from _cash(sheet)
    yield from _stale(sheet)


def _of(sheet: DriftSheet, kind: OpportunityKind, **told: object) -> Found:
    target = sheet.target
    return Found(target.household, target.account, kind, sheet.currency, **told)  # type: ignore[arg-type]


def _drifted(sheet: DriftSheet) -> Iterator[Found]:
    if sheet.drift.is_out:
        named = [each.name for each in sheet.classes if each.line.is_out]
        named += [each.symbol for each in sheet.securities if each.line.is_out and each.symbol not in named]
        moved = (sheet.drift.distance * sheet.drift.investable).quantize(Decimal("0.01"))
        facts = {"names": ", ".join(named), "distance": str(sheet.drift.distance.quantize(Decimal("0.000001")))}
        yield _of(sheet, OpportunityKind.DRIFT, amount=moved, facts=facts)


def _cash(sheet: DriftSheet) -> Iterator[Found]:
    drift = sheet.drift
    short = drift.short_of_reserve
    if short > 0:
        yield _of(sheet, OpportunityKind.RAISE, amount=short.quantize(Decimal("0.01")))
        return
    wanted = sum((s.weight for s in sheet.target.sleeves if s.asset_class == "cash" and not s.holdings), NOTHING)
    idle = drift.cash - drift.reserve - wanted * drift.investable
    if idle >= IDLE_AMOUNT and idle >= IDLE_SHARE * drift.investable:
        yield _of(sheet, OpportunityKind.INVEST, amount=idle.quantize(Decimal("0.01")))


def _restricted(targets: Iterable[HouseholdTargets], day: dt.date) -> Iterator[Found]:
    """A limit that is overstepped, measured as trades are; what must not be bought or sold is asked at each trade.

    Accounts for want of whose rate a limit cannot be measured are told as such.
    """
    capped = [
        (each.household, rule)
        for each in targets
        for rule in each.restrictions
        if rule.kind == RestrictionKind.MAX_WEIGHT
    ]
    weights = Weights({household for household, _rule in capped}, day)
    for household, rule in capped:
        if unmeasured := weights.unmeasured(rule):
            names = ", ".join(f"{account.name} ({account.currency})" for account in unmeasured)
            facts = {"rule": str(rule), "unmeasured": names}
            key = str(rule.public_id)
            yield Found(household, rule.account, OpportunityKind.STALE, household.currency, key=key, facts=facts)
            continue
        (held, total), over = weights.of(rule), weights.excess(rule)
        if over > 0 and total > 0:
            share = (held / total).quantize(Decimal("0.000001"))
            facts = {"rule": str(rule), "weight": str(share), "most": str(rule.max_weight)}
            told = {"key": str(rule.public_id), "amount": over.quantize(Decimal("0.01")), "facts": facts}
            yield Found(household, rule.account, OpportunityKind.RESTRICTION, household.currency, **told)  # type: ignore[arg-type]


def _stale(sheet: DriftSheet) -> Iterator[Found]:
    if sheet.unpriced:
        yield _of(sheet, OpportunityKind.STALE, key="unpriced", facts={"names": ", ".join(sheet.unpriced)})
    elif sheet.priced_on is not None and (sheet.as_of - sheet.priced_on).days > STALE_DAYS:
        yield _of(sheet, OpportunityKind.STALE, key="old", facts={"day": sheet.priced_on.isoformat()})


def opportunity_list(
    actor: Actor, *, kind: str = "", text: str = "", sort: str = "-amount", state: str = ""
) -> QuerySet[Opportunity]:
    """Return the opportunities of households the actor may see, in the order asked for: the open ones, or `closed`."""
    rows = Opportunity.objects.visible_to(actor).select_related("household", "account", "proposal")
    rows = rows.exclude(closed_on=None) if state == "closed" else rows.open()
    if kind in OpportunityKind.values:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(household__name__icontains=text)
    key = SORTS.get(sort.removeprefix("-"), SORTS["amount"])
    order = key.desc(nulls_last=True) if sort.startswith("-") else key.asc(nulls_last=True)
    return rows.order_by(order, "household__name", "pk")


def opportunity_rows(rows: Sequence[Opportunity]) -> list[OpportunityRow]:
    """Return opportunities with what they say and where the next step is taken."""
    return [_row(row) for row in rows]


def opportunity_for(actor: Actor, public_id: uuid.UUID | str) -> Opportunity:
    """Return an opportunity the actor may see; raise NotFoundError otherwise."""
    rows = Opportunity.objects.visible_to(actor).select_related("household", "account")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such opportunity, or its household is not assigned to you."))
    return found


def _row(row: Opportunity) -> OpportunityRow:
    kind = OpportunityKind(row.kind)
    action = {
        OpportunityKind.STALE: gettext("Look at the prices"),
        OpportunityKind.INVEST: gettext("Invest the cash"),
        OpportunityKind.RAISE: gettext("Raise the cash"),
        OpportunityKind.NEED: gettext("Raise the cash"),
        OpportunityKind.HARVEST: gettext("Take the losses"),
    }.get(kind, gettext("Rebalance"))
    page = {
        OpportunityKind.STALE: "portfolios:household-portfolio",
        OpportunityKind.NEED: "portfolios:household-portfolio",
        OpportunityKind.HARVEST: "portfolios:household-harvest",
    }.get(kind, "portfolios:household-targets")
    url = reverse(page, kwargs={"household_id": row.household.public_id})
    return OpportunityRow(row, sentence(row), url, action, MODES.get(kind, ""))


def form_address(row: Opportunity) -> str:
    """Return the settings of a rebalance, with the purpose that answers the opportunity."""
    place = reverse("portfolios:rebalance-new", kwargs={"household_id": row.household.public_id})
    return f"{place}?{urlencode({'mode': MODES.get(OpportunityKind(row.kind), '')})}"


def sentence(row: Opportunity) -> str:
    """Say what was found."""
    facts = row.facts
    told = {
        "amount": money_text(row.amount, row.currency, "whole") if row.amount is not None else "",
        "names": facts.get("names", facts.get("unmeasured", "")),
        "rule": facts.get("rule", ""),
        "weight": percent_text(Decimal(facts.get("weight", "0"))),
        "day": date_text(dt.date.fromisoformat(facts["day"])) if "day" in facts else "",
        "saved": money_text(Decimal(facts.get("saved", "0")), row.currency, "whole"),
        "needs": ", ".join(need_text(kind, of, dt.date.fromisoformat(day)) for kind, of, day in facts.get("needs", [])),
    }
    if "unmeasured" in facts:
        return gettext("%(rule)s: not to be measured, no rate of exchange is known for %(names)s.") % told
    words = {
        OpportunityKind.DRIFT: gettext("%(names)s: out of their bands; %(amount)s would have to change hands."),
        OpportunityKind.INVEST: gettext("%(amount)s in cash beyond reserve and target."),
        OpportunityKind.RAISE: gettext("%(amount)s is missing from the reserve."),
        OpportunityKind.RESTRICTION: gettext("%(rule)s, and it is %(weight)s."),
        OpportunityKind.HARVEST: gettext("%(amount)s of losses can be taken, %(saved)s less tax: %(names)s."),
        OpportunityKind.NEED: gettext("%(amount)s are missing: %(needs)s."),
        OpportunityKind.STALE: gettext("The oldest price used is of %(day)s.")
        if "day" in facts
        else gettext("Without a price: %(names)s."),
    }
    return words.get(OpportunityKind(row.kind), "%(amount)s") % told


def opportunity_passport(row: Opportunity) -> Passport:
    """Return what the amount of an opportunity is, as it was last seen."""
    methods = {
        OpportunityKind.DRIFT: gettext("The least that must change hands: distance times what is invested."),
        OpportunityKind.INVEST: gettext("Cash less the reserve and the cash that the model itself holds."),
        OpportunityKind.RAISE: gettext("The reserve less the cash that is there."),
        OpportunityKind.RESTRICTION: gettext("What is held beyond the most that the restriction allows."),
        OpportunityKind.HARVEST: gettext("Sum of the losses that can be taken today, beyond the firm's thresholds."),
        OpportunityKind.NEED: gettext("Fees and distributions that are due soon, less cash beyond the reserve."),
    }
    return Passport(
        title=str(row),
        value=Amount(Amount.of_money(row.amount, row.currency).value, "money", "whole"),
        method=methods.get(OpportunityKind(row.kind), gettext("No amount: a price is missing or too old.")),
        as_of=row.seen_on,
        source=gettext("The nightly look at the target, first found on %(day)s") % {"day": date_text(row.opened_on)},
        basis=gettext("Managed accounts alone; what has no price is left out."),
        lines=(PassportLine(row.household.name, sentence(row), None, url=_row(row).url),),
    )


def reading_for(actor: Actor, public_id: uuid.UUID | str) -> DriftReading:
    """Return a reading of a household the actor may see; raise NotFoundError otherwise."""
    visible = Household.objects.visible_to(actor)
    rows = DriftReading.objects.filter(household__in=visible).select_related("household", "account")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return found


def reading_passport(row: DriftReading) -> Passport:
    """Return a reading of drift, with the sheet it was taken from."""
    targets = reverse("portfolios:household-targets", kwargs={"household_id": row.household.public_id})
    return Passport(
        title=gettext("Distance from the target"),
        value=Amount(row.distance, "percent", "1"),
        method=gettext(
            "Half the sum of all drifts of securities and of uninvested cash, the least that must change hands."
        ),
        as_of=row.as_of,
        source=gettext("The last look at the target, by night or on the day it changed"),
        basis=gettext("Managed accounts alone; what has no price is left out."),
        lines=(
            PassportLine(gettext("Largest drift of a class"), "", Amount(row.largest, "percent", "1"), url=targets),
            PassportLine(gettext("Out of their bands"), str(row.account or row.household), Amount(row.n_out, "count")),
        ),
    )
