"""Events of a household's life as months: what moves living costs, what comes in once, which debts a sale pays off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.basis_steps import share_of_things
from apps.plans.engine.horizon import month_of, year_of
from apps.plans.engine.inputs import Debt, ProjectionInputs
from apps.plans.engine.life_events import SpendingPhase, Thing, Windfall
from apps.plans.engine.property_sales import Sale, SaleGain, sale_gain
from apps.plans.engine.tax_tables import FilingStatus

FloatArray = NDArray[np.float64]
# who sells within two years of the spouse's death is treated like a couple (IRC 121(b)(4))
WIDOWED_MONTHS = 24


class Receipt(NamedTuple):
    """Money that comes in one month: what of it is taxed as income, as a gain and not at all, and what of it goes to
    which account; ``active`` is what of the gain comes from a business in which the owner works, ``interest`` what a
    buyer pays on what is still owed."""

    month: int
    income: float
    gain: float
    free: float
    account: str
    kept: float
    is_real: bool = False
    active: float = 0.0
    interest: float = 0.0


def phase_months(phase: SpendingPhase, inputs: ProjectionInputs, n_months: int) -> slice:
    """Return the months of a phase; retirement is the day on which the last adult stops, even if it has passed."""
    start = inputs.start_date
    first = 0
    if phase.start is not None:
        first = month_of(phase.start, start)
    elif phase.from_retirement:
        first = max(month_of(adult.retirement_date, start) for adult in inputs.adults)
    last = n_months
    if phase.end is not None:
        last = month_of(phase.end, start)
    elif phase.years:
        last = first + 12 * phase.years
    return slice(max(first, 0), max(last, 0))


def living_moves(inputs: ProjectionInputs, n_months: int) -> tuple[FloatArray, FloatArray]:
    """Return by which factor living costs are spent each month, and what is taken off them, real: (n_months,) each.

    Shares of phases that run at the same time add up.
    """
    factor, less = np.ones(n_months), np.zeros(n_months)
    for phase in inputs.events.phases:
        months = phase_months(phase, inputs, n_months)
        factor[months] += phase.share
        less[months] += max(0.0, -phase.monthly_amount)
    return np.maximum(factor, 0.0), less


def phase_costs(phase: SpendingPhase, inputs: ProjectionInputs, n_months: int) -> FloatArray:
    """Return what a phase costs each month besides, real, (n_months,)."""
    costs = np.zeros(n_months)
    costs[phase_months(phase, inputs, n_months)] = max(0.0, phase.monthly_amount)
    return costs


def payoffs(inputs: ProjectionInputs) -> dict[str, int]:
    """Return the month in which a sale pays off each debt that one does."""
    return {
        thing.debt: month_of(thing.sale_day, inputs.start_date)
        for thing in inputs.events.things
        if thing.debt and thing.sale_day is not None
    }


def owed_in(debt: Debt, month: int) -> float:
    """Return what pays a debt off in a month: the balance with that month's interest, before its payment."""
    balance = debt.balance
    for _ in range(month):
        balance = max(0.0, balance * (1.0 + debt.annual_rate / 12.0) - debt.monthly_payment)
    return balance * (1.0 + debt.annual_rate / 12.0)


def receipts_of(inputs: ProjectionInputs, ends: tuple[int, ...], n_months: int) -> list[Receipt]:
    """Return what comes in once, in the order of the inputs, where who must live does: windfalls, then sales."""
    found = [_of_windfall(windfall, inputs) for windfall in inputs.events.windfalls]
    owners = [windfall.owner for windfall in inputs.events.windfalls]
    for thing in inputs.events.things:
        if thing.sale_day is not None:
            paid = _of_sale(thing, inputs, ends)
            found += paid
            owners += [""] * len(paid)
    keys = [adult.key for adult in inputs.adults]
    lives = [ends[keys.index(owner)] if owner else max(ends) for owner in owners]
    return [
        receipt if 0 <= receipt.month < min(last, n_months) else Receipt(0, 0.0, 0.0, 0.0, receipt.account, 0.0)
        for receipt, last in zip(found, lives, strict=True)
    ]


def _of_windfall(windfall: Windfall, inputs: ProjectionInputs) -> Receipt:
    income = windfall.amount if windfall.is_taxable else 0.0
    return Receipt(
        month_of(windfall.day, inputs.start_date),
        income=income,
        gain=0.0,
        free=windfall.amount - income,
        account=windfall.account or inputs.surplus_account,
        kept=windfall.amount,
        is_real=windfall.is_real,
    )


def _of_sale(thing: Thing, inputs: ProjectionInputs, ends: tuple[int, ...]) -> list[Receipt]:
    """What each instalment brings: its part of the gain, of a loss all at once, and interest of the year on what of the
    price was still to be paid; the first pays the debt off."""
    month = month_of(thing.sale_day, inputs.start_date) if thing.sale_day is not None else -1
    stepped = replace(thing, cost=_cost(thing, inputs, ends, month))
    told = gain_of(stepped, month, exclusion=_exclusion(thing, inputs, ends, month))
    debt = next((item for item in inputs.debts if item.key == thing.debt), None)
    owed = owed_in(debt, month) if debt is not None and month >= 0 else 0.0
    realised, taxed, price = float(told.realised), float(told.taxed), value_in(thing, month) * thing.sold_share
    account, parts = thing.account or inputs.surplus_account, thing.instalments
    receipts = []
    for place in range(parts):
        part = realised / parts
        gain = taxed / parts if taxed > 0.0 else taxed * (place == 0)
        kept = max(0.0, part - owed) if place == 0 else part
        active = max(0.0, gain) if thing.is_active else 0.0
        interest = thing.note_rate * price * (parts - place) / parts if place > 0 else 0.0
        due = month + 12 * place
        receipts.append(
            Receipt(due, 0.0, gain, part - gain, account, kept + interest, active=active, interest=interest)
        )
    return receipts


def active_gains(inputs: ProjectionInputs, states: tuple[tuple[int, ...], ...], n_months: int) -> FloatArray:
    """Return what a year's gains owe to businesses in which their owners work, nominal: (n_states, n_years), or no
    years where there are none."""
    if not any(thing.is_active and thing.sale_day is not None for thing in inputs.events.things):
        return np.zeros((len(states), 0))
    found = np.zeros((len(states), year_of(n_months - 1, inputs.start_date) + 1))
    for state, ends in enumerate(states):
        for receipt in receipts_of(inputs, ends, n_months):
            found[state, year_of(receipt.month, inputs.start_date)] += receipt.active
    return found


def worth_of(thing: Thing, month: int, start: date) -> float:
    """Return what is there of a thing as a month begins, nominal: after a sale the part that is kept, and what is still
    to be paid of the price."""
    sold = None if thing.sale_day is None else month_of(thing.sale_day, start)
    if sold is None or sold >= month:
        return value_in(thing, month)
    left = sum(sold + 12 * place >= month for place in range(thing.instalments)) / thing.instalments
    unpaid = left * value_in(thing, sold) * thing.sold_share * (1.0 - thing.selling_cost)
    return value_in(thing, month) * (1.0 - thing.sold_share) + unpaid


def value_in(thing: Thing, month: int) -> float:
    """Return what a thing is worth in a month, nominal."""
    return thing.value * float((1.0 + thing.annual_growth) ** (month / 12.0))


def gain_of(thing: Thing, month: int, *, exclusion: float) -> SaleGain:
    """Return the gain of the sale of what is sold, in a month, by the exact rule."""
    share = Decimal(repr(thing.sold_share))
    price = Decimal(repr(value_in(thing, month))) * share
    sale = Sale(price, price * Decimal(repr(thing.selling_cost)), Decimal(repr(thing.cost)) * share)
    return sale_gain(sale, exclusion=Decimal(repr(exclusion)), is_investment=thing.is_investment)


def _exclusion(thing: Thing, inputs: ProjectionInputs, ends: tuple[int, ...], month: int) -> float:
    """What is excluded: the couple's while both live, and two years on where the month of the death is known."""
    alone, couple = thing.exclusion
    files_jointly = inputs.filing_status is FilingStatus.MARRIED_JOINT and len(ends) == 2
    first_death = min(ends)
    counts = month < first_death or 0 < first_death <= month < first_death + WIDOWED_MONTHS
    return couple if files_jointly and counts else alone


def _cost(thing: Thing, inputs: ProjectionInputs, ends: tuple[int, ...], month: int) -> float:
    """What a thing counts as having cost: once one of a couple has died, in a month that is known, in part what it was
    worth then (IRC 1014(a), 2040(b))."""
    first_death = min(ends)
    if len(ends) < 2 or not 0 < first_death <= month:
        return thing.cost
    return thing.cost + share_of_things(inputs) * (value_in(thing, first_death) - thing.cost)
