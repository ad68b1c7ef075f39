"""What the household is worth as each year begins: accounts on the steady path, things and debts beside them.

Things and debts are no money to live on and do not depend on the markets here: things grow evenly until they are sold,
debts are paid as agreed or by a sale.
"""

from __future__ import annotations

from collections.abc import Sequence

from apps.plans.engine.event_schedules import payoffs, worth_of
from apps.plans.engine.horizon import first_month_of_year
from apps.plans.engine.inputs import Debt, ProjectionInputs
from apps.plans.engine.results import YearWorth


def debt_balance(debt: Debt, month: int, paid_off_in: int | None) -> float:
    """Return what is still owed as a month begins, after the payments of all months before it."""
    if paid_off_in is not None and 0 <= paid_off_in < month:
        return 0.0
    balance = debt.balance
    for _ in range(month):
        balance = max(0.0, balance * (1.0 + debt.annual_rate / 12.0) - debt.monthly_payment)
    return balance


def worth_by_year(inputs: ProjectionInputs, wealth: Sequence[float], prices: Sequence[float]) -> tuple[YearWorth, ...]:
    """Return accounts, things and debts as each calendar year begins, in money of the start.

    ``wealth`` and ``prices`` (n_years + 1,) are those of the steady path, nominal. A thing that is sold in a month is
    no longer there as the next year begins.
    """
    ends = payoffs(inputs)
    found = []
    for year, (accounts, price) in enumerate(zip(wealth, prices, strict=True)):
        month = first_month_of_year(year, inputs.start_date)
        things = sum(worth_of(thing, month, inputs.start_date) for thing in inputs.events.things)
        debts = sum(debt_balance(debt, month, ends.get(debt.key)) for debt in inputs.debts)
        found.append(YearWorth(year, inputs.start_date.year + year, accounts / price, things / price, debts / price))
    return tuple(found)
