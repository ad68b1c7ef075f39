"""Pay from work beside benefits begun before full retirement age: what is withheld, and what is given back.

A year's excess over the exempt amount is withheld, half of it, or a third in the year of full age for the months before
it (42 USC 403(b), (f)); months withheld make the reduction for the early claim smaller from full age on (402(q)(7)).
All in money of the plan's start, by calendar year.
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
_MONTHS = 12
_CENT = 0.005


@dataclass(frozen=True, slots=True)
class WorkBeside:
    """What an adult earns in each month of the plan (n_months,), and what a year may hold before full age, and in the
    year of it, before benefits are withheld; None where nothing is."""

    wages: FloatArray
    exempt: tuple[float, float] | None


def with_earnings_test(
    schedule: BenefitSchedule, claims: Sequence[Claim], work: Sequence[WorkBeside], start: date
) -> BenefitSchedule:
    """Return the schedule with what each adult's work withholds of the own benefit and of the spouse's on its record.

    ``schedule`` is that without records of who has died: survivors' benefits are added afterwards, and not withheld.
    What is paid on the record of a divorced spouse is withheld with the own benefit, and is not given back.
    """
    own, beside = schedule.own.copy(), schedule.beside.copy()
    held = np.zeros_like(own, dtype=bool)
    for adult, (claim, each) in enumerate(zip(claims, work, strict=True)):
        if each.exempt is not None:
            rows = [
                own[adult],
                *beside[adult : adult + 1],
                *(beside[1 - adult : 2 - adult] if len(claims) == 2 else ()),
            ]
            held[adult] = _withhold(rows, claim, each, start)
    for adult in range(len(claims)):
        _give_back((own[adult], beside[adult]), claims, adult, (held, start))
    return replace(schedule, own=own, beside=beside)


def _full_month(claim: Claim, start: date) -> int:
    return month_at(claim.born, full_retirement_age(counted_birth(claim.born).year), start)


def _withhold(rows: Sequence[FloatArray], claim: Claim, work: WorkBeside, start: date) -> NDArray[np.bool_]:
    """Take what a year's work withholds off ``rows``, benefits on one record; return the months that lose any."""
    n_months, touched = work.wages.size, np.zeros(work.wages.size, dtype=bool)
    entitled, full = max(0, month_at(claim.born, claim.age, start)), _full_month(claim, start)
    exempt, year, had_grace = work.exempt or (0.0, 0.0), 0, False
    while (first := first_month_of_year(year, start)) < min(full, n_months):
        after = min(first_month_of_year(year + 1, start), n_months)
        reaches_full = full < after
        counted, part = slice(first, min(full, after)), (after - first) / _MONTHS
        excess = float(work.wages[counted].sum()) - exempt[reaches_full] * part
        months = list(range(max(first, entitled), min(full, after)))
        idle = [month for month in months if work.wages[month] <= exempt[reaches_full] / _MONTHS]
        if idle and not had_grace:
            # in the first year with a month of little work, months like it are paid in full (403(f)(1)(E))
            months, had_grace = [month for month in months if month not in idle], True
        _charge(rows, touched, months, max(0.0, excess) / (3 if reaches_full else 2))
        year += 1
    return touched


def _charge(rows: Sequence[FloatArray], touched: NDArray[np.bool_], months: Sequence[int], owed: float) -> None:
    """Withhold an amount from the first months on, the last of them in part."""
    for month in months:
        paid = float(sum(row[month] for row in rows))
        if owed < _CENT or paid <= 0.0:
            continue
        kept = 1.0 - min(1.0, owed / paid)
        owed -= min(owed, paid)
        touched[month] = True
        for row in rows:
            row[month] *= kept


def _give_back(
    rows: tuple[FloatArray, FloatArray], claims: Sequence[Claim], adult: int, told: tuple[NDArray[np.bool_], date]
) -> None:
    """From full age on months withheld count as if benefits had begun so much later."""
    (own, beside), (held, start), claim = rows, told, claims[adult]
    first, full = month_at(claim.born, claim.age, start), _full_month(claim, start)
    full_age = full_retirement_age(counted_birth(claim.born).year)
    lost = int(held[adult, : max(0, full)].sum())
    later = age_after_withholding(claim.age, lost, full_age)
    own[max(0, full) :] += float(worker_benefit(replace(claim, age=later)) - worker_benefit(claim))
    if len(claims) == 2:
        other = claims[1 - adult]
        both = max(first, month_at(other.born, other.age, start))
        lost = int(held[:, max(0, both) : max(0, full)].any(axis=0).sum())
        early = full_age - (claim.age + both - first)
        before, now = (spouse_excess(other.amount, claim.amount, early - less) for less in (0, lost))
        beside[max(0, full, both) :] += float(now - before)
