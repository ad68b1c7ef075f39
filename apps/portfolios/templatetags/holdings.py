"""Amounts with their currency, and passports with their day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils import timezone

from apps.kernel.money import Money
from apps.portfolios.models import Account, BlockOrder, RebalanceRun, Side, TradeProposal
from apps.portfolios.selectors.attribution import AttributionSheet
from apps.portfolios.selectors.drift import DriftSheet
from apps.portfolios.selectors.harvest import HarvestSheet, harvest_address
from apps.portfolios.selectors.lots import LotLine
from apps.portfolios.selectors.performance import PerformanceSheet
from apps.portfolios.selectors.sales import LotForSale
from apps.portfolios.selectors.trade_estimates import TradeEstimate

register = template.Library()


@register.filter
def in_currency(amount: Decimal | None, currency: str) -> Money | None:
    """Give an amount its currency; nothing known stays nothing."""
    return None if amount is None else Money(amount, currency)


@register.simple_tag
def passport_url(name: str, owner: Any, figure: object, day: dt.date, known_at: dt.datetime | None = None) -> str:
    """Return the address of a figure's passport on a day, of the ledger as it stood at a moment."""
    told = {"day": day.isoformat()} | ({} if known_at is None else {"moment": known_at.isoformat()})
    return f"{reverse(name, args=[owner, figure])}?{urlencode(told)}"


@register.simple_tag
def trade_url(name: str, proposal: TradeProposal, figure: str, of: Any) -> str:
    """Return the address of the passport of a proposal's figure, of one of its rows."""
    return reverse(name, args=[proposal.public_id, f"{figure}-{of.public_id}"])


@register.simple_tag
def estimate_url(found: TradeEstimate, figure: str) -> str:
    """Return the address of the passport of a figure of a trade that is being typed."""
    return found.address(figure)


@register.simple_tag
def lot_estimate_url(found: TradeEstimate, figure: str, lot: LotForSale) -> str:
    """Return the address of the passport of a figure of a lot that could be sold."""
    return found.lot_address(figure, lot)


@register.simple_tag
def sale_url(account: Account, lot: LotLine) -> str:
    """Return the form of trades with the sale of a lot begun."""
    told = {"account": account.public_id, "side": Side.SELL.value, "symbol": lot.symbol}
    told |= {"quantity": f"{lot.quantity.normalize():f}", "lot": lot.lot_id}
    return f"{reverse('portfolios:trade-new', args=[account.household.public_id])}?{urlencode(told)}"


@register.simple_tag
def order_url(order: BlockOrder, figure: str, of: Any) -> str:
    """Return the address of the passport of an order's figure, of one of its rows."""
    return reverse("portfolios:order-passport", args=[order.public_id, f"{figure}-{of.public_id}"])


@register.filter
def date_of(moment: dt.datetime) -> dt.date:
    """Return the day of a moment where the reader is."""
    return timezone.localtime(moment).date()


@register.simple_tag
def rebalance_url(run: RebalanceRun, figure: str, place: int | str = "") -> str:
    """Return the address of the passport of a run's figure, of one of its rows."""
    name = figure if place == "" else f"{figure}-{place}"
    return reverse("portfolios:rebalance-passport", args=[run.public_id, name])


@register.simple_tag
def harvest_url(sheet: HarvestSheet, figure: str, place: int | str = "") -> str:
    """Return the address of the passport of a figure of a household's losses."""
    return harvest_address(sheet, figure if place == "" else f"{figure}-{place}")


@register.simple_tag
def performance_url(name: str, owner: Any, sheet: PerformanceSheet, span: str, figure: str) -> str:
    """Return the address of the passport of a period's figure, of the same day and the same ledger."""
    owners = [owner] if owner else []  # the firm needs no name
    address = f"{reverse(name, args=[*owners, f'{span}-{figure}'])}?day={sheet.as_of.isoformat()}"
    return address if sheet.known_at is None else f"{address}&{urlencode({'moment': sheet.known_at.isoformat()})}"


@register.simple_tag
def target_url(household_id: Any, sheet: DriftSheet) -> str:
    """Return the address of the passport of a sheet of drift: of the household, or of one account."""
    address = reverse("portfolios:target-passport", args=[household_id, "sheet"])
    account = sheet.target.account
    told = {"day": sheet.as_of.isoformat(), **({"account": str(account.public_id)} if account is not None else {})}
    return f"{address}?{urlencode(told)}"


@register.simple_tag
def attribution_key(found: AttributionSheet, line: str, effect: str) -> str:
    """Return the name of a figure of attribution, after its span."""
    return f"attribution-{found.frequency}-{found.linking}-{line}-{effect}"
