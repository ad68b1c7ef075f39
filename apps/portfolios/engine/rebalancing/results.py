"""What a rebalance answers: trades with their lots and reasons, figures before and after, what could not be met."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.portfolios.engine.wash_ledger import Reason


class Side(StrEnum):
    """Which way a trade goes."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True, slots=True)
class LotTaken:
    """So much of a lot is sold, at this gain (None where its cost is not known)."""

    lot_id: str
    quantity: Decimal
    gain: Decimal | None
    is_long: bool


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade of one account. `tax` is the gain at the rate of its term, before netting; 0 where nothing is taxed."""

    account_id: str
    security_id: str
    side: Side
    quantity: Decimal
    amount: Decimal
    cost: Decimal
    tax: Decimal
    lots: tuple[LotTaken, ...]
    reason: Reason


class LineKind(StrEnum):
    """What a line of drift is about."""

    HOLDING = "holding"
    CLASS = "class"
    CASH = "cash"
    OUTSIDE = "outside"  # held, and no part of the model


@dataclass(frozen=True, slots=True)
class DriftLine:
    """One target of a pool: weights of its value after what cash is set aside, before and after the trades."""

    pool_id: str
    kind: LineKind
    key: str
    target: float
    low: float
    high: float
    before: float
    after: float

    @property
    def is_out_before(self) -> bool:
        """Say whether it lay outside its band."""
        return not self.low - 1e-9 <= self.before <= self.high + 1e-9

    @property
    def is_out_after(self) -> bool:
        """Say whether it lies outside its band after the trades."""
        return not self.low - 1e-9 <= self.after <= self.high + 1e-9


@dataclass(frozen=True, slots=True)
class Gains:
    """Net gains that the trades realise in taxable accounts, by term, and the tax that they add for the year."""

    short: Decimal
    long: Decimal
    tax: Decimal
    carried_loss: Decimal


@dataclass(frozen=True, slots=True)
class CashLine:
    """Cash of an account."""

    account_id: str
    before: Decimal
    after: Decimal
    required: Decimal


@dataclass(frozen=True, slots=True)
class Unmet:
    """What could not be met: an account's cash, or a target; `missing` is in money."""

    scope_id: str
    key: str
    missing: Decimal
    reason: Reason


@dataclass(frozen=True, slots=True)
class Proposal:
    """The answer of a run.

    `objective` is what the optimiser weighs (tax, cost, distance from target at its price) of these very trades,
    `bound` the least that any trades can reach, whole shares and minimum trades set aside; `gap` their distance as a
    share of the value. `tracking` is half the sum of the distances from target, as a share of the value.
    """

    trades: tuple[Trade, ...]
    drift: tuple[DriftLine, ...]
    cash: tuple[CashLine, ...]
    gains: Gains
    cost: Decimal
    turnover: Decimal
    value: Decimal
    tracking_before: float
    tracking_after: float
    unmet: tuple[Unmet, ...]
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Return how far the answer is from the bound, as a share of the value."""
        return max(self.objective - self.bound, 0.0) / float(self.value) if self.value else 0.0
