"""What a household expects and owns, as a plan reads it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, Person
from apps.kernel.money import Money
from apps.money.models import EquityGrant, IncomeSource, Property, SpendingPhase
from apps.money.selectors.life import (
    IncomeSpan,
    grant_fact,
    income_spans,
    is_kept,
    is_over,
    phase_fact,
    property_fact,
    windfall_fact,
)
from apps.money.selectors.passports import fact_passport
from apps.money.selectors.situations import household_facts
from tests.factories import clients as people
from tests.factories import money as made
from tests.factories import portfolios

AS_OF = dt.date(2025, 6, 20)


@pytest.fixture
def household(ada: User) -> Household:
    return people.household(ada)


def test_less_is_a_negative_amount_and_an_age_is_a_day(household: Household, ada: User) -> None:
    child = household.people.filter(relationship="child").first()
    child.date_of_birth = dt.date(2016, 2, 29)
    child.save(update_fields=["date_of_birth"])
    fact = phase_fact(made.fact("phase", household, ada, change="less", person=child, until_age=12))
    assert (fact.monthly_amount, fact.ends_on, fact.years) == (-1_500, dt.date(2028, 3, 1), 0)
    shared = made.fact("phase", household, ada, change="share", monthly_amount=None, share=Decimal("-0.2"))
    assert (phase_fact(shared).monthly_amount, phase_fact(shared).share) == (0, Decimal("-0.2"))


def test_the_facts_carry_phases_windfalls_and_sales(household: Household, ada: User) -> None:
    account = portfolios.account(household, ada)
    debt = made.fact("debt", household, ada)
    made.fact("phase", household, ada)
    made.fact("windfall", household, ada, account=account, person=household.people.get(relationship="head"))
    made.fact("property", household, ada, debt=debt, cost=Decimal(300_000), sells_on=dt.date(2040, 6, 1))
    facts = household_facts(household, AS_OF)
    assert [(fact.name, fact.monthly_amount) for fact in facts.phases] == [("Phase", 1_500)]
    assert [(fact.account_key, fact.amount) for fact in facts.windfalls] == [(str(account.public_id), 80_000)]
    (thing,) = facts.properties
    assert (thing.cost, thing.sells_on, thing.debt_key) == (300_000, dt.date(2040, 6, 1), str(debt.public_id))


def test_the_facts_carry_after_tax_money_in_iras_and_in_savings(household: Household, ada: User) -> None:
    head = household.people.get(relationship="head")
    made.fact("ira_basis", household, ada)
    made.fact("saving", household, ada, account=portfolios.account(household, ada), is_deductible=False)
    facts = household_facts(household, AS_OF)
    assert [(fact.person_id, fact.amount, fact.tax_year) for fact in facts.ira_bases] == [
        (head.public_id, 60_000, 2024)
    ]
    assert [fact.is_deductible for fact in facts.savings] == [False]


def test_the_facts_carry_roth_accounts_with_their_conversions_by_year(household: Household, ada: User) -> None:
    fact = made.fact("roth_basis", household, ada, converted_0=Decimal(5_000), converted_3=Decimal(700))
    (told,) = household_facts(household, AS_OF).roth_bases
    year = fact.tax_year  # type: ignore[attr-defined]
    assert (told.kind, told.first_year, told.contributions) == ("ira", 2015, 40_000)
    assert told.conversions == ((year, 5_000), (year - 3, 700))


def test_what_is_in_another_currency_is_named_and_not_dropped(household: Household, ada: User) -> None:
    for kind in ("phase", "windfall", "income", "expense"):
        made.fact(kind, household, ada, name=f"Own {kind}", currency="EUR")
    facts = household_facts(household, AS_OF)
    assert facts.phases == facts.windfalls == ()
    assert {"Own phase", "Own windfall", "Own income", "Own expense"} <= set(facts.left_out)


def test_a_phase_that_is_over_is_no_fact_any_more(household: Household, ada: User) -> None:
    phase = made.fact("phase", household, ada, ends_on=dt.date(2026, 1, 1))
    assert isinstance(phase, SpendingPhase)
    assert not is_over(phase, dt.date(2025, 12, 31))
    assert is_over(phase, dt.date(2026, 1, 1))
    counted = SpendingPhase(starts_on=dt.date(2020, 3, 1), years=5)
    assert not is_over(counted, dt.date(2025, 2, 1))
    assert is_over(counted, dt.date(2026, 2, 1))


SOLD, SOONER, LATER = dt.date(2031, 2, 1), dt.date(2030, 1, 1), dt.date(2035, 1, 1)


def test_an_income_ends_with_the_sale_of_what_it_comes_from() -> None:
    flat = Property(sells_on=SOLD, kind="real_estate", name="Flat", value=Decimal(1))
    assert income_spans(IncomeSource(rented_out=flat), AS_OF) == (IncomeSpan("", Decimal(1), None, SOLD),)
    assert income_spans(IncomeSource(rented_out=flat, ends_on=SOONER), AS_OF) == (
        IncomeSpan("", Decimal(1), None, SOONER),
    )
    assert income_spans(IncomeSource(rented_out=Property()), AS_OF) == (IncomeSpan("", Decimal(1), None, None),)
    assert income_spans(IncomeSource(ends_on=LATER), AS_OF) == (IncomeSpan("", Decimal(1), None, LATER),)
    assert property_fact(flat).annual_growth is None


def test_an_income_falls_by_the_share_that_is_sold() -> None:
    shop = Property(sells_on=SOLD, kind="business", name="Shop", value=Decimal(1), sold_share=Decimal("0.6"))
    before, after = income_spans(IncomeSource(rented_out=shop, ends_on=LATER), AS_OF)
    assert (before.part, before.ends_on) == (1, SOLD)
    assert (after.part, after.starts_on, after.ends_on) == (Decimal("0.4"), SOLD, LATER)
    assert income_spans(IncomeSource(rented_out=shop, starts_on=LATER), AS_OF) == (
        IncomeSpan("", Decimal("0.4"), LATER, None),
    )


@pytest.mark.parametrize(("day", "is_over"), [(dt.date(2034, 2, 1), False), (dt.date(2034, 2, 2), True)])
def test_an_income_goes_on_where_a_plan_takes_what_was_sold_as_kept(day: dt.date, is_over: bool) -> None:
    """Plan and income agree: a sale of the past is one while its price is being paid, the last part in 2034."""
    shop = Property(sells_on=SOLD, kind="business", name="Shop", value=Decimal(1), instalments=4)
    assert is_kept(SOLD, 4, day) is is_over
    assert income_spans(IncomeSource(rented_out=shop), day)[0].ends_on == (None if is_over else SOLD)
    assert not is_kept(SOLD, 1, SOLD)
    assert is_kept(None, 1, SOLD)


def test_both_stretches_are_facts_with_keys_of_their_own(household: Household, ada: User) -> None:
    told = {"kind": "business", "cost": Decimal(1), "sells_on": SOLD, "sold_share": Decimal("0.25"), "instalments": 4}
    shop = made.fact("property", household, ada, is_passive=True, **told)
    income = made.fact("income", household, ada, rented_out=shop)
    facts = household_facts(household, AS_OF)
    amounts = {fact.key: fact.annual_amount for fact in facts.incomes if fact.source == "stated"}
    assert amounts == {str(income.public_id): 120_000, f"{income.public_id}-kept": 90_000}
    (thing,) = facts.properties
    assert (thing.sold_share, thing.instalments, thing.is_passive) == (Decimal("0.25"), 4, True)


def test_a_windfall_of_nobody_is_the_household_s(household: Household, ada: User) -> None:
    fact = windfall_fact(made.fact("windfall", household, ada))
    assert (fact.person_id, fact.account_key, fact.is_taxable) == (None, "", False)


def test_the_day_of_an_age_is_unknown_without_a_birth_date() -> None:
    assert SpendingPhase(person=Person(), until_age=12).last_day() is None


def test_a_grant_is_a_fact_with_its_schedule_and_one_in_another_currency_is_named(
    household: Household, ada: User
) -> None:
    made.fact("grant", household, ada, kind="nso", strike=Decimal(40), name="Acme", is_held=True)
    made.fact("grant", household, ada, name="Euro AG", currency="EUR")
    facts = household_facts(household, AS_OF)
    (grant,) = facts.grants
    assert (grant.name, grant.strike, grant.price, grant.is_held) == ("Acme", 40, 90, True)
    assert grant == grant_fact(EquityGrant.objects.get(name="Acme"))
    assert (grant.held_shares, grant.exercised_on, grant.minimum_tax_credit) == (0, None, 0)
    assert sum(shares for _, shares in grant.tranches) == 1_000
    assert "Euro AG" in facts.left_out


def test_earlier_exercises_are_facts_of_their_grant_and_lines_of_its_passport(household: Household, ada: User) -> None:
    row = made.fact(
        "grant", household, ada, kind="iso", strike=Decimal(40), held_shares=Decimal(200),
        exercised_on=dt.date(2025, 4, 1), exercise_worth=Decimal(75), minimum_tax_credit=Decimal(3_100),
        granted_on=dt.date(2023, 3, 1),
    )  # fmt: skip
    fact = grant_fact(row)
    assert (fact.held_shares, fact.exercised_on, fact.exercise_worth) == (200, dt.date(2025, 4, 1), 75)
    assert fact.minimum_tax_credit == 3_100
    lines = {line.label: line.amount for line in fact_passport(row).lines}
    told = [lines[each] for each in ("Shares held from earlier exercises", "Minimum tax still to come back")]
    assert [each and each.value for each in told] == [200, Money(Decimal(3_100), "USD")]
    assert "A share was worth when exercised" in lines
