"""Which life insurance is in force when somebody dies, and the plan of those who are left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from apps.plans.engine.horizon import horizon_months, last_month_of, month_of, retirement_month_of
from apps.plans.engine.inputs import Adult, ProjectionInputs
from apps.plans.engine.life_policies import LifePolicy


def months_in_force(policy: LifePolicy, inputs: ProjectionInputs) -> int:
    """Return for how many months of the plan, from its start, a policy is in force while the insured lives."""
    if policy.end is not None:
        return max(0, month_of(policy.end, inputs.start_date))
    if policy.until_retirement:
        adult = next(each for each in inputs.adults if each.key == policy.insured)
        return retirement_month_of(adult, inputs.start_date)
    return horizon_months(inputs.adults, inputs.start_date)


def month_paid(months_lived: int) -> int:
    """Return the month in which a death is paid for: the last one lived, at whose end it happens."""
    return max(0, months_lived - 1)


def paid_at(inputs: ProjectionInputs, person: str, month: int) -> float:
    """Return what all policies of an adult pay, nominal, if the last month lived is ``month``."""
    own = [policy for policy in inputs.events.policies if policy.insured == person]
    return float(sum(policy.benefit for policy in own if month < months_in_force(policy, inputs)))


def paid_at_horizon(inputs: ProjectionInputs, adult: Adult) -> tuple[float, int]:
    """Return what is paid where an adult dies at the horizon age, and in which month of the plan."""
    month = month_paid(last_month_of(adult, inputs.start_date))
    return paid_at(inputs, adult.key, month), month


def without(inputs: ProjectionInputs, person: str) -> ProjectionInputs:
    """Return the plan in which an adult dies at the next birthday: the salary, the costs and the taxes of one less.

    Cover that was to end with their retirement is in force until then.
    """
    adults = tuple(
        replace(
            adult,
            horizon_age=_next_age(adult, inputs.start_date),
            retirement_date=min(adult.retirement_date, inputs.start_date),
        )
        if adult.key == person
        else adult
        for adult in inputs.adults
    )
    policies = tuple(
        replace(policy, until_retirement=False, end=_retirement(inputs, person))
        if policy.insured == person and policy.until_retirement
        else policy
        for policy in inputs.events.policies
    )
    return replace(inputs, adults=adults, events=replace(inputs.events, policies=policies))


def _retirement(inputs: ProjectionInputs, person: str) -> date:
    return next(adult.retirement_date for adult in inputs.adults if adult.key == person)


def cover_of(inputs: ProjectionInputs, person: str) -> float:
    """Return what the policies of the inputs pay if an adult dies at the next birthday."""
    gone = next(adult for adult in without(inputs, person).adults if adult.key == person)
    return paid_at(inputs, person, month_paid(last_month_of(gone, inputs.start_date)))


def _next_age(adult: Adult, start: date) -> int:
    born = adult.birth_date
    return start.year - born.year + (1 if (born.month, 1) <= (start.month, start.day) else 0)
