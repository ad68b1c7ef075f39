"""The levers of a what-if page: what may be moved in a plan, within which bounds, and the plan with some moved.

Ages and years are whole, amounts in money of the start, shares and stresses in per cent. A stress is no view of the
markets: the dated assumption set stays what it is, and the stress is named beside each answer (`stress`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.claiming import first_claim_age
from apps.plans.engine.claiming_map import open_claim_ages
from apps.plans.engine.conversion_choices import LAST_STEP
from apps.plans.engine.horizon import age_in_months, horizon_months, month_of, retirement_month_of, year_of
from apps.plans.engine.inputs import Adult, Goal, GoalKind, ProjectionInputs
from apps.plans.engine.levers import (
    INVESTED,
    monthly_salaries,
    retirement_spending,
    with_retirement_spending,
)
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.retirement_levers import with_retirement_age
from apps.plans.engine.rule_levers import (
    WHOLE_PLAN,
    bracket_of,
    floor_of,
    gifts_of,
    has_something_to_convert,
    highest_bracket,
    step_of,
    with_conversions,
    with_conversions_below,
    with_ira_gifts,
    with_spending_floor,
)
from apps.plans.engine.saving_places import extra_saving, with_saving

LATEST_AGE = 80
# amounts closer than half a cent are the same
_SAME = 0.005


class LeverKind(StrEnum):
    """What a lever moves."""

    RETIREMENT_AGE = "retirement_age"
    RETIREMENT_SPENDING = "retirement_spending"
    EXTRA_SAVING = "extra_saving"
    CLAIM_AGE = "claim_age"
    GOAL_AMOUNT = "goal_amount"
    GOAL_YEAR = "goal_year"
    GOAL_ACCOUNTS = "goal_accounts"
    EQUITY_SHARE = "equity_share"
    ROTH_BRACKET = "roth_bracket"
    ROTH_STEP = "roth_step"
    IRA_GIFTS = "ira_gifts"
    SPENDING_FLOOR = "spending_floor"
    LOWER_RETURNS = "lower_returns"
    HIGHER_INFLATION = "higher_inflation"
    FIRST_YEAR_FALL = "first_year_fall"


STRESSES = {LeverKind.LOWER_RETURNS: 4.0, LeverKind.HIGHER_INFLATION: 5.0, LeverKind.FIRST_YEAR_FALL: 60.0}
WHOLE = frozenset({LeverKind.RETIREMENT_AGE, LeverKind.CLAIM_AGE, LeverKind.GOAL_YEAR})
RULES = frozenset({LeverKind.ROTH_BRACKET, LeverKind.ROTH_STEP, LeverKind.IRA_GIFTS, LeverKind.SPENDING_FLOOR})
# of a goal that its own accounts alone pay for: that it stays so, and that income and the others pay as well
OWN_ACCOUNTS, ALL_ACCOUNTS = 0.0, 1.0
# less of what is planned nobody plans to live on
LEAST_FLOOR = 40.0


@dataclass(frozen=True, slots=True)
class WhatIfLever:
    """A lever as the plan has it: ``subject`` is the adult's or goal's key, ``value`` what the plan says."""

    kind: LeverKind
    subject: str
    value: float
    low: float
    high: float
    step: float

    @property
    def key(self) -> str:
        """Name the lever among those of its plan."""
        return f"{self.kind}:{self.subject}" if self.subject else str(self.kind)


@dataclass(frozen=True, slots=True)
class Stress:
    """Markets worse than assumed, as fractions: returns lower and prices higher a year, shares down at once."""

    lower_returns: float = 0.0
    higher_inflation: float = 0.0
    first_year_fall: float = 0.0

    @property
    def is_calm(self) -> bool:
        """Whether the markets are those of the assumption set."""
        return self == Stress()


@dataclass(frozen=True, slots=True)
class Moved:
    """A plan with levers moved, and the stress it is tried under."""

    inputs: ProjectionInputs
    stress: Stress


def levers_of(inputs: ProjectionInputs) -> tuple[WhatIfLever, ...]:
    """Return what may be moved in a plan, in the order of a page."""
    found = [_age(adult, inputs) for adult in inputs.adults if adult.retirement_date > inputs.start_date]
    spent = retirement_spending(inputs)
    found.append(_amount(LeverKind.RETIREMENT_SPENDING, "", spent, max(10_000.0, 3.0 * spent), 50.0))
    salaries = monthly_salaries(inputs)
    if salaries > 0.0:
        saved = extra_saving(inputs)
        found.append(_amount(LeverKind.EXTRA_SAVING, "", saved, max(salaries / 2.0, saved), 50.0))
    found += claim_levers(inputs)
    for goal in inputs.goals:
        if goal.kind is not GoalKind.RETIREMENT and isinstance(goal.start, date):
            found.append(_amount(LeverKind.GOAL_AMOUNT, goal.key, goal.annual_amount, 3.0 * goal.annual_amount, 500.0))
            found.append(_goal_year(goal, goal.start, inputs))
        if goal.means.only:
            found.append(WhatIfLever(LeverKind.GOAL_ACCOUNTS, goal.key, OWN_ACCOUNTS, OWN_ACCOUNTS, ALL_ACCOUNTS, 1.0))
    share = equity_share(inputs)
    if share is not None:
        found.append(WhatIfLever(LeverKind.EQUITY_SHARE, "", 100.0 * share, 0.0, 100.0, 5.0))
    found += conversion_levers(inputs)
    gifts = gifts_of(inputs)
    if gifts is not None:
        now, most = gifts.annual_amount, gifts.household_amount
        found.append(WhatIfLever(LeverKind.IRA_GIFTS, "", now, 0.0, most, min(100.0, most)))
    found.append(WhatIfLever(LeverKind.SPENDING_FLOOR, "", floor_of(inputs), LEAST_FLOOR, WHOLE_PLAN, 5.0))
    steps = (0.25, 0.25, 5.0)
    found += [WhatIfLever(kind, "", 0.0, 0.0, STRESSES[kind], step) for kind, step in zip(STRESSES, steps, strict=True)]
    return tuple(found)


def moved(inputs: ProjectionInputs, policy: AdvicePolicy, changes: Mapping[str, float]) -> Moved:
    """Return the plan with levers set to values; one set to what the plan says changes nothing.

    Raises InvalidInputError with the lever's key as field: no such lever, out of bounds, not whole, two ways for one
    adult to convert to Roth.
    """
    known = {lever.key: lever for lever in levers_of(inputs)}
    for key, value in changes.items():
        check(known.get(key), key, value)
    _check_one_way(inputs, changes)
    changed, stress = inputs, {}
    for lever in known.values():
        value = changes.get(lever.key, lever.value)
        if abs(value - lever.value) < _SAME:
            continue
        if lever.kind in STRESSES:
            stress[str(lever.kind)] = value / 100.0
        else:
            changed = _set(changed, policy, lever, value)
    return Moved(changed, Stress(**stress))


def check(lever: WhatIfLever | None, key: str, value: float) -> None:
    """Refuse a value that the lever cannot take. Raises InvalidInputError."""
    if lever is None:
        raise InvalidInputError(
            gettext_noop("The plan has no such lever any more."), mend=gettext_noop("Reload the page."), field=key
        )
    if not math.isfinite(value):
        raise InvalidInputError(gettext_noop("Give a number."), field=key)
    if not lever.low - _SAME <= value <= lever.high + _SAME:
        raise InvalidInputError(
            gettext_noop("The value must lie between %(low)s and %(high)s."),
            field=key,
            low=f"{lever.low:g}",
            high=f"{lever.high:.0f}",
        )
    if lever.kind in WHOLE and value != int(value) and abs(value - lever.value) >= _SAME:
        raise InvalidInputError(gettext_noop("Give whole years."), field=key)
    if lever.kind in {LeverKind.ROTH_STEP, LeverKind.GOAL_ACCOUNTS} and value != int(value):
        raise InvalidInputError(gettext_noop("Give a whole number."), field=key)


def _check_one_way(inputs: ProjectionInputs, changes: Mapping[str, float]) -> None:
    """Refuse two ways for one adult to convert: the later one would silently take the place of the other."""
    for adult in inputs.adults:
        keys = [f"{kind}:{adult.key}" for kind in (LeverKind.ROTH_BRACKET, LeverKind.ROTH_STEP)]
        now = (bracket_of(inputs, adult.key), step_of(inputs, adult.key))
        moves = [changes.get(key, 0.0) > 0.0 and changes[key] != was for key, was in zip(keys, now, strict=True)]
        if all(moves):
            raise InvalidInputError(
                gettext_noop("Conversions to Roth fill a tax bracket or stay below a surcharge of Medicare, not both."),
                mend=gettext_noop("Choose one of the two and set the other one to 0."),
                field=keys[-1],
            )


def equity_share(inputs: ProjectionInputs) -> float | None:
    """Return the part of shares in all that is invested, by balance; None where nothing is invested."""
    equities = {asset.key for asset in inputs.assumptions.assets if asset.is_equity}
    invested = [account for account in inputs.accounts if account.treatment in INVESTED and account.balance > 0.0]
    total = sum(account.balance for account in invested)
    if total <= 0.0:
        return None
    held = sum(
        account.balance * weight for account in invested for key, weight in account.allocation if key in equities
    )
    return held / total


def with_equity_share(inputs: ProjectionInputs, share: float) -> ProjectionInputs:
    """Give each invested account this part of shares; what it holds of either side keeps its proportions.

    An account that holds nothing of a side takes the side's first class of the assumption set.
    """
    accounts = tuple(
        replace(account, allocation=_mixed(account.allocation, inputs, share))
        if account.treatment in INVESTED
        else account
        for account in inputs.accounts
    )
    return replace(inputs, accounts=accounts)


def _mixed(
    held: tuple[tuple[str, float], ...], inputs: ProjectionInputs, share: float
) -> tuple[tuple[str, float], ...]:
    weights: dict[str, float] = {}
    for is_equity, wanted in ((True, share), (False, 1.0 - share)):
        side = [asset.key for asset in inputs.assumptions.assets if asset.is_equity == is_equity]
        own = {key: weight for key, weight in held if key in side and weight > 0.0} or dict.fromkeys(side[:1], 1.0)
        total = sum(own.values())
        for key, weight in own.items():
            weights[key] = round(wanted * weight / total, 6)
    largest = max(weights, key=lambda key: weights[key])
    weights[largest] = round(1.0 - sum(weight for key, weight in weights.items() if key != largest), 6)
    return tuple((key, weight) for key, weight in sorted(weights.items()) if weight > 0.0)


def with_claim_age(inputs: ProjectionInputs, adult_key: str, age: int) -> ProjectionInputs:
    """Let one adult claim Social Security at an age in years: at 62 in the first month that is paid."""
    born = {adult.key: adult.birth_date for adult in inputs.adults}
    claims = tuple(
        replace(claim, claim_age=max(12 * age, first_claim_age(born[claim.owner])))
        if claim.owner == adult_key
        else claim
        for claim in inputs.claims
    )
    return replace(inputs, claims=claims)


def claim_levers(inputs: ProjectionInputs) -> list[WhatIfLever]:
    """Return the claim ages that are still open, in years."""
    adults, found = {adult.key: adult for adult in inputs.adults}, []
    for claim in inputs.claims:
        ages = open_claim_ages(adults[claim.owner], claim.claim_age, inputs.start_date)
        if len(ages) > 1:
            now, low = claim.claim_age / 12.0, float(ages[0] // 12)
            found.append(WhatIfLever(LeverKind.CLAIM_AGE, claim.owner, now, min(low, now), ages[-1] / 12.0, 1.0))
    return found


def with_taken(inputs: ProjectionInputs, places: SavingPlaces, saving: float, share: float | None) -> ProjectionInputs:
    """Take more saving and another share of shares than the facts say, as a version of a plan states them."""
    saved = with_saving(inputs, places, saving) if saving else inputs
    return saved if share is None or equity_share(saved) is None else with_equity_share(saved, share)


def _set(inputs: ProjectionInputs, policy: AdvicePolicy, lever: WhatIfLever, value: float) -> ProjectionInputs:
    if lever.kind in {LeverKind.RETIREMENT_AGE, LeverKind.CLAIM_AGE}:
        return _aged(inputs, policy, lever, int(value))
    if lever.kind is LeverKind.RETIREMENT_SPENDING:
        return with_retirement_spending(inputs, value)
    if lever.kind is LeverKind.EXTRA_SAVING:
        return with_saving(inputs, policy.places, value)
    if lever.kind is LeverKind.EQUITY_SHARE:
        return with_equity_share(inputs, value / 100.0)
    if lever.kind in RULES:
        return _ruled(inputs, lever, value)
    goals = tuple(_goal(goal, lever.kind, value) if goal.key == lever.subject else goal for goal in inputs.goals)
    return replace(inputs, goals=goals)


def _aged(inputs: ProjectionInputs, policy: AdvicePolicy, lever: WhatIfLever, age: int) -> ProjectionInputs:
    if lever.kind is LeverKind.CLAIM_AGE:
        return with_claim_age(inputs, lever.subject, age)
    return with_retirement_age(inputs, lever.subject, age, policy.places)


def _ruled(inputs: ProjectionInputs, lever: WhatIfLever, value: float) -> ProjectionInputs:
    if lever.kind is LeverKind.ROTH_BRACKET:
        return with_conversions(inputs, lever.subject, value)
    if lever.kind is LeverKind.ROTH_STEP:
        return with_conversions_below(inputs, lever.subject, int(value))
    if lever.kind is LeverKind.IRA_GIFTS:
        return with_ira_gifts(inputs, value)
    return with_spending_floor(inputs, value)


def conversion_levers(inputs: ProjectionInputs) -> list[WhatIfLever]:
    """Return what each adult with a tax-deferred account may convert: up to a bracket, or below a surcharge."""
    found, highest = [], highest_bracket(inputs)
    for adult in inputs.adults:
        if has_something_to_convert(inputs, adult):
            owner = adult.key
            found.append(WhatIfLever(LeverKind.ROTH_BRACKET, owner, bracket_of(inputs, owner), 0.0, highest, 1.0))
            if inputs.medicare is not None:
                last = float(LAST_STEP + 1)
                found.append(WhatIfLever(LeverKind.ROTH_STEP, owner, step_of(inputs, owner), 0.0, last, 1.0))
    return found


def _goal(goal: Goal, kind: LeverKind, value: float) -> Goal:
    if kind is LeverKind.GOAL_AMOUNT:
        return replace(goal, annual_amount=value)
    if kind is LeverKind.GOAL_ACCOUNTS:
        return replace(goal, means=replace(goal.means, only=value < ALL_ACCOUNTS))
    return replace(goal, start=_in_year(goal.start, int(value)))  # type: ignore[arg-type]


def _in_year(day: date, year: int) -> date:
    return date(year, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _age(adult: Adult, inputs: ProjectionInputs) -> WhatIfLever:
    start = inputs.start_date
    now = age_in_months(adult, start, retirement_month_of(adult, start)) // 12
    low = -month_of(adult.birth_date, start) // 12 + 1
    high = max(now, min(LATEST_AGE, adult.horizon_age - 1))
    return WhatIfLever(LeverKind.RETIREMENT_AGE, adult.key, float(now), float(min(low, now)), float(high), 1.0)


def _amount(kind: LeverKind, subject: str, now: float, most: float, step: float) -> WhatIfLever:
    return WhatIfLever(kind, subject, now, 0.0, max(step, math.ceil(most / step) * step), step)


def _goal_year(goal: Goal, starts: date, inputs: ProjectionInputs) -> WhatIfLever:
    first, last = (
        inputs.start_date,
        inputs.start_date.year + year_of(horizon_months(inputs.adults, inputs.start_date) - 1, inputs.start_date),
    )
    low = first.year + ((starts.month, starts.day) < (first.month, first.day))
    return WhatIfLever(
        LeverKind.GOAL_YEAR,
        goal.key,
        float(starts.year),
        float(min(low, starts.year)),
        float(max(last, starts.year)),
        1.0,
    )
