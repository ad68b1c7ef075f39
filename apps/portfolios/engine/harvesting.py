"""Losses worth taking: which lots, what stands in their way, what they are replaced by, and the tax that is saved.

IRC 1091 (wash sales), 1211(b) (3,000 dollars a year against other income), 1212(b) (the rest is carried). Method:
docs/engine/rebalancing.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.portfolios.engine.lots import Term, term_of
from apps.portfolios.engine.rebalancing.guard import Guard, gain_of, is_harvested
from apps.portfolios.engine.rebalancing.inputs import HeldLot, InvestedAccount, RebalanceInputs, Security
from apps.portfolios.engine.rebalancing.settings import RunSettings
from apps.portfolios.engine.rebalancing.taxes import GainTax, gain_tax
from apps.portfolios.engine.wash_ledger import Reason, TaxTreatment

NOTHING = Decimal(0)
NO_REPLACEMENT = gettext_noop("No security that is not the same in law may be bought in its place.")


@dataclass(frozen=True, slots=True)
class LossLot:
    """A lot at a loss. `saved` is the loss at the rate of its term; `block` says why it may not be taken now."""

    account_id: str
    security_id: str
    lot_id: str
    quantity: Decimal
    held_since: date
    cost: Decimal
    value: Decimal
    loss: Decimal
    term: Term
    saved: Decimal
    replacement: str
    buy_block_until: date
    block: Reason | None

    @property
    def is_open(self) -> bool:
        """Say whether it can be taken now."""
        return self.block is None


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a household could harvest.

    `tax` is what the year's tax falls by when all open losses are taken, gains of the year so far counted in: less than
    the sum of what the lots save by themselves where losses exceed gains and the yearly limit. `against_income` is the
    part of the losses that counts against other income this year, `carried` what is left for later years.
    """

    lots: tuple[LossLot, ...]
    losses: Decimal
    tax: Decimal
    against_income: Decimal
    carried: Decimal
    loss_limit: Decimal


def scan_losses(inputs: RebalanceInputs, settings: RunSettings) -> Harvest:
    """Return the lots of taxable accounts whose loss reaches both thresholds of the settings, the dearest first.

    The settings are those of a harvesting run. A replacement counts for the same target and is not identical in law;
    after the sale nothing identical may be bought, in any account, before `buy_block_until`.
    """
    securities = {security.security_id: security for security in inputs.securities}
    guard = Guard(inputs, settings)
    found = [
        _loss_lot(lot, account, securities, guard)
        for account in inputs.accounts
        if account.treatment is TaxTreatment.TAXABLE
        for lot in account.lots
        if is_harvested(settings, lot, securities[lot.security_id].price)
    ]
    found.sort(key=lambda each: (-each.saved, each.account_id, each.lot_id))
    return _summed(found, inputs, settings)


def _loss_lot(lot: HeldLot, account: InvestedAccount, securities: dict[str, Security], guard: Guard) -> LossLot:
    security, day = securities[lot.security_id], guard.inputs.day
    loss = -gain_of(lot, lot.quantity, security.price)
    term = term_of(lot.held_since, day)
    rates = guard.settings.rates
    replacement = _replacement(security, account, securities, guard)
    block = guard.sell_block(account, security, lot)
    if block is None and not replacement:
        block = Reason(NO_REPLACEMENT)
    return LossLot(
        account_id=account.account_id,
        security_id=lot.security_id,
        lot_id=lot.lot_id,
        quantity=lot.quantity,
        held_since=lot.held_since,
        cost=lot.cost or NOTHING,
        value=lot.quantity * security.price,
        loss=loss,
        term=term,
        saved=loss * (rates.long if term is Term.LONG else rates.short).fraction,
        replacement=replacement,
        buy_block_until=day + timedelta(days=guard.settings.wash_days + 1),
        block=block,
    )


def _replacement(security: Security, account: InvestedAccount, securities: dict[str, Security], guard: Guard) -> str:
    for pool in guard.inputs.pools:
        if account.account_id not in pool.account_ids:
            continue
        for target in pool.holdings:
            members = (target.security_id, *target.substitutes)
            if security.security_id not in members:
                continue
            for member in members:
                other = securities[member]
                if other.group != security.group and guard.buy_block(account, other) is None:
                    return member
    return ""


def _summed(found: Iterable[LossLot], inputs: RebalanceInputs, settings: RunSettings) -> Harvest:
    lots = tuple(found)
    tax = gain_tax(settings)
    saved = against = carried = 0.0
    units = {account.account_id: account.tax_unit for account in inputs.accounts}
    realised = {each.tax_unit: (float(each.short), float(each.long)) for each in inputs.realised}
    for unit in sorted(set(units.values())):
        own = [lot for lot in lots if lot.is_open and units[lot.account_id] == unit]
        before = realised.get(unit, (0.0, 0.0))
        after = (
            before[0] - float(sum(lot.loss for lot in own if lot.term is Term.SHORT)),
            before[1] - float(sum(lot.loss for lot in own if lot.term is Term.LONG)),
        )
        saved += tax.of(*before) - tax.of(*after)
        against += _against(tax, after) - _against(tax, before)
        carried += tax.carried_loss(*after)
    return Harvest(
        lots=lots,
        losses=sum((lot.loss for lot in lots if lot.is_open), NOTHING),
        tax=_cents(saved),
        against_income=_cents(against),
        carried=_cents(carried),
        loss_limit=settings.loss_limit,
    )


def _against(tax: GainTax, gains: tuple[float, float]) -> float:
    return min(max(-sum(gains), 0.0), tax.loss_limit)


def _cents(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))
