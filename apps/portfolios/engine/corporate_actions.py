"""What corporate actions do to lots. Formulas and sources: docs/engine/corporate_actions.md.

Every function takes the open lots of one security, oldest entry first, and gives lots back; cost is never made or lost.
Where a ratio does not terminate, the newest lot takes what rounding leaves, so that lots add up to the position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from apps.portfolios.engine.lots import EXACT, Lot, exact_sum, ratio_of
from apps.portfolios.engine.transactions import FairValues, SplitRatio

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class PaidLot:
    """Cash that was paid on a lot, and the part of its cost that the cash gives back (None: the cost is not known)."""

    lot: Lot
    cash: Decimal
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class LotsAndCash:
    """Lots after an action that pays cash, and what it paid on each."""

    lots: tuple[Lot, ...]
    paid: tuple[PaidLot, ...] = ()


@dataclass(frozen=True, slots=True)
class SpunOff:
    """Lots of the parent and of what it distributed."""

    kept: tuple[Lot, ...]
    spun: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class MergerTerms:
    """Shares of `into` by ratio, with `cash` for the whole position; `new_value` is that of one new share."""

    into: str
    ratio: SplitRatio
    cash: Decimal
    new_value: Decimal


def split_lots(lots: Sequence[Lot], ratio: SplitRatio) -> tuple[Lot, ...]:
    """Change shares by ratio, never cost (Reg. 1.307-1)."""
    *older, newest = lots
    divided = [replace(lot, quantity=ratio_of(lot.quantity, ratio.new, ratio.old)) for lot in older]
    whole = ratio_of(exact_sum(lot.quantity for lot in lots), ratio.new, ratio.old)
    rest = EXACT.subtract(whole, exact_sum(lot.quantity for lot in divided))
    return (*divided, replace(newest, quantity=rest))


def stock_dividend_lots(lots: Sequence[Lot], ratio: SplitRatio) -> tuple[Lot, ...]:
    """Add `new` shares to every `old` ones; the cost of each lot spreads over its shares (IRC 305(a), 307(a))."""
    return split_lots(lots, SplitRatio(EXACT.add(ratio.old, ratio.new), ratio.old))


def renamed_lots(lots: Sequence[Lot], into: str) -> tuple[Lot, ...]:
    """Move lots to another security as they are."""
    return tuple(replace(lot, security_id=into) for lot in lots)


def merged_lots(lots: Sequence[Lot], terms: MergerTerms) -> LotsAndCash:
    """Exchange shares for shares and cash in a reorganisation.

    Per lot the gain realised is value of the new shares + cash − cost; of it min(cash, gain) is recognised, a loss is
    not (IRC 354, 356(a), (c)). The new cost is cost − cash + gain recognised (IRC 358(a)); the holding period goes on
    (IRC 1223(1)). Cash is shared by shares. A lot of unknown cost keeps it unknown.
    """
    exchanged = split_lots(renamed_lots(lots, terms.into), terms.ratio)
    if not terms.cash:
        return LotsAndCash(exchanged)
    after, paid = [], []
    for lot, new, cash in zip(lots, exchanged, _by_shares(lots, terms.cash), strict=True):
        if lot.cost is None:
            after.append(new)
            paid.append(PaidLot(lot, cash, None))
            continue
        value = EXACT.add(EXACT.multiply(new.quantity, terms.new_value), cash)
        gain = min(cash, max(NOTHING, EXACT.subtract(value, lot.cost)))
        recovered = EXACT.subtract(cash, gain)
        after.append(replace(new, cost=EXACT.subtract(lot.cost, recovered)))
        paid.append(PaidLot(lot, cash, recovered))
    return LotsAndCash(tuple(after), tuple(paid))


def spun_off_lots(lots: Sequence[Lot], into: str, ratio: SplitRatio, values: FairValues, event_id: str) -> SpunOff:
    """Distribute `new` shares of a subsidiary on every `old` ones (IRC 355).

    The cost of each lot is shared by fair market value: new · ratio / (old + new · ratio) of it goes along (IRC 358(b),
    (c); Reg. 1.358-2); the holding period goes on (IRC 1223(1)). A new lot is named after its lot and the event.
    """
    moved = Fraction(values.new) * Fraction(ratio.new) / Fraction(ratio.old)
    whole = Fraction(values.old) + moved
    kept, spun = [], []
    for lot, new in zip(lots, split_lots(renamed_lots(lots, into), ratio), strict=True):
        part = None if lot.cost is None else ratio_of(lot.cost, moved, whole)
        rest = None if lot.cost is None or part is None else EXACT.subtract(lot.cost, part)
        kept.append(replace(lot, cost=rest))
        spun.append(replace(new, lot_id=f"{lot.lot_id}/{event_id}", cost=part))
    return SpunOff(tuple(kept), tuple(spun))


def capital_returned(lots: Sequence[Lot], cash: Decimal) -> LotsAndCash:
    """Lower cost by what is paid, share by share; what exceeds a lot's cost is a gain (IRC 301(c))."""
    after, paid = [], []
    for lot, share in zip(lots, _by_shares(lots, cash), strict=True):
        if lot.cost is None:
            after.append(lot)
            continue
        used = min(share, lot.cost)
        after.append(replace(lot, cost=EXACT.subtract(lot.cost, used)))
        if share > used:
            paid.append(PaidLot(lot, EXACT.subtract(share, used), NOTHING))
    return LotsAndCash(tuple(after), tuple(paid))


def _by_shares(lots: Sequence[Lot], cash: Decimal) -> list[Decimal]:
    left_cash, left_quantity = cash, exact_sum(lot.quantity for lot in lots)
    shares = []
    for lot in lots:
        share = ratio_of(left_cash, lot.quantity, left_quantity)
        left_cash, left_quantity = EXACT.subtract(left_cash, share), EXACT.subtract(left_quantity, lot.quantity)
        shares.append(share)
    return shares
