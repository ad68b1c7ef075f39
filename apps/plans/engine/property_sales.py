"""What a sale of property brings and what of it is taxed, exact (IRC 1001, 121)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sale:
    """A price, what the sale costs, and what the thing was bought for with its improvements."""

    price: Decimal
    costs: Decimal
    cost_basis: Decimal


@dataclass(frozen=True, slots=True)
class SaleGain:
    """What is realised, what of the gain is excluded, and what is taxed; a loss that counts is negative."""

    realised: Decimal
    excluded: Decimal
    taxed: Decimal


def sale_gain(sale: Sale, *, exclusion: Decimal, is_investment: bool) -> SaleGain:
    """Return the gain of a sale.

    Of a main home up to ``exclusion`` is left out (IRC 121(b)): 250,000 dollars, 500,000 of a couple that files jointly
    and of who sells within two years of the spouse's death, not indexed. The loss of what is used in private life does
    not count (IRC 165(c)); that of an investment does. Depreciation that was taken (IRC 1250) is not known here.
    """
    gain = sale.price - sale.costs - sale.cost_basis
    excluded = min(max(gain, _ZERO), exclusion)
    taxed = gain - excluded if gain > 0 or is_investment else _ZERO
    return SaleGain(sale.price - sale.costs, excluded, taxed)
