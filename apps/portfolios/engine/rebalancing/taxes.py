"""Tax on net gains of a year: terms net first within themselves, then against each other, then up to a limit.

IRC 1222 (netting by term), 1211(b) (3,000 dollars of net loss a year against other income), 1212(b) (what is carried).
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.portfolios.engine.rebalancing.settings import RunSettings


@dataclass(frozen=True, slots=True)
class GainTax:
    """The rates that the tax of a year depends on; other income is taxed as short gains are."""

    short: float
    long: float
    loss_limit: float
    carried: float

    def of(self, short: float, long: float) -> float:
        """Return the tax on these net gains; below zero for what a loss saves.

        A loss of one term takes from the gain of the other. What is left of losses saves tax on other income up to the
        limit, and beyond it what a carried loss is taken to be worth.
        """
        if short >= 0 and long >= 0:
            return self.short * short + self.long * long
        net = short + long
        if net >= 0:
            return (self.short if short > 0 else self.long) * net
        used = min(-net, self.loss_limit)
        return -self.short * used - self.carried * (-net - used)

    def carried_loss(self, short: float, long: float) -> float:
        """Return the loss that is left for later years."""
        return max(-(short + long) - self.loss_limit, 0.0)


def gain_tax(settings: RunSettings) -> GainTax:
    """Return the rates of a run."""
    return GainTax(
        short=float(settings.rates.short.fraction),
        long=float(settings.rates.long.fraction),
        loss_limit=float(settings.loss_limit),
        carried=float(settings.carried_loss_rate.fraction),
    )
