"""All that a plan needs to know."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.clients.models import Household
from apps.money.selectors.balance_sheets import balance_sheet
from apps.money.selectors.cash_flows import cash_flow
from apps.money.selectors.situations import facts_of_households, household_facts
from tests.factories import clients as people
from tests.factories import money as made
from tests.factories import portfolios

AS_OF = dt.date(2025, 6, 20)


def full(ada: User) -> Household:
    household, _, _ = portfolios.funded(ada)
    roth = portfolios.account(household, ada, registration="roth_ira", number="9", name="Roth")
    portfolios.entry(roth, ada, "deposit", cash="7000")
    made.bank_account(household, ada)
    made.bank_account(household, ada, name="Card", kind="credit_card", number="5", balance=Decimal("-650.00"))
    for kind in ("income", "expense", "debt", "property", "insurance"):
        made.fact(kind, household, ada)
    made.fact("saving", household, ada, account=roth)
    return household


def test_facts_carry_everything_with_its_day_and_source(ada: User) -> None:
    facts = household_facts(full(ada), AS_OF)
    accounts = {account.name: account for account in facts.accounts}
    assert {name: account.balance for name, account in accounts.items()} == {
        "Brokerage": 10_500,
        "Roth": 7_000,
        "Checking": 4_200,
    }
    assert {name: account.treatment for name, account in accounts.items()} == {
        "Brokerage": "taxable",
        "Roth": "tax_free",
        "Checking": "cash",
    }
    brokerage = accounts["Brokerage"]
    assert brokerage.cost_basis == 10_000
    assert dict(brokerage.allocation)["us_equity"] == Decimal(5500) / Decimal(10_500)
    assert brokerage.as_of == portfolios.DAY + dt.timedelta(days=7)
    assert [(i.source, i.annual_amount) for i in facts.incomes] == [("stated", 120_000), ("profile", 95_000)]
    assert facts.spending is not None
    assert (facts.spending.monthly_amount, facts.spending.source) == (900, "stated")
    assert {debt.name: debt.balance for debt in facts.debts} == {"Debt": 310_000, "Card": 650}
    assert facts.savings[0].account_key == accounts["Roth"].key
    assert facts.net_worth == 10_500 + 7_000 + 4_200 + 650_000 - 310_000 - 650
    assert facts.is_enough
    assert {fact.code for fact in facts.missing} == {"social_security", "insured_person", "roth_basis"}


def test_a_bare_household_is_told_what_is_missing(ada: User) -> None:
    household = people.household(ada)
    household.people.filter(relationship="partner").update(date_of_birth=None, retirement_age=None)
    facts = household_facts(household, AS_OF)
    assert not facts.is_enough
    needed = {fact.code for fact in facts.missing if fact.is_needed}
    assert needed == {"birth_date", "retirement_age", "spending", "accounts"}
    luis = household.people.get(relationship="partner")
    (born,) = (fact for fact in facts.missing if fact.code == "birth_date")
    assert (born.subject, born.person_id) == ("Luis Rivera", luis.public_id)


def test_without_a_statement_of_spending_the_bank_tells_it_without_debt_payments(ada: User) -> None:
    household = people.household(ada)
    account = made.bank_account(household, ada)
    made.posted(
        account,
        ada,
        ("2025-04-03", "5000", "PAYROLL"),
        ("2025-04-05", "-2000", "BANK MORTGAGE"),
        ("2025-04-07", "-800", "WHOLE FOODS"),
        ("2025-05-03", "5000", "PAYROLL"),
        ("2025-05-05", "-2000", "BANK MORTGAGE"),
        ("2025-05-07", "-1000", "WHOLE FOODS"),
        ("2025-06-07", "-9999", "THIS MONTH IS NOT WHOLE"),
    )
    spending = household_facts(household, AS_OF).spending
    assert spending is not None
    assert (spending.monthly_amount, spending.source, spending.n_months) == (900, "bank", 2)
    flow = cash_flow(household, AS_OF)
    assert (flow.monthly_income, flow.monthly_spending, flow.monthly_net) == (5000, 2900, 2100)
    assert [(line.category, line.monthly) for line in flow.categories] == [("debt", 2000), ("groceries", 900)]
    assert flow.n_guessed == flow.n_entries == 6


def test_the_balance_sheet_and_the_facts_agree_on_what_the_household_is_worth(ada: User) -> None:
    household = full(ada)
    sheet, facts = balance_sheet(household, AS_OF), household_facts(household, AS_OF)
    assert sheet.net_worth == facts.net_worth
    assert sheet.total_debts == 310_650
    assert sheet.oldest == portfolios.DAY + dt.timedelta(days=7)


def test_another_currency_is_named_and_left_out(ada: User) -> None:
    household = full(ada)
    made.fact("property", household, ada, name="Flat in Porto", currency="EUR")
    made.bank_account(household, ada, name="Unknown", number="8", balance=None, balance_as_of=None)
    sheet = balance_sheet(household, AS_OF)
    assert set(sheet.left_out) == {"Flat in Porto", "Unknown •••• 8"}
    assert "Flat in Porto" in household_facts(household, AS_OF).left_out


def test_the_cost_of_a_transfer_that_nobody_knows_is_not_nothing(ada: User) -> None:
    household, account, security = portfolios.funded(ada)
    portfolios.entry(account, ada, "transfer_in", instrument=security, units="1")
    (brokerage,) = household_facts(household, AS_OF).accounts
    assert brokerage.cost_basis is None


def test_many_households_are_read_like_one_by_the_same_number_of_queries(ada: User) -> None:
    first = full(ada)
    with CaptureQueriesContext(connection) as alone:
        own = household_facts(first, AS_OF)
    bare, second = people.household(ada, name="Bare"), people.household(ada, name="Second")
    made.fact("expense", bare, ada)
    made.fact("expense", second, ada)
    made.bank_account(second, ada)
    with CaptureQueriesContext(connection) as together:
        found = facts_of_households([bare, first, second], AS_OF)
    assert found == {each.pk: household_facts(each, AS_OF) for each in (bare, first, second)}
    assert found[first.pk] == own
    assert len(together) == len(alone)
