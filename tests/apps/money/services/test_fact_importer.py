"""A list of facts is taken in whole or not at all, each line once, and taken back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.clients.models import ImportRow
from apps.clients.services.imports import apply_batch, open_batch, undo_batch
from apps.core.models import AuditEvent
from apps.core.tabular.problems import FileRefusedError
from apps.kernel.errors import DomainError
from apps.money.models import Debt, ExpenseLine, IncomeSource, InsurancePolicy, Property, RegularSaving, Windfall
from tests.factories import clients, money, portfolios

D = Decimal
HEAD = "Entry,Name,Person,Account,Type,Amount,As of,Rate,Payment,Company,Growth,Cost,From,Until\n"
LIST = HEAD + (
    'income,Job,Ana Rivera,,Salary,"120,000",10/01/2026,,,,2.5%,,,06/30/2040\n'
    "expense,Living,,,groceries,900.50,10/01/2026,,,,,,,\n"
    "saving,401k,,Brokerage,,500,10/01/2026,,,,,,,\n"
    "debt,House,,,mortgage,310000,10/01/2026,6.5%,2100,Shore Bank,,,,\n"
    "property,Home,,,home,650000,10/01/2026,,,,3,420000,,\n"
    "insurance,Term life,Ana Rivera,,life,500000,10/01/2026,,600,Mutual,,,,01/01/2045\n"
    "windfall,Aunt,,,inheritance,80000,10/01/2026,,,,,,05/01/2032,\n"
)


@pytest.fixture
def household(ada):
    made = clients.household(ada)
    portfolios.account(made, ada)
    return made


def opened(household, by, text=LIST):
    return open_batch(
        kind="money_facts", filename="facts.csv", content=text.encode(), by=by.as_actor(), household=household
    )


def taken(household, by, text=LIST):
    return apply_batch(batch=opened(household, by, text), by=by.as_actor())


def problems(batch):
    return [(row.line, p["column"], p["code"]) for row in ImportRow.objects.filter(batch=batch) for p in row.problems]


def test_each_line_is_the_fact_that_the_page_would_make(household, ada):
    taken(household, ada)
    income = IncomeSource.objects.get(household=household)
    assert (income.person.first_name, income.kind, income.annual_amount) == ("Ana", "salary", 120_000)
    assert (income.annual_growth, income.ends_on) == (D("0.025"), dt.date(2040, 6, 30))
    assert ExpenseLine.objects.get(household=household).monthly_amount == D("900.50")
    assert RegularSaving.objects.get(household=household).account.name == "Brokerage"
    debt = Debt.objects.get(household=household)
    assert (debt.annual_rate, debt.monthly_payment, debt.lender) == (D("0.065"), 2_100, "Shore Bank")
    assert Property.objects.get(household=household).annual_growth == D("0.03")
    policy = InsurancePolicy.objects.get(household=household)
    assert (policy.person.first_name, policy.annual_premium, policy.insurer) == ("Ana", 600, "Mutual")
    assert Windfall.objects.get(household=household).expected_on == dt.date(2032, 5, 1)
    assert AuditEvent.objects.filter(action="money.add_debt", actor_label=str(ada)).count() == 1


def test_the_same_list_again_changes_nothing_and_a_new_amount_changes_the_fact(household, ada):
    taken(household, ada)
    trail = AuditEvent.objects.filter(action__startswith="money.").count()
    taken(household, ada, LIST + "\n")
    assert AuditEvent.objects.filter(action__startswith="money.").count() == trail
    taken(household, ada, LIST.replace("310000", "305000"))
    assert Debt.objects.get(household=household).balance == 305_000
    assert AuditEvent.objects.filter(action__startswith="money.").count() == trail + 1


def test_a_fact_typed_by_hand_is_changed_not_doubled_and_given_back(household, ada):
    debt = money.fact("debt", household, ada, name="House")
    batch = taken(household, ada, HEAD + "debt,house,,,auto,1000,10/01/2026,5%,50,,,,,\n")
    debt.refresh_from_db()
    assert (Debt.objects.count(), debt.balance, debt.kind) == (1, 1_000, "auto")
    undo_batch(batch=batch, by=ada.as_actor())
    debt.refresh_from_db()
    assert (debt.balance, debt.annual_rate, debt.kind) == (310_000, D("0.065"), "mortgage")


def test_what_was_added_is_taken_back(household, ada):
    batch = taken(household, ada)
    undo_batch(batch=batch, by=ada.as_actor())
    for model in (IncomeSource, ExpenseLine, RegularSaving, Debt, Property, InsurancePolicy, Windfall):
        assert not model.objects.filter(household=household).exists()


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("wish,Boat,,,,9,10/01/2026,,,,,,,", "entry", "unknown_entry"),
        ("debt,,,,auto,9,10/01/2026,5,1,,,,,", "name", "missing_name"),
        ("debt,Car,,,auto,much,10/01/2026,5,1,,,,,", "amount", "invalid_number"),
        ("debt,Car,,,rocket,9,10/01/2026,5,1,,,,,", "type", "invalid"),
        ("debt,Car,,,auto,9,,5,1,,,,,", "as of", "invalid"),
        ("debt,Car,Ana Rivera,,auto,9,10/01/2026,5,1,,,,,", "person", "no_person"),
        ("debt,Car,,,auto,9,10/01/2026,5,1,,,7,,", "cost", "not_of_kind"),
        ("income,Job,Nobody,,salary,9,10/01/2026,,,,,,,", "person", "unknown_person"),
        ("income,Job,,,salary,9,10/01/2026,,,,,,,", "person", "unknown_person"),
        ("saving,Plan,,Nowhere,,9,10/01/2026,,,,,,,", "account", "unknown_account"),
        ("expense,Food,,Brokerage,groceries,9,10/01/2026,,,,,,,", "account", "no_account"),
        ("expense,Food,,,groceries,-9,10/01/2026,,,,,,,", "", "invalid"),
    ],
)
def test_a_line_that_cannot_be_stands_beside_its_column_and_nothing_is_taken_in(line, column, code, household, ada):
    batch = opened(household, ada, LIST + line + "\n")
    found = problems(batch)
    assert [(column_, code_) for _row, column_, code_ in found] == [(column, code)] or (
        code == "invalid_number" and [each[1] for each in found] == ["amount"]
    )
    assert found[0][0] == 9
    with pytest.raises(DomainError):
        apply_batch(batch=batch, by=ada.as_actor())
    assert not Debt.objects.filter(household=household).exists()


def test_an_entry_told_twice_and_a_file_without_its_columns(household, ada):
    batch = opened(household, ada, LIST + "debt,HOUSE,,,auto,9,10/01/2026,5,1,,,,,\n")
    assert problems(batch) == [(9, "name", "told_twice")]
    with pytest.raises(FileRefusedError, match="amount"):
        opened(household, ada, "Entry,Name,As of\ndebt,Car,10/01/2026\n")
