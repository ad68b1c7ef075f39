"""Rules by which a household in retirement sets its spending each year (docs/engine/retirement_rules.md).

Float64, amounts a year. Each rule is one step: what was spent, what there is, what happened; and answers what to spend
next. The simulation walks the same steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apps.plans.engine.checks import not_negative, within


class SpendingStep(StrEnum):
    """What a rule did to last year's spending."""

    INFLATION = "inflation"
    FREEZE = "freeze"
    CUT = "cut"
    RAISE = "raise"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class GuytonKlinger:
    """Decision rules of Guyton and Klinger (2006).

    ``upper`` and ``lower`` bound the current rate by parts of the first one; ``cut`` and ``raised`` are the fractions
    by which spending then changes. In the last ``protected_years`` nothing is cut. ``inflation_cap`` is the largest
    raise for inflation (6 % in the version of 2004), or None.
    """

    initial_rate: float
    upper: float = 1.2
    lower: float = 0.8
    cut: float = 0.1
    raised: float = 0.1
    protected_years: int = 15
    inflation_cap: float | None = None

    def __post_init__(self) -> None:
        within(self.initial_rate, 1e-6, 1.0, "initial_rate")
        within(self.lower, 0.0, 1.0, "lower")
        within(self.upper, 1.0, 10.0, "upper")
        for name in ("cut", "raised"):
            within(getattr(self, name), 0.0, 1.0, name)


@dataclass(frozen=True, slots=True)
class YearPassed:
    """A year behind and what there is now.

    ``spent`` last year, ``portfolio`` before this year's withdrawal, ``inflation`` and ``market`` (return) of the last
    year, ``years_left`` to the horizon, this year included.
    """

    spent: float
    portfolio: float
    inflation: float
    market: float
    years_left: int

    def __post_init__(self) -> None:
        not_negative(self.spent, "spent")
        not_negative(self.portfolio, "portfolio")
        within(self.market, -1.0, 100.0, "market")
        within(self.inflation, -0.5, 10.0, "inflation")


@dataclass(frozen=True, slots=True)
class Spending:
    """What to spend this year, and why it is that."""

    amount: float
    step: SpendingStep


def guyton_klinger_step(rule: GuytonKlinger, year: YearPassed) -> Spending:
    """Return the spending of a year by the four decision rules, in their order.

    No raise for inflation after a loss while the rate lies above the first one; then a cut above the upper bound,
    unless the last years have begun; or a raise below the lower one. With nothing left, nothing is spent.
    """
    raised = year.inflation if rule.inflation_cap is None else min(year.inflation, rule.inflation_cap)
    planned, step = year.spent * (1.0 + raised), SpendingStep.INFLATION
    if year.portfolio == 0.0:
        return Spending(0.0, SpendingStep.CUT)
    if year.market < 0.0 and planned / year.portfolio > rule.initial_rate:
        planned, step = year.spent, SpendingStep.FREEZE
    rate = planned / year.portfolio
    if rate > rule.upper * rule.initial_rate and year.years_left > rule.protected_years:
        return Spending(planned * (1.0 - rule.cut), SpendingStep.CUT)
    if rate < rule.lower * rule.initial_rate:
        return Spending(planned * (1.0 + rule.raised), SpendingStep.RAISE)
    return Spending(planned, step)


@dataclass(frozen=True, slots=True)
class ShareOfPortfolio:
    """A share of what there is each year, real spending held between two parts of the year before.

    ``floor`` and ``ceiling`` are the largest fall and rise of spending in real terms (0.025 and 0.05 in Jaconetti,
    Kinniry and DiJoseph 2013); with both at 1 and 10 it is a plain share.
    """

    share: float
    floor: float
    ceiling: float

    def __post_init__(self) -> None:
        within(self.share, 0.0, 1.0, "share")
        within(self.floor, 0.0, 1.0, "floor")
        within(self.ceiling, 0.0, 10.0, "ceiling")


def share_step(rule: ShareOfPortfolio, year: YearPassed) -> Spending:
    """Return a share of the portfolio, within bounds around last year's spending at this year's prices."""
    kept = year.spent * (1.0 + year.inflation)
    wanted = rule.share * year.portfolio
    bounded = min(max(wanted, kept * (1.0 - rule.floor)), kept * (1.0 + rule.ceiling))
    return Spending(min(bounded, year.portfolio), SpendingStep.SHARE)


@dataclass(frozen=True, slots=True)
class DollarGuardrails:
    """Two amounts of money that a household can watch, and what it would spend a year past each.

    Found by solving the whole plan for the portfolio at which success is `upper` or `lower` (`solve`).
    """

    below: float
    above: float
    spending_below: float
    spending_above: float

    def __post_init__(self) -> None:
        for name in ("below", "above", "spending_below", "spending_above"):
            not_negative(getattr(self, name), name)
        within(self.below, 0.0, self.above, "below")


def guardrail_step(rails: DollarGuardrails, year: YearPassed) -> Spending:
    """Return last year's spending at this year's prices, or the new one where a guardrail was passed."""
    if year.portfolio <= rails.below:
        return Spending(rails.spending_below, SpendingStep.CUT)
    if year.portfolio >= rails.above:
        return Spending(rails.spending_above, SpendingStep.RAISE)
    return Spending(year.spent * (1.0 + year.inflation), SpendingStep.INFLATION)
