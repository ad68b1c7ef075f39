"""Sales of lots that are named."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import Account, Instrument, Transaction, TransactionKind
from apps.portfolios.selectors.prices import rate_on
from apps.portfolios.services.entries import EntryByHand, entry_by_hand, refuse_slips
from apps.portfolios.services.transactions import record_transaction


@dataclass(frozen=True, slots=True)
class SaleOfLots:
    """What was sold when and for how much; the lots make the quantity. Without an amount it follows from the price."""

    trade_date: dt.date
    lots: tuple[LotChoice, ...]
    settle_date: dt.date | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    fees: Decimal | None = None
    description: str = ""


@service
def sell_lots(*, account: Account, instrument: Instrument, sale: SaleOfLots, by: Actor) -> Transaction:
    """Record a sale with the lots that it takes.

    Raises InvalidInputError when no lot is named, AmbiguousLotError for a lot that is not open on the day or holds
    less, and what `refuse_slips` and `record_transactions` raise.
    """
    if not sale.lots:
        raise InvalidInputError(gettext_noop("Say of at least one lot how much of it is sold."), field="lots")
    typed = EntryByHand(
        kind=TransactionKind.SELL,
        trade_date=sale.trade_date,
        instrument=instrument,
        quantity=sum((lot.quantity for lot in sale.lots), Decimal(0)),
        price=sale.price,
        amount=sale.amount,
        fees=sale.fees,
        settle_date=sale.settle_date,
        description=sale.description,
    )
    rate = rate_on(instrument.currency, account.currency, sale.trade_date)
    entry = replace(entry_by_hand(typed, rate), lots=sale.lots)
    refuse_slips(entry, account.currency)
    return record_transaction(account=account, entry=entry, by=by)
