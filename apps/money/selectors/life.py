"""Rows of what a household expects and owns as facts for a plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.money.models import IncomeSource, PhaseChange, Property, SpendingPhase, Windfall
from apps.money.selectors.facts import PhaseFact, PropertyFact, WindfallFact

NOTHING = Decimal(0)


def is_over(phase: SpendingPhase, day: dt.date) -> bool:
    """Say whether the phase has ended by the day; one that counts years from a day ends with the last of them."""
    last = phase.last_day()
    if last is None and phase.years and phase.starts_on is not None:
        return phase.starts_on.year + phase.years < day.year
    return last is not None and last <= day


def phase_fact(phase: SpendingPhase) -> PhaseFact:
    """Return the phase with the day on which it ends worked out."""
    amount = phase.monthly_amount or NOTHING
    return PhaseFact(
        key=str(phase.public_id),
        name=phase.name,
        monthly_amount=-amount if phase.change == PhaseChange.LESS else amount,
        share=phase.share or NOTHING,
        starts_on=phase.starts_on,
        starts_at_retirement=phase.starts_at_retirement,
        ends_on=phase.last_day(),
        years=phase.years or 0,
        is_essential=phase.is_essential,
        as_of=phase.as_of,
    )


def windfall_fact(windfall: Windfall) -> WindfallFact:
    """Return what is expected once."""
    return WindfallFact(
        key=str(windfall.public_id),
        kind=windfall.kind,
        name=windfall.name,
        amount=windfall.amount,
        is_inflation_linked=windfall.is_inflation_linked,
        expected_on=windfall.expected_on,
        is_taxable=windfall.is_taxable,
        person_id=windfall.person.public_id if windfall.person else None,
        account_key=str(windfall.account.public_id) if windfall.account else "",
        as_of=windfall.as_of,
    )


def property_fact(thing: Property) -> PropertyFact:
    """Return a thing of value with its sale."""
    return PropertyFact(
        key=str(thing.public_id),
        kind=thing.kind,
        name=thing.name,
        value=thing.value,
        as_of=thing.as_of,
        annual_growth=thing.annual_growth,
        cost=thing.cost,
        sells_on=thing.sells_on,
        selling_cost=thing.selling_cost,
        debt_key=str(thing.debt.public_id) if thing.debt else "",
    )


def income_end(income: IncomeSource) -> dt.date | None:
    """Return the last day of an income: the rent of a property ends with its sale."""
    sold = income.rented_out.sells_on if income.rented_out is not None else None
    days = [day for day in (income.ends_on, sold) if day is not None]
    return min(days) if days else None
