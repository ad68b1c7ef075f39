"""How far a portfolio is from its target: by asset class and by security, against bands.

Weights are of the investable value: what is there less the cash that is kept back. Cash counts as what is above the
reserve, and is negative where the reserve is not covered. A band lies around its target ``t``: absolute ``b`` trips
when ``abs(w - t) > b``, relative ``r`` when ``abs(w - t) > r * t``; with both the tighter one holds, which is the
5/25 rule for ``b = 0.05, r = 0.25`` (docs/engine/drift.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.portfolios.engine.errors import DriftRefusedError

NOTHING, ONE = Decimal(0), Decimal(1)
CASH = "cash"


class BandRule(StrEnum):
    """Which limit was overstepped."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Band:
    """How far a weight may be from its target: points of the whole, a part of the target, either or both."""

    absolute: Decimal | None = None
    relative: Decimal | None = None

    def width(self, target: Decimal) -> Decimal | None:
        """Return how far the weight may be away, None without any limit."""
        widths = [] if self.absolute is None else [self.absolute]
        if self.relative is not None:
            widths.append(self.relative * target)
        return min(widths, default=None)

    def broken(self, weight: Decimal, target: Decimal) -> BandRule | None:
        """Return the limit that the weight oversteps, the tighter one where both are; None inside."""
        width = self.width(target)
        if width is None or abs(weight - target) <= width:
            return None
        return BandRule.ABSOLUTE if width == self.absolute else BandRule.RELATIVE


@dataclass(frozen=True, slots=True)
class SecurityTarget:
    """A security of a sleeve. `weight` is of the whole; what is held of `substitutes` counts for it."""

    security_id: str
    weight: Decimal
    band: Band = Band()
    substitutes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SleeveTarget:
    """An asset class with its weight in the whole; a cash sleeve without securities is money in the account."""

    name: str
    asset_class: str
    weight: Decimal
    band: Band = Band()
    securities: tuple[SecurityTarget, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of a security over all accounts of the target. `value` is None where no price is known."""

    security_id: str
    asset_class: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class DriftLine:
    """A class or a security: where it is, where it ought to be. `low` and `high` are None without a band."""

    key: str
    target: Decimal
    weight: Decimal
    value: Decimal
    target_value: Decimal
    low: Decimal | None
    high: Decimal | None
    broken: BandRule | None

    @property
    def drift(self) -> Decimal:
        """Above the target is positive."""
        return self.weight - self.target

    @property
    def is_out(self) -> bool:
        """Whether it oversteps its band."""
        return self.broken is not None


@dataclass(frozen=True, slots=True)
class Drift:
    """The whole sheet. `distance` is the least share that must change hands to be on target.

    `classes` follow the sleeves, then classes of no sleeve; `securities` follow the model, then what it does not name.
    `unpriced` are left out of every weight.
    """

    total: Decimal
    reserve: Decimal
    investable: Decimal
    cash: Decimal
    classes: tuple[DriftLine, ...]
    securities: tuple[DriftLine, ...]
    outside: tuple[str, ...]
    unpriced: tuple[str, ...]
    distance: Decimal

    @property
    def out(self) -> tuple[DriftLine, ...]:
        """What oversteps its band."""
        return tuple(line for line in (*self.classes, *self.securities) if line.is_out)

    @property
    def is_out(self) -> bool:
        """Whether anything oversteps its band."""
        return bool(self.out)

    @property
    def largest(self) -> Decimal:
        """The largest drift of a class, without its sign."""
        return max((abs(line.drift) for line in self.classes), default=NOTHING)

    @property
    def short_of_reserve(self) -> Decimal:
        """How much cash is missing for the reserve."""
        return max(NOTHING, self.reserve - self.cash)


def drift_of(
    sleeves: Iterable[SleeveTarget],
    positions: Iterable[Position],
    cash: Decimal,
    reserve: Decimal = NOTHING,
    outside_band: Decimal = NOTHING,
) -> Drift:
    """Return how far the positions are from the sleeves: `cash` and `reserve` in money, `outside_band` a weight.

    All values are in one currency; those of None are left out of every weight. A security that a sleeve names counts
    for that sleeve, any other for the sleeve of its class. Raises DriftRefusedError when the weights do not add up to
    one or a security stands in two places.
    """
    wanted, held = tuple(sleeves), tuple(positions)
    homes = _homes(wanted)
    priced = [position for position in held if position.value is not None]
    total = cash + sum((position.value or NOTHING for position in priced), NOTHING)
    investable = total - reserve
    scale = _Scale(investable)
    by_class = _by_class(priced, homes, cash - reserve)
    classes = tuple(
        scale.line(sleeve.asset_class, sleeve.weight, by_class.pop(sleeve.asset_class, NOTHING), sleeve.band)
        for sleeve in wanted
    ) + tuple(
        scale.line(key, NOTHING, value, Band(outside_band), outside=True) for key, value in by_class.items() if value
    )
    securities, outside = _securities(wanted, priced, homes, scale)
    return Drift(
        total=total,
        reserve=reserve,
        investable=investable,
        cash=cash,
        classes=classes,
        securities=securities,
        outside=outside,
        unpriced=tuple(position.security_id for position in held if position.value is None),
        distance=_distance(wanted, securities, (cash - reserve) / investable) if investable > 0 else NOTHING,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """What turns values into weights; without anything to invest every weight is nothing."""

    investable: Decimal

    def line(self, key: str, target: Decimal, value: Decimal, band: Band, *, outside: bool = False) -> DriftLine:
        """Return where a value in money stands against a weight; `outside` names any breach that of no target."""
        weight = value / self.investable if self.investable > 0 else NOTHING
        width = band.width(target)
        broken = band.broken(weight, target) if self.investable > 0 else None
        return DriftLine(
            key=key,
            target=target,
            weight=weight,
            value=value,
            target_value=target * max(self.investable, NOTHING),
            low=None if width is None else max(NOTHING, target - width),
            high=None if width is None else target + width,
            broken=BandRule.OUTSIDE if broken and outside else broken,
        )


def _homes(sleeves: tuple[SleeveTarget, ...]) -> dict[str, tuple[str, str]]:
    """Return for each security that the model names its class and the holding it counts for."""
    whole = sum((sleeve.weight for sleeve in sleeves), NOTHING)
    if sleeves and whole != ONE:
        raise DriftRefusedError(f"weights add up to {whole}")
    homes: dict[str, tuple[str, str]] = {}
    for sleeve in sleeves:
        for target in sleeve.securities:
            for security in (target.security_id, *target.substitutes):
                if security in homes:
                    raise DriftRefusedError(f"{security} stands in the model twice")
                homes[security] = (sleeve.asset_class, target.security_id)
    return homes


def _by_class(
    positions: Iterable[Position], homes: Mapping[str, tuple[str, str]], free_cash: Decimal
) -> dict[str, Decimal]:
    """What each class holds in money, cash above the reserve in its own."""
    values: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    values[CASH] = free_cash
    for position in positions:
        home = homes.get(position.security_id, (position.asset_class, ""))[0]
        values[home] += position.value or NOTHING
    return values


def _securities(
    sleeves: tuple[SleeveTarget, ...],
    positions: Iterable[Position],
    homes: Mapping[str, tuple[str, str]],
    scale: _Scale,
) -> tuple[tuple[DriftLine, ...], tuple[str, ...]]:
    """The lines of the securities that the model names, then of those it does not, and which those are."""
    values: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    outside: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for position in positions:
        worth = position.value or NOTHING
        if position.security_id in homes:
            values[homes[position.security_id][1]] += worth
        else:
            outside[position.security_id] += worth
    named = [
        scale.line(target.security_id, target.weight, values[target.security_id], target.band)
        for sleeve in sleeves
        for target in sleeve.securities
    ]
    others = [scale.line(key, NOTHING, value, Band()) for key, value in outside.items()]
    return (*named, *others), tuple(outside)


def _distance(sleeves: tuple[SleeveTarget, ...], securities: tuple[DriftLine, ...], free: Decimal) -> Decimal:
    """Half of all that is off, money among it: each purchase is paid by a sale, or by cash above its target."""
    money = sum(
        (
            sleeve.weight - sum((target.weight for target in sleeve.securities), NOTHING)
            for sleeve in sleeves
            if sleeve.asset_class == CASH
        ),
        NOTHING,
    )
    return (sum((abs(line.drift) for line in securities), NOTHING) + abs(free - money)) / 2
