"""Open lots and which of them a sale takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Context, Decimal, Inexact
from enum import StrEnum
from fractions import Fraction

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import Rate
from apps.portfolios.engine.errors import AmbiguousLotError, OversoldError
from apps.portfolios.engine.transactions import LotChoice, LotMethod

LEDGER_PLACES = 12
EXACT = Context(prec=200, traps=[Inexact])
_STEP = Decimal(1).scaleb(-LEDGER_PLACES)
_WIDE = Context(prec=200)


class Term(StrEnum):
    """Whether a gain is short or long (IRC 1222)."""

    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Lot:
    """Shares that were acquired together. `cost` is that of the whole lot; None is not known, which is not zero."""

    lot_id: str
    security_id: str
    acquired_on: date
    quantity: Decimal
    cost: Decimal | None
    currency: str = "USD"

    @property
    def unit_cost(self) -> Decimal | None:
        """The cost of one share, to ledger digits."""
        return None if self.cost is None else ratio_of(self.cost, Decimal(1), self.quantity)


@dataclass(frozen=True, slots=True)
class TermRates:
    """What a further dollar of short and of long gain is taxed with, as the service knows it for the taxpayer."""

    short: Rate
    long: Rate


@dataclass(frozen=True, slots=True)
class SaleTax:
    """What the tax of a sale depends on. `price` is that of one share, after commissions."""

    price: Decimal
    sold_on: date
    rates: TermRates

    def per_share(self, lot: Lot) -> Fraction | None:
        """Return (price − cost) · rate of its term; less than zero for a loss, None where the cost is not known."""
        if lot.cost is None:
            return None
        rate = self.rates.long if term_of(lot.acquired_on, self.sold_on) is Term.LONG else self.rates.short
        return (Fraction(self.price) - _unit_cost(lot)) * Fraction(rate.fraction)


@dataclass(frozen=True, slots=True)
class LotSelection:
    """What a sale takes and what it leaves, both in the order in which the lots were given."""

    taken: tuple[Lot, ...]
    left: tuple[Lot, ...]


def ratio_of(amount: Decimal, part: Decimal | Fraction, whole: Decimal | Fraction) -> Decimal:
    """Return amount · part / whole to ledger digits, half to even; exact results stay as they are."""
    return to_ledger(Fraction(amount) * Fraction(part) / Fraction(whole))


def to_ledger(exact: Fraction) -> Decimal:
    """Return the decimal of a fraction to ledger digits, half to even."""
    units = round(exact * 10**LEDGER_PLACES)
    return _WIDE.add(_WIDE.normalize(_WIDE.multiply(Decimal(units), _STEP)), Decimal(0))


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """Add without losing a digit, whatever context the caller runs in."""
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def select_lots(
    lots: Sequence[Lot],
    quantity: Decimal,
    method: LotMethod,
    choices: Sequence[LotChoice] = (),
    tax: SaleTax | None = None,
) -> LotSelection:
    """Choose what a sale of `quantity` takes.

    First in, first out; last in, first out; highest unit cost first (a lot of unknown cost last); least tax first, that
    is losses before gains, each by what a share saves or costs at the rate of its term; the lots that were named; or
    average cost, which gives every share the same cost and takes the oldest first. A lot that is taken in part is
    split: its cost goes with its shares, and the rest of it stays, so that no part of a cent is lost.

    Raises OversoldError when more leaves than is held, AmbiguousLotError when lots must be named and were not, or those
    named do not make up the quantity, InvalidInputError when the least tax is asked for without price and rates.
    """
    held = exact_sum(lot.quantity for lot in lots)
    if quantity > held:
        raise OversoldError(
            gettext_noop("%(quantity)s shares leave the account, which holds %(held)s."),
            mend=gettext_noop("Enter the purchase or transfer that is missing, or correct the quantity."),
            field="quantity",
            quantity=quantity,
            held=held,
        )
    if choices:
        return _taken(lots, _chosen(lots, quantity, choices))
    if method is LotMethod.SPECIFIC:
        return _taken(lots, _only_way(lots, quantity, held))
    pool = _averaged(lots) if method is LotMethod.AVERAGE else tuple(lots)
    order = _least_tax(pool, tax) if method is LotMethod.MINIMUM_TAX else _order(pool, method)
    wanted: dict[int, Decimal] = {}
    open_quantity = quantity
    for place in order:
        part = min(open_quantity, pool[place].quantity)
        if part > 0:
            wanted[place] = part
            open_quantity = EXACT.subtract(open_quantity, part)
    selection = _taken(pool, wanted)
    ranks = {pool[place].lot_id: rank for rank, place in enumerate(order)}
    return replace(selection, taken=tuple(sorted(selection.taken, key=lambda lot: ranks[lot.lot_id])))


def _order(lots: Sequence[Lot], method: LotMethod) -> list[int]:
    places = range(len(lots))
    if method is LotMethod.LIFO:
        return sorted(places, key=lambda i: (-lots[i].acquired_on.toordinal(), -i))
    if method is LotMethod.HIFO:
        return sorted(places, key=lambda i: (-(_unit_cost(lots[i])), lots[i].acquired_on, i))
    return sorted(places, key=lambda i: (lots[i].acquired_on, i))


def _least_tax(lots: Sequence[Lot], tax: SaleTax | None) -> list[int]:
    """Order by tax per share: tax is linear in shares, so that taking them in this order is the least there is.

    Among equals the highest cost goes first, then the oldest; a lot of unknown cost goes last.
    """
    if tax is None:
        raise InvalidInputError(
            gettext_noop("A sale for the least tax needs its price and the rates of tax."),
            mend=gettext_noop("Hand in the rates for short and long gains, or choose another method."),
        )
    taxes = [tax.per_share(lot) for lot in lots]

    def rank(place: int) -> tuple[bool, Fraction, Fraction, date, int]:
        own = taxes[place]
        return own is None, own or Fraction(0), -_unit_cost(lots[place]), lots[place].acquired_on, place

    return sorted(range(len(lots)), key=rank)


def _unit_cost(lot: Lot) -> Fraction:
    return Fraction(-1) if lot.cost is None else Fraction(lot.cost) / Fraction(lot.quantity)


def _chosen(lots: Sequence[Lot], quantity: Decimal, choices: Sequence[LotChoice]) -> dict[int, Decimal]:
    places = {lot.lot_id: place for place, lot in enumerate(lots)}
    wanted: dict[int, Decimal] = {}
    for choice in choices:
        place = places.get(choice.lot_id)
        fits = place is not None and choice.quantity > 0
        if place is None or not fits or wanted.get(place, Decimal(0)) + choice.quantity > lots[place].quantity:
            raise AmbiguousLotError(
                gettext_noop("Lot %(lot)s does not hold %(quantity)s shares."),
                mend=gettext_noop("Choose among the open lots."),
                lot=choice.lot_id,
                quantity=choice.quantity,
            )
        wanted[place] = wanted.get(place, Decimal(0)) + choice.quantity
    if exact_sum(wanted.values()) != quantity:
        raise AmbiguousLotError(
            gettext_noop("The named lots do not add up to the %(quantity)s shares that leave."),
            mend=gettext_noop("Name lots for every share."),
            quantity=quantity,
        )
    return wanted


def _only_way(lots: Sequence[Lot], quantity: Decimal, held: Decimal) -> dict[int, Decimal]:
    """Lots need not be named where there is no choice: one lot, or all that is held."""
    if len(lots) > 1 and quantity != held:
        raise AmbiguousLotError(
            gettext_noop("The account holds %(count)s lots and the sale names none."),
            mend=gettext_noop("Name the lots, or let the account sell first in, first out."),
            field="lots",
            count=len(lots),
        )
    return {place: min(quantity, lot.quantity) for place, lot in enumerate(lots)}


def _averaged(lots: Sequence[Lot]) -> tuple[Lot, ...]:
    """Give every share the same cost (Treas. Reg. 1.1012-1(e)); unknown where that of one lot is unknown."""
    costs = [lot.cost for lot in lots if lot.cost is not None]
    if len(costs) < len(lots):
        return tuple(replace(lot, cost=None) for lot in lots)
    left_cost, left_quantity = exact_sum(costs), exact_sum(lot.quantity for lot in lots)
    averaged = []
    for lot in lots:
        share = ratio_of(left_cost, lot.quantity, left_quantity)
        averaged.append(replace(lot, cost=share))
        left_cost, left_quantity = EXACT.subtract(left_cost, share), EXACT.subtract(left_quantity, lot.quantity)
    return tuple(averaged)


def _taken(lots: Sequence[Lot], wanted: dict[int, Decimal]) -> LotSelection:
    taken, left = [], []
    for place, lot in enumerate(lots):
        part = wanted.get(place, Decimal(0))
        if part == lot.quantity:
            taken.append(lot)
        elif not part:
            left.append(lot)
        else:
            cost = None if lot.cost is None else ratio_of(lot.cost, part, lot.quantity)
            rest = None if lot.cost is None or cost is None else EXACT.subtract(lot.cost, cost)
            taken.append(replace(lot, quantity=part, cost=cost))
            left.append(replace(lot, quantity=EXACT.subtract(lot.quantity, part), cost=rest))
    return LotSelection(tuple(taken), tuple(left))


def term_of(acquired_on: date, sold_on: date) -> Term:
    """Return long for what was held more than a year, counted from the day after acquisition (Rev. Rul. 66-7)."""
    begin = acquired_on + timedelta(days=1)
    leap_day = (begin.month, begin.day) == (2, 29)
    anniversary = date(begin.year + 1, 3, 1) if leap_day else begin.replace(year=begin.year + 1)
    return Term.LONG if sold_on >= anniversary else Term.SHORT
