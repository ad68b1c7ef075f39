"""Our open lots against those that the custodian states: what differs, and whether its lots could take their place.

Lots are held together by security and day of acquisition: a custodian may list the purchases of a day as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.portfolios.engine.lots import EXACT, Lot, exact_sum

NOTHING = Decimal(0)


class LotCause(StrEnum):
    """The likely cause of a difference."""

    OTHER_QUANTITY = "other_quantity"  # the holdings differ as a whole: mend the position first
    UNKNOWN_COST = "unknown_cost"  # our lots came in without their cost
    OTHER_DATES = "other_dates"
    OTHER_COST = "other_cost"


@dataclass(frozen=True, slots=True)
class StatedLot:
    """A lot as the custodian states it. `cost` is of the whole lot, None where it does not say."""

    security_id: str
    acquired_on: date
    quantity: Decimal
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class LotTolerance:
    """Differences up to these are no breaks: shares, and money of a day's lots."""

    quantity: Decimal = Decimal("0.0005")
    cost: Decimal = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class LotBreak:
    """A security whose lots differ: cost in all (None where a part is unknown), and the days on which they differ."""

    security_id: str
    cause: LotCause
    our_quantity: Decimal
    their_quantity: Decimal
    our_cost: Decimal | None
    their_cost: Decimal | None
    days: tuple[date, ...]


DEFAULT_TOLERANCE = LotTolerance()


@dataclass(frozen=True, slots=True)
class _Sum:
    quantity: Decimal
    cost: Decimal | None


def compare_lots(
    ours: Iterable[Lot], theirs: Iterable[StatedLot], tolerance: LotTolerance = DEFAULT_TOLERANCE
) -> tuple[LotBreak, ...]:
    """Return a break for each security that the custodian states and whose lots differ from ours, by security.

    A security that the statement does not name is none of its business: files of one security are usual.
    """
    mine, stated = _by_day(ours), _by_day(theirs)
    return tuple(
        found
        for security_id in sorted(stated)
        if (found := _compared(security_id, mine.get(security_id, {}), stated[security_id], tolerance)) is not None
    )


def _by_day(lots: Iterable[Lot | StatedLot]) -> dict[str, dict[date, _Sum]]:
    groups: dict[str, dict[date, list[Lot | StatedLot]]] = defaultdict(lambda: defaultdict(list))
    for lot in lots:
        groups[lot.security_id][lot.acquired_on].append(lot)
    return {
        security_id: {day: _Sum(exact_sum(lot.quantity for lot in same), _cost(same)) for day, same in days.items()}
        for security_id, days in groups.items()
    }


def _cost(lots: Iterable[Lot | StatedLot]) -> Decimal | None:
    known = [lot.cost for lot in lots]
    costs = [cost for cost in known if cost is not None]
    return exact_sum(costs) if len(costs) == len(known) else None


def _compared(
    security_id: str, ours: dict[date, _Sum], theirs: dict[date, _Sum], tolerance: LotTolerance
) -> LotBreak | None:
    mine, stated = _whole(ours), _whole(theirs)
    nothing = _Sum(NOTHING, NOTHING)
    days = sorted(ours.keys() | theirs.keys())
    moved = [
        day
        for day in days
        if _apart(ours.get(day, nothing).quantity, theirs.get(day, nothing).quantity, tolerance.quantity)
    ]
    priced = [day for day in days if _costs_differ(ours.get(day, nothing), theirs.get(day, nothing), tolerance.cost)]
    if _apart(mine.quantity, stated.quantity, tolerance.quantity):
        cause = LotCause.OTHER_QUANTITY
    elif stated.cost is not None and mine.cost is None:
        cause = LotCause.UNKNOWN_COST
    elif moved:
        cause = LotCause.OTHER_DATES
    elif priced:
        cause = LotCause.OTHER_COST
    else:
        return None
    return LotBreak(
        security_id=security_id,
        cause=cause,
        our_quantity=mine.quantity,
        their_quantity=stated.quantity,
        our_cost=mine.cost,
        their_cost=stated.cost,
        days=tuple(sorted({*moved, *priced})),
    )


def _whole(days: dict[date, _Sum]) -> _Sum:
    costs = [day.cost for day in days.values()]
    known = [cost for cost in costs if cost is not None]
    quantity = exact_sum(day.quantity for day in days.values())
    return _Sum(quantity, exact_sum(known) if len(known) == len(costs) else None)


def _costs_differ(ours: _Sum, theirs: _Sum, tolerance: Decimal) -> bool:
    if theirs.cost is None:
        return False  # the custodian does not say
    return ours.cost is None or _apart(ours.cost, theirs.cost, tolerance)


def _apart(one: Decimal, other: Decimal, tolerance: Decimal) -> bool:
    return abs(EXACT.subtract(one, other)) > tolerance
