"""The annual fee of a value under a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.billing.engine.terms import ScheduleKind, Tier


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a value that one tier charges."""

    tier: Tier
    lower: Fraction
    value: Fraction

    @property
    def fee(self) -> Fraction:
        """The annual fee of this part."""
        return self.value * Fraction(self.tier.rate.fraction)


def slices_of(kind: ScheduleKind, tiers: Sequence[Tier], value: Fraction) -> tuple[Slice, ...]:
    """Cut a value into the parts that each tier charges; their fees add up to the annual fee.

    Graduated: F = Σ rᵢ · max(0, min(V, Uᵢ) − Lᵢ). Cliff and flat: the whole value at the rate of the band that it
    reaches. A value at the edge belongs to the lower band. A value of zero or less has no parts.
    """
    if value <= 0:
        return ()
    parts = []
    lower = Fraction(0)
    for tier in tiers:
        upper = None if tier.up_to is None else Fraction(tier.up_to.amount)
        reached = upper is None or value <= upper
        if kind is ScheduleKind.GRADUATED:
            parts.append(Slice(tier, lower, (value if upper is None else min(value, upper)) - lower))
        elif reached:
            parts.append(Slice(tier, lower, value))
        if reached or upper is None:
            break
        lower = upper
    return tuple(parts)


def annual_fee(kind: ScheduleKind, tiers: Sequence[Tier], value: Fraction) -> Fraction:
    """Return the annual fee of a value under a tiered schedule."""
    return sum((part.fee for part in slices_of(kind, tiers, value)), Fraction(0))


def cliff_drop(tiers: Sequence[Tier], value: Fraction) -> tuple[Fraction, Fraction] | None:
    """Return the lower edge at which a cliff schedule charged more than it does for this value, and that fee."""
    fee = annual_fee(ScheduleKind.CLIFF, tiers, value)
    edges = [Fraction(t.up_to.amount) for t in tiers if t.up_to is not None and Fraction(t.up_to.amount) < value]
    dearer = [(annual_fee(ScheduleKind.CLIFF, tiers, edge), edge) for edge in edges]
    if not dearer or max(dearer)[0] <= fee:
        return None
    highest, edge = max(dearer)
    return edge, highest
