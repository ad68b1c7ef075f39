"""What work takes of the benefits of who is left alone, and all that a household is paid beside its work.

A survivor's own excess earnings reduce the own and the survivor's benefit together, charged to what both pay (20 CFR
404.415(c), 404.434(b)(2); POMS RS 02501.145), until a worker's full retirement age. Months withheld make the reduction
of a survivor's benefit smaller at 62 and at full age for survivors, and that of the own one at full age (42 USC
402(q)(7); 20 CFR 404.412).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.claiming import EARLIEST_AGE, LATEST_AGE, SURVIVOR_AGE, Claim, survivor_full_age
from apps.plans.engine.earnings_test import (
    TestedYear,
    WorkBeside,
    full_month,
    given_back,
    tested_years,
    with_earnings_test,
    withhold,
)
from apps.plans.engine.household_benefits import BenefitSchedule, benefit_schedule, inheritance, with_records
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.record_benefits import Survivorship, month_at, survivorship
from apps.plans.engine.social_security import counted_birth

FloatArray = NDArray[np.float64]
# what is taken before 62 moves what is paid from 62 on, and that what is taken before full age: no further
_ROUNDS = 3
_AGES = range(EARLIEST_AGE, LATEST_AGE + 1, 12)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who works beside benefits: the own claim, and the years in which benefits are withheld."""

    claim: Claim
    years: tuple[TestedYear, ...]
    start: date

    def month_of(self, age: int) -> int:
        """Return the month of the plan in which an age in months is reached, 0 for what is past."""
        return max(0, month_at(self.claim.born, age, self.start))

    def paid(
        self, own: FloatArray, inherits: Sequence[Survivorship], before: FloatArray | None = None
    ) -> tuple[FloatArray, tuple[float, ...]]:
        """Return what is paid each month, (n_months,), of the larger of the own and survivors' benefits, and what each
        of those is in the end.

        ``own`` (n_months,) is before the test, ``before`` (n_died,) what was paid on the own record while both lived.
        """
        counts = [(0, 0)] * len(inherits)
        for _ in range(_ROUNDS):
            rows = [self.row(each, own.size, count) for each, count in zip(inherits, counts, strict=True)]
            largest = np.maximum.reduce([own, *rows])
            kept = largest.copy() if before is None else np.concatenate([before, largest[before.size :]])
            held = withhold([kept], self.years)
            told = [self._given_back(held & (row >= largest) & (row > own)) for row in rows]
            if told == counts:
                break
            counts = told
        full = max(0, full_month(self.claim, self.start))
        after = own[full:] + given_back(self.claim, held & (own > 0.0), self.start)
        kept[full:] = np.maximum.reduce([after, *(row[full:] for row in rows)])
        return kept, tuple(each.amount(count[1]) for each, count in zip(inherits, counts, strict=True))

    def is_idle_from(self, month: int) -> bool:
        """Say whether work takes nothing from a month on."""
        return all(year.owed == 0.0 or year.after <= month for year in self.years)

    def row(self, inherited: Survivorship, n_months: int, counts: tuple[int, int] = (0, 0)) -> FloatArray:
        """Return a survivor's benefit before the test, (n_months,), by the months given back at 62 and at full age."""
        row, begins = np.zeros(n_months), max(0, inherited.begins)
        row[begins:] = inherited.amount()
        for age, count in zip((EARLIEST_AGE, survivor_full_age(inherited.heir_year)), counts, strict=True):
            if count:
                row[max(begins, self.month_of(age)) :] = inherited.amount(count)
        return row

    def _given_back(self, held: NDArray[np.bool_]) -> tuple[int, int]:
        """Count the months withheld before 62, and before full age for survivors."""
        full = survivor_full_age(counted_birth(self.claim.born).year)
        return int(held[: self.month_of(EARLIEST_AGE)].sum()), int(held[: self.month_of(full)].sum())


def planned_benefits(
    claims: Sequence[Claim],
    work: Sequence[WorkBeside],
    start: date,
    deaths: Sequence[int] | None = None,
    records: Sequence[OtherRecord | None] = (),
) -> BenefitSchedule:
    """Lay out benefits as `benefit_schedule` does, for the months of ``work``, less what work withholds of them."""
    n_months = work[0].wages.size
    years = [tuple(tested_years(claim, each, start)) for claim, each in zip(claims, work, strict=True)]
    if not any(year.owed for each in years for year in each):
        return benefit_schedule(claims, start, n_months, deaths, records)
    told = records or [None] * len(claims)
    died = [record if record and record.kind is RecordKind.DECEASED else None for record in told]
    living = [record if record and record.kind is not RecordKind.DECEASED else None for record in told]
    plain = benefit_schedule(claims, start, n_months, deaths, living)
    tested, held = with_earnings_test(plain, claims, work, start)
    workers = [Worker(claim, each, start) for claim, each in zip(claims, years, strict=True)]
    if any(record is not None for record in died):
        tested = _on_records((plain, tested), workers, died)
    if len(claims) == 1:
        return tested
    heirs = [_Heir(plain, tested, workers, held, adult, died[adult]) for adult in (0, 1)]
    return _left_alone(tested, heirs, range(n_months) if deaths is None else deaths)


def _on_records(
    schedules: tuple[BenefitSchedule, BenefitSchedule],
    workers: Sequence[Worker],
    records: Sequence[OtherRecord | None],
) -> BenefitSchedule:
    """Add what is due on records of former spouses who have died, less what work withholds of it."""
    plain, tested = schedules
    added = with_records(tested, [each.claim for each in workers], records, workers[0].start)
    own, beside = added.own.copy(), added.beside.copy()
    for adult, (worker, record) in enumerate(zip(workers, records, strict=True)):
        if record is not None and worker.years:
            inherits = (survivorship(worker.claim, record, worker.start),)
            own[adult], _ = worker.paid(plain.own[adult], inherits)
            both, _ = worker.paid(plain.own[adult] + plain.beside[adult], inherits)
            beside[adult] = np.maximum(0.0, both - own[adult])
    return replace(added, own=own, beside=beside)


@dataclass(frozen=True, slots=True)
class _Heir:
    """Who may be left alone: the schedules before and after the test, the months withheld while both live."""

    plain: BenefitSchedule
    tested: BenefitSchedule
    workers: Sequence[Worker]
    held: NDArray[np.bool_]
    adult: int
    record: OtherRecord | None

    @property
    def worker(self) -> Worker:
        return self.workers[self.adult]

    @property
    def full(self) -> int:
        """The month of full retirement age, at most that after the plan."""
        n_months: int = self.plain.own.shape[1]
        return min(n_months, max(0, full_month(self.worker.claim, self.worker.start)))

    @property
    def since(self) -> int:
        """The first month in which a survivor's benefit can be paid."""
        return min(self.worker.month_of(SURVIVOR_AGE), self.full)

    def inherited(self, died: int) -> Survivorship:
        """Return what is inherited by the month of the other's death."""
        other, start = self.workers[1 - self.adult].claim, self.worker.start
        taken = self.held[1 - self.adult, : max(0, min(died, full_month(other, start)))]
        return inheritance(self.worker.claim, other, died, start, int(taken.sum()))

    def lay_out(self, deaths: Sequence[int], survivor: FloatArray, taken: FloatArray) -> None:
        """Put into ``survivor`` (n_months,) what is inherited, into ``taken`` (n_deaths, n_held) what work takes."""
        worker, own = self.worker, self.plain.own[self.adult]
        beside = self.plain.beside
        records = () if self.record is None else (survivorship(worker.claim, self.record, worker.start),)
        couple = np.maximum.reduce([own + beside[self.adult], *(worker.row(each, own.size) for each in records)])
        couple = couple + beside[1 - self.adult]
        first = int(np.argmax(couple > 0.0)) if couple.any() else couple.size
        known: dict[Survivorship, tuple[FloatArray, tuple[float, ...]]] = {}
        columns = np.minimum(self.since + np.arange(taken.shape[1]), couple.size - 1)
        for died in deaths:
            inherited = self.inherited(died)
            survivor[died] = inherited.amount()
            if died >= self.full or worker.is_idle_from(max(0, min(first, inherited.begins))):
                continue
            # who dies before anything is paid leaves the same, whenever it is
            found = known.get(inherited) if died <= first else None
            if found is None:
                found = worker.paid(own, (inherited, *records), couple[:died])
                if died <= first:
                    known[inherited] = found
            survivor[died] = found[1][0]
            begun = np.arange(couple.size) >= inherited.begins
            usual = np.maximum(self.tested.own[self.adult], np.where(begun, survivor[died], 0.0))
            taken[died] = np.where(columns < died, 0.0, (usual - found[0])[columns])


def _left_alone(tested: BenefitSchedule, heirs: Sequence[_Heir], deaths: Sequence[int]) -> BenefitSchedule:
    """Add by each month of death what the survivor inherits, and what the survivor's own work takes of it."""
    survivor = tested.survivor.copy()
    n_held = max(1 + heir.full - heir.since for heir in heirs)
    taken = np.zeros((2, max(heir.full for heir in heirs), n_held))
    for heir in heirs:
        heir.lay_out(deaths, survivor[heir.adult], taken[heir.adult])
    if not taken.any():
        return replace(tested, survivor=survivor)
    return replace(tested, survivor=survivor, held=taken, held_from=np.array([heir.since for heir in heirs]))


def best_ages(
    amounts: Sequence[Decimal],
    births: Sequence[date],
    deaths: Sequence[int],
    start: date,
    *,
    real_rate: float,
    work: Sequence[WorkBeside] = (),
) -> tuple[tuple[int, ...], float]:
    """Return the claim ages with the highest present value for fixed months of death, and that value.

    ``work`` is that of each for at least as many months as anybody lives, none of nobody. Every age in whole years
    from 62 to 70 that is not past at the start is tried, of both together; payments are discounted by a real rate a
    year to the start. What a plan gains by it is asked of the plan itself (`solve`).
    """
    n_months = max(deaths)
    discount = (1.0 + real_rate) ** (-np.arange(n_months) / 12.0)
    beside = [WorkBeside(each.wages[:n_months], each.exempt) for each in work]
    beside = beside or [WorkBeside(np.zeros(n_months), None) for _ in births]
    best: tuple[tuple[int, ...], float] = ((), -1.0)
    for ages in _choices(births, start):
        claims = [Claim(*each) for each in zip(amounts, births, ages, strict=True)]
        paid = planned_benefits(claims, beside, start).paid(deaths)
        value = float(paid @ discount)
        if value > best[1]:
            best = (ages, value)
    return best


def _choices(births: Sequence[date], start: date) -> Iterable[tuple[int, ...]]:
    """Ages of all together; who is past 70 at the start has claimed."""
    return product(*([age for age in _AGES if month_at(born, age, start) >= 0] or [LATEST_AGE] for born in births))
