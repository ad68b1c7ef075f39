"""A list of facts is taken in whole or not at all, each line once, and taken back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from apps.clients.models import ImportRow
from apps.clients.services.imports import apply_batch, open_batch, undo_batch
from apps.core.models import AuditEvent
from apps.core.tabular.problems import FileRefusedError
from apps.kernel.errors import DomainError, InvalidInputError
from apps.money.models import Debt, ExpenseLine, IncomeSource, InsurancePolicy, Property, RegularSaving, Windfall
from apps.money.readers.fact_columns import COLUMNS
from apps.money.readers.fact_files import read_facts
from apps.money.readers.fact_words import entry_of
from apps.money.services.fact_importer import FactFileImporter
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
        ("expense,Food,,,groceries,-9,10/01/2026,,,,,,,", "amount", "invalid"),
    ],
)
def test_a_line_that_cannot_be_stands_beside_its_column_and_nothing_is_taken_in(line, column, code, household, ada):
    batch = opened(household, ada, LIST + line + "\n")
    found = problems(batch)
    assert [(column_, code_) for _row, column_, code_ in found] == [(column, code)] or (
        code == "invalid_number" and [each[1] for each in found] == ["amount"]
    )
    assert found[0][0] == 9
    # the line is shown with what it says, also where that could not be read
    assert ["entry", line.split(",")[0]] in ImportRow.objects.get(batch=batch, line=9).facts
    with pytest.raises(DomainError):
        apply_batch(batch=batch, by=ada.as_actor())
    assert not Debt.objects.filter(household=household).exists()


def test_an_entry_told_twice_and_a_file_without_its_columns(household, ada):
    batch = opened(household, ada, LIST + "debt,HOUSE,,,auto,9,10/01/2026,5,1,,,,,\n")
    assert problems(batch) == [(9, "name", "told_twice")]
    with pytest.raises(FileRefusedError, match="as of"):
        opened(household, ada, "Entry,Name,Amount\ndebt,Car,9\n")


MORE = (
    "Entry,Name,Person,Type,Amount,As of,Shares,Price,Strike,Granted on,Expires on,Vesting months,Every months,Share,"
    "From retirement,Years,Essential,Born,Married on,Died on,Tax year,First year,Converted,Converted 1 before\n"
    "grant,Acme,Ana,rsu,,10/01/2026,400,52.50,,03/01/2025,,48,3,,,,,,,,,,,\n"
    "grant,Acme,Ana,iso,,10/01/2026,900,52.50,20,03/01/2024,03/01/2034,48,12,,,,,,,,,,,\n"
    "phase,Travel,,share,,10/01/2026,,,,,,,,15%,yes,10,no,,,,,,,\n"
    "former_spouse,Rui,Ana,,2400,10/01/2026,,,,,,,,,,,,04/02/1958,06/01/1985,02/03/2019,,,,\n"
    "ira basis,Form 8606,Ana,,38500,10/01/2026,,,,,,,,,,,,,,,2025,,,\n"
    "Roth basis,Roth,Ana,,,10/01/2026,,,,,,,,,,,,,,,2025,2015,5000,4000\n"
    "payment,Church,,gift,3000,10/01/2026,,,,,,,,,,,,,,,,2027,,\n"
)


def test_grants_phases_former_spouses_and_taxed_money_are_taken_in_with_their_owner(household, ada):
    taken(household, ada, MORE)
    rsu, iso = household.equitygrant_facts.order_by("id")
    assert (rsu.kind, rsu.quantity, rsu.price, rsu.vesting_months, rsu.person.first_name) == (
        "rsu",
        400,
        D("52.5"),
        48,
        "Ana",
    )
    assert (iso.kind, iso.strike, iso.every_months, iso.expires_on) == ("iso", 20, 12, dt.date(2034, 3, 1))
    phase = household.spendingphase_facts.get()
    assert (phase.change, phase.share, phase.starts_at_retirement, phase.years) == ("share", D("0.15"), True, 10)
    assert not phase.is_essential
    spouse = household.formerspouse_facts.get()
    assert (spouse.monthly_amount, spouse.died_on) == (2_400, dt.date(2019, 2, 3))
    assert (household.irabasis_facts.get().amount, household.irabasis_facts.get().tax_year) == (38_500, 2025)
    roth = household.rothbasis_facts.get()
    assert (roth.kind, roth.contributions, roth.first_year, roth.converted_0, roth.converted_1) == (
        "ira", None, 2015, 5_000, 4_000,
    )  # fmt: skip
    assert (household.yearlypayment_facts.get().annual_amount, household.yearlypayment_facts.get().first_year) == (
        3_000,
        2027,
    )


def test_what_a_person_has_once_is_changed_whatever_it_is_called_and_the_rest_of_it_stays(household, ada):
    basis = money.fact("ira_basis", household, ada)
    roth = money.fact("roth_basis", household, ada)
    lines = MORE.splitlines(keepends=True)
    batch = taken(household, ada, lines[0] + lines[5] + lines[6])
    basis.refresh_from_db()
    roth.refresh_from_db()
    assert (basis.name, basis.amount) == ("Form 8606", 38_500)
    assert (roth.name, roth.contributions, roth.converted_1) == ("Roth", 40_000, 4_000)
    undo_batch(batch=batch, by=ada.as_actor())
    basis.refresh_from_db()
    roth.refresh_from_db()
    assert (basis.name, basis.amount, roth.converted_1) == ("Ira_Basis", 60_000, 0)


def test_a_person_is_the_same_by_first_name_so_that_an_income_is_not_doubled(household, ada):
    money.fact("income", household, ada, name="Job")
    taken(household, ada, HEAD + "income,Job,Ana,,salary,130000,10/01/2026,,,,,,,\n")
    assert IncomeSource.objects.get(household=household).annual_amount == 130_000


@pytest.mark.parametrize(
    ("old", "new", "column", "words"),
    [
        ("Acme,Ana,rsu", "Acme,,rsu", "person", "Write one of: Ana Rivera"),
        ("rsu,,10/01/2026,400", "rsu,,10/01/2026,", "shares", "“shares” is empty. Each entry “grant” needs it."),
        ("Acme,Ana,rsu", "Acme,Ana,stock", "type", "Write one of: Restricted stock units; Options, nonqualified; "),
        ("400,52.50,,", "400,52.50,9,", "strike", "Only options have a strike"),
        ("15%,yes,10,no", "15%,maybe,10,no", "from retirement", "Write yes or no."),
        ("15%,yes,10,no", "15%,yes,1.5,no", "years", "Write it without decimals."),
        (",,2025,,,", ",,1950,,,", "tax year", "from 1987 to 2026"),
        ("02/03/2019", "02/03/1980", "died on", "before the marriage"),
        ("gift,3000", "gift,-3000", "amount", "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_is_told_at_line_and_column_with_what_to_write(old, new, column, words, household, ada):
    assert old in MORE
    batch = opened(household, ada, MORE.replace(old, new, 1))
    (row,) = [row for row in ImportRow.objects.filter(batch=batch) if row.problems]
    (problem,) = row.problems
    assert problem["column"] == column
    told = (
        f"{problem['message']} {problem['mend']}" % problem["params"]
        if problem["params"]
        else f"{problem['message']} {problem['mend']}"
    )
    assert words in told
    with pytest.raises(DomainError):
        apply_batch(batch=batch, by=ada.as_actor())
    assert not household.equitygrant_facts.exists()


@pytest.mark.parametrize(
    ("said", "is_taken"), [("$3000", True), ("USD 3000", True), ("€3000", False), ("R$3000", False)]
)
def test_an_amount_in_another_currency_is_refused_and_none_is_converted(said, is_taken, household, ada):
    assert "gift,3000" in MORE
    batch = opened(household, ada, MORE.replace("gift,3000", f"gift,{said}", 1))
    told = [problem for row in ImportRow.objects.filter(batch=batch) for problem in row.problems or ()]
    assert [problem["column"] for problem in told] == ([] if is_taken else ["amount"])
    if not is_taken:
        assert told[0]["params"] == {"said": said, "currency": "USD"}


def test_a_column_of_which_nothing_is_read_is_named(household, ada):
    header, _rest = MORE.split("\n", 1)
    lines = [
        f"{line},note" if line.strip() else line for line in MORE.replace(header, f"{header},Amout", 1).split("\n")[1:]
    ]
    batch = opened(household, ada, "\n".join([f"{header},Amout", *lines]))
    assert problems(batch) == [(1, "Amout", "unknown_column")]


@pytest.mark.parametrize(("language", "account"), [("en", "Brokerage"), ("pt-br", "Corretora")])
def test_the_list_to_begin_with_holds_every_kind_and_is_taken_in(language, account, household, ada):
    explained = FactFileImporter().explained(language)
    household.accounts.update(name=account)
    # as the page offers it: found among the static files by this very name
    text = Path(str(finders.find(explained.sample))).read_text()
    found = read_facts(text.encode())
    told = {entry_of(entry) for entry, _columns in explained.columns}
    assert {row.kind for row in found.rows} == told == set(COLUMNS)
    assert not problems(opened(household, ada, text))
    taken(household, ada, text)
    assert household.equitygrant_facts.count() == 2
    assert (household.property_facts.get().property_tax, household.property_facts.get().value) == (7_800, 650_000)
    assert household.incomesource_facts.get().ends_on == dt.date(2040, 6, 30)
    assert household.equitygrant_facts.first().price == D("52.5")


def test_a_portuguese_list_is_read_and_doubted_in_its_own_words(household, ada):
    head = "Lançamento,Nome,Pessoa,Tipo,Valor,Posição de,Juros,Pagamento\n"
    text = head + 'dívida,Casa,,Financiamento imobiliário,"310.000,50",01/10/2026,"6,5%",2.100\n'
    taken(household, ada, text)
    debt = Debt.objects.get(household=household)
    assert (debt.kind, debt.balance, debt.as_of) == ("mortgage", D("310000.50"), dt.date(2026, 10, 1))
    batch = opened(
        household, ada, text.replace("Financiamento imobiliário", "foguete") + "renda,Salário,,salary,9,01/10/2026,,\n"
    )
    assert [each[:2] for each in problems(batch)] == [(2, "tipo"), (3, "pessoa")]
    with pytest.raises(FileRefusedError, match="posição de"):
        opened(household, ada, "Lançamento,Nome,Valor\ndívida,Casa,9\n")


SEVERAL = "Household,Entry,Name,Person,Type,Amount,As of,Rate,Payment\n"


def several(by, text):
    return open_batch(kind="money_facts", filename="facts.csv", content=text.encode(), by=by.as_actor())


def test_one_list_holds_several_households_each_by_its_name_or_number(household, ada, sign_in):
    other = clients.household(ada, name="Okafor")
    other.external_id = "H-77"
    other.save()
    lines = "Rivera,debt,House,,mortgage,9000,10/01/2026,5%,100\nH-77,debt,House,,auto,500,10/01/2026,6%,20\n"
    batch = several(ada, SEVERAL + lines)
    assert not problems(batch)
    page = sign_in(ada).get(f"/imports/{batch.public_id}/").content.decode()
    assert "By household" in page
    assert "H-77: House" in page
    apply_batch(batch=batch, by=ada.as_actor())
    assert Debt.objects.get(household=household).balance == 9_000
    assert Debt.objects.get(household=other).balance == 500
    again = several(ada, SEVERAL + lines.replace("500,10", "400,10") + "\n")
    assert (again.counts["unchanged"], again.counts["update"]) == (1, 1)
    undo_batch(batch=batch, by=ada.as_actor())
    assert not Debt.objects.exists()


def test_a_household_of_somebody_else_a_strange_one_and_none_stand_at_their_line_and_nothing_is_taken_in(
    household, ada, mallory
):
    clients.household(mallory, name="Lindqvist")
    told = ("Rivera", "Lindqvist", "Nobody", "")
    batch = several(ada, SEVERAL + "".join(f"{name},debt,House,,auto,500,10/01/2026,6%,20\n" for name in told))
    assert problems(batch) == [
        (3, "household", "unknown_household"), (4, "household", "unknown_household"), (5, "household", "no_household"),
    ]  # fmt: skip
    with pytest.raises(DomainError):
        apply_batch(batch=batch, by=ada.as_actor())
    assert not Debt.objects.exists()


def test_a_name_that_two_households_bear_asks_for_the_number_and_a_chosen_one_stands_alone(household, ada):
    clients.household(ada, name="Rivera")
    line = "Rivera,debt,House,,auto,500,10/01/2026,6%,20\n"
    assert problems(several(ada, SEVERAL + line)) == [(2, "household", "many_households")]
    assert not problems(opened(household, ada, SEVERAL + line))
    assert problems(opened(household, ada, SEVERAL + line.replace("Rivera", "Okafor"))) == [
        (2, "household", "other_household")
    ]
    with pytest.raises(InvalidInputError) as refused:
        several(ada, LIST)
    assert refused.value.field == "household"


def test_the_page_explains_the_columns_and_gives_the_list(ada, sign_in):
    page = sign_in(ada).get("/imports/new/money_facts/").content.decode()
    assert "household-facts" in page
    assert "married on, divorced on" in page
    assert "type (Restricted stock units | Options, nonqualified | " in page
    assert "every months (1 | 3 | 12)" in page
    assert "What the list says" not in sign_in(ada).get("/imports/new/clients/").content.decode()
