"""What may not be bought or sold, and why: restrictions, the wash-sale window, settings of the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.portfolios.engine.lots import Term, term_of
from apps.portfolios.engine.rebalancing.inputs import (
    HeldLot,
    InvestedAccount,
    PastTrade,
    RebalanceInputs,
    RestrictionKind,
    Security,
)
from apps.portfolios.engine.rebalancing.settings import Mode, RunSettings
from apps.portfolios.engine.wash_ledger import Reason, TaxTreatment

RESTRICTED = gettext_noop("A restriction of the client forbids it.")
SOLD_AT_LOSS = gettext_noop(
    "It, or the same in law, was sold at a loss on %(day)s: a purchase before %(until)s is a wash sale."
)
LATELY_BOUGHT = gettext_noop(
    "It, or the same in law, was bought on %(day)s: a loss before %(until)s would be disallowed."
)
SHORT_GAIN = gettext_noop("The run takes no short-term gains.")
SOON_LONG = gettext_noop("The gain becomes long-term within %(days)s days.")
NO_SALES = gettext_noop("The run sells nothing.")
NO_PURCHASES = gettext_noop("The run buys nothing.")

_NO_BUY = {RestrictionKind.NO_BUY, RestrictionKind.HOLD}
_NO_SELL = {RestrictionKind.NO_SELL, RestrictionKind.HOLD}


def gain_of(lot: HeldLot, quantity: Decimal, price: Decimal) -> Decimal:
    """Return the gain of selling so much; all of the proceeds where the cost is not known."""
    cost = Decimal(0) if lot.cost is None else lot.cost * quantity / lot.quantity
    return quantity * price - cost


@dataclass(frozen=True, slots=True)
class Guard:
    """Answers for one run whether a security may be bought and a lot sold."""

    inputs: RebalanceInputs
    settings: RunSettings

    def buy_block(self, account: InvestedAccount, security: Security) -> Reason | None:
        """Say why a security may not be bought in an account; None where it may."""
        if not self.settings.may_buy:
            return Reason(NO_PURCHASES)
        for restriction in self.inputs.restrictions:
            if restriction.kind in _NO_BUY and restriction.covers(account.account_id, security):
                return Reason(RESTRICTED)
        sold = self._latest(self.inputs.loss_sales, security)
        if sold is None:
            return None
        return Reason(SOLD_AT_LOSS, {"day": sold.day, "until": self._free_from(sold)})

    def sell_block(self, account: InvestedAccount, security: Security, lot: HeldLot) -> Reason | None:
        """Say why a lot may not be sold; None where it may."""
        if not self.settings.may_sell:
            return Reason(NO_SALES)
        for restriction in self.inputs.restrictions:
            if restriction.kind in _NO_SELL and restriction.covers(account.account_id, security):
                return Reason(RESTRICTED)
        if account.treatment is not TaxTreatment.TAXABLE:
            return None
        gain = gain_of(lot, lot.quantity, security.price)
        if gain > 0:
            return self._gain_block(lot)
        bought = self._latest(self.inputs.purchases, security, besides=lot.lot_id) if gain < 0 else None
        if bought is None:
            return None
        return Reason(LATELY_BOUGHT, {"day": bought.day, "until": self._free_from(bought)})

    def _gain_block(self, lot: HeldLot) -> Reason | None:
        day = self.inputs.day
        if term_of(lot.held_since, day) is Term.LONG:
            return None
        if self.settings.blocks_short_gains:
            return Reason(SHORT_GAIN)
        days = self.settings.long_within_days
        if days and term_of(lot.held_since, day + timedelta(days=days)) is Term.LONG:
            return Reason(SOON_LONG, {"days": days})
        return None

    def _latest(self, trades: tuple[PastTrade, ...], security: Security, besides: str = "") -> PastTrade | None:
        groups = {each.security_id: each.group for each in self.inputs.securities}
        window = timedelta(days=self.settings.wash_days)
        found = [
            trade
            for trade in trades
            if groups.get(trade.security_id, trade.group_id or f"={trade.security_id}") == security.group
            and abs(self.inputs.day - trade.day) <= window
            and not (besides and trade.lot_id == besides)
        ]
        return max(found, key=lambda trade: trade.day, default=None)

    def _free_from(self, trade: PastTrade) -> object:
        return trade.day + timedelta(days=self.settings.wash_days + 1)


def is_harvested(settings: RunSettings, lot: HeldLot, price: Decimal) -> bool:
    """Say whether the loss of a lot is large enough to be taken: by amount, and as a share of its cost."""
    if settings.mode is not Mode.HARVEST or not lot.cost:
        return False
    loss = -gain_of(lot, lot.quantity, price)
    return loss > 0 and loss >= settings.harvest_amount and loss >= settings.harvest_share.fraction * lot.cost
