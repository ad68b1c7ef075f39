"""Sharing out what a block order executed: pro rata at the average price, in whole lots, by the rule stated before.

Rule: each account gets the floor of its pro rata share in whole lots; the lots left over go one each to the largest
remainders, equal ones in the order that was drawn before the order was sent (the odd lots). Money follows the
quantities in whole cents, by largest remainder as well, so that every sum is exact. See docs/engine/allocation.md;
204-2(a)(3) and SEC no-action letter SMC Capital (1995) for aggregation at an average price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from apps.kernel.errors import InvalidInputError, gettext_noop

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Share:
    """What one account ordered within the block. `rank` is its place in the order drawn, each once."""

    key: str
    quantity: Decimal
    rank: int


@dataclass(frozen=True, slots=True)
class Allotted:
    """What the account gets: units, gross amount and fees in cents."""

    key: str
    quantity: Decimal
    amount: Decimal
    fees: Decimal


def allocate(
    shares: Sequence[Share], filled: Decimal, amount: Decimal, fees: Decimal, lot: Decimal = Decimal(1)
) -> tuple[Allotted, ...]:
    """Share out what was executed, in the order of `shares`.

    Quantities add up to `filled`, amounts to `amount`, fees to `fees`; nobody gets more than was ordered, and nobody
    who ordered a whole lot goes without while another's order of more than a lot is full.

    Raises InvalidInputError for more than was ordered, a negative number, or ranks that are not each once.
    """
    ordered = sum((share.quantity for share in shares), Decimal(0))
    if filled < 0 or amount < 0 or fees < 0 or any(share.quantity <= 0 for share in shares) or lot <= 0:
        raise InvalidInputError(gettext_noop("An allocation has no negative numbers."), field="quantity")
    if filled > ordered:
        raise InvalidInputError(gettext_noop("More was executed than ordered."), field="quantity")
    if len({share.rank for share in shares}) != len(shares):
        raise InvalidInputError(gettext_noop("Each account has its own place in the order drawn."), field="rank")
    if filled == ordered:
        quantities = [share.quantity for share in shares]
    else:
        quantities = _whole_lots(shares, filled, ordered, lot)
    weights = [Fraction(quantity) for quantity in quantities]
    ranks = [share.rank for share in shares]
    amounts, charges = apportion(amount, weights, ranks), apportion(fees, weights, ranks)
    return tuple(
        Allotted(share.key, quantity, worth, charge)
        for share, quantity, worth, charge in zip(shares, quantities, amounts, charges, strict=True)
    )


def _whole_lots(shares: Sequence[Share], filled: Decimal, ordered: Decimal, lot: Decimal) -> list[Decimal]:
    portion = Fraction(filled) / Fraction(ordered)
    exact = [Fraction(share.quantity) * portion / Fraction(lot) for share in shares]
    lots = [part.numerator // part.denominator for part in exact]
    result = [lot * n for n in lots]
    left = filled - sum(result, Decimal(0))
    turn = sorted(range(len(shares)), key=lambda i: (-(exact[i] - lots[i]), shares[i].rank))
    # what is left is less than a lot for each account; the last piece may be a fraction of one
    while left > 0:
        before = left
        for i in turn:
            room = shares[i].quantity - result[i]
            piece = min(lot, left, room)
            if piece > 0:
                result[i] += piece
                left -= piece
        if left == before:
            raise InvalidInputError(gettext_noop("More was executed than ordered."), field="quantity")
    return result


def apportion(total: Decimal, weights: Sequence[Fraction], ranks: Sequence[int]) -> list[Decimal]:
    """Share out money in cents by weight, what is left over by largest remainder, equal ones by rank.

    Less than a cent of the total goes with the first in turn: the sum is exact. Without weights nobody gets any.
    """
    whole = sum(weights, Fraction(0))
    if not whole:
        return [Decimal(0) for _ in weights]
    exact = [Fraction(total) * weight / whole / Fraction(CENT) for weight in weights]
    cents = [Decimal(part.numerator // part.denominator) for part in exact]
    result = [CENT * n for n in cents]
    left = total - sum(result, Decimal(0))
    turn = sorted(
        (i for i in range(len(weights)) if weights[i]), key=lambda i: (-(exact[i] - Fraction(cents[i])), ranks[i])
    )
    n = int((left / CENT).to_integral_value(ROUND_FLOOR))
    for i in turn[:n]:
        result[i] += CENT
    dust = total - sum(result, Decimal(0))
    if dust:
        result[turn[0]] += dust
    return result
