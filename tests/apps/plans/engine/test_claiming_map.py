"""Claim ages priced over lives, against plain enumerations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.claiming import Claim
from apps.plans.engine.claiming_map import claim_break_even, claiming_map, held_by_work, is_paid, open_claim_ages
from apps.plans.engine.household_benefits import benefit_schedule
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.mortality import Sex, life_table_from_mapping
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.retirement_choices import BenefitClaim
from tests.apps.plans.engine.households import APPS, claiming, family, read_toml

TABLE = life_table_from_mapping(read_toml(APPS / "plans" / "reference" / "mortality_2022.toml"))
START = date(2026, 7, 1)


def mortal(inputs: ProjectionInputs) -> ProjectionInputs:
    adults = [
        replace(adult, survival=tuple(TABLE.survival(Sex.UNKNOWN, 2025 - adult.birth_date.year, 2026).tolist()))
        for adult in inputs.adults
    ]
    return replace(inputs, adults=tuple(adults))


def older(inputs: ProjectionInputs, years: int) -> ProjectionInputs:
    """The same people, born earlier."""
    adults = tuple(
        replace(adult, birth_date=adult.birth_date.replace(year=adult.birth_date.year - years))
        for adult in inputs.adults
    )
    return replace(inputs, adults=adults)


def single(inputs: ProjectionInputs) -> ProjectionInputs:
    gone = [item for item in inputs.incomes if item.owner != "ben"]
    accounts = tuple(replace(item, owner="ana") for item in inputs.accounts)
    return replace(inputs, adults=inputs.adults[:1], incomes=tuple(gone), accounts=accounts, claims=inputs.claims[:1])


def test_certain_lives_are_the_discounted_sum_of_what_is_paid() -> None:
    inputs = claiming(family())
    told = claiming_map(inputs, 0.03)
    ends = [
        12 * adult.horizon_age - (2026 - adult.birth_date.year) * 12 - 7 + adult.birth_date.month
        for adult in inputs.adults
    ]
    claims = [
        Claim(Decimal(repr(claim.primary_amount)), adult.birth_date, claim.claim_age)
        for claim, adult in zip(inputs.claims, inputs.adults, strict=True)
    ]
    n_months = max(ends)
    paid = benefit_schedule(claims, START, n_months).paid(ends)
    # a death falls in the middle of a year of the plan: a few months of a survivor's benefit apart
    assert told.planned.value == pytest.approx(paid @ 1.03 ** (-np.arange(n_months) / 12), rel=0.004)


def test_a_couples_value_is_that_of_all_pairs_of_lives() -> None:
    inputs = mortal(claiming(family()))
    told = claiming_map(inputs, 0.02)
    n_months = 12 * 76
    claims = [
        Claim(Decimal(repr(claim.primary_amount)), adult.birth_date, age)
        for claim, adult, age in zip(inputs.claims, inputs.adults, told.best.ages, strict=True)
    ]
    schedule = benefit_schedule(claims, START, n_months)
    discount, value = 1.02 ** (-np.arange(n_months) / 12), 0.0
    odds = []
    for adult in inputs.adults:
        since = (2026 - adult.birth_date.year) * 12 + 7 - adult.birth_date.month
        at = np.interp((np.arange(0, n_months + 1, 12) + since % 12) / 12, range(len(adult.survival)), adult.survival)
        odds.append((at[:-1] - at[1:]) / at[0])
    for year, first in enumerate(odds[0]):
        for other, second in enumerate(odds[1]):
            if first * second > 1e-9:
                # the middle of a year lies between its sixth and its seventh month
                for month in (5, 6):
                    paid = schedule.paid((12 * year + month, 12 * other + month))
                    value += first * second * float(paid @ discount) / 2
    assert told.best.value == pytest.approx(value, rel=0.002)


def test_the_best_choice_is_the_highest_and_the_higher_earner_waits() -> None:
    told = claiming_map(mortal(claiming(family())), 0.02)
    assert len(told.choices) == 81
    assert told.best.value == max(choice.value for choice in told.choices)
    assert told.best.ages[0] > told.best.ages[1]
    assert told.soonest.ages == (62 * 12 + 1, 62 * 12)
    assert told.full.ages == (67 * 12, 67 * 12)
    assert told.latest.ages == (70 * 12, 70 * 12)
    assert told.of((70 * 12, 62 * 12)).ages == (70 * 12, 62 * 12)
    assert told.of((1, 2)) is None


def test_a_survivor_keeps_the_larger_benefit() -> None:
    told = claiming_map(mortal(claiming(family())), 0.02)
    # the first earned 3,000 at full age: 124 % of it at 70, which the second inherits
    assert told.latest.alone == (3_720.0, 3_720.0)
    assert told.soonest.alone[1] > told.soonest.alone[0]
    assert told.latest.together == 3_720.0 + 1_116.0 + 600.0


def test_one_person_breaks_even_where_the_sums_cross() -> None:
    told = claiming_map(mortal(single(claiming(family()))), 0.0)
    assert (told.owners, len(told.choices), told.latest.alone) == (("ana",), 9, ())
    crossing = next(each for each in told.break_evens if (each.sooner, each.later) == (745, 840))
    # 70 % of 3,000 less what is lost for a month short of 60 before full age, from 62; 3,720 from 70
    early, late = 2_112.0, 3_720.0
    months = 95 * early / (late - early)
    assert crossing.age == pytest.approx(840 + months, abs=1.0)
    assert told.of((840,)).value > told.of((745,)).value


def test_a_higher_rate_favours_claiming_sooner() -> None:
    inputs = mortal(single(claiming(family())))
    assert claiming_map(inputs, 0.0).best.ages > claiming_map(inputs, 0.08).best.ages


def test_ages_that_are_past_are_not_offered_and_who_claimed_stays() -> None:
    inputs = older(claiming(family(), (67 * 12, 64 * 12)), 20)  # 65 and 66 at the start
    told = claiming_map(mortal(inputs), 0.02)
    assert told.claimed == ("ben",)
    assert told.open_ages == ((66 * 12, 67 * 12, 68 * 12, 69 * 12, 70 * 12), (64 * 12,))
    assert {choice.ages[1] for choice in told.choices} == {64 * 12}
    assert all(each.owner == "ana" for each in told.break_evens)


def test_who_is_past_seventy_without_a_claim_claims_at_once() -> None:
    adult = replace(family().adults[0], birth_date=date(1950, 3, 9))
    assert is_paid(adult, 70 * 12, START)
    assert open_claim_ages(adult, 70 * 12, START) == (70 * 12,)
    assert open_claim_ages(replace(adult, birth_date=date(1956, 7, 9)), 70 * 12, START) == (70 * 12,)


def test_a_rate_beyond_reason_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        claiming_map(claiming(family()), 0.5)
    assert refusal.value.field == "real_rate"


def test_nobody_is_paid_for_nothing() -> None:
    inputs = claiming(family())
    nothing = tuple(BenefitClaim(claim.owner, 0.0, claim.claim_age, "USD") for claim in inputs.claims)
    told = claiming_map(mortal(replace(inputs, claims=nothing)), 0.02)
    assert told.best.value == 0.0
    assert {each.age for each in told.break_evens} == {None}


def test_a_widow_sees_what_each_age_of_the_survivors_benefit_is_worth() -> None:
    inputs = mortal(single(claiming(family())))
    record = OtherRecord(RecordKind.DECEASED, 2_800.0, date(1960, 3, 3), date(2020, 5, 5), begins_age=62 * 12)
    claims = (replace(inputs.claims[0], record=record),)
    told = claiming_map(replace(inputs, claims=claims), 0.02)
    assert [each.begins for each in told.records] == [
        60 * 12,
        61 * 12,
        62 * 12,
        63 * 12,
        *range(64 * 12, 67 * 12 + 1, 12),
    ]
    assert [each.begins for each in told.records if each.is_planned] == [62 * 12]
    planned = next(each for each in told.records if each.is_planned)
    # the choices take it as planned: so does the best of them
    assert planned.value == told.planned.value
    assert (planned.best_value, planned.best_age) == (told.best.value, told.best.ages[0])
    # one's own larger benefit is best taken late, after the survivor's at once
    best = max(told.records, key=lambda each: each.best_value)
    assert (best.begins, best.best_age) == (60 * 12, 70 * 12)
    assert claiming_map(inputs, 0.02).records == ()


def test_a_survivors_benefit_in_payment_leaves_no_choice() -> None:
    inputs = mortal(older(single(claiming(family())), 16))
    record = OtherRecord(RecordKind.DECEASED, 2_800.0, date(1940, 3, 3), date(2020, 5, 5), begins_age=60 * 12)
    claims = (replace(inputs.claims[0], record=record),)
    assert claiming_map(replace(inputs, claims=claims), 0.02).records == ()


def working_on(inputs: ProjectionInputs, until: date) -> ProjectionInputs:
    """The first at 61, who works on to a day, with what may be earned beside benefits."""
    told = older(inputs, 16)
    adults = tuple(replace(each, retirement_date=until) for each in told.adults)
    claims = tuple(replace(each, exempt=(24_480.0, 65_160.0)) for each in told.claims)
    return mortal(replace(told, adults=adults, claims=claims))


def test_who_works_on_is_offered_what_the_plan_pays() -> None:
    # full age is March 2032, and so is the end of work: nothing is paid before 2032, and all of it given back
    busy = claiming_map(working_on(single(claiming(family())), date(2032, 3, 1)), 0.02)
    free = claiming_map(working_on(single(claiming(family())), date(2026, 7, 1)), 0.02)
    full = busy.of((67 * 12,)).value
    assert full == free.of((67 * 12,)).value
    assert busy.of((745,)).value == pytest.approx(full, rel=0.01)
    # to wait is worth more here: what is held back is as good as a later claim
    assert busy.of((745,)).value > 1.02 * free.of((745,)).value
    # two months of 2032 at 2,112 are paid, and count as claimed: less is paid from full age on
    assert busy.of((745,)).together == float(int(3_000 * (1 - 2 * 5 / 900)))
    even, before = ({(each.sooner, each.later): each.age for each in told.break_evens} for told in (busy, free))
    assert even[745, 840] > before[745, 840]


def test_what_work_holds_back_in_all() -> None:
    busy = working_on(single(claiming(family())), date(2032, 3, 1))
    # from April 2027 to December 2031 all of 2,112 a month
    assert held_by_work(busy, "ana", 745) == pytest.approx(57 * 2_112.0)
    assert held_by_work(busy, "ana", 67 * 12) == 0.0
    free = working_on(single(claiming(family())), date(2026, 7, 1))
    assert claim_break_even(busy, "ana", 745, 840).age > claim_break_even(free, "ana", 745, 840).age


def test_a_couples_choices_count_what_work_takes_of_who_is_left_alone() -> None:
    busy = claiming_map(working_on(claiming(family()), date(2032, 3, 1)), 0.02)
    free = claiming_map(working_on(claiming(family()), date(2026, 7, 1)), 0.02)
    assert busy.latest.value == pytest.approx(free.latest.value, rel=0.01)
    assert busy.soonest.value > 1.02 * free.soonest.value
