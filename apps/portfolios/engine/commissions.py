"""What a custodian charges for a trade by the schedule that was agreed (docs/engine/commissions.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop

CENT, NOTHING = Decimal("0.01"), Decimal(0)


@dataclass(frozen=True, slots=True)
class CommissionTerms:
    """So much for each trade, share and dollar, no less than `least` and no more than `most` (None: no limit).

    `allowance` is what may come on top: fees of exchanges and regulators that are passed on. Raises InvalidInputError
    for a negative number, or a least above the most.
    """

    per_trade: Decimal = NOTHING
    per_share: Decimal = NOTHING
    rate: Decimal = NOTHING
    least: Decimal = NOTHING
    most: Decimal | None = None
    allowance: Decimal = NOTHING

    def __post_init__(self) -> None:
        numbers = (self.per_trade, self.per_share, self.rate, self.least, self.most or NOTHING, self.allowance)
        if any(number < 0 for number in numbers):
            raise InvalidInputError(gettext_noop("A commission has no negative numbers."))
        if self.most is not None and self.least > self.most:
            raise InvalidInputError(gettext_noop("The least commission is above the most."), field="least")


def commission(terms: CommissionTerms, quantity: Decimal, amount: Decimal) -> Decimal:
    """Return what is charged for a trade, in cents, half up; nothing for nothing."""
    if not quantity:
        return NOTHING
    charged = terms.per_trade + terms.per_share * quantity + terms.rate * amount
    charged = max(charged, terms.least)
    if terms.most is not None:
        charged = min(charged, terms.most)
    return charged.quantize(CENT, ROUND_HALF_UP)


def is_as_agreed(terms: CommissionTerms, quantity: Decimal, amount: Decimal, charged: Decimal) -> bool:
    """Say whether no more was charged than agreed with what may come on top; less is no fault."""
    return charged <= commission(terms, quantity, amount) + terms.allowance
