"""Payments that may be deducted, laid out for the walk by month and by who lives."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.grant_schedules import first_month_held
from apps.plans.engine.home_loans import deductible_interest
from apps.plans.engine.horizon import calendar_years, month_of, year_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.life_events import Thing
from apps.plans.engine.medicare_program import premium_rows
from apps.plans.engine.state_tables import Towards
from apps.plans.engine.yearly_payments import (
    GIFTS,
    GIFTS_IN_COSTS,
    MEDICAL,
    N_PAID,
    PROPERTY_TAX,
    PaymentKind,
    YearlyPayment,
)

FloatArray = NDArray[np.float64]
# Rows of the one array that the walk carries: figures of the plan, then years, then months, of which there are none
# where nothing is paid.
# Columns of the first: what a month of Medicare costs a person that living costs hold, the highest premium with it,
# both of the table's year, and how often federal and state tax are computed, each after the other.
PREMIUM, MOST_PREMIUM, TURNS = range(3)
# Columns of a year: the interest of loans on a home, nominal, 1 where anything but a state's tax may change the federal
# one, 1 from the year on in which shares of incentive options may be held, and 1 where gifts are paid.
INTEREST, ASKS, OPTIONS, GIVES = range(4)
YEARS = 1
# A state that deducts federal tax is computed again until neither tax moves the other by a hundredth of a cent.
_TURNS = 6


def deductions_of(inputs: ProjectionInputs, states: tuple[tuple[int, ...], ...], n_months: int) -> FloatArray:
    """Return what may be deducted of a plan, (n_states, 1 + n_years + n_paid_months, N_PAID), amounts of months real.

    ``states`` holds for each the month from which each adult is gone.
    """
    years = calendar_years(n_months, inputs.start_date)
    n_years = int(years[-1]) + 1
    paid = np.zeros((len(states), 0, N_PAID))
    if inputs.events.payments or any(thing.property_tax for thing in inputs.events.things):
        paid = np.stack([_paid(inputs, ends, years) for ends in states])
    interest = deductible_interest(inputs, n_months)
    premium, most = _premiums(inputs)
    rows = np.zeros((len(states), YEARS + n_years + paid.shape[1], N_PAID))
    rows[:, 0, :3] = premium, most, _TURNS if _deducts_federal_tax(inputs) else 1
    rows[:, YEARS : YEARS + n_years, INTEREST] = interest
    held = first_month_held(inputs)
    options = np.zeros(n_years, dtype=bool) if held is None else np.arange(n_years) >= year_of(held, inputs.start_date)
    rows[:, YEARS : YEARS + n_years, OPTIONS] = options
    rows[:, YEARS : YEARS + n_years, GIVES] = paid[:, :, [GIFTS_IN_COSTS, GIFTS]].any()
    rows[:, YEARS : YEARS + n_years, ASKS] = (interest > 0.0) | (most > 0.0) | (paid.shape[1] > 0) | options
    rows[:, YEARS + n_years :] = paid
    return rows


def _paid(inputs: ProjectionInputs, ends: tuple[int, ...], years: NDArray[np.int64]) -> FloatArray:
    """What is paid each month by who lives to ``ends``, real."""
    months = np.arange(years.size)
    anybody = (months < max(ends)).astype(np.float64)
    single = months >= min(ends) if len(ends) == 2 else np.zeros(years.size, dtype=bool)
    share = anybody * np.where(single, inputs.spending.survivor_share, 1.0)
    told = np.zeros((years.size, N_PAID))
    for thing in inputs.events.things:
        told[:, PROPERTY_TAX] += thing.property_tax / 12.0 * _owned(thing, inputs, years.size) * anybody
    for payment in inputs.events.payments:
        runs = months_paid(payment, inputs, years)
        if payment.kind is PaymentKind.MEDICAL:
            told[:, MEDICAL] += payment.annual_amount / 12.0 * runs * (share if payment.in_costs else anybody)
        elif payment.in_costs:
            told[:, GIFTS_IN_COSTS] += payment.annual_amount / 12.0 * runs * share
        else:
            told[:, GIFTS] += payment.annual_amount / 12.0 * runs * anybody
    return told


def _owned(thing: Thing, inputs: ProjectionInputs, n_months: int) -> FloatArray:
    owned = np.ones(n_months)
    if thing.sale_day is not None:
        owned[max(0, month_of(thing.sale_day, inputs.start_date)) :] = 1.0 - thing.sold_share
    return owned


def months_paid(payment: YearlyPayment, inputs: ProjectionInputs, years: NDArray[np.int64]) -> FloatArray:
    """Return 1 in the months in which a payment runs, (n_months,); ``years`` are those of the plan."""
    told = years + inputs.start_date.year
    first = told >= (payment.first_year or 0)
    runs: FloatArray = np.where(first & (told <= (payment.last_year or 9_999)), 1.0, 0.0)
    return runs


def besides_costs(inputs: ProjectionInputs, n_months: int) -> FloatArray:
    """Return what is paid each month besides the living costs, real, (n_months,), whoever lives."""
    years = calendar_years(n_months, inputs.start_date)
    told = np.zeros(n_months)
    for payment in inputs.events.payments:
        if not payment.in_costs:
            told += payment.annual_amount / 12.0 * months_paid(payment, inputs, years)
    return told


def _premiums(inputs: ProjectionInputs) -> tuple[float, float]:
    """What living costs hold of a person's premium a month, and the highest premium with it.

    All of Part B and D is a medical cost (IRC 213(d)(1)(D)), whoever charges it.
    """
    cover = inputs.medicare
    if cover is None:
        return 0.0, 0.0
    held = Decimal(0) if cover.charges_standard else cover.table.part_b + cover.table.part_d_base
    return float(held), float(held) + float(premium_rows(cover)[:, -1].max())


def _deducts_federal_tax(inputs: ProjectionInputs) -> bool:
    table = inputs.state_table
    return table is not None and any(row.towards is Towards.FEDERAL_TAX_SHARE for row in table.fades)
