"""Social Security of a household, month by month of a plan, whoever lives how long (docs/engine/social_security.md).

Amounts are float64 in money of the plan's start: benefits rise with prices from 62 on, and so does what is said of them
before. Each of the two has the own benefit from its claim on, with what is due on a former spouse's record; while both
live and both have claimed, what half of the other's amount is more; afterwards the larger of the own and the survivor's
benefit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_DOWN
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.claiming import (
    SURVIVOR_AGE,
    Claim,
    age_after_withholding,
    claiming_factor,
    credits_in_pay,
    full_retirement_age,
    spouse_excess,
    survivor_base,
    survivor_benefit,
    survivor_full_age,
    worker_benefit,
)
from apps.plans.engine.other_records import OtherRecord
from apps.plans.engine.record_benefits import Survivorship, month_at, survivor_from, with_record
from apps.plans.engine.social_security import DOLLAR, counted_birth

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class BenefitSchedule:
    """What is paid a month, by month of the plan; rows are the adults.

    ``own`` and ``beside`` (n_adults, n_months): the own benefit, and what is added while both live. ``survivor`` and
    ``begins`` (n_adults, n_months): by the month of the other's death, the survivor's benefit and its first month.
    ``held`` (n_adults, n_deaths, n_held): by the month of the other's death, what work takes of the larger of the two
    in each month from ``held_from`` (n_adults,) on, the last of them for good; no deaths where it takes nothing.
    """

    own: FloatArray
    beside: FloatArray
    survivor: FloatArray
    begins: IntArray
    held: FloatArray = field(default_factory=lambda: np.zeros((2, 0, 1)))
    held_from: IntArray = field(default_factory=lambda: np.zeros(2, dtype=np.int64))

    def alone(self, adult: int, died: int) -> FloatArray:
        """Return what an adult is paid each month, (n_months,), once the other has died in a month of the plan."""
        months = np.arange(self.own.shape[1])
        inherited = np.where(months >= self.begins[adult, died], self.survivor[adult, died], 0.0)
        told: FloatArray = np.maximum(self.own[adult], inherited)
        if died < self.held.shape[1]:
            places = months - self.held_from[adult]
            held = self.held[adult, died, np.clip(places, 0, self.held.shape[2] - 1)]
            told = told - np.where(places >= 0, held, 0.0)
        return told

    def paid(self, deaths: Sequence[int]) -> FloatArray:
        """Return what the household is paid each month, (n_months,), by the month in which each adult dies."""
        months = np.arange(self.own.shape[1])
        alive = [months < death for death in deaths]
        if len(deaths) == 1:
            told: FloatArray = np.where(alive[0], self.own[0], 0.0)
            return told
        total = np.where(alive[0] & alive[1], self.own.sum(axis=0) + self.beside.sum(axis=0), 0.0)
        for adult, other in ((0, 1), (1, 0)):
            died = deaths[other]
            if died < months.size:
                total += np.where(alive[adult] & (months >= died), self.alone(adult, died), 0.0)
        return total


def benefit_schedule(
    claims: Sequence[Claim],
    start: date,
    n_months: int,
    deaths: Sequence[int] | None = None,
    records: Sequence[OtherRecord | None] = (),
) -> BenefitSchedule:
    """Lay out the benefits of one or two people who claim as planned, for a plan that starts on the first of a month.

    Survivors' benefits are worked out for the months of death asked for (``deaths``), or for each month of the plan.
    A claim before the start is in payment. A survivor takes the survivor's benefit with the own claim, but not before
    60, or at full age, whichever is first; or at the death, when that is later. ``records`` are those of former
    spouses, one for each claim: what is due on them is part of ``own``.
    """
    own, beside = np.zeros((len(claims), n_months)), np.zeros((len(claims), n_months))
    survivor, begins = np.zeros((len(claims), n_months)), np.zeros((len(claims), n_months), dtype=np.int64)
    for place, claim in enumerate(claims):
        first = month_at(claim.born, claim.age, start)
        for month in range(max(0, first), n_months):
            own[place, month] = _in_pay(claim, start.year + (start.month - 1 + month) // 12)
        if len(claims) == 2:
            other = claims[1 - place]
            both = max(first, month_at(other.born, other.age, start))
            early = full_retirement_age(_birth_year(claim)) - (claim.age + both - first)
            beside[place, max(0, both) :] = float(spouse_excess(other.amount, claim.amount, early))
            for died in range(n_months) if deaths is None else deaths:
                begins[place, died] = _survivor_month(claim, died, start)
                survivor[place, died] = _of_survivor(claim, other, died, start)
    return with_records(BenefitSchedule(own, beside, survivor, begins), claims, records, start)


def with_records(
    schedule: BenefitSchedule, claims: Sequence[Claim], records: Sequence[OtherRecord | None], start: date
) -> BenefitSchedule:
    """Return the schedule with what is due on the records of former spouses, one for each claim or none at all."""
    own, beside = schedule.own.copy(), schedule.beside.copy()
    for place, record in enumerate(records):
        if record is None:
            continue
        alone = own[place].copy()
        own[place] = with_record(alone, claims[place], record, start)
        # of a benefit on a former spouse's record and one on this spouse's the larger is paid
        beside[place] = np.maximum(0.0, alone + beside[place] - own[place])
    return replace(schedule, own=own, beside=beside)


def _birth_year(claim: Claim) -> int:
    return counted_birth(claim.born).year


@lru_cache(maxsize=4096)
def _in_pay(claim: Claim, year: int) -> float:
    if claim.from_full_age <= 0:
        return float(worker_benefit(claim))
    factor = claiming_factor(credits_in_pay(claim, year), _birth_year(claim))
    return float((claim.amount * factor).quantize(DOLLAR, ROUND_DOWN))


def _survivor_month(claim: Claim, died: int, start: date) -> int:
    return max(died, survivor_from(claim, start))


def _of_survivor(claim: Claim, deceased: Claim, died: int, start: date) -> float:
    """What a survivor is paid when the other dies in a month: by the age at which the survivor's benefit begins."""
    had_claimed = month_at(deceased.born, deceased.age, start) <= died
    age_at_death = died - month_at(deceased.born, 0, start)
    waited = (deceased.age if had_claimed else age_at_death) - full_retirement_age(_birth_year(deceased))
    age = _survivor_month(claim, died, start) - month_at(claim.born, 0, start)
    # from full age on nothing changes any more: of hundreds of months of death few differ
    full = survivor_full_age(_birth_year(claim))
    return _inherited((_birth_year(claim), max(SURVIVOR_AGE, min(age, full))), deceased, max(0, waited), had_claimed)


def inheritance(claim: Claim, deceased: Claim, died: int, start: date, taken: int = 0) -> Survivorship:
    """Return the survivor's benefit by the month of the other's death, of whose own benefit work has ``taken`` months.

    It is no more than what the other would be paid, months withheld given back (42 USC 402(e)(2)(D)(i)).
    """
    had_claimed = month_at(deceased.born, deceased.age, start) <= died
    full = full_retirement_age(_birth_year(deceased))
    waited = (deceased.age if had_claimed else died - month_at(deceased.born, 0, start)) - full
    paid = replace(deceased, age=age_after_withholding(deceased.age, taken, full)) if had_claimed else None
    base = survivor_base(deceased.amount, _birth_year(deceased), max(0, waited), paid)
    begins = _survivor_month(claim, died, start)
    return Survivorship(base, _birth_year(claim), begins - month_at(claim.born, 0, start), begins)


@lru_cache(maxsize=8192)
def _inherited(survivor: tuple[int, int], deceased: Claim, waited: int, had_claimed: bool) -> float:  # noqa: FBT001
    """What a survivor of a year of birth is paid from an age in months on."""
    base = survivor_base(deceased.amount, _birth_year(deceased), waited, deceased if had_claimed else None)
    return float(survivor_benefit(base, *survivor))
