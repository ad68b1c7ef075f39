"""Pay from work beside benefits begun before full retirement age: what is withheld, and what is given back.

A year's excess over the exempt amount is withheld, half of it, or a third in the year of full age for the months before
it (42 USC 403(b), (f); 20 CFR 404.415, 404.434); months withheld make the reduction for the early claim smaller from
full age on (402(q)(7)). All in money of the plan's start, by calendar year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.claiming import (
    Claim,
    age_after_withholding,
    full_retirement_age,
    spouse_excess,
    worker_benefit,
)
from apps.plans.engine.horizon import first_month_of_year
from apps.plans.engine.household_benefits import BenefitSchedule
from apps.plans.engine.record_benefits import month_at
from apps.plans.engine.social_security import counted_birth

FloatArray = NDArray[np.float64]
Touched = NDArray[np.bool_]
_MONTHS = 12
_CENT = 0.005


@dataclass(frozen=True, slots=True)
class WorkBeside:
    """What an adult earns in each month of the plan (n_months,), and what a year may hold before full age, and in the
    year of it, before benefits are withheld; None where nothing is."""

    wages: FloatArray
    exempt: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class TestedYear:
    """A calendar year before full age: its first month and the one after the last that counts, what is withheld, and
    the months of it with so little work that they are paid in full in a first year of such."""

    first: int
    after: int
    owed: float
    idle: frozenset[int]


def tested_years(claim: Claim, work: WorkBeside, start: date) -> list[TestedYear]:
    """Return the years in which benefits of who works can be withheld, in order; none without the test.

    Full age is that of a worker for survivors as well (20 CFR 404.415(a), 404.409(a)).
    """
    told: list[TestedYear] = []
    if work.exempt is None:
        return told
    n_months, full, year = work.wages.size, full_month(claim, start), 0
    while (first := first_month_of_year(year, start)) < min(full, n_months):
        after = min(first_month_of_year(year + 1, start), n_months)
        reaches_full = full < after
        exempt, last = work.exempt[reaches_full], min(full, after)
        excess = float(work.wages[first:last].sum()) - exempt * (after - first) / _MONTHS
        idle = frozenset(month for month in range(first, last) if work.wages[month] <= exempt / _MONTHS)
        told.append(TestedYear(first, last, max(0.0, excess) / (3 if reaches_full else 2), idle))
        year += 1
    return told


def full_month(claim: Claim, start: date) -> int:
    """Return the month of the plan in which a worker reaches full retirement age."""
    return month_at(claim.born, full_retirement_age(counted_birth(claim.born).year), start)


def withhold(rows: Sequence[FloatArray], years: Sequence[TestedYear]) -> Touched:
    """Take what work withholds off ``rows``, benefits by month that are charged together; return which months lose any.

    In the first year with a month of little work beside benefits, months like it are paid in full (403(f)(1)(E), 20 CFR
    404.435). Charged are the first months of a year, the last of them in part (404.434(a), 404.439).
    """
    touched, had_grace = np.zeros(rows[0].size, dtype=bool), False
    total = np.sum(rows, axis=0)
    paid = np.flatnonzero(total > 0.0)
    entitled = int(paid[0]) if paid.size else total.size
    for year in years:
        if year.after <= entitled or (year.owed < _CENT and not year.idle):
            continue
        months: Sequence[int] = range(max(year.first, entitled), year.after)
        if not had_grace and any(month in year.idle for month in months):
            months, had_grace = [month for month in months if month not in year.idle], True
        owed = year.owed
        for month in months:
            if owed < _CENT:
                break
            if total[month] <= 0.0:
                continue
            kept = 1.0 - min(1.0, owed / float(total[month]))
            owed -= min(owed, float(total[month]))
            touched[month] = True
            for row in rows:
                row[month] *= kept
    return touched


def with_earnings_test(
    schedule: BenefitSchedule, claims: Sequence[Claim], work: Sequence[WorkBeside], start: date
) -> tuple[BenefitSchedule, NDArray[np.bool_]]:
    """Return the schedule with what each adult's work withholds of the own benefit and of the spouse's on its record,
    while both live, and the months (n_adults, n_months) in which it does.

    ``schedule`` is that without records of who has died: `survivor_work` withholds survivors' benefits. What is paid on
    the record of a divorced spouse is withheld with the own benefit, and is not given back.
    """
    own, beside = schedule.own.copy(), schedule.beside.copy()
    held = np.zeros_like(own, dtype=bool)
    for adult, (claim, each) in enumerate(zip(claims, work, strict=True)):
        if each.exempt is not None:
            others = beside[1 - adult : 2 - adult] if len(claims) == 2 else ()
            rows = [own[adult], *beside[adult : adult + 1], *others]
            held[adult] = withhold(rows, tested_years(claim, each, start))
    for adult in range(len(claims)):
        _give_back((own[adult], beside[adult]), claims, adult, (held, start))
    return replace(schedule, own=own, beside=beside), held


def given_back(claim: Claim, held: Touched, start: date) -> float:
    """Return by how much a worker's benefit is larger from full age on, by the months (n_months,) withheld before."""
    first, full = max(0, month_at(claim.born, claim.age, start)), full_month(claim, start)
    lost = int(held[first : max(0, full)].sum())
    later = age_after_withholding(claim.age, lost, full_retirement_age(counted_birth(claim.born).year))
    return float(worker_benefit(replace(claim, age=later)) - worker_benefit(claim))


def _give_back(
    rows: tuple[FloatArray, FloatArray], claims: Sequence[Claim], adult: int, told: tuple[Touched, date]
) -> None:
    """From full age on months withheld count as if benefits had begun so much later."""
    (own, beside), (held, start), claim = rows, told, claims[adult]
    first, full = month_at(claim.born, claim.age, start), full_month(claim, start)
    own[max(0, full) :] += given_back(claim, held[adult], start)
    if len(claims) == 2:
        other = claims[1 - adult]
        both = max(first, month_at(other.born, other.age, start))
        lost = int(held[:, max(0, both) : max(0, full)].any(axis=0).sum())
        early = full_retirement_age(counted_birth(claim.born).year) - (claim.age + both - first)
        before, now = (spouse_excess(other.amount, claim.amount, early - less) for less in (0, lost))
        beside[max(0, full, both) :] += float(now - before)
