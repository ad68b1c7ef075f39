"""A former spouse's record out of the household's facts: who is paid on it, and what the plan says of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.money.selectors.facts import FormerSpouseFact
from apps.plans.engine.inputs import Adult
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.retirement_choices import BenefitClaim
from apps.plans.services._other_records import record_caveats, records_of
from apps.plans.services._retirement import claims_of
from tests.apps.plans.services.test_mapping import ANA, DAY, facts

BORN = dt.date(1964, 6, 15)
ADULT = Adult(str(ANA), BORN, dt.date(2031, 6, 1), 95)
PETER = FormerSpouseFact(
    key="p",
    name="Peter",
    person_id=ANA,
    date_of_birth=dt.date(1960, 3, 3),
    monthly_amount=Decimal("2400.50"),
    married_on=dt.date(1988, 7, 1),
    divorced_on=None,
    died_on=dt.date(2020, 5, 5),
    claimed_on=None,
    remarried_on=None,
    benefit_from=dt.date(2026, 6, 1),
    as_of=DAY,
)
DIVORCED = replace(PETER, died_on=None, benefit_from=None, divorced_on=dt.date(2020, 1, 1))


def test_a_widow_is_paid_from_the_day_that_is_told() -> None:
    (record,) = records_of([ADULT], facts(former_spouses=(PETER,))).values()
    assert record == OtherRecord(
        RecordKind.DECEASED, 2_400.5, dt.date(1960, 3, 3), dt.date(2020, 5, 5), begins_age=62 * 12
    )


def test_somebody_divorced_waits_for_the_other_unless_that_one_is_paid() -> None:
    (record,) = records_of([ADULT], facts(former_spouses=(DIVORCED,))).values()
    assert (record.kind, record.earliest) == (RecordKind.DIVORCED, dt.date(2022, 3, 1))
    claimed = replace(DIVORCED, claimed_on=dt.date(2025, 3, 1))
    (record,) = records_of([ADULT], facts(former_spouses=(claimed,))).values()
    assert (record.claim_age, record.earliest) == (65 * 12, None)


@pytest.mark.parametrize(
    ("fact", "status"),
    [
        (replace(DIVORCED, married_on=dt.date(2012, 1, 1)), "single"),
        (replace(DIVORCED, remarried_on=dt.date(2024, 1, 1)), "single"),
        # a couple that files together is married, whether or not the day is told
        (DIVORCED, "married_joint"),
        (PETER, "married_joint"),
        (replace(PETER, remarried_on=dt.date(2022, 1, 1)), "single"),
    ],
)
def test_what_is_not_due_is_not_counted_and_the_plan_says_why(fact: FormerSpouseFact, status: str) -> None:
    told = facts(former_spouses=(fact,), filing_status=status)
    assert records_of([ADULT], told) == {}
    ((message, params),) = record_caveats((), told, {str(ANA): "Ana"})
    assert (message % params).startswith("Nothing is counted on the record of Peter for Ana: the law asks")


def test_a_marriage_from_sixty_on_takes_no_survivors_benefit_away() -> None:
    again = replace(PETER, remarried_on=dt.date(2025, 1, 1))
    assert records_of([ADULT], facts(former_spouses=(again,), filing_status="married_joint"))


def test_of_two_records_the_higher_is_taken() -> None:
    less = replace(PETER, key="q", name="Paul", monthly_amount=Decimal(900), date_of_birth=dt.date(1959, 1, 3))
    told = facts(former_spouses=(PETER, less))
    records = records_of([ADULT], told)
    assert records[str(ANA)].primary_amount == 2_400.5
    claims = [BenefitClaim(str(ANA), 0.0, 67 * 12, "USD", records[str(ANA)])]
    said = [message % params for message, params in record_caveats(claims, told, {str(ANA): "Ana"})]
    assert said[0] == "A survivor's benefit on the record of Peter is counted for Ana."
    assert said[1].startswith("Of several former spouses' records one is counted for Ana: that of Paul is not")


def test_a_survivor_is_paid_more_than_somebody_divorced_from_a_little_higher_earner() -> None:
    living = replace(DIVORCED, key="q", name="Paul", monthly_amount=Decimal(2_600), date_of_birth=dt.date(1959, 1, 3))
    (record,) = records_of([ADULT], facts(former_spouses=(PETER, living))).values()
    assert (record.kind, record.primary_amount) == (RecordKind.DECEASED, 2_400.5)


def test_a_marriage_without_its_day_is_taken_to_be_before_sixty() -> None:
    both = replace(PETER, divorced_on=dt.date(2000, 1, 1), died_on=dt.date(2026, 1, 5), benefit_from=None)
    told = facts(former_spouses=(both,), filing_status="married_joint")
    assert records_of([ADULT], told) == {}


def test_without_any_benefit_of_ones_own_the_record_alone_makes_a_claim() -> None:
    (claim,) = claims_of([ADULT], [], facts(former_spouses=(PETER,)))
    assert (claim.primary_amount, claim.claim_age, claim.record is not None) == (0.0, 67 * 12, True)
    assert claims_of([ADULT], [], facts()) == ()
