"""What the law of retirement asks of a household's facts: odds of living, and claims of Social Security.

A stated benefit with the day on which it begins is a claim: the age follows from the day, the primary insurance amount
from the amount. Where one of the household's benefits lacks its day, all stay incomes as they were stated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_UP, Decimal
from functools import cache

from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import HouseholdFacts, IncomeFact
from apps.plans.engine.claiming import (
    EARLIEST_AGE,
    LATEST_AGE,
    claiming_factor,
    first_claim_age,
    full_retirement_age,
)
from apps.plans.engine.inputs import Adult, Boundary, Income, IncomeKind, When
from apps.plans.engine.mortality import LifeTable, Sex, life_table_from_mapping
from apps.plans.engine.retirement_choices import BenefitClaim, MedicareCover
from apps.plans.engine.social_security import counted_birth
from apps.plans.services._other_records import records_of
from apps.plans.services._tables import TAX_TABLES, medicare_table_on, read_table

CENT = Decimal("0.01")
SOCIAL_SECURITY = "social_security"


@cache
def life_table() -> LifeTable:
    """Return the published life table."""
    return life_table_from_mapping(read_table(TAX_TABLES / "mortality_2022.toml"))


def odds_of_living(born: dt.date, day: dt.date) -> tuple[float, ...]:
    """Return the odds of being alive 0, 1, 2 … years after the last birthday before a day, of either sex."""
    age = day.year - born.year - ((born.month, born.day) > (day.month, day.day))
    table = life_table()
    last = table.male.size - 1
    return tuple(table.survival(Sex.UNKNOWN, min(max(age, 0), last), day.year).tolist())


def claims_of(
    adults: Sequence[Adult], incomes: Sequence[IncomeFact], facts: HouseholdFacts
) -> tuple[BenefitClaim, ...]:
    """Return a claim of each adult, none at all where a stated benefit cannot be read as one.

    Who has no benefit of their own claims nothing at full retirement age: a spouse's benefit may then be due, or one on
    a former spouse's record.
    """
    stated = [income for income in incomes if income.kind == SOCIAL_SECURITY]
    owners = [str(income.person_id) for income in stated]
    records = records_of(adults, facts)
    if not (stated or records) or len(set(owners)) < len(owners):
        return ()
    told = {}
    for adult in adults:
        full = full_retirement_age(counted_birth(adult.birth_date).year)
        told[adult.key] = BenefitClaim(adult.key, 0.0, full, facts.currency, records.get(adult.key))
    births = {adult.key: adult.birth_date for adult in adults}
    for owner, income in zip(owners, stated, strict=True):
        claim = _claim(births[owner], income)
        if claim is None:
            return ()
        told[owner] = BenefitClaim(owner, float(claim[0]), claim[1], facts.currency, records.get(owner))
    return tuple(told.values())


def with_claim_ages(
    claims: Sequence[BenefitClaim], adults: Sequence[Adult], ages: Mapping[str, Decimal | None]
) -> tuple[BenefitClaim, ...]:
    """Return the claims at the ages in years that a version of a plan takes instead, by adult."""
    births = {adult.key: adult.birth_date for adult in adults}
    return tuple(
        claim
        if (age := ages.get(claim.owner)) is None
        else replace(claim, claim_age=max(int(12 * age), first_claim_age(births[claim.owner])))
        for claim in claims
    )


def medicare_of(incomes: Sequence[Income], day: dt.date) -> MedicareCover | None:
    """Return what income adds to premiums of Medicare; the standard ones are among the living costs that people state.

    What the household's returns of the two years before said is not known: its taxable incomes of today stand for them.
    """
    table = medicare_table_on(day)
    if table is None:
        return None
    running = [item for item in incomes if _runs_at(item.start, day) and item.kind is not IncomeKind.TAX_FREE]
    now = round(12 * sum(item.monthly_amount for item in running), 2)
    return MedicareCover(table, (now, now), charges_standard=False)


def retirement_caveats(
    claims: Sequence[BenefitClaim],
    incomes: Sequence[IncomeFact],
    names: Mapping[str, str],
    medicare: MedicareCover | None,
) -> list[tuple[str, dict[str, str]]]:
    """Return what had to be assumed about Social Security and Medicare: message ids with what fills them."""
    told: list[tuple[str, dict[str, str]]] = [
        (
            gettext_noop("No Social Security of %(name)s is stated: only what a spouse or survivor is due is counted."),
            {"name": names[claim.owner]},
        )
        for claim in claims
        if claim.primary_amount == 0.0 and claim.record is None
    ]
    if not claims and any(income.kind == SOCIAL_SECURITY for income in incomes):
        as_stated = gettext_noop(
            "Social Security is taken as stated, and a survivor keeps the larger benefit: for the rules of "
            "spouses and survivors give each benefit the day on which it begins, between 62 and 70."
        )
        told.append((as_stated, {}))
    if medicare is not None:
        by_income = gettext_noop(
            "Of Medicare only what a high income adds is charged, from 65 on: the standard premiums are taken "
            "to be among the living costs, and the income of the last two years to be today's."
        )
        told.append((by_income, {}))
    return told


def _runs_at(start: When, day: dt.date) -> bool:
    return start is Boundary.PLAN_START or (isinstance(start, dt.date) and start <= day)


def _claim(born: dt.date, income: IncomeFact) -> tuple[Decimal, int] | None:
    """Return primary insurance amount and age in months; None without a first day, outside 62 to 70, or with an end."""
    if income.starts_on is None or income.ends_on is not None or not income.is_inflation_linked:
        return None
    counted = counted_birth(born)
    age = (income.starts_on.year - counted.year) * 12 + income.starts_on.month - counted.month
    if not EARLIEST_AGE <= age <= LATEST_AGE or income.annual_growth:
        return None
    factor = claiming_factor(age - full_retirement_age(counted.year), counted.year)
    # up to the cent: the benefit, rounded down to the dollar, is then not less than what was stated
    return (income.annual_amount / 12 / factor).quantize(CENT, ROUND_UP), age
