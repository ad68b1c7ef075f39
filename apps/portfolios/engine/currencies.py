"""Gains on a holding in another currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.lots import EXACT, ratio_of


@dataclass(frozen=True, slots=True)
class BaseGain:
    """A holding in the base currency. `currency_effect` is the part of `gain` that the exchange rate made."""

    value: Decimal
    cost: Decimal
    gain: Decimal
    currency_effect: Decimal
    return_with_currency: Decimal | None
    return_local: Decimal | None


def gain_in_base(cost: Decimal, value: Decimal, rate_at_cost: Decimal, rate_now: Decimal) -> BaseGain:
    """Return the gain of a holding in the base currency: value at today's rate less cost at the rate of its purchase.

    Rates are base units per unit of the holding's currency. Returns on no cost are None. Raises InvalidInputError for
    a rate of zero or less.
    """
    if rate_at_cost <= 0 or rate_now <= 0:
        raise InvalidInputError(gettext_noop("An exchange rate must be more than zero."))
    base_cost, base_value = EXACT.multiply(cost, rate_at_cost), EXACT.multiply(value, rate_now)
    gain = EXACT.subtract(base_value, base_cost)
    local_gain = EXACT.subtract(value, cost)
    return BaseGain(
        value=base_value,
        cost=base_cost,
        gain=gain,
        currency_effect=EXACT.subtract(gain, EXACT.multiply(local_gain, rate_now)),
        return_with_currency=ratio_of(gain, Decimal(1), base_cost) if base_cost else None,
        return_local=ratio_of(local_gain, Decimal(1), cost) if cost else None,
    )
