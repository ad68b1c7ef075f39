"""Money and rates: exact, frozen, and rounded at one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import total_ordering

from apps.kernel.errors import InvalidInputError, MixedCurrenciesError, gettext_noop

# ISO 4217 minor units that differ from two; every other currency of the code list has two.
_MINOR_UNITS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3}


class RoundingRule(StrEnum):
    """How half a cent is rounded; a firm chooses once (docs/adr/0003-money-and-rounding.md)."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


_CENT = Decimal("0.01")
_DECIMAL_RULES = {RoundingRule.HALF_UP: ROUND_HALF_UP, RoundingRule.HALF_EVEN: ROUND_HALF_EVEN}


def in_cents(amount: Decimal) -> float:
    """Return an amount to the cent, half up, as engines take it."""
    return float(amount.quantize(_CENT, rounding=ROUND_HALF_UP))


def minor_units(currency: str) -> int:
    """Digits after the point that the currency is posted with."""
    return _MINOR_UNITS.get(currency, 2)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency. Arithmetic keeps every digit; only `rounded` drops some."""

    amount: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise InvalidInputError(
                gettext_noop("An amount of money must be an exact decimal, not %(kind)s."),
                kind=type(self.amount).__name__,
            )
        if not self.amount.is_finite():
            raise InvalidInputError(gettext_noop("An amount of money must be a finite number."))
        if len(self.currency) != 3 or not self.currency.isalpha() or not self.currency.isupper():
            raise InvalidInputError(
                gettext_noop("“%(currency)s” is no currency code."),
                mend=gettext_noop("Use three capital letters of ISO 4217, such as USD."),
                currency=self.currency,
            )

    @classmethod
    def zero(cls, currency: str = "USD") -> Money:
        """Nothing, in this currency."""
        return cls(Decimal(0), currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MixedCurrenciesError(
                gettext_noop("%(first)s and %(second)s cannot be added."),
                mend=gettext_noop("Convert one of them at a dated rate first."),
                first=self.currency,
                second=other.currency,
            )

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def rounded(self, rule: RoundingRule = RoundingRule.HALF_UP) -> Money:
        """Return the amount as it is posted: the only place where digits of money are dropped."""
        step = Decimal(1).scaleb(-minor_units(self.currency))
        return Money(self.amount.quantize(step, rounding=_DECIMAL_RULES[rule]), self.currency)


def allocated(total: Money, weights: Sequence[Decimal]) -> list[Money]:
    """Split a posted total by weights so that the parts add up to it to the cent.

    Largest remainder; equal remainders go to the larger weight first, then to the earlier place
    (shared rule of fee allocation: the caller orders by id). Raises InvalidInputError when the total is not
    a posted amount, a weight is negative, or all are zero.
    """
    if total.rounded() != total:
        raise InvalidInputError(gettext_noop("Only an amount that is already rounded can be split to the cent."))
    if any(weight < 0 for weight in weights) or not any(weights):
        raise InvalidInputError(gettext_noop("Weights must not be negative, and one of them must be more than zero."))
    step = Decimal(1).scaleb(-minor_units(total.currency))
    sign = -1 if total.amount < 0 else 1
    units = int(abs(total.amount) / step)
    whole = sum(weights, Decimal(0))
    exact = [weight * units / whole for weight in weights]
    floors = [int(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda i: (floors[i] - exact[i], -weights[i], i))
    for place in order[: units - sum(floors)]:
        floors[place] += 1
    return [Money(sign * count * step, total.currency) for count in floors]


@total_ordering
@dataclass(frozen=True, slots=True)
class Rate:
    """A proportion per year (fees, interest) or of a whole (weights): 0.0125 is 1.25 %."""

    fraction: Decimal

    def __post_init__(self) -> None:
        if not isinstance(self.fraction, Decimal) or not self.fraction.is_finite():
            raise InvalidInputError(gettext_noop("A rate must be a finite, exact decimal."))

    @classmethod
    def from_bps(cls, basis_points: Decimal | int) -> Rate:
        """From basis points: 125 bps is 1.25 %."""
        return cls(Decimal(basis_points) / 10_000)

    @property
    def bps(self) -> Decimal:
        """In basis points."""
        return self.fraction * 10_000

    def of(self, amount: Money) -> Money:
        """Return this proportion of the amount, unrounded."""
        return amount * self.fraction

    def __lt__(self, other: Rate) -> bool:
        return self.fraction < other.fraction
