"""Open lots with what they are worth."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.portfolios.engine.lots import Term, term_of
from apps.portfolios.selectors.prices import DatedRates
from apps.portfolios.selectors.valuations import AccountHoldings
from apps.portfolios.selectors.wash_sales import OpenPiece

# less than the ledger can hold: what is left of a lot after rounded splits
DUST = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class LotLine:
    """One open lot, or a part of one with its own basis, with what it is worth on the day.

    `cost` is the basis: what was paid and what a wash sale `added` to it, which also moved `held_since` back. What was
    paid in another `currency` than the account's counts at the rate of that day; None where none is known. `lot_id` is
    how a sale names it; parts of one lot have the same.
    """

    symbol: str
    acquired_on: dt.date
    held_since: dt.date
    quantity: Decimal
    cost: Decimal | None
    value: Decimal | None
    gain: Decimal | None
    is_long_term: bool
    currency: str
    added: Decimal | None = Decimal(0)
    lot_id: str = ""
    instrument: uuid.UUID | None = None


def sum_of(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum, None where one of them is not known."""
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def open_lots(pieces: Iterable[OpenPiece], at: AccountHoldings) -> tuple[LotLine, ...]:
    """Return the open lots of an account, each with its share of what the holding is worth on the day."""
    held = {holding.instrument_id: holding for holding in at.holdings}
    own = [each for each in pieces if each.account_id == at.account_id and each.quantity >= DUST]
    rates = DatedRates(at.currency, ((piece.currency, piece.acquired_on) for piece in own))
    lines = []
    for piece in own:
        holding = held.get(int(piece.security_id))
        if holding is None:
            continue
        cost, added = (rates.worth(amount, piece.currency, piece.acquired_on) for amount in (piece.basis, piece.added))
        # a holding's value by share: price, multiplier and rate are in it
        value = holding.value * piece.quantity / holding.quantity if holding.value and holding.quantity else None
        lines.append(
            LotLine(
                symbol=holding.symbol or holding.name,
                acquired_on=piece.acquired_on,
                held_since=piece.held_since,
                quantity=piece.quantity,
                cost=cost,
                value=value,
                gain=value - cost if value is not None and cost is not None else None,
                is_long_term=term_of(piece.held_since, at.as_of) is Term.LONG,
                added=added,
                currency=piece.currency,
                lot_id=piece.lot_id,
                instrument=holding.public_id,
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.symbol, line.acquired_on)))
