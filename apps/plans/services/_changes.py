"""The plan with advice that an advisor adjusted. Loaded with the engine, for a job alone (see `_answers`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from apps.plans.engine.allocation import optimised_allocation
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.levers import (
    with_allocation,
    with_debt_payment,
    with_extra_saving,
    with_retirement_spending,
)
from apps.plans.engine.results import OptimisedAllocation
from apps.plans.engine.retirement_levers import with_retirement_delay
from apps.plans.engine.saving_places import with_more_saved
from apps.plans.selectors.run_values import RunInputs
from apps.plans.services._levers import Change


def changed_by(change: Change, question: RunInputs) -> ProjectionInputs | None:
    """Return the plan with the adjusted advice; None where it changes nothing that the plan counts."""
    return _CHANGES[change.kind](change, question)


def _savings(change: Change, question: RunInputs) -> ProjectionInputs:
    return with_more_saved(question.inputs, change.value, question.policy.places)


def _spending(change: Change, question: RunInputs) -> ProjectionInputs:
    return with_retirement_spending(question.inputs, change.value)


def _retirement_date(change: Change, question: RunInputs) -> ProjectionInputs:
    return with_retirement_delay(question.inputs, int(change.value), question.policy.places)


def _debt(change: Change, question: RunInputs) -> ProjectionInputs:
    return with_debt_payment(question.inputs, change.key.removeprefix("pay_debt:"), change.value)


def _contribution_room(change: Change, question: RunInputs) -> ProjectionInputs:
    return with_extra_saving(question.inputs, change.value, change.key.partition(":")[2])


def _emergency_fund(change: Change, question: RunInputs) -> ProjectionInputs | None:
    inputs = question.inputs
    cash = [account.key for account in inputs.accounts if account.treatment is TaxTreatment.CASH]
    end = _months_after(inputs.start_date, int(change.facts["fill_months"]))
    return with_extra_saving(inputs, change.value, cash[0], end) if cash else None


def adjusted_allocation(change: Change, question: RunInputs) -> OptimisedAllocation | None:
    """Return the best mix with at most the equities that the advisor wants; None for advice of another kind."""
    limit = question.policy.risk_limit
    if limit is None or change.kind != "allocation":
        return None
    limit = replace(limit, max_equity_share=min(change.value, limit.max_equity_share))
    return optimised_allocation(question.inputs.assumptions, limit)


def _allocation(change: Change, question: RunInputs) -> ProjectionInputs | None:
    mix = adjusted_allocation(change, question)
    return with_allocation(question.inputs, mix.weights) if mix is not None else None


_CHANGES: dict[str, Callable[[Change, RunInputs], ProjectionInputs | None]] = {
    "savings": _savings,
    "spending": _spending,
    "retirement_date": _retirement_date,
    "debt": _debt,
    "contribution_room": _contribution_room,
    "emergency_fund": _emergency_fund,
    "allocation": _allocation,
}


def _months_after(start: dt.date, months: int) -> dt.date:
    total = start.year * 12 + start.month - 1 + months
    return dt.date(total // 12, total % 12 + 1, 1)
