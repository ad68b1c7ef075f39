"""From weights to whole shares, and weights under a cap: what a model means for money that buys shares by the piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop

NOTHING, ONE = Decimal(0), Decimal(1)
# weights that come from a solver add up to one but for their rounding
_ROUNDING = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class WholeShares:
    """How many shares of each to buy, and the cash that buys no more."""

    shares: Mapping[str, int]
    left: Decimal


def whole_shares(weights: Mapping[str, Decimal], prices: Mapping[str, Decimal], cash: Decimal) -> WholeShares:
    """Return whole shares that come near to the weights, largest weight first, then the largest shortfall.

    First each gets as many as its part of the cash pays in full; then, one at a time, the one that lacks most of its
    weight in what is bought so far and can still be paid. Raises InvalidInputError for weights that are negative or do
    not add up to one, a missing price or one that is not above nothing, and cash below nothing.
    """
    _refuse(weights, prices, cash)
    order = sorted((key for key, weight in weights.items() if weight), key=lambda key: (-weights[key], key))
    shares = {key: int(weights[key] * cash / prices[key]) for key in order}
    left = cash - sum((shares[key] * prices[key] for key in order), NOTHING)
    while True:
        bought = sum((shares[key] * prices[key] for key in order), NOTHING)
        lacking = {key: weights[key] - (shares[key] * prices[key] / bought if bought else NOTHING) for key in order}
        wanted = [key for key in order if lacking[key] > 0 and prices[key] <= left]
        if not wanted:
            return WholeShares({key: count for key, count in shares.items() if count}, left)
        chosen = max(wanted, key=lambda key: lacking[key])
        shares[chosen] += 1
        left -= prices[chosen]


def capped_weights(weights: Mapping[str, Decimal], cap: Decimal) -> dict[str, Decimal]:
    """Return weights of which none is above a cap: the excess goes to the others in their proportion.

    The fixed point min(cap, s w) of that rule. Raises InvalidInputError when so many at the cap do not make a whole.
    """
    _refuse_weights(weights)
    held = [key for key, weight in weights.items() if weight]
    if cap * len(held) < ONE - _ROUNDING:
        raise InvalidInputError(
            gettext_noop("%(count)s holdings of at most %(cap)s each do not make a whole."),
            mend=gettext_noop("Raise the cap or hold more."),
            field="cap",
            count=str(len(held)),
            cap=str(cap),
        )
    capped: set[str] = set()
    while True:
        free = [key for key in held if key not in capped]
        room = ONE - cap * len(capped)
        whole = sum((weights[key] for key in free), NOTHING)
        told = {key: weights[key] * room / whole for key in free}
        above = {key for key, weight in told.items() if weight > cap}
        if not above:
            return {key: cap if key in capped else told.get(key, NOTHING) for key in weights}
        capped |= above
        if len(capped) == len(held):
            return {key: cap if key in capped else NOTHING for key in weights}


def _refuse(weights: Mapping[str, Decimal], prices: Mapping[str, Decimal], cash: Decimal) -> None:
    _refuse_weights(weights)
    if cash < 0:
        raise InvalidInputError(
            gettext_noop("%(name)s is negative."),
            mend=gettext_noop("Enter zero or more."),
            field="cash",
            name="cash",
        )
    for key, weight in weights.items():
        if weight and prices.get(key, NOTHING) <= 0:
            raise InvalidInputError(
                gettext_noop("There is no price of %(key)s."),
                mend=gettext_noop("Bring a price above zero first."),
                field=f"prices[{key}]",
                key=key,
            )


def _refuse_weights(weights: Mapping[str, Decimal]) -> None:
    total = sum(weights.values(), NOTHING)
    if any(weight < 0 for weight in weights.values()) or abs(total - ONE) > _ROUNDING:
        raise InvalidInputError(
            gettext_noop("Weights must be zero or more and add up to one; these add up to %(total)s."),
            mend=gettext_noop("Correct the weights."),
            field="weights",
            total=str(total),
        )
