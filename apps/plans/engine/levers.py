"""Changes to a plan, as new inputs: each lever moves one thing, so that a difference has one reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.inputs import (
    Boundary,
    Contribution,
    Goal,
    GoalKind,
    GoalPriority,
    Growth,
    IncomeKind,
    ProjectionInputs,
    TaxTreatment,
    When,
)

EXTRA_SAVING = "extra_saving"
RETIREMENT_SPENDING = "retirement_spending"

INVESTED = (TaxTreatment.TAXABLE, TaxTreatment.TAX_DEFERRED, TaxTreatment.TAX_FREE)


def monthly_salaries(inputs: ProjectionInputs) -> float:
    """Gross salaries per month that run at the start of the plan."""
    return sum(
        income.monthly_amount
        for income in inputs.incomes
        if income.kind is IncomeKind.SALARY and runs_at_start(income.start, inputs)
    )


def monthly_saving(inputs: ProjectionInputs) -> float:
    """What the household itself saves per month at the start of the plan; an employer's part does not count."""
    return sum(
        item.monthly_amount
        for item in inputs.contributions
        if not item.by_employer and runs_at_start(item.start, inputs)
    )


def runs_at_start(start: When, inputs: ProjectionInputs) -> bool:
    """Say whether what begins then runs at the start of the plan."""
    return start is Boundary.PLAN_START or (isinstance(start, date) and start <= inputs.start_date)


def retirement_spending(inputs: ProjectionInputs) -> float:
    """Living costs per month in retirement, real: the retirement goal's, or today's where there is none."""
    for goal in inputs.goals:
        if goal.kind is GoalKind.RETIREMENT:
            return goal.annual_amount / 12.0
    return inputs.spending.monthly_amount


def with_retirement_spending(inputs: ProjectionInputs, monthly_amount: float) -> ProjectionInputs:
    """Spend another real amount per month in retirement; adds an essential retirement goal where there is none."""
    annual = 12.0 * monthly_amount
    if any(goal.kind is GoalKind.RETIREMENT for goal in inputs.goals):
        goals = tuple(
            replace(goal, annual_amount=annual) if goal.kind is GoalKind.RETIREMENT else goal for goal in inputs.goals
        )
        return replace(inputs, goals=goals)
    goal = Goal(
        key=RETIREMENT_SPENDING,
        kind=GoalKind.RETIREMENT,
        priority=GoalPriority.ESSENTIAL,
        annual_amount=annual,
        start=Boundary.RETIREMENT,
        years=0,
        currency=inputs.currency,
    )
    return replace(inputs, goals=(*inputs.goals, goal))


def with_extra_saving(
    inputs: ProjectionInputs, monthly_amount: float, account: str, end: When = Boundary.RETIREMENT
) -> ProjectionInputs:
    """Save more, real, into an account from the start to ``end``, and spend that much less for as long.

    The spending less makes the saving new money; where living costs are smaller than it, income pays the rest, and who
    has retired pays it from what is there. It comes on top of what a version of the plan saves more already.
    """
    if monthly_amount == 0.0:
        return inputs
    taken = sum(item.key.startswith(EXTRA_SAVING) for item in inputs.contributions)
    extra = Contribution(
        key=f"{EXTRA_SAVING}:{taken}" if taken else EXTRA_SAVING,
        account=account,
        monthly_amount=monthly_amount,
        growth=Growth(annual_rate=0.0, inflation_linked=True),
        start=Boundary.PLAN_START,
        end=end,
        by_employer=False,
        currency=inputs.currency,
        from_living=True,
    )
    return replace(inputs, contributions=(*inputs.contributions, extra))


def with_debt_payment(inputs: ProjectionInputs, key: str, extra_monthly: float) -> ProjectionInputs:
    """Pay more on a debt each month, and spend that much less until it is paid off.

    From then on the plan goes on as it does for any debt that ends: the old payment is no longer due, and what income
    leaves over is saved or spent as the plan says. Raises InvalidInputError when the plan has no such debt.
    """
    if key not in [debt.key for debt in inputs.debts]:
        raise InvalidInputError(gettext_noop("The plan has no debt “%(key)s”."), field="debts", key=key)
    debts = tuple(
        replace(
            debt,
            monthly_payment=debt.monthly_payment + extra_monthly,
            from_living=debt.from_living + extra_monthly,
        )
        if debt.key == key
        else debt
        for debt in inputs.debts
    )
    return replace(inputs, debts=debts)


def with_allocation(inputs: ProjectionInputs, weights: tuple[tuple[str, float], ...]) -> ProjectionInputs:
    """Give taxable and retirement accounts another allocation; cash and education accounts keep theirs."""
    accounts = tuple(
        replace(account, allocation=weights) if account.treatment in INVESTED else account
        for account in inputs.accounts
    )
    return replace(inputs, accounts=accounts)


def invested_mix(inputs: ProjectionInputs) -> tuple[tuple[str, float], ...]:
    """The allocation of all invested accounts together, by balance; empty where nothing is invested."""
    accounts = [account for account in inputs.accounts if account.treatment in INVESTED and account.balance > 0.0]
    total = sum(account.balance for account in accounts)
    if total <= 0.0:
        return ()
    mix = dict.fromkeys(inputs.assumptions.asset_keys, 0.0)
    for account in accounts:
        for key, weight in account.allocation:
            mix[key] += weight * account.balance / total
    return tuple((key, weight) for key, weight in mix.items() if weight > 0.0)
