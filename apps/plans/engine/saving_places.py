"""Where more saving goes: first what the law still allows, then a taxable account, opened where there is none.

Plans at work are filled up to the limit of deferrals, then IRAs by age, income and cover, then health savings accounts
(`contribution_rooms`); what is above goes into the account that takes the rest. Room follows ages as calendar years go
by (50, 55, 60, 64, 65), and work: who has retired has none, and the rest takes it over until the last one retires.
Incomes and what is paid in already are taken to stay as they are today while they run, in money of the start, and
limits to rise with prices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from apps.plans.engine.advice_facts import PlanKind, SavingPlaces
from apps.plans.engine.checks import known
from apps.plans.engine.contribution_rooms import Room, rooms
from apps.plans.engine.horizon import (
    household_retirement_month,
    month_later,
    month_of,
    resolve,
    retirement_month_of,
)
from apps.plans.engine.inputs import (
    Account,
    Boundary,
    Contribution,
    Growth,
    IncomeKind,
    ProjectionInputs,
    TaxTreatment,
    When,
)
from apps.plans.engine.levers import EXTRA_SAVING, INVESTED, invested_mix, runs_at_start

# the key of a taxable account that a plan opens for what the law lets go nowhere else
NEW_BROKERAGE = "new_brokerage"
# facts of advice: what an account named after it may still take a year
ROOM_INTO = "room_into:"
_AGES = (50, 55, 60, 64, 65)
_ORDER = (PlanKind.WORKPLACE, PlanKind.TRADITIONAL_IRA, PlanKind.HEALTH)
_YEAR = 12.0
# amounts a month below half a cent are none
_NOTHING = 0.005


def rooms_in_order(inputs: ProjectionInputs, places: SavingPlaces, day: date | None = None) -> tuple[Room, ...]:
    """Return what the law leaves room for, in the order in which it is filled, on a day: the start unless told."""
    if places.facts is None or places.facts.limits is None:
        return ()
    keys = {account.key for account in inputs.accounts}
    found = [room for room in rooms(inputs, places.facts, day) if room.left > 0.0 and room.plan.account in keys]
    return tuple(sorted(found, key=lambda room: _ORDER.index(_sort(room.plan.kind))))


def amounts_of(found: Sequence[Room]) -> list[tuple[str, float]]:
    """Return (account, dollars a year) of rooms."""
    return [(room.plan.account, room.left) for room in found]


def split(monthly_amount: float, rooms_a_year: Sequence[tuple[str, float]], rest: str) -> dict[str, float]:
    """Return what goes a month into which account: rooms (account, dollars a year) are filled one after the other."""
    found: dict[str, float] = {}
    left = monthly_amount
    for account, room in rooms_a_year:
        part = min(left, room / _YEAR)
        if part > _NOTHING:
            found[account] = found.get(account, 0.0) + part
            left -= part
    if left > _NOTHING:
        found[rest] = found.get(rest, 0.0) + left
    return found


def with_more_saved(inputs: ProjectionInputs, monthly_amount: float, places: SavingPlaces) -> ProjectionInputs:
    """Save more, real, until the last one retires, where the law allows it, and spend that much less for as long.

    Raises InvalidInputError when the account for the rest is unknown.
    """
    if monthly_amount == 0.0:
        return inputs
    opened = with_rest_opened(inputs, places.rest)
    known(places.rest, [account.key for account in opened.accounts], "saving_account")
    starts = _starts(inputs)
    shares = [split(monthly_amount, amounts_of(rooms_in_order(inputs, places, day)), places.rest) for day in starts]
    spans = [span for key in dict.fromkeys(key for share in shares for key in share) for span in _spans(key, shares)]
    taken = {item.key for item in inputs.contributions}
    free = (key for number in range(len(taken) + len(spans)) if (key := _key(number)) not in taken)
    made = [
        _contribution(opened, next(free), (account, amount), _ends(opened, account, starts, (first, last)))
        for account, amount, first, last in spans
    ]
    return replace(opened, contributions=(*opened.contributions, *made))


def is_extra(key: str) -> bool:
    """Say whether a contribution is one of those that `with_more_saved` adds."""
    return key == EXTRA_SAVING or key.startswith(f"{EXTRA_SAVING}:")


def extra_saving(inputs: ProjectionInputs) -> float:
    """Return what the plan saves a month at its start on top of the facts."""
    extra = (item for item in inputs.contributions if is_extra(item.key) and runs_at_start(item.start, inputs))
    return sum(item.monthly_amount for item in extra)


def with_saving(inputs: ProjectionInputs, places: SavingPlaces, monthly_amount: float) -> ProjectionInputs:
    """Save this much more a month than the facts say, instead of what the plan adds already."""
    kept = tuple(item for item in inputs.contributions if not is_extra(item.key))
    # runs kept by an older engine hold living costs that are lower already
    slimmer = sum(i.monthly_amount for i in inputs.contributions if is_extra(i.key) and not i.from_living)
    spending = replace(inputs.spending, monthly_amount=inputs.spending.monthly_amount + slimmer)
    return with_more_saved(replace(inputs, spending=spending, contributions=kept), monthly_amount, places)


def with_rest_opened(inputs: ProjectionInputs, rest: str) -> ProjectionInputs:
    """Open the account for the rest where the plan has none: taxable, invested as all that is, of both adults."""
    if rest != NEW_BROKERAGE or any(account.key == rest for account in inputs.accounts):
        return inputs
    invested = [account for account in inputs.accounts if account.treatment in INVESTED]
    like = (invested or list(inputs.accounts))[0]
    account = Account(
        key=NEW_BROKERAGE,
        owner="",
        treatment=TaxTreatment.TAXABLE,
        balance=0.0,
        cost_basis=0.0,
        allocation=invested_mix(inputs) or like.allocation,
        annual_fee=like.annual_fee,
        currency=inputs.currency,
    )
    return replace(inputs, accounts=(*inputs.accounts, account))


def _sort(kind: PlanKind) -> PlanKind:
    return PlanKind.TRADITIONAL_IRA if kind is PlanKind.ROTH_IRA else kind


def _key(number: int) -> str:
    return f"{EXTRA_SAVING}:{number}" if number else EXTRA_SAVING


def _starts(inputs: ProjectionInputs) -> list[date]:
    """Return the days from which rooms may be others, while anybody works: the start, years in which somebody reaches
    an age, and months in which work, a salary or a payment into an account begins or ends.
    """
    start = inputs.start_date
    years = {adult.birth_date.year + age for adult in inputs.adults for age in _AGES}
    months = {month_of(date(year, 1, 1), start) for year in years}
    months |= {retirement_month_of(adult, start) for adult in inputs.adults}
    owners = {account.key: account.owner for account in inputs.accounts}
    runs = [(item.owner, item.start, item.end) for item in inputs.incomes if item.kind is IncomeKind.SALARY]
    runs += [(owners[item.account], item.start, item.end) for item in inputs.contributions]
    months |= {resolve(when, owner, inputs) for owner, *ends in runs for when in ends}
    last = household_retirement_month(inputs)
    return [start, *(month_later(start, month) for month in sorted(months) if 0 < month < last)]


def _spans(account: str, shares: Sequence[dict[str, float]]) -> list[tuple[str, float, int, int]]:
    """Return (account, amount a month, first, last) of the spans in which the amount is the same."""
    found: list[tuple[str, float, int, int]] = []
    for place, share in enumerate(shares):
        amount = share.get(account, 0.0)
        if found and found[-1][3] == place and abs(found[-1][1] - amount) < _NOTHING:
            found[-1] = (*found[-1][:3], place + 1)
        elif amount > 0.0:
            found.append((account, amount, place, place + 1))
    return found


def _ends(inputs: ProjectionInputs, account: str, starts: Sequence[date], span: tuple[int, int]) -> tuple[When, When]:
    """Return when a span of payments begins and ends: with the account's owner where both retire in that month."""
    owner = next(each.owner for each in inputs.accounts if each.key == account)
    first, last = span
    begins: When = starts[first] if first else Boundary.PLAN_START
    is_last = last == len(starts)
    end = household_retirement_month(inputs) if is_last else month_of(starts[last], inputs.start_date)
    if end == resolve(Boundary.RETIREMENT, owner, inputs):
        return begins, Boundary.RETIREMENT
    return begins, month_later(inputs.start_date, end)


def _contribution(inputs: ProjectionInputs, key: str, paid: tuple[str, float], ends: tuple[When, When]) -> Contribution:
    account, amount = paid
    return Contribution(
        key=key,
        account=account,
        monthly_amount=amount,
        growth=Growth(annual_rate=0.0, inflation_linked=True),
        start=ends[0],
        end=ends[1],
        by_employer=False,
        currency=inputs.currency,
        from_living=True,
    )
