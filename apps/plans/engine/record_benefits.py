"""What Social Security pays on the record of a former spouse, by month of a plan (docs/engine/social_security.md).

Amounts are float64 in money of the plan's start. A survivor's benefit stands beside the own one: either may begin
first, and the larger is paid once both have. Somebody divorced is paid the excess over the own benefit with it, since
both are claimed together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.claiming import (
    SURVIVOR_AGE,
    Claim,
    SurvivorBase,
    full_retirement_age,
    month_of_age,
    spouse_excess,
    survivor_base,
    survivor_benefit,
    survivor_full_age,
)
from apps.plans.engine.horizon import month_of
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.social_security import counted_birth

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Survivorship:
    """A survivor's benefit: what it is part of, and when it begins: month of the plan, age in months of who has it."""

    base: SurvivorBase
    heir_year: int
    age: int
    begins: int

    def amount(self, given_back: int = 0) -> float:
        """Return what is paid a month where so many months count as not claimed (42 USC 402(q)(7))."""
        age = min(self.age + given_back, survivor_full_age(self.heir_year))
        return _reduced(self.base, self.heir_year, max(SURVIVOR_AGE, age))


@lru_cache(maxsize=4096)
def _reduced(base: SurvivorBase, heir_year: int, age: int) -> float:
    return float(survivor_benefit(base, heir_year, age))


@lru_cache(maxsize=4096)
def month_at(born: date, age: int, start: date) -> int:
    """Return the month of the plan in which an age in months is attained; negative before the start."""
    return month_of(date(*month_of_age(born, age), 1), start)


@lru_cache(maxsize=1024)
def survivor_from(claim: Claim, start: date) -> int:
    """Return the month from which a survivor takes the benefit: with the own claim, not before 60, or at full age."""
    full = month_at(claim.born, survivor_full_age(counted_birth(claim.born).year), start)
    sixty, own = month_at(claim.born, SURVIVOR_AGE, start), month_at(claim.born, claim.age, start)
    return min(full, max(sixty, own))


def with_record(own: FloatArray, claim: Claim, record: OtherRecord, start: date) -> FloatArray:
    """Return what somebody is paid each month, (n_months,), of the own benefit and on another's record together."""
    months = np.arange(own.size)
    if record.kind is RecordKind.DECEASED:
        first = survivor_begins(claim, record, start)
        told: FloatArray = np.maximum(own, np.where(months >= first, survivor_amount(claim, record, start), 0.0))
        return told
    first = month_at(claim.born, claim.age, start)
    if record.earliest is not None:
        first = max(first, month_of(record.earliest, start))
    return own + np.where(months >= first, _excess(claim, record, first, start), 0.0)


def survivor_begins(claim: Claim, record: OtherRecord, start: date) -> int:
    """Return the month of the plan in which the survivor's benefit begins; negative where it is paid already."""
    if record.begins_age is not None:
        return month_at(claim.born, record.begins_age, start)
    return max(survivor_from(claim, start), month_of(date(record.ended.year, record.ended.month, 1), start))


def survivor_amount(claim: Claim, record: OtherRecord, start: date) -> float:
    """Return the survivor's benefit a month on the record, once it has begun."""
    return survivorship(claim, record, start).amount()


def survivorship(claim: Claim, record: OtherRecord, start: date) -> Survivorship:
    """Return the survivor's benefit of who claims an own one so, on the record of a spouse who has died."""
    born, died = counted_birth(record.birth_date).year, record.ended
    amount = Decimal(repr(record.primary_amount))
    had = None if record.claim_age is None else Claim(amount, record.birth_date, record.claim_age)
    counted = counted_birth(record.birth_date)
    at_death = (died.year - counted.year) * 12 + died.month - counted.month
    waited = (at_death if record.claim_age is None else record.claim_age) - full_retirement_age(born)
    base = survivor_base(amount, born, max(0, waited), had)
    begins = survivor_begins(claim, record, start)
    return Survivorship(base, counted_birth(claim.born).year, begins - month_at(claim.born, 0, start), begins)


def _excess(claim: Claim, record: OtherRecord, first: int, start: date) -> float:
    age = claim.age + first - month_at(claim.born, claim.age, start)
    before_full = full_retirement_age(counted_birth(claim.born).year) - age
    return float(spouse_excess(Decimal(repr(record.primary_amount)), claim.amount, before_full))
