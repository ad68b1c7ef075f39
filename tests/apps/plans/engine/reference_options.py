"""Incentive options that are held, in plain Python: the part of the reference model that knows them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from apps.plans.engine.grants import GrantKind
from apps.plans.engine.minimum_tax import HeldOptions

if TYPE_CHECKING:
    from apps.plans.engine.grants import EquityGrant


class OptionsOfReference:
    """What the minimum tax counts of exercises and of the cost of shares, by account, and what it carries on."""

    def begin_options(self) -> None:
        self.more_cost: dict[str, float] = {}
        self.spread = self.sold = before = 0.0
        for grant in self.inputs.events.grants:
            before += grant.credit
            if grant.held is not None:
                more = grant.held.shares * (grant.held.worth - grant.strike)
                self.more_cost[grant.held.account] = self.more_cost.get(grant.held.account, 0.0) + more
        self.carried = HeldOptions(credit=Decimal(before))

    def hold_options(self, grant: EquityGrant, untaxed: float) -> None:
        if grant.kind is GrantKind.INCENTIVE:
            self.spread += untaxed
            self.more_cost[grant.account] = self.more_cost.get(grant.account, 0.0) + untaxed

    def sell_options(self, account: str, part: float) -> None:
        more = self.more_cost.get(account, 0.0) * part
        self.more_cost[account] = self.more_cost.get(account, 0.0) - more
        self.sold += more

    def options(self) -> HeldOptions:
        """What a year's return knows of them."""
        return HeldOptions(Decimal(self.spread), Decimal(self.sold), self.carried.loss_beyond, self.carried.credit)

    def carry_options(self, left: HeldOptions) -> None:
        self.carried, self.spread, self.sold = left, 0.0, 0.0
