"""Facts of a household's money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.money.models import Debt
from apps.money.services.facts import FACT_KINDS, add_fact, change_fact, remove_fact
from tests.factories import clients as people
from tests.factories import money as made
from tests.factories import portfolios


@pytest.mark.parametrize("kind", sorted(FACT_KINDS))
def test_each_kind_is_added_changed_and_removed_on_the_trail(ada: User, kind: str) -> None:
    household = people.household(ada)
    extra = {"account": portfolios.account(household, ada)} if kind == "saving" else {}
    fact = made.fact(kind, household, ada, **extra)
    change_fact(fact=fact, fields={"name": "Other name"}, by=ada.as_actor())
    remove_fact(fact=fact, by=ada.as_actor())
    events = AuditEvent.objects.filter(action__startswith="money.").order_by("id")
    assert [event.action for event in events] == [f"money.{verb}_{kind}" for verb in ("add", "change", "remove")]
    assert {event.subject_id for event in events} == {str(household.public_id)}
    assert events[1].after == {"name": "Other name"}
    assert not FACT_KINDS[kind].objects.exists()


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("debt", {"balance": Decimal(-1)}, "balance"),
        ("debt", {"annual_rate": Decimal(6)}, "annual_rate"),
        ("income", {"kind": "lottery"}, "kind"),
        ("property", {"value": Decimal(-1)}, "value"),
        ("ira_basis", {"amount": Decimal(-1)}, "amount"),
        ("ira_basis", {"tax_year": 1986}, "tax_year"),
        ("ira_basis", {"tax_year": 2026}, "tax_year"),
        ("roth_basis", {"contributions": Decimal(-1)}, "contributions"),
        ("roth_basis", {"tax_year": 1997, "first_year": None}, "tax_year"),
        ("roth_basis", {"first_year": 2026}, "first_year"),
        ("roth_basis", {"kind": "plan", "converted_1": Decimal(5)}, "converted_1"),
        ("roth_basis", {"first_year": 2023, "tax_year": 2024, "converted_2": Decimal(5)}, "converted_2"),
        ("payment", {"annual_amount": Decimal(-1)}, "annual_amount"),
        ("payment", {"kind": "lottery"}, "kind"),
        ("payment", {"first_year": 26}, "first_year"),
        ("payment", {"first_year": 2034, "last_year": 2033}, "last_year"),
        ("payment", {"last_year": 2019}, "last_year"),
        ("payment", {"in_costs": True}, "in_costs"),
        ("property", {"property_tax": Decimal(-1)}, "property_tax"),
        ("property", {"kind": "vehicle", "property_tax": Decimal(900)}, "property_tax"),
        ("debt", {"kind": "auto", "bought_home": True}, "bought_home"),
        ("debt", {"taken_out_on": dt.date(2099, 1, 1)}, "taken_out_on"),
    ],
)
def test_what_cannot_be_is_refused(ada: User, kind: str, fields: dict[str, object], field: str) -> None:
    household = people.household(ada)
    with pytest.raises(InvalidInputError) as refused:
        made.fact(kind, household, ada, **fields)
    assert refused.value.field == field
    assert not FACT_KINDS[kind].objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="money.").exists()


def test_a_person_of_another_household_is_refused(ada: User) -> None:
    other = people.household(ada, name="Okafor").people.get(relationship="head")
    with pytest.raises(InvalidInputError, match="another household"):
        made.fact("income", people.household(ada), ada, person=other)


def test_each_person_tells_of_after_tax_money_once(ada: User) -> None:
    household = people.household(ada)
    made.fact("ira_basis", household, ada)
    with pytest.raises(InvalidInputError, match="told already"):
        made.fact("ira_basis", household, ada)


def test_each_person_tells_of_each_kind_of_roth_account_once(ada: User) -> None:
    household = people.household(ada)
    made.fact("roth_basis", household, ada)
    made.fact("roth_basis", household, ada, kind="plan")
    with pytest.raises(InvalidInputError, match="told already"):
        made.fact("roth_basis", household, ada)


def test_a_sale_of_the_past_is_told_while_parts_of_its_price_are_to_come(ada: User) -> None:
    told = {"sells_on": dt.date(2023, 6, 16), "cost": Decimal(1), "instalments": 3, "instalment_rate": Decimal("0.05")}
    thing = made.fact("property", people.household(ada), ada, **told)
    with pytest.raises(InvalidInputError, match="last part of the price came on") as refused:
        change_fact(fact=thing, fields={"instalments": 2}, by=ada.as_actor())
    assert refused.value.field == "instalments"


def test_an_unknown_kind_is_refused(ada: User) -> None:
    with pytest.raises(InvalidInputError, match="no kind of fact"):
        add_fact(kind="lottery", household=people.household(ada), fields={}, by=ada.as_actor())


def test_the_history_keeps_every_state(ada: User) -> None:
    debt = made.fact("debt", people.household(ada), ada)
    change_fact(fact=debt, fields={"balance": Decimal(300_000)}, by=ada.as_actor())
    balances = [row.balance for row in Debt.history.order_by("history_id")]
    assert balances == [310_000, 300_000]
    assert {row.history_user_id for row in Debt.history.all()} == {ada.as_actor().key}


AHEAD, PAST = dt.date(2034, 3, 1), dt.date(2025, 6, 15)
# 500 of 1,000 had vested two years after the grant
EXERCISED = {
    "kind": "iso", "strike": Decimal(9), "held_shares": Decimal(200), "exercised_on": dt.date(2025, 4, 1),
    "exercise_worth": Decimal(60), "granted_on": dt.date(2023, 3, 1),
}  # fmt: skip
SHARE = {"change": "share", "monthly_amount": None, "share": Decimal("-0.2")}


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("phase", {"monthly_amount": None}, "monthly_amount"),
        ("phase", {"monthly_amount": Decimal(0)}, "monthly_amount"),
        ("phase", {"monthly_amount": Decimal(-5)}, "monthly_amount"),
        ("phase", {"share": Decimal("0.1")}, "share"),
        ("phase", {**SHARE, "share": None}, "share"),
        ("phase", {**SHARE, "monthly_amount": Decimal(5)}, "monthly_amount"),
        ("phase", {"starts_on": AHEAD, "starts_at_retirement": True}, "starts_on"),
        ("phase", {"starts_on": AHEAD, "ends_on": dt.date(2033, 1, 1)}, "ends_on"),
        ("phase", {"ends_on": PAST}, "ends_on"),
        ("phase", {"starts_on": AHEAD, "ends_on": dt.date(2036, 1, 1), "years": 3}, "ends_on"),
        ("phase", {"years": 3}, "years"),
        ("phase", {"until_age": 12}, "person"),
        ("windfall", {"amount": Decimal(0)}, "amount"),
        ("windfall", {"expected_on": PAST}, "expected_on"),
        ("property", {"sells_on": PAST, "cost": Decimal(1)}, "sells_on"),
        ("property", {"sells_on": dt.date(2024, 6, 15), "cost": Decimal(1), "instalments": 2}, "instalments"),
        ("property", {"sells_on": AHEAD, "cost": Decimal(1), "instalment_rate": Decimal("0.05")}, "instalment_rate"),
        (
            "property",
            {"sells_on": AHEAD, "cost": Decimal(1), "instalments": 2, "instalment_rate": Decimal("0.31")},
            "instalment_rate",
        ),
        ("property", {"sells_on": AHEAD}, "cost"),
        ("property", {"selling_cost": Decimal("0.7")}, "selling_cost"),
        ("property", {"sold_share": Decimal(0), "sells_on": AHEAD, "cost": Decimal(1)}, "sold_share"),
        ("property", {"sold_share": Decimal("1.2"), "sells_on": AHEAD, "cost": Decimal(1)}, "sold_share"),
        ("property", {"sold_share": Decimal("0.5")}, "sells_on"),
        ("property", {"instalments": 3}, "sells_on"),
        ("property", {"instalments": 31, "sells_on": AHEAD, "cost": Decimal(1)}, "instalments"),
        ("property", {"is_passive": True}, "is_passive"),
        ("property", {"kept_until_death": True, "sells_on": AHEAD, "cost": Decimal(1)}, "kept_until_death"),
        ("grant", {"quantity": Decimal(0)}, "quantity"),
        ("grant", {"quantity": Decimal(-5)}, "quantity"),
        ("grant", {"price": Decimal(-1)}, "price"),
        ("grant", {"strike": Decimal(10)}, "strike"),
        ("grant", {"kind": "nso"}, "strike"),
        ("grant", {"discount": Decimal("0.1")}, "discount"),
        ("grant", {"kind": "espp", "discount": Decimal("0.2")}, ""),
        ("grant", {"cliff_months": 60}, "cliff_months"),
        ("grant", {"expires_on": AHEAD}, "expires_on"),
        ("grant", {**EXERCISED, "kind": "nso"}, "held_shares"),
        ("grant", {"minimum_tax_credit": Decimal(5)}, "minimum_tax_credit"),
        ("grant", {**EXERCISED, "exercised_on": None}, "exercised_on"),
        ("grant", {**EXERCISED, "exercise_worth": None}, "exercise_worth"),
        ("grant", {**EXERCISED, "held_shares": None}, "exercised_on"),
        ("grant", {**EXERCISED, "exercised_on": dt.date(2023, 2, 1)}, "exercised_on"),
        ("grant", {**EXERCISED, "exercised_on": AHEAD}, "exercised_on"),
        ("grant", {**EXERCISED, "held_shares": Decimal(501)}, "held_shares"),
        ("grant", {**EXERCISED, "exercise_worth": Decimal(-1)}, "exercise_worth"),
        ("grant", {"kind": "iso", "strike": Decimal(9), "expires_on": dt.date(2028, 12, 1)}, "expires_on"),
        ("grant", {"kind": "iso", "strike": Decimal(9), "exercise_on": dt.date(2024, 12, 1)}, "exercise_on"),
        (
            "grant",
            {"kind": "iso", "strike": Decimal(9), "exercise_on": dt.date(2035, 1, 1), "expires_on": AHEAD},
            "exercise_on",
        ),
        ("insurance", {"ends_on": PAST}, "ends_on"),
        ("insurance", {"life_form": "whole", "ends_on": AHEAD}, "ends_on"),
        ("insurance", {"life_form": "term", "kind": "disability"}, "life_form"),
        ("insurance", {"coverage": Decimal(-1)}, "coverage"),
        ("former_spouse", {"died_on": None}, "divorced_on"),
        ("former_spouse", {"monthly_amount": Decimal(0)}, "monthly_amount"),
        ("former_spouse", {"monthly_amount": Decimal(-5)}, "monthly_amount"),
        ("former_spouse", {"married_on": dt.date(1950, 1, 1)}, "married_on"),
        ("former_spouse", {"divorced_on": dt.date(1980, 1, 1)}, "divorced_on"),
        ("former_spouse", {"died_on": dt.date(1984, 1, 1)}, "died_on"),
        ("former_spouse", {"died_on": AHEAD}, "died_on"),
        ("former_spouse", {"remarried_on": dt.date(2018, 1, 1)}, "remarried_on"),
        ("former_spouse", {"claimed_on": dt.date(2015, 1, 1)}, "claimed_on"),
        ("former_spouse", {"claimed_on": dt.date(2021, 1, 1)}, "claimed_on"),
        ("former_spouse", {"benefit_from": dt.date(2026, 1, 1)}, "benefit_from"),
        ("former_spouse", {"died_on": None, "divorced_on": PAST, "claimed_on": dt.date(2027, 1, 1)}, "claimed_on"),
        ("grant", {"vesting_months": 2_000_000_000}, "vesting_months"),
        ("grant", {"cliff_months": 481, "vesting_months": 480}, "cliff_months"),
        ("grant", {"every_months": 0}, "every_months"),
        ("grant", {"granted_on": dt.date(9998, 1, 1)}, "granted_on"),
        ("former_spouse", {"died_on": None, "divorced_on": PAST, "benefit_from": AHEAD}, "benefit_from"),
    ],
)
def test_an_event_that_cannot_be_is_refused_at_its_field(
    ada: User, kind: str, fields: dict[str, object], field: str
) -> None:
    household = people.household(ada)
    with pytest.raises(InvalidInputError) as refused:
        made.fact(kind, household, ada, **fields)
    assert refused.value.field == field
    assert not FACT_KINDS[kind].objects.exists()


def test_an_age_needs_a_birth_date_and_one_that_is_still_to_come(ada: User) -> None:
    household = people.household(ada)
    child = household.people.filter(relationship="child").first()
    child.date_of_birth = dt.date(2010, 5, 5)
    child.save(update_fields=["date_of_birth"])
    made.fact("phase", household, ada, person=child, until_age=18)
    with pytest.raises(InvalidInputError, match="over already|before it begins"):
        made.fact("phase", household, ada, person=child, until_age=12)
    child.date_of_birth = None
    child.save(update_fields=["date_of_birth"])
    with pytest.raises(InvalidInputError) as refused:
        made.fact("phase", household, ada, person=child, until_age=18)
    assert refused.value.field == "person"


def test_a_windfall_goes_into_no_retirement_account(ada: User) -> None:
    household = people.household(ada)
    roth = portfolios.account(household, ada, registration="roth_ira", number="9", name="Roth")
    with pytest.raises(InvalidInputError) as refused:
        made.fact("windfall", household, ada, account=roth)
    assert refused.value.field == "account"


def test_one_sale_pays_a_debt_off_and_only_one_of_the_household(ada: User) -> None:
    household = people.household(ada)
    debt = made.fact("debt", household, ada)
    made.fact("property", household, ada, debt=debt)
    with pytest.raises(InvalidInputError, match="already"):
        made.fact("property", household, ada, name="Second", debt=debt)
    other = made.fact("debt", people.household(ada, name="Okafor"), ada)
    with pytest.raises(InvalidInputError, match="another household"):
        made.fact("property", household, ada, name="Third", debt=other)
