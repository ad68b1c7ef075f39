"""Why did the answer change? The way from one set of inputs to another, a group of facts at a time.

Each step puts one more group of the later inputs in the place of the earlier ones and runs the plan on the same
scenarios: the parts add up to the whole exactly, and on common random numbers most of their noise cancels. A part
depends on what was moved before it, so the order is fixed: that of `Cause`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from apps.plans.engine.conversion_choices import ConversionPlan
from apps.plans.engine.horizon import horizon_months, month_of
from apps.plans.engine.inputs import Account, CubeSpec, Goal, ProjectionInputs, TaxTreatment
from apps.plans.engine.ira_choices import still_held, tells_nothing
from apps.plans.engine.life_events import OPEN, hung_on
from apps.plans.engine.results import Estimate
from apps.plans.engine.roth_choices import kept_roths
from apps.plans.engine.roth_program import cannot_be_taxed
from apps.plans.engine.runs import Runs
from apps.plans.engine.solve import spending_that_holds
from apps.plans.engine.success import difference

RunsOf = Callable[[ProjectionInputs], Runs]


class Cause(StrEnum):
    """What may have changed, in the order in which it is replayed."""

    TIME = "time"
    ASSUMPTIONS = "assumptions"
    MARKET = "market"
    CASH = "cash"
    LIFE = "life"
    LAW = "law"


_CAUSES = {
    "start_date": Cause.TIME,
    "assumptions": Cause.ASSUMPTIONS,
    "accounts": Cause.MARKET,
    "adults": Cause.LIFE,
    "children": Cause.LIFE,
    "filing_status": Cause.LIFE,
    "ownership": Cause.LAW,
}


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause did: to success, path by path, and to the living costs a year that the plan can carry."""

    cause: Cause
    success: Estimate
    spending: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """Before, after, and the parts between; ``change`` is measured path by path, ``spending_*`` are a year, real."""

    before: Estimate
    after: Estimate
    change: Estimate
    spending_before: float
    spending_after: float
    parts: tuple[Part, ...]


def cause_of(field: str) -> Cause:
    """Say which cause a field of the inputs belongs to; what is not named is the household's own money."""
    if field in _CAUSES:
        return _CAUSES[field]
    return Cause.LAW if "table" in field or "law" in field else Cause.CASH


def _left_of(goal: Goal, start: date) -> Goal | None:
    """Return what of a goal is still to come on the first of a month; None where all of it has passed."""
    if not isinstance(goal.start, date) or goal.start >= start:
        return goal
    passed = -(-month_of(start, goal.start) // 12)
    if goal.years <= passed:
        return None
    return replace(goal, start=date(goal.start.year + passed, goal.start.month, 1), years=goal.years - passed)


def moved_on(inputs: ProjectionInputs, start: date) -> ProjectionInputs:
    """Return the plan as it stands on a later first of a month: goals and conversions that have passed are done.

    Raises InvalidInputError when the plan is over.
    """
    if start <= inputs.start_date:
        return inputs
    goals = tuple(left for goal in inputs.goals if (left := _left_of(goal, start)) is not None)
    conversions = tuple(plan for plan in inputs.conversions if plan.last_year >= start.year)
    return replace(inputs, start_date=start, goals=goals, conversions=conversions)


def on_scenarios(inputs: ProjectionInputs, spec: CubeSpec) -> ProjectionInputs:
    """Return the plan asked of other scenarios."""
    return replace(inputs, simulation=spec)


def steps_between(before: ProjectionInputs, after: ProjectionInputs) -> list[tuple[Cause, ProjectionInputs]]:
    """Return each cause by which they differ with the inputs once it has come; the last ones are ``after``.

    Both must ask for the same scenarios.
    """
    earlier = moved_on(before, after.start_date)
    # classes of assets that one of the sets does not know: accounts change with the set
    apart = before.assumptions.asset_keys != after.assumptions.asset_keys
    groups: dict[Cause, list[str]] = {}
    # which accounts are IRAs, and what is given from other money, moves nothing by itself
    idle = {"ira_pools", "ira_gifts"} if tells_nothing(earlier) and tells_nothing(after) else set()
    if cannot_be_taxed(earlier, drawn=True) and cannot_be_taxed(after, drawn=True):
        idle.add("roth_pools")
    for field in fields(ProjectionInputs):
        if field.name in idle:
            continue
        cause = Cause.ASSUMPTIONS if apart and field.name == "accounts" else cause_of(field.name)
        if field.name != "start_date" and getattr(earlier, field.name) != getattr(after, field.name):
            groups.setdefault(cause, []).append(field.name)
    steps = [(Cause.TIME, earlier)] if earlier != before else []
    taken: dict[str, Any] = {}
    for cause in Cause:
        if cause in groups:
            taken |= {name: getattr(after, name) for name in groups[cause]}
            steps.append((cause, _joined(earlier, taken)))
    return steps


def _can_be(plan: ConversionPlan, adults: set[str], accounts: tuple[Account, ...]) -> bool:
    """Whether there is still who converts, from where and into what."""
    own = [account for account in accounts if account.owner in ("", plan.owner)]
    has_source = any(account.treatment is TaxTreatment.TAX_DEFERRED for account in own)
    return plan.owner in adults and has_source and plan.target in [account.key for account in own]


def _joined(earlier: ProjectionInputs, taken: dict[str, Any]) -> ProjectionInputs:
    """Return inputs of two days in one; what hangs on an account or a person of the other day is left out."""
    told = {field.name: getattr(earlier, field.name) for field in fields(ProjectionInputs)} | taken
    adults = {adult.key for adult in told["adults"]}
    told["accounts"] = tuple(
        account if account.owner in {"", *adults} else replace(account, owner="") for account in told["accounts"]
    )
    keys = [account.key for account in told["accounts"]]
    told["contributions"] = tuple(item for item in told["contributions"] if item.account in keys)
    told["incomes"] = tuple(item for item in told["incomes"] if item.owner in adults)
    told["conversions"] = tuple(plan for plan in told["conversions"] if _can_be(plan, adults, told["accounts"]))
    paid_into = [account.key for account in told["accounts"] if account.treatment in OPEN]
    told["ira_pools"] = still_held(told["ira_pools"], adults, told["accounts"])
    if told["ira_gifts"] and not any(pool.accounts for pool in told["ira_pools"]):
        told["ira_gifts"] = replace(told["ira_gifts"], annual_amount=0.0)
    told["roth_pools"] = kept_roths(told["roth_pools"], adults, told["accounts"], told["start_date"].year)
    told["events"] = hung_on(told["events"], adults, paid_into, [debt.key for debt in told["debts"]])
    if told["surplus_account"] not in keys:
        told["surplus_account"] = keys[0]
    return ProjectionInputs(**told)


def common_months(before: ProjectionInputs, after: ProjectionInputs, step: int) -> int:
    """Return how long scenarios must be for both, in whole ``step`` months."""
    longest = max(
        horizon_months(before.adults, before.start_date),
        horizon_months(before.adults, after.start_date),
        horizon_months(after.adults, after.start_date),
    )
    return -(-longest // step) * step


def attributed(
    before: ProjectionInputs,
    after: ProjectionInputs,
    runs_of: RunsOf,
    target: float,
    *,
    found_before: float | None = None,
) -> Attribution:
    """Say what changed between two days, and how much of it each cause did.

    ``runs_of`` gives the runs on the scenarios of inputs, of the same draw for each; ``found_before`` the living costs
    a year that the earlier plan was found to carry, where to look first. Raises InvalidInputError when the plan is
    over.
    """

    def carried(inputs: ProjectionInputs, found: float | None = None) -> float:
        monthly = None if found is None else found / 12.0
        return 12.0 * spending_that_holds(inputs, runs_of(inputs), target, found_before=monthly).value

    first = last = runs_of(before).of(before)
    begun = spent = carried(before, found_before)
    parts = []
    for cause, inputs in steps_between(before, after):
        run, now = runs_of(inputs).of(inputs), carried(inputs)
        parts.append(Part(cause, difference(run.succeeded, last.succeeded, run.n_batches), now - spent))
        last, spent = run, now
    change = difference(last.succeeded, first.succeeded, first.n_batches)
    return Attribution(first.success, last.success, change, begun, spent, tuple(parts))
