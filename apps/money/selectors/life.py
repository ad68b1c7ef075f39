"""Rows of what a household expects and owns as facts for a plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from apps.money.models import (
    EquityGrant,
    FormerSpouse,
    IncomeSource,
    IraBasis,
    PhaseChange,
    Property,
    RothBasis,
    SpendingPhase,
    Windfall,
    YearlyPayment,
)
from apps.money.models.possessions import last_part_on
from apps.money.selectors.facts import (
    KEPT,
    FormerSpouseFact,
    GrantFact,
    IraBasisFact,
    PaymentFact,
    PhaseFact,
    PropertyFact,
    RothBasisFact,
    WindfallFact,
)

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


def former_spouse_fact(former: FormerSpouse) -> FormerSpouseFact:
    """Return a marriage that has ended."""
    return FormerSpouseFact(
        key=str(former.public_id),
        name=former.name,
        person_id=former.person.public_id,
        date_of_birth=former.date_of_birth,
        monthly_amount=former.monthly_amount,
        married_on=former.married_on,
        divorced_on=former.divorced_on,
        died_on=former.died_on,
        claimed_on=former.claimed_on,
        remarried_on=former.remarried_on,
        benefit_from=former.benefit_from,
        as_of=former.as_of,
    )


def ira_basis_fact(basis: IraBasis) -> IraBasisFact:
    """Return after-tax money in IRAs."""
    return IraBasisFact(
        key=str(basis.public_id),
        person_id=basis.person.public_id,
        amount=basis.amount,
        tax_year=basis.tax_year,
        as_of=basis.as_of,
    )


def roth_basis_fact(basis: RothBasis) -> RothBasisFact:
    """Return what is told of Roth accounts."""
    return RothBasisFact(
        key=str(basis.public_id),
        person_id=basis.person.public_id,
        kind=basis.kind,
        first_year=basis.first_year,
        contributions=basis.contributions,
        conversions=basis.conversions(),
        tax_year=basis.tax_year,
        as_of=basis.as_of,
    )


def grant_fact(grant: EquityGrant) -> GrantFact:
    """Return a grant with its schedule worked out."""
    return GrantFact(
        key=str(grant.public_id),
        kind=grant.kind,
        name=grant.name,
        person_id=grant.person.public_id,
        tranches=grant.tranches(),
        price=grant.price,
        as_of=grant.as_of,
        strike=grant.strike or NOTHING,
        discount=grant.discount,
        expires_on=grant.expires_on,
        exercise_on=grant.exercise_on,
        is_held=grant.is_held,
        held_shares=grant.held_shares or NOTHING,
        exercised_on=grant.exercised_on,
        exercise_worth=grant.exercise_worth or NOTHING,
        minimum_tax_credit=grant.minimum_tax_credit or NOTHING,
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
        sold_share=thing.sold_share,
        instalments=thing.instalments,
        instalment_rate=thing.instalment_rate,
        is_passive=thing.is_passive,
        kept_until_death=thing.kept_until_death,
        property_tax=thing.property_tax,
    )


def payment_fact(payment: YearlyPayment) -> PaymentFact:
    """Return gifts or medical costs a year."""
    return PaymentFact(
        key=str(payment.public_id),
        kind=payment.kind,
        name=payment.name,
        annual_amount=payment.annual_amount,
        first_year=payment.first_year,
        last_year=payment.last_year,
        in_costs=payment.in_costs,
        as_of=payment.as_of,
    )


class IncomeSpan(NamedTuple):
    """A stretch of an income, and what part of it comes then; `suffix` tells its key from that of the others."""

    suffix: str
    part: Decimal
    starts_on: dt.date | None
    ends_on: dt.date | None


def is_kept(sells_on: dt.date | None, instalments: int, day: dt.date) -> bool:
    """Say whether a plan of the day takes a thing as kept: no sale is told, or all that a past one brought has come.

    A sale of the past whose price is still being paid is one: what is kept of the thing, and what it earns, go by it.
    """
    return sells_on is None or (sells_on < day and last_part_on(sells_on, instalments) < day)


def income_spans(income: IncomeSource, day: dt.date) -> tuple[IncomeSpan, ...]:
    """Return an income before and after the sale of what it comes from: it ends with it, or falls by the share sold.

    Of what is taken as kept on the day it goes on (`is_kept`).
    """
    thing, begins, ends = income.rented_out, income.starts_on, income.ends_on
    sold = thing.sells_on if thing is not None and not is_kept(thing.sells_on, thing.instalments, day) else None
    if thing is None or sold is None or (ends is not None and ends <= sold):
        return (IncomeSpan("", Decimal(1), begins, ends),)
    if thing.sold_share == 1:
        return (IncomeSpan("", Decimal(1), begins, sold),)
    kept = 1 - thing.sold_share
    if begins is not None and begins >= sold:
        return (IncomeSpan("", kept, begins, ends),)
    return IncomeSpan("", Decimal(1), begins, sold), IncomeSpan(KEPT, kept, sold, ends)
