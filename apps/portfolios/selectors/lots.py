"""Open lots with what they are worth."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from apps.portfolios.engine.positions import Book
from apps.portfolios.selectors.valuations import AccountHoldings

# less than the ledger can hold: what is left of a lot after rounded splits
DUST = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class LotLine:
    """One open lot with what it is worth on the day."""

    symbol: str
    acquired_on: dt.date
    quantity: Decimal
    cost: Decimal | None
    value: Decimal | None
    gain: Decimal | None
    is_long_term: bool


def open_lots(book: Book, at: AccountHoldings) -> tuple[LotLine, ...]:
    """Return the open lots of an account's book, each with its share of what the holding is worth on the day."""
    held = {holding.instrument_id: holding for holding in at.holdings}
    lines = []
    for position in book.positions:
        holding = held.get(int(position.security_id))
        for lot in position.lots:
            if holding is None or lot.quantity < DUST:
                continue
            # a holding's value by share: price, multiplier and rate are in it
            value = holding.value * lot.quantity / holding.quantity if holding.value and holding.quantity else None
            lines.append(
                LotLine(
                    symbol=holding.symbol or holding.name,
                    acquired_on=lot.acquired_on,
                    quantity=lot.quantity,
                    cost=lot.cost,
                    value=value,
                    gain=value - lot.cost if value is not None and lot.cost is not None else None,
                    is_long_term=_anniversary(lot.acquired_on) < at.as_of,
                )
            )
    return tuple(sorted(lines, key=lambda line: (line.symbol, line.acquired_on)))


def _anniversary(day: dt.date) -> dt.date:
    """Held for more than a year counts from the day after (IRC 1222; Rev. Rul. 66-7)."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return dt.date(day.year + 1, 3, 1)
