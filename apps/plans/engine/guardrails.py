"""Guardrails in dollars: the wealth at which a plan's chance leaves the corridor that was agreed, and what to do then.

Risk-based guardrails (Tharp and Fitzpatrick 2021): instead of a rate of withdrawal, the chance of the whole plan is
held between two bounds. Told as amounts of money a household can watch them itself (docs/engine/plan_monitoring.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.roth_choices import with_money
from apps.plans.engine.runs import Runs
from apps.plans.engine.search import Search
from apps.plans.engine.solve import spending_that_holds

# Grid of the answers: a hundredth of today's wealth, up to four times of it.
STEPS, MOST = 100, 400
# A plan that was accepted below the lower bound has its guardrail so far under what was accepted.
_MARGIN = 0.05
# Above this chance there is no upper guardrail: nothing is left to gain from.
_CERTAIN = 0.99


@dataclass(frozen=True, slots=True)
class Corridor:
    """The chances between which a plan is left alone, and the one it is brought back to."""

    lower: float
    upper: float
    target: float


@dataclass(frozen=True, slots=True)
class Guardrails:
    """Wealth in all accounts at which living costs in retirement change, and to what they change a month.

    None where no wealth leads there: incomes alone carry the plan, or it cannot become that sure.
    """

    below: float | None
    spending_below: float | None
    above: float | None
    spending_above: float | None


def wealth_of(inputs: ProjectionInputs) -> float:
    """All that lies in accounts."""
    return sum(account.balance for account in inputs.accounts)


def with_wealth(inputs: ProjectionInputs, factor: float) -> ProjectionInputs:
    """Return the plan with so many times the money in each account, gains in proportion."""
    accounts = tuple(
        replace(account, balance=account.balance * factor, cost_basis=account.cost_basis * factor)
        for account in inputs.accounts
    )
    pools = tuple(with_money(pool, factor) for pool in inputs.roth_pools)
    return replace(inputs, accounts=accounts, roth_pools=pools)


def corridor_around(success: float, corridor: Corridor) -> tuple[float, float | None]:
    """Return the lower and the upper bound for a plan that was accepted with a chance."""
    lower = min(corridor.lower, success - _MARGIN)
    upper = max(corridor.upper, min(success + _MARGIN, _CERTAIN))
    return max(0.01, lower), upper if success < _CERTAIN else None


def guardrails_of(inputs: ProjectionInputs, runs: Runs, corridor: Corridor) -> Guardrails:
    """Find the wealth at which the chance is at the bounds, and the living costs that bring it back to the target."""
    lower, upper = corridor_around(runs.of(inputs).success.value, corridor)
    below = _factor(inputs, runs, lower)
    above = _factor(inputs, runs, upper) if upper is not None else None
    wealth = wealth_of(inputs)

    def spending(factor: float | None) -> float | None:
        if factor is None:
            return None
        return spending_that_holds(with_wealth(inputs, factor), runs, corridor.target).value

    return Guardrails(
        below=None if below is None else below * wealth,
        spending_below=spending(below),
        above=None if above is None else above * wealth,
        spending_above=spending(above),
    )


def _factor(inputs: ProjectionInputs, runs: Runs, bound: float) -> float | None:
    search = Search(lambda step: with_wealth(inputs, step / STEPS), bound, runs, lambda _part: None)
    if wealth_of(inputs) <= 0.0 or search.reaches(0):
        return None
    found = search.smallest(0, MOST)
    return None if found is None else found / STEPS
