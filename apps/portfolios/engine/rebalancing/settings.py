"""How a run is to be made: its mode, what it may realise, what it may cost, the least that it trades."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import Rate
from apps.portfolios.engine.lots import TermRates
from apps.portfolios.engine.wash_ledger import TaxTreatment


class Mode(StrEnum):
    """What the run is for."""

    FULL = "full"
    TO_BAND = "to_band"
    INVEST_CASH = "invest_cash"
    RAISE_CASH = "raise_cash"
    BUY_ONLY = "buy_only"
    HARVEST = "harvest"
    HOLD = "hold"


SELLING = frozenset({Mode.FULL, Mode.TO_BAND, Mode.RAISE_CASH, Mode.HARVEST})
BUYING = frozenset({Mode.FULL, Mode.TO_BAND, Mode.INVEST_CASH, Mode.BUY_ONLY, Mode.HARVEST})


@dataclass(frozen=True, slots=True)
class LocationCost:
    """What holding a dollar of this asset class in an account so treated costs, against the best place for it."""

    asset_class: str
    treatment: TaxTreatment
    cost: Decimal


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Settings of a run.

    `off_target_price` is what moving a dollar from above its target to below one is worth in tax and cost: at one, the
    target is reached whatever the tax; below the rates of tax, gains that cost more than it are left alone.
    `gain_budget` bounds the net gain of the run, of each tax unit. `carried_loss_rate` is what a dollar of loss beyond
    gains and the yearly limit is worth. Bands are `band_width` times as wide as those of the model.
    Raises InvalidInputError for amounts and rates below zero.
    """

    mode: Mode
    rates: TermRates
    gain_budget: Decimal | None = None
    blocks_short_gains: bool = False
    long_within_days: int = 0
    cost_rate: Rate = field(default_factory=lambda: Rate(Decimal(0)))
    minimum_amount: Decimal = Decimal(0)
    minimum_share: Rate = field(default_factory=lambda: Rate(Decimal(0)))
    off_target_price: Decimal = Decimal(1)
    locations: tuple[LocationCost, ...] = ()
    loss_limit: Decimal = Decimal(3000)
    carried_loss_rate: Rate = field(default_factory=lambda: Rate(Decimal(0)))
    harvest_amount: Decimal = Decimal(0)
    harvest_share: Rate = field(default_factory=lambda: Rate(Decimal(0)))
    wash_days: int = 30
    band_width: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        numbers = (
            self.gain_budget or Decimal(0),
            self.long_within_days,
            self.cost_rate.fraction,
            self.minimum_amount,
            self.minimum_share.fraction,
            self.off_target_price,
            self.loss_limit,
            self.carried_loss_rate.fraction,
            self.harvest_amount,
            self.harvest_share.fraction,
            self.band_width,
            self.rates.short.fraction,
            self.rates.long.fraction,
        )
        if any(number < 0 for number in numbers) or self.rates.short < self.rates.long:
            raise InvalidInputError(
                gettext_noop("These settings cannot be used for a rebalance."),
                mend=gettext_noop(
                    "Give amounts and rates of zero or more, and no higher rate for long gains than for short."
                ),
            )

    @property
    def may_sell(self) -> bool:
        """Say whether the run sells at all."""
        return self.mode in SELLING

    @property
    def may_buy(self) -> bool:
        """Say whether the run buys at all."""
        return self.mode in BUYING
