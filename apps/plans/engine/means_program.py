"""The accounts that pay each demand, and how far goals give way, as arrays for the walk.

An account that a goal names is kept for it while the goal may still be due: other demands come to it last, in the
order of withdrawal. So the order in which accounts pay depends on the demand, and changes when a goal is over; the
months between two such changes are an era.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from apps.plans.engine.horizon import last_month_of, resolve
from apps.plans.engine.inputs import Account, Goal, GoalKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.schedules import Demand, FloatArray, IntArray

# Columns of ``counts``: accounts that pay, those before income, education accounts before the rest, and all of them.
N_SOURCES, N_OWN, N_EDUCATION_FIRST, N_EDUCATION = range(4)
# Columns of ``goals``: 1 where nothing but its own accounts pays, and the place in ``flexible``, -1 where it is not.
ONLY, FLEXIBLE = range(2)
# Columns of ``flexible``: amount a payment in money of the start, month of the first on its day, payments, years it
# can wait, what part of a payment is enough.
AMOUNT_DUE, FIRST, PAYMENTS, WAITS, LEAST = range(5)
# Rows of the books of a goal that gives way: years it has waited, the least part of a payment that was made.
N_GIVEN = 2


class Means(NamedTuple):
    """Who pays what in a plan whose goals have accounts of their own or give way; ``orders`` is empty in others.

    ``orders`` (n_orders, n_sources, 3) like `program.Payers.sources`, the first ``counts[:, N_SOURCES]`` of each;
    ``education`` (n_orders, n_education) accounts; ``rows`` (n_eras, n_demands + 1) which order a demand follows, the
    last everything else; ``eras`` (n_months,); ``goals`` (n_demands, 2) and ``flexible`` (n_flexible, 5) by the columns
    above.
    """

    orders: IntArray
    counts: IntArray
    education: IntArray
    rows: IntArray
    eras: IntArray
    goals: IntArray
    flexible: FloatArray


class _Order(NamedTuple):
    """Accounts in the order in which they pay: those before income, the rest, education first and last."""

    own: tuple[str, ...]
    rest: tuple[str, ...]
    education_first: tuple[str, ...]
    education_last: tuple[str, ...]


def has_means(inputs: ProjectionInputs) -> bool:
    """Whether any goal has accounts of its own or gives way."""
    return any(goal.means.accounts or goal.means.gives_way for goal in inputs.goals)


def waits_of(goal: Goal, inputs: ProjectionInputs) -> int:
    """Years a goal can wait: as stated, but not so long that its last payment would come after the plan."""
    last = resolve(goal.start, "", inputs) + 12 * (goal.years - 1)
    end = max(last_month_of(adult, inputs.start_date) for adult in inputs.adults)
    return max(0, min(goal.means.wait_years or 0, (end - 1 - last) // 12))


def kept_until(goal: Goal, inputs: ProjectionInputs, n_months: int) -> int:
    """The month from which a goal's accounts are no longer kept for it: the one after its last possible payment."""
    if goal.kind is GoalKind.RETIREMENT:
        return n_months
    return resolve(goal.start, "", inputs) + 12 * (goal.years - 1 + waits_of(goal, inputs)) + 1


def means_of(
    inputs: ProjectionInputs, demands: Sequence[Demand], source_of: Callable[[Account], tuple[int, int, int]]
) -> Means:
    """Lay the means of a plan's goals out; ``source_of`` tells an account's entry of `program.Payers.sources`."""
    n_months = demands[0].real.shape[1]
    if not has_means(inputs):
        none = np.zeros((0, 0), dtype=np.int64)
        empty = np.zeros(0, dtype=np.int64)
        return Means(np.zeros((0, 0, 3), dtype=np.int64), none, none, none, empty, none, np.zeros((0, 5)))
    goals = {goal.key: goal for goal in inputs.goals}
    wanted = [goals.get(demand.key.partition(":")[0]) for demand in demands]
    ends = {goal.key: kept_until(goal, inputs, n_months) for goal in inputs.goals if goal.means.accounts}
    changes = sorted({end for end in ends.values() if end < n_months})
    orders: dict[_Order, int] = {}
    rows = np.zeros((len(changes) + 1, len(demands) + 1), dtype=np.int64)
    for era, begins in enumerate([0, *changes]):
        in_force = [goal for goal in inputs.goals if ends.get(goal.key, 0) > begins]
        for place, goal in enumerate([*wanted, None]):
            rows[era, place] = orders.setdefault(_order(inputs, goal, in_force), len(orders))
    flexible = [goal for goal in wanted if goal is not None and goal.means.gives_way]
    facts = [
        (goal is not None and goal.means.only, flexible.index(goal) if goal in flexible else -1) for goal in wanted
    ]
    return Means(
        *_laid_out(inputs, list(orders), source_of),
        rows=rows,
        eras=np.searchsorted(changes, np.arange(n_months), side="right").astype(np.int64),
        goals=np.array(facts, dtype=np.int64),
        flexible=np.array([_flexible(goal, inputs) for goal in flexible], dtype=np.float64).reshape(-1, 5),
    )


def others_first(means: Means, sources: IntArray) -> IntArray:
    """Return all accounts that pay (n_sources, 3) in the order of withdrawal, what is kept at the start last."""
    if means.orders.shape[0] == 0:
        return sources
    row = means.rows[0, -1]
    return means.orders[row, : means.counts[row, N_SOURCES]]


def _flexible(goal: Goal, inputs: ProjectionInputs) -> tuple[float, ...]:
    least = 1.0 if goal.means.least_share is None else goal.means.least_share
    return (goal.annual_amount, resolve(goal.start, "", inputs), goal.years, waits_of(goal, inputs), least)


def _order(inputs: ProjectionInputs, goal: Goal | None, in_force: Sequence[Goal]) -> _Order:
    named = goal.means.accounts if goal is not None else ()
    of = {account.key: account.treatment for account in inputs.accounts}
    own = tuple(key for key in named if of[key] is not TaxTreatment.EDUCATION)
    study = tuple(key for key in named if of[key] is TaxTreatment.EDUCATION)
    if goal is not None and goal.means.only:
        return _Order(own, (), study, ())
    kept = {key for other in in_force for key in other.means.accounts if other is not goal}
    others = [key for key, treatment in of.items() if treatment is TaxTreatment.EDUCATION and key not in study]
    paying = [key for treatment in inputs.withdrawal_order for key in of if of[key] is treatment and key not in own]
    rest = (*(key for key in paying if key not in kept), *(key for key in paying if key in kept))
    if goal is None or goal.kind is not GoalKind.EDUCATION:
        before_income = () if goal is not None and goal.kind is GoalKind.RETIREMENT else own
        return _Order(before_income, rest if before_income else (*own, *rest), (), ())
    first = (*study, *(key for key in others if key not in kept))
    return _Order(own, rest, first, tuple(key for key in others if key in kept))


def _laid_out(
    inputs: ProjectionInputs, orders: Sequence[_Order], source_of: Callable[[Account], tuple[int, int, int]]
) -> tuple[IntArray, IntArray, IntArray]:
    """Orders, counts and education accounts as of `Means`."""
    keys = [account.key for account in inputs.accounts]
    counts = [
        (
            len(order.own) + len(order.rest),
            len(order.own),
            len(order.education_first),
            len(order.education_first) + len(order.education_last),
        )
        for order in orders
    ]
    sources = np.zeros((len(orders), max(row[N_SOURCES] for row in counts), 3), dtype=np.int64)
    education = np.zeros((len(orders), max(row[N_EDUCATION] for row in counts)), dtype=np.int64)
    for place, order in enumerate(orders):
        for at, key in enumerate((*order.own, *order.rest)):
            sources[place, at] = source_of(inputs.accounts[keys.index(key)])
        for at, key in enumerate((*order.education_first, *order.education_last)):
            education[place, at] = keys.index(key)
    return sources, np.array(counts, dtype=np.int64), education
