"""Proposals of trades as pages show them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import ProposedTrade, Side, TradeProposal, TradeState
from apps.portfolios.selectors.commissions import fee_checks

NOTHING = Decimal(0)
TONES = {
    TradeState.DRAFT: "",
    TradeState.CHECKING: "warn",
    TradeState.CLEARED: "note",
    TradeState.ORDERED: "note",
    TradeState.FILLED: "warn",
    TradeState.VERIFIED: "good",
    TradeState.DECLINED: "bad",
    TradeState.WITHDRAWN: "",
    TradeState.EXPIRED: "",
}


def proposal_for(actor: Actor, public_id: uuid.UUID | str) -> TradeProposal:
    """Return a proposal the actor may see; raise NotFoundError otherwise."""
    rows = TradeProposal.objects.visible_to(actor).select_related("household", "proposed_by")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such proposal, or its household is not assigned to you."))
    return found


def proposal_list(actor: Actor, *, state: str = "") -> QuerySet[TradeProposal]:
    """Return the proposals the actor may see, the newest first."""
    rows = TradeProposal.objects.visible_to(actor).select_related("household")
    return rows.filter(state=state) if state in TradeState.values else rows


@dataclass(frozen=True, slots=True)
class TradeTotals:
    """What the lines of one currency bring and cost, as estimated."""

    currency: str
    sold: Decimal
    bought: Decimal

    @property
    def net(self) -> Decimal:
        """What they add to the cash."""
        return self.sold - self.bought


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal with its lines and totals."""

    proposal: TradeProposal
    tone: str
    lines: tuple[ProposedTrade, ...]
    totals: tuple[TradeTotals, ...]


def proposal_page(proposal: TradeProposal) -> ProposalPage:
    """Return what the page of a proposal shows."""
    lines = tuple(proposal.lines.select_related("account", "instrument__master").prefetch_related("lots"))
    return ProposalPage(proposal, TONES[TradeState(proposal.state)], lines, _totals(lines))


def _totals(lines: tuple[ProposedTrade, ...]) -> tuple[TradeTotals, ...]:
    return tuple(
        TradeTotals(currency, _sum(lines, currency, Side.SELL), _sum(lines, currency, Side.BUY))
        for currency in sorted({line.account.currency for line in lines})
    )


def _sum(lines: tuple[ProposedTrade, ...], currency: str, side: str) -> Decimal:
    return sum((e.estimated_amount for e in lines if e.account.currency == currency and e.side == side), NOTHING)


_LINE_TITLES = {
    "quantity": gettext_noop("Quantity"),
    "price": gettext_noop("Estimated price"),
    "limit": gettext_noop("Limit price"),
    "amount": gettext_noop("Estimated amount"),
    "gain": gettext_noop("Estimated gain"),
    "tax": gettext_noop("Estimated tax"),
    "filled": gettext_noop("Executed quantity"),
    "worth": gettext_noop("Executed amount"),
    "fees": gettext_noop("Fees"),
    "agreed": gettext_noop("Commission agreed"),
}
_TOTAL_TITLES = {
    "sold": gettext_noop("Sold"),
    "bought": gettext_noop("Bought"),
    "net": gettext_noop("Added to the cash"),
}


def trade_passport(proposal: TradeProposal, figure: str) -> Passport:
    """Return the passport of a figure of the proposal: `sold-USD`, or `quantity-<id of the line>`.

    Raises NotFoundError for another figure.
    """
    page = proposal_page(proposal)
    name, _, of = figure.partition("-")
    if name in _TOTAL_TITLES:
        total = next((each for each in page.totals if each.currency == of), None)
        if total is not None:
            return _total_passport(page, total, name)
    line = next((each for each in page.lines if str(each.public_id) == of), None)
    if name not in _LINE_TITLES or line is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return _line_passport(line, name)


def _total_passport(page: ProposalPage, total: TradeTotals, name: str) -> Passport:
    sides = {"sold": {Side.SELL}, "bought": {Side.BUY}}.get(name, {Side.SELL, Side.BUY})
    lines = [line for line in page.lines if line.account.currency == total.currency and line.side in sides]
    return Passport(
        title=gettext(_TOTAL_TITLES[name]),
        value=Amount.of_money(getattr(total, name), total.currency),
        method=gettext("Sum of the lines, each as it was estimated when the trades were proposed."),
        as_of=page.proposal.proposed_on,
        source=_source(),
        lines=tuple(_as_line(line, signed=name == "net") for line in lines),
        basis=gettext("Before commissions and taxes."),
    )


def _as_line(line: ProposedTrade, *, signed: bool = False) -> PassportLine:
    amount = line.signed_amount if signed else line.estimated_amount
    parts = (
        (gettext("Quantity"), Amount(line.quantity, "quantity")),
        (gettext("Price"), Amount.of_money(line.estimated_price, line.instrument.currency, line.priced_on)),
    )
    how = gettext("price of %(day)s") % {"day": date_text(line.priced_on)}
    url = reverse("portfolios:account-detail", args=[line.account.public_id])
    label = f"{line.get_side_display()} {line.instrument}"
    return PassportLine(label, how, Amount.of_money(amount, line.account.currency), parts, url)


def _source() -> str:
    return gettext("The proposal, and the closing prices of the securities master or of custodians' files")


def _line_passport(line: ProposedTrade, name: str) -> Passport:
    currency = line.instrument.currency
    value, method = {
        "quantity": (
            Amount(line.quantity, "quantity"),
            gettext("As it was proposed; where an amount was given, the whole shares that it pays for."),
        ),
        "price": (
            Amount.of_money(line.estimated_price, currency, line.priced_on),
            gettext("The last closing price on or before the day of the proposal."),
        ),
        "limit": (
            Amount.of_money(line.limit_price, currency),
            gettext("The order is executed at this price or a better one."),
        ),
        "amount": (
            Amount.of_money(line.estimated_amount, line.account.currency),
            gettext("Quantity times the estimated price, or the limit of a purchase where that is higher."),
        ),
        "gain": (
            Amount.of_money(line.estimated_gain, line.account.currency),
            gettext("Of each lot that would be sold: its part of the amount less its part of the cost."),
        ),
        "tax": (
            Amount.of_money(line.estimated_tax, line.account.currency),
            gettext("The gain of each lot times the rate of its term (IRC 1222); a loss saves tax."),
        ),
        "filled": (Amount(line.filled_quantity, "quantity"), _rule()),
        "worth": (Amount.of_money(line.filled_amount, line.account.currency), _rule()),
        "agreed": (
            Amount.of_money(_agreed(line) if name == "agreed" else None, line.account.currency),
            gettext("By the custodian's schedule of the day: per trade, share and amount, between least and most."),
        ),
        "fees": (Amount.of_money(line.filled_fees, line.account.currency), _rule()),
    }[name]
    return Passport(
        title=f"{gettext(_LINE_TITLES[name])}: {line}",
        value=value,
        method=method,
        as_of=line.proposal.proposed_on,
        source=_source(),
        lines=(_as_line(line),),
        basis=gettext("Before commissions and taxes."),
    )


def _agreed(line: ProposedTrade) -> Decimal | None:
    return next((each.agreed for each in fee_checks(line.proposal) if each.line.pk == line.pk), None)


def _rule() -> str:
    return gettext("The account's part of what its block executed, at the average price, to the cent.")
