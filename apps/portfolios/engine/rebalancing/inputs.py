"""What a rebalance takes: prices, accounts with lots and cash, targets, restrictions, and what was lately traded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.wash_ledger import TaxTreatment

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Security:
    """What can be traded. `step` is the least that trades: one share, or a thousandth of a fund's.

    Securities of one `group_id` are substantially identical (engine/equivalence.py); empty, it stands for itself.
    """

    security_id: str
    price: Decimal
    asset_class: str = ""
    step: Decimal = Decimal(1)
    group_id: str = ""

    @property
    def group(self) -> str:
        """Return what it is identical with."""
        return self.group_id or f"={self.security_id}"


@dataclass(frozen=True, slots=True)
class HeldLot:
    """Shares that were acquired together; `held_since` begins their holding period. `cost` None is not known."""

    lot_id: str
    security_id: str
    quantity: Decimal
    cost: Decimal | None
    held_since: date


class NeedKind(StrEnum):
    """Why cash must stay, or be there."""

    RESERVE = "reserve"
    FEE = "fee"
    DISTRIBUTION = "distribution"
    RAISE = "raise"


@dataclass(frozen=True, slots=True)
class CashNeed:
    """Cash that an account must keep, by when and for what where it is to be paid out."""

    kind: NeedKind
    amount: Decimal
    due_on: date | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class InvestedAccount:
    """An account. Those of one `tax_unit` are taxed together: gains and losses of one net those of another."""

    account_id: str
    treatment: TaxTreatment
    cash: Decimal
    lots: tuple[HeldLot, ...] = ()
    needs: tuple[CashNeed, ...] = ()
    tax_unit: str = ""

    @property
    def required_cash(self) -> Decimal:
        """Return the sum of its needs."""
        return sum((need.amount for need in self.needs), NOTHING)


@dataclass(frozen=True, slots=True)
class HoldingTarget:
    """A security should be this share of its pool, and lies in its band between `low` and `high`.

    What is held of its substitutes counts for it; where it may not be bought, the first of them that may is.
    """

    security_id: str
    weight: Decimal
    low: Decimal
    high: Decimal
    substitutes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassTarget:
    """All securities of an asset class together should be this share of the pool."""

    asset_class: str
    weight: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Pool:
    """Accounts that follow one target together: a household, or one account. What the weights leave is for cash.

    `outside_band` is how much of it a security that the model does not name may be before a run to the bands sells it.
    """

    pool_id: str
    account_ids: tuple[str, ...]
    holdings: tuple[HoldingTarget, ...]
    classes: tuple[ClassTarget, ...] = ()
    outside_band: Decimal = NOTHING


class RestrictionKind(StrEnum):
    """What a client forbids."""

    NO_BUY = "no_buy"
    NO_SELL = "no_sell"
    HOLD = "hold"  # neither


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction of a security or an asset class, in one account or, without one, in all."""

    kind: RestrictionKind
    account_id: str = ""
    security_id: str = ""
    asset_class: str = ""

    def covers(self, account_id: str, security: Security) -> bool:
        """Say whether it restricts this security in this account."""
        if self.account_id not in {"", account_id}:
            return False
        if self.security_id:
            return self.security_id == security.security_id
        return self.asset_class == security.asset_class


@dataclass(frozen=True, slots=True)
class WeightCap:
    """The most that these securities together may be of these accounts together: a share.

    What no trade of the run moves counts too: `held_beside` of these securities, `value_beside` in all.
    """

    account_ids: tuple[str, ...]
    security_ids: tuple[str, ...]
    weight: Decimal
    held_beside: Decimal = NOTHING
    value_beside: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class PastTrade:
    """A purchase, or a sale at a loss, somewhere in the household; a purchase names the lot that it made.

    `group_id` is that of a security which the run does not know: of the others the security says it.
    """

    security_id: str
    account_id: str
    day: date
    lot_id: str = ""
    group_id: str = ""


@dataclass(frozen=True, slots=True)
class RealisedGains:
    """Net gains of the year so far, losses carried from years before counted in."""

    tax_unit: str
    short: Decimal = NOTHING
    long: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class RebalanceInputs:
    """All that a rebalance needs to know, in one currency.

    Raises InvalidInputError for ids that stand twice or point nowhere, quantities and prices that are not above zero,
    weights below zero or together above one, and an account in two pools.
    """

    day: date
    securities: tuple[Security, ...]
    accounts: tuple[InvestedAccount, ...]
    pools: tuple[Pool, ...]
    restrictions: tuple[Restriction, ...] = ()
    caps: tuple[WeightCap, ...] = ()
    loss_sales: tuple[PastTrade, ...] = ()
    purchases: tuple[PastTrade, ...] = ()
    realised: tuple[RealisedGains, ...] = ()

    def __post_init__(self) -> None:
        known = _once(security.security_id for security in self.securities)
        accounts = _once(account.account_id for account in self.accounts)
        _once(account_id for pool in self.pools for account_id in pool.account_ids)
        _once(f"{account.account_id} {lot.lot_id}" for account in self.accounts for lot in account.lots)
        for security in self.securities:
            _demand(security.price > 0 and security.step > 0, security.security_id)
        for account in self.accounts:
            for lot in account.lots:
                _demand(lot.quantity > 0 and lot.security_id in known, lot.lot_id)
            for need in account.needs:
                _demand(need.amount >= 0, account.account_id)
        for pool in self.pools:
            _demand(set(pool.account_ids) <= accounts, pool.pool_id)
            _check_targets(pool, known)
        for cap in self.caps:
            _demand(set(cap.account_ids) <= accounts and set(cap.security_ids) <= known, "max_weight")
            _demand(0 <= cap.weight <= 1, "max_weight")


def _check_targets(pool: Pool, known: set[str]) -> None:
    named = [target.security_id for target in pool.holdings]
    named += [each for target in pool.holdings for each in target.substitutes if each not in named]
    _demand(set(named) <= known, pool.pool_id)
    _once(target.security_id for target in pool.holdings)
    _once(target.asset_class for target in pool.classes)
    for targets in (pool.holdings, pool.classes):
        for target in targets:
            _demand(0 <= target.low <= target.weight <= target.high, pool.pool_id)
        _demand(sum((target.weight for target in targets), NOTHING) <= 1, pool.pool_id)


def _demand(holds: bool, name: str) -> None:  # noqa: FBT001 - what must hold, said at the call
    if not holds:
        raise InvalidInputError(
            gettext_noop("What is known of %(name)s cannot be rebalanced."),
            mend=gettext_noop("Give each quantity and price above zero, weights within one whole, and only known ids."),
            name=name,
        )


def _once(ids: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for each in ids:
        _demand(each not in seen, each)
        seen.add(each)
    return seen
