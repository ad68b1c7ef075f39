"""When to claim Social Security: what every choice of ages pays over lives as the life table has them.

Amounts are in money of the plan's start, before tax: benefits rise with prices. The value of a choice is the sum of
all it pays in each month, weighted with the odds that those it is paid to live, discounted by a real rate a year. Lives
of two are independent; a death within a year of the plan is taken to fall in the middle of it. Who has no odds of
living lives to the age the plan is made for. Pay from work as planned withholds benefits before full retirement age
(`survivor_work`). The family maximum is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.checks import within
from apps.plans.engine.claiming import (
    LATEST_AGE,
    SURVIVOR_AGE,
    Claim,
    first_claim_age,
    full_retirement_age,
    month_of_age,
    survivor_full_age,
)
from apps.plans.engine.earnings_test import WorkBeside
from apps.plans.engine.horizon import age_in_months, last_month_of, month_of
from apps.plans.engine.household_benefits import BenefitSchedule, benefit_schedule
from apps.plans.engine.inputs import Adult, ProjectionInputs
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.planned_work import work_of
from apps.plans.engine.record_benefits import month_at, survivor_begins
from apps.plans.engine.social_security import counted_birth
from apps.plans.engine.survivor_work import planned_benefits

FloatArray = NDArray[np.float64]
Ages = tuple[int, ...]
_YEAR = 12
_LAST_AGE = 120 * _YEAR


@dataclass(frozen=True, slots=True)
class ClaimChoice:
    """Claim ages in months, one of each adult, with the value of what they pay and what is in pay at the end.

    ``together`` is what is paid a month once all claim and live, ``alone`` what each adult is paid once the other has
    died after that; empty for one adult.
    """

    ages: Ages
    value: float
    together: float
    alone: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From which age in months on the later claim of an adult has paid more in all; None: not by 120.

    Undiscounted, of the own benefit and of what is due on a former spouse's record.
    """

    owner: str
    sooner: int
    later: int
    age: int | None


@dataclass(frozen=True, slots=True)
class RecordChoice:
    """An age in months at which a survivor's benefit on a former spouse's record begins.

    ``value`` is what all pay with the claims as planned, ``best_value`` with the own benefit from ``best_age`` on.
    """

    owner: str
    begins: int
    value: float
    best_age: int
    best_value: float
    is_planned: bool


@dataclass(frozen=True, slots=True)
class ClaimingMap:
    """Every choice of ages in whole years that is still open, in order; ``open_ages`` by adult, in months.

    ``claimed`` are the adults who are paid already, whose age stays. ``planned``, ``soonest``, ``full`` and ``latest``
    are choices with a name, ``best`` the one of the highest value. ``records`` are the ages at which a widow or widower
    can still begin a survivor's benefit on a former spouse's record; the choices take it as planned.
    """

    owners: tuple[str, ...]
    open_ages: tuple[Ages, ...]
    claimed: tuple[str, ...]
    real_rate: float
    choices: tuple[ClaimChoice, ...]
    best: ClaimChoice
    planned: ClaimChoice
    soonest: ClaimChoice
    full: ClaimChoice
    latest: ClaimChoice
    break_evens: tuple[BreakEven, ...]
    records: tuple[RecordChoice, ...] = ()

    def of(self, ages: Ages) -> ClaimChoice | None:
        """Return the choice of some ages, None where it is not among the open ones."""
        known = (*self.choices, self.planned, self.full)
        return next((choice for choice in known if choice.ages == ages), None)


def claiming_map(inputs: ProjectionInputs, real_rate: float) -> ClaimingMap:
    """Return the map of a plan that has claims, discounted by a real rate a year from 0 to 10 %.

    Raises InvalidInputError for another rate.
    """
    within(real_rate, 0.0, 0.1, "real_rate")
    values = _Values(inputs, real_rate)
    planned = tuple(claim.claim_age for claim in values.claims)
    opened = tuple(values.open_ages(place) for place in range(len(planned)))
    choices = tuple(values.choice(ages) for ages in product(*opened))
    full = tuple(
        max(full_retirement_age(counted_birth(adult.birth_date).year), ages[0]) if len(ages) > 1 else ages[0]
        for adult, ages in zip(values.adults, opened, strict=True)
    )
    return ClaimingMap(
        owners=tuple(adult.key for adult in values.adults),
        open_ages=opened,
        claimed=tuple(adult.key for place, adult in enumerate(values.adults) if values.has_claimed(place)),
        real_rate=real_rate,
        choices=choices,
        best=max(choices, key=lambda choice: choice.value),
        planned=values.choice(planned),
        soonest=choices[0],
        full=values.choice(full),
        latest=choices[-1],
        break_evens=tuple(
            values.break_even(place, *pair) for place in range(len(planned)) for pair in _pairs(opened[place])
        ),
        records=tuple(choice for place in range(len(planned)) for choice in values.record_choices(place, planned)),
    )


def is_paid(adult: Adult, claim_age: int, start: date) -> bool:
    """Say whether a claim began before the plan does."""
    return month_of(date(*month_of_age(adult.birth_date, claim_age), 1), start) < 0


def open_claim_ages(adult: Adult, claim_age: int, start: date) -> Ages:
    """Return the ages in months at which an adult can still claim, by whole years: the own age of who has claimed.

    At 62 the first month that is paid, which for most is the one after the birthday (20 CFR 404.311).
    """
    if is_paid(adult, claim_age, start):
        return (claim_age,)
    earliest = first_claim_age(adult.birth_date)
    ages = [earliest, *range(earliest - earliest % _YEAR + _YEAR, LATEST_AGE + 1, _YEAR)]
    told = tuple(age for age in ages if not is_paid(adult, age, start))
    # who is past 70 and has not claimed does so at once
    return told or (LATEST_AGE,)


def _pairs(ages: Ages) -> list[tuple[int, int]]:
    """Which ages of an adult are set against each other: the first, the one in the middle, the last."""
    if len(ages) < 2:
        return []
    middle = ages[len(ages) // 2]
    pairs = [(ages[0], middle), (middle, ages[-1]), (ages[0], ages[-1])]
    return [pair for place, pair in enumerate(pairs) if pair[0] < pair[1] and pair not in pairs[:place]]


def claim_break_even(inputs: ProjectionInputs, owner: str, sooner: int, later: int) -> BreakEven:
    """Set two claim ages of an adult against each other: from when on the later one has paid more."""
    values = _Values(inputs, 0.0)
    return values.break_even([adult.key for adult in values.adults].index(owner), sooner, later)


def held_by_work(inputs: ProjectionInputs, owner: str, age: int) -> float:
    """Return what pay from work holds back in all, before full age, of an own benefit claimed at an age in months."""
    values = _Values(inputs, 0.0)
    place = [adult.key for adult in values.adults].index(owner)
    adult = values.adults[place]
    full = _month_of_claim(adult, full_retirement_age(counted_birth(adult.birth_date).year), inputs.start_date)
    if full <= 0:
        return 0.0
    paid = values.paid_alone(place, age, full + _YEAR)[:full]
    claim = Claim(Decimal(repr(values.claims[place].primary_amount)), adult.birth_date, age)
    plain = benefit_schedule([claim], inputs.start_date, full, (), values.records[place : place + 1]).own[0]
    return float((plain - paid).sum())


class _Values:
    """A household's choices, each priced by the same odds."""

    def __init__(self, inputs: ProjectionInputs, real_rate: float) -> None:
        by_key = {claim.owner: claim for claim in inputs.claims}
        self.start, self.adults = inputs.start_date, inputs.adults
        self.claims = [by_key[adult.key] for adult in inputs.adults]
        self.records: list[OtherRecord | None] = [claim.record for claim in self.claims]
        self.n_months = max(_months_to_come(adult, inputs.start_date) for adult in inputs.adults)
        self.work = work_of(
            inputs, max(self.n_months, *(_months_to(_LAST_AGE, each, inputs) for each in inputs.adults))
        )
        self.alive = np.stack([_alive(adult, inputs.start_date, self.n_months) for adult in inputs.adults])
        self.discount = (1.0 + real_rate) ** (-np.arange(self.n_months) / _YEAR)
        # the middle of each year of the plan, and how likely each dies in it
        self.deaths = list(range(_YEAR // 2, self.n_months, _YEAR))
        living = np.append(np.ones((len(self.adults), 1)), self.alive[:, _YEAR - 1 :: _YEAR], axis=1)
        living = np.append(living, np.zeros((len(self.adults), 1)), axis=1)
        self.dying = (living[:, :-1] - living[:, 1:])[:, : len(self.deaths)]

    def has_claimed(self, place: int) -> bool:
        """Say whether an adult is paid already."""
        return is_paid(self.adults[place], self.claims[place].claim_age, self.start)

    def open_ages(self, place: int) -> Ages:
        """Return what an adult can still choose."""
        return open_claim_ages(self.adults[place], self.claims[place].claim_age, self.start)

    def record_choices(self, place: int, planned: Ages) -> list[RecordChoice]:
        """Price each age at which an adult can begin a survivor's benefit; none where it is paid or not due."""
        record, adult = self.records[place], self.adults[place]
        claim = Claim(Decimal(repr(self.claims[place].primary_amount)), adult.birth_date, planned[place])
        if record is None or record.kind is not RecordKind.DECEASED:
            return []
        begins = survivor_begins(claim, record, self.start)
        if begins < 0:
            return []
        now = age_in_months(adult, self.start, 0)
        full = survivor_full_age(counted_birth(adult.birth_date).year)
        first = max(SURVIVOR_AGE, now)
        open_ages = {first, *range(first - first % _YEAR + _YEAR, full, _YEAR), full} if first <= full else {first}
        chosen = begins - month_at(adult.birth_date, 0, self.start)
        told = [
            self._record_choice(place, planned, replace(record, begins_age=age)) for age in sorted(open_ages | {chosen})
        ]
        return [replace(choice, is_planned=choice.begins == chosen) for choice in told]

    def _record_choice(self, place: int, planned: Ages, record: OtherRecord) -> RecordChoice:
        kept, self.records = self.records, [record if at == place else each for at, each in enumerate(self.records)]
        tried = [(*planned[:place], age, *planned[place + 1 :]) for age in self.open_ages(place)]
        best = max((self.choice(ages) for ages in tried), key=lambda choice: choice.value)
        value = self.choice(planned).value
        self.records = kept
        owner, begins = self.adults[place].key, record.begins_age or 0
        return RecordChoice(owner, begins, value, best.ages[place], best.value, is_planned=False)

    def choice(self, ages: Ages) -> ClaimChoice:
        """Price a choice."""
        last = max(_month_of_claim(adult, LATEST_AGE, self.start) for adult in self.adults) + 2 * _YEAR
        last = min(max(last, 0), self.n_months - 1)
        schedule = self._schedule(ages, [*self.deaths, last])
        together = float(schedule.own[:, last].sum() + schedule.beside[:, last].sum())
        alone = tuple(float(schedule.alone(heir, last)[last]) for heir in range(len(ages) if len(ages) > 1 else 0))
        return ClaimChoice(ages, self._value(schedule), together, alone)

    def _schedule(self, ages: Sequence[int], deaths: Sequence[int]) -> BenefitSchedule:
        claims = [
            Claim(Decimal(repr(claim.primary_amount)), adult.birth_date, age)
            for claim, adult, age in zip(self.claims, self.adults, ages, strict=True)
        ]
        return planned_benefits(claims, self._work(self.n_months), self.start, deaths, self.records)

    def _work(self, n_months: int) -> list[WorkBeside]:
        return [WorkBeside(each.wages[:n_months], each.exempt) for each in self.work]

    def _value(self, schedule: BenefitSchedule) -> float:
        if len(self.adults) == 1:
            return float((schedule.own[0] * self.alive[0]) @ self.discount)
        both = self.alive[0] * self.alive[1]
        total = float((both * (schedule.own.sum(axis=0) + schedule.beside.sum(axis=0))) @ self.discount)
        months, died = np.arange(self.n_months), np.array(self.deaths)
        for heir, other in ((0, 1), (1, 0)):
            alone = np.stack([schedule.alone(heir, month) for month in self.deaths])
            paid = alone * (months >= died[:, None])
            total += float(self.dying[other] @ (paid @ (self.alive[heir] * self.discount)))
        return total

    def paid_alone(self, place: int, age: int, n_months: int) -> FloatArray:
        """Return what an adult's own claim at an age pays in each month, (n_months,), less what work withholds."""
        claim = Claim(Decimal(repr(self.claims[place].primary_amount)), self.adults[place].birth_date, age)
        work = self._work(n_months)[place : place + 1]
        paid = planned_benefits([claim], work, self.start, (), self.records[place : place + 1])
        return paid.own.ravel()

    def break_even(self, place: int, sooner: int, later: int) -> BreakEven:
        """Set two ages of one adult against each other: from when on the later one has paid more."""
        adult = self.adults[place]
        n_months = _LAST_AGE - age_in_months(adult, self.start, 0)
        paid = [np.cumsum(self.paid_alone(place, age, n_months)) for age in (sooner, later)]
        ahead = np.flatnonzero(paid[1] > paid[0])
        age_then = None if ahead.size == 0 else age_in_months(adult, self.start, int(ahead[0]))
        return BreakEven(adult.key, sooner, later, age_then)


def _month_of_claim(adult: Adult, age: int, start: date) -> int:
    return month_of(date(*month_of_age(adult.birth_date, age), 1), start)


def _months_to(age: int, adult: Adult, inputs: ProjectionInputs) -> int:
    return age - age_in_months(adult, inputs.start_date, 0)


def _months_to_come(adult: Adult, start: date) -> int:
    if not adult.survival:
        return last_month_of(adult, start)
    return _YEAR * (len(adult.survival) - 1) - age_in_months(adult, start, 0) % _YEAR


def _alive(adult: Adult, start: date, n_months: int) -> FloatArray:
    """The odds of living through each month, (n_months,), of who is alive at the start: that of a death is not paid."""
    if not adult.survival:
        told: FloatArray = (np.arange(n_months) < last_month_of(adult, start)).astype(np.float64)
        return told
    since, years = age_in_months(adult, start, 0) % _YEAR, np.arange(len(adult.survival))
    odds = np.interp((np.arange(1, n_months + 1) + since) / _YEAR, years, np.array(adult.survival), right=0.0)
    alive: FloatArray = odds / np.interp(since / _YEAR, years, np.array(adult.survival))
    return alive
