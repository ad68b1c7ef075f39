"""Losses that a household could take today, as the page and partners read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.money import Rate
from apps.portfolios.engine.harvesting import Harvest, LossLot, scan_losses
from apps.portfolios.engine.lots import Term, TermRates
from apps.portfolios.engine.rebalancing.settings import Mode, RunSettings
from apps.portfolios.models import Account, Instrument, OpportunityKind, TaxRate
from apps.portfolios.policies import place_of
from apps.portfolios.selectors.lot_rules import tax_rate_on
from apps.portfolios.selectors.opportunities import Found
from apps.portfolios.selectors.rebalance_inputs import VERSION, household_question
from apps.portfolios.selectors.rebalance_runs import reason_text


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least loss that is shown: an amount, and a share of the cost."""

    amount: Decimal = Decimal(500)
    share: Decimal = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class HarvestRow:
    """A lot at a loss. `blocked` says why it cannot be taken today, empty where it can."""

    place: int
    lot: LossLot
    account: Account
    instrument: Instrument
    replacement: Instrument | None
    blocked: str

    @property
    def is_long(self) -> bool:
        """Whether the loss is a long-term one."""
        return self.lot.term is Term.LONG


@dataclass(frozen=True, slots=True)
class HarvestSheet:
    """What a household could harvest on a day; `rate` is None where nobody gave rates of tax, and nothing is found."""

    household: Household
    day: dt.date
    thresholds: Thresholds
    rate: TaxRate | None
    harvest: Harvest | None
    rows: tuple[HarvestRow, ...]

    @property
    def currency(self) -> str:
        """The household's."""
        return self.household.currency


def harvest_sheet(household: Household, day: dt.date, thresholds: Thresholds) -> HarvestSheet:
    """Return the losses of a household's taxable accounts that follow a model."""
    rate = tax_rate_on(household.pk, day)
    if rate is None:
        return HarvestSheet(household, day, thresholds, None, None, ())
    inputs = household_question(household, day).inputs
    settings = RunSettings(
        mode=Mode.HARVEST,
        rates=TermRates(Rate(rate.short), Rate(min(rate.long, rate.short))),
        harvest_amount=thresholds.amount,
        harvest_share=Rate(thresholds.share),
    )
    harvest = scan_losses(inputs, settings)
    ids = {int(each.security_id) for each in harvest.lots} | {int(e.replacement) for e in harvest.lots if e.replacement}
    instruments = Instrument.objects.in_bulk(ids)
    accounts = Account.objects.in_bulk({int(each.account_id) for each in harvest.lots})
    rows = tuple(
        HarvestRow(
            place=place,
            lot=each,
            account=accounts[int(each.account_id)],
            instrument=instruments[int(each.security_id)],
            replacement=instruments[int(each.replacement)] if each.replacement else None,
            blocked=_blocked(each),
        )
        for place, each in enumerate(harvest.lots)
    )
    return HarvestSheet(household, day, thresholds, rate, harvest, rows)


def harvests_of(sheet: HarvestSheet) -> list[Found]:
    """Return what the nightly look makes of a sheet: one opportunity of a household, where a loss can be taken."""
    rows = [row for row in sheet.rows if row.lot.is_open]
    if sheet.harvest is None or not rows:
        return []
    names = list(dict.fromkeys(f"{row.instrument} → {row.replacement}" for row in rows))
    facts = {"names": ", ".join(names), "saved": str(sheet.harvest.tax)}
    amount = sheet.harvest.losses
    return [Found(sheet.household, None, OpportunityKind.HARVEST, sheet.currency, amount=amount, facts=facts)]


def _blocked(each: LossLot) -> str:
    if each.block is None:
        return ""
    days = {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in each.block.params.items()}
    return reason_text({"message": each.block.message, "params": days}, {})


def harvest_address(sheet: HarvestSheet, figure: str = "") -> str:
    """Return the address of the page, or of the passport of a figure, with the same thresholds."""
    name = "portfolios:harvest-passport" if figure else "portfolios:household-harvest"
    place = reverse(name, args=[sheet.household.public_id, *([figure] if figure else [])])
    percent = (sheet.thresholds.share * 100).normalize()
    return f"{place}?{urlencode({'amount': f'{sheet.thresholds.amount:f}', 'share': f'{percent:f}'})}"


_TOTALS = {
    "losses": (
        gettext_noop("Losses that can be taken"),
        gettext_noop("Sum of the lots that nothing stands in the way of."),
    ),
    "tax": (
        gettext_noop("Tax saved this year"),
        gettext_noop(
            "Tax on the year's net gains so far less that after taking these losses: terms net within themselves, then "
            "against each other; what is left counts against other income up to the yearly limit (IRC 1211(b))."
        ),
    ),
    "against_income": (
        gettext_noop("Against other income"),
        gettext_noop("Net loss that counts against other income this year, up to the yearly limit (IRC 1211(b))."),
    ),
    "carried": (
        gettext_noop("Carried to later years"),
        gettext_noop("Net loss beyond the yearly limit (IRC 1212(b))."),
    ),
    "limit": (gettext_noop("Yearly limit"), gettext_noop("Net loss that counts against other income (IRC 1211(b)).")),
}
_CELLS = {
    "cost": (gettext_noop("Cost"), gettext_noop("What was paid for the lot.")),
    "value": (gettext_noop("Value"), gettext_noop("Quantity times the last price.")),
    "loss": (gettext_noop("Loss"), gettext_noop("Cost less value.")),
    "saved": (
        gettext_noop("Tax saved by itself"),
        gettext_noop("The loss times the rate of its term; the total counts the year's gains and the limit."),
    ),
}


def harvest_passport(sheet: HarvestSheet, figure: str) -> Passport:
    """Return the passport of a total, or of `loss-3`, the loss of the fourth lot. Raises NotFoundError."""
    harvest = sheet.harvest
    if harvest is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    if figure in _TOTALS:
        title, method = _TOTALS[figure]
        value = harvest.loss_limit if figure == "limit" else getattr(harvest, figure)
        rows = [row for row in sheet.rows if row.lot.is_open] if figure in {"losses", "tax"} else []
        return _passport(sheet, title, method, Amount.of_money(value, sheet.currency), [_line(sheet, e) for e in rows])
    name, _, told = figure.rpartition("-")
    place = place_of(told)
    if place is None or place >= len(sheet.rows):
        raise NotFoundError(gettext_noop("There is no such figure."))
    row = sheet.rows[place]
    if name == "quantity":
        value_of = Amount(row.lot.quantity, "quantity")
        return _passport(sheet, gettext_noop("Quantity"), gettext_noop("What is left of the lot."), value_of, [])
    if name not in _CELLS:
        raise NotFoundError(gettext_noop("There is no such figure."))
    title, method = _CELLS[name]
    return _passport(sheet, title, method, Amount.of_money(getattr(row.lot, name), sheet.currency), [_line(sheet, row)])


def _line(sheet: HarvestSheet, row: HarvestRow) -> PassportLine:
    parts = (
        (gettext("Cost"), Amount.of_money(row.lot.cost, sheet.currency)),
        (gettext("Value"), Amount.of_money(row.lot.value, sheet.currency)),
    )
    how = gettext("lot of %(day)s") % {"day": date_text(row.lot.held_since)}
    url = reverse("portfolios:account-detail", args=[row.account.public_id])
    return PassportLine(str(row.instrument), how, Amount.of_money(row.lot.loss, sheet.currency), parts, url)


def _passport(sheet: HarvestSheet, title: str, method: str, value: Amount, lines: list[PassportLine]) -> Passport:
    return Passport(
        title=gettext(title),
        value=value,
        method=gettext(method),
        as_of=sheet.day,
        source=gettext("The accounts' lots, the last prices, and the rates of tax given for the household or the firm"),
        lines=tuple(lines),
        basis=gettext("Before the cost of trading."),
        version=VERSION,
    )
