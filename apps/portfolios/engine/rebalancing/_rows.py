"""The targets of a run as rows in money: who belongs to each, how much it holds, and what lying off it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from apps.portfolios.engine.rebalancing.inputs import HoldingTarget, InvestedAccount, Pool, RebalanceInputs, Security
from apps.portfolios.engine.rebalancing.results import LineKind
from apps.portfolios.engine.rebalancing.settings import Mode, RunSettings

# the further off target, the dearer: so that the most underweight is bought first and the most overweight sold first
STEPS, RISE = 6, 0.02
# inside its band a target matters little when the run only brings into bands, but cash still goes where it lacks most
IN_BAND = 0.05
# asset classes bind less than securities: they say where to go when a security cannot be traded
CLASS_PART = 0.5


@dataclass(frozen=True, slots=True)
class Segment:
    """So many dollars off target, at this price each."""

    width: float
    price: float


@dataclass(frozen=True, slots=True)
class Row:
    """A target of a pool in money. `members` are what counts for it; the first is what it is named after."""

    pool_id: str
    kind: LineKind
    key: str
    account_ids: frozenset[str]
    members: tuple[str, ...]
    weights: tuple[float, float, float]  # target, low, high
    base: float
    current: float
    centre: float = 0.0  # what its prices count from
    above: tuple[Segment, ...] = ()
    below: tuple[Segment, ...] = ()

    @property
    def target(self) -> float:
        """Return what it should hold."""
        return self.weights[0] * self.base

    @property
    def low(self) -> float:
        """Return the lower edge of its band."""
        return self.weights[1] * self.base

    @property
    def high(self) -> float:
        """Return the upper edge of its band."""
        return self.weights[2] * self.base

    def price_of(self, amount: float) -> float:
        """Return what holding this much money costs in the objective: prices of the segments from the centre on."""
        left, total = abs(amount - self.centre), 0.0
        for segment in self.above if amount > self.centre else self.below:
            part = min(left, segment.width)
            total += part * segment.price
            left -= part
        return total


@dataclass(frozen=True, slots=True)
class PoolBase:
    """What a pool has to invest: its value less the cash that must stay."""

    value: float
    required: float

    @property
    def invested(self) -> float:
        """Return what the weights are of."""
        return max(self.value - self.required, 0.0)


def value_of(account: InvestedAccount, prices: dict[str, Security]) -> float:
    """Return securities and cash of an account in money, at the prices of the run; raises KeyError without one."""
    return float(account.cash) + sum(float(lot.quantity * prices[lot.security_id].price) for lot in account.lots)


def rows_of(inputs: RebalanceInputs, settings: RunSettings) -> tuple[Row, ...]:
    """Return the rows of all pools in money: holdings, what lies outside the model, asset classes, cash; all priced.

    Raises KeyError for a pool of an unknown account and for a lot of an unknown security.
    """
    prices = {security.security_id: security for security in inputs.securities}
    accounts = {account.account_id: account for account in inputs.accounts}
    rows: list[Row] = []
    for pool in inputs.pools:
        members = [accounts[each] for each in pool.account_ids]
        base = PoolBase(
            sum(value_of(account, prices) for account in members),
            sum(float(account.required_cash) for account in members),
        )
        rows += _pool_rows(pool, members, base, prices)
    furthest = max((abs(row.current - row.target) for row in rows), default=0.0)
    return tuple(_priced(row, settings, furthest) for row in rows)


def _pool_rows(
    pool: Pool, accounts: Sequence[InvestedAccount], base: PoolBase, prices: dict[str, Security]
) -> list[Row]:
    held: dict[str, float] = {}
    for account in accounts:
        for lot in account.lots:
            worth = float(lot.quantity * prices[lot.security_id].price)
            held[lot.security_id] = held.get(lot.security_id, 0.0) + worth
    ids = frozenset(pool.account_ids)

    def row(kind: LineKind, key: str, members: tuple[str, ...], weights: tuple[float, float, float]) -> Row:
        current = sum(held.get(member, 0.0) for member in members)
        return Row(pool.pool_id, kind, key, ids, members, weights, base.invested, current)

    rows: list[Row] = []
    for target, counted in zip(pool.holdings, _counted(pool.holdings), strict=True):
        rows.append(row(LineKind.HOLDING, target.security_id, counted, _weights(target)))
    assigned = {member for each in rows for member in each.members}
    outside = (0.0, 0.0, float(pool.outside_band))
    rows += [row(LineKind.OUTSIDE, each, (each,), outside) for each in sorted(set(held) - assigned)]
    for of_class in pool.classes:
        inside = tuple(each.security_id for each in prices.values() if each.asset_class == of_class.asset_class)
        rows.append(row(LineKind.CLASS, of_class.asset_class, inside, _weights(of_class)))
    cash = sum(float(account.cash) for account in accounts) - base.required
    share = max(1.0 - sum(float(target.weight) for target in pool.holdings), 0.0)
    rows.append(Row(pool.pool_id, LineKind.CASH, "", ids, (), (share, 0.0, 1.0), base.invested, cash))
    return rows


def _weights(target: object) -> tuple[float, float, float]:
    return tuple(float(getattr(target, name)) for name in ("weight", "low", "high"))  # type: ignore[return-value]


def _counted(targets: Sequence[HoldingTarget]) -> list[tuple[str, ...]]:
    """A security counts for the target that names it first of all, then for the first that takes it as substitute."""
    taken = {target.security_id for target in targets}
    counted = []
    for target in targets:
        own = tuple(each for each in dict.fromkeys(target.substitutes) if each not in taken)
        taken.update(own)
        counted.append((target.security_id, *own))
    return counted


def _priced(row: Row, settings: RunSettings, furthest: float) -> Row:
    """Give a row the price of lying off it: moving a dollar from above one target to below another earns twice half."""
    price = float(settings.off_target_price) / 2 * (CLASS_PART if row.kind is LineKind.CLASS else 1.0)
    rising = tuple(Segment(furthest / STEPS or 1.0, price * (1 + RISE * step)) for step in range(STEPS))
    rising += (Segment(inf, price * (1 + RISE * STEPS)),)
    if row.kind is LineKind.CASH and settings.mode is Mode.INVEST_CASH:
        rising = (Segment(inf, price * 1.5),)
    above = below = rising
    centre = row.target
    if settings.mode is Mode.TO_BAND and row.kind is LineKind.CASH:
        # idle cash stays where it is unless something lies outside its band; what sales bring is invested
        centre = max(row.target, row.current)
        above = below = (Segment(inf, price * IN_BAND * 1.5),)
    elif settings.mode is Mode.TO_BAND:
        above = (Segment(row.high - row.target, price * IN_BAND * 0.2), *rising)
        below = (*_inside(row.target - row.low, price), *rising)
    if row.kind is LineKind.CASH:
        # what the model keeps in cash is not spent on what only lacks a little
        below = (Segment(inf, max(segment.price for segment in below) * 1.5),)
    return replace(row, centre=centre, above=above, below=below)


def _inside(width: float, price: float) -> tuple[Segment, ...]:
    return tuple(Segment(width / 3, price * IN_BAND * part) for part in (0.6, 1.0, 1.4))
