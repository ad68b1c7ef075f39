"""Whose account a line of a custodian's file is."""

from __future__ import annotations

from apps.accounts.models import User
from apps.clients.ports import ImportFile
from apps.portfolios.models import Account
from apps.portfolios.services.custodian_accounts import (
    account_question,
    accounts_of,
    answered_account,
    answered_accounts,
    custodian_file,
)
from tests.factories import clients as people
from tests.factories import portfolios as made

HEAD = "Trade Date,Settlement Date,Account Number,Action,Symbol,Description,Quantity,Price,Fees,Amount\n"


def told(*numbers: str) -> bytes:
    return (HEAD + "".join(f'03/03/2025,03/03/2025,{n},Deposit,,Wire,,,,"10.00"\n' for n in numbers)).encode()


def named(by: User, *numbers: str) -> dict[str, Account]:
    file = ImportFile("all.csv", told(*numbers), by.as_actor())
    found = custodian_file(file)
    places = accounts_of(found)
    return {places[place].number: account for place, account in answered_accounts(file, found).items()}


def test_accounts_of_a_firm_are_found_by_their_numbers_however_written(ada: User) -> None:
    one = made.account(people.household(ada), ada)
    other = made.account(people.household(ada, name="Stone"), ada, number="77001122")
    assert named(ada, "12345678", "7700-1122", "99990000") == {"12345678": one, "7700-1122": other}


def test_nobody_is_given_an_account_that_they_may_not_see(ada: User, mallory: User) -> None:
    made.account(people.household(ada), ada)
    assert named(mallory, "1234-5678") == {}


def test_one_number_at_two_custodians_is_the_one_whose_file_it_is_or_none(ada: User) -> None:
    household = people.household(ada)
    made.account(household, ada, custodian="Schwab")
    made.account(household, ada, custodian="Fidelity")
    assert named(ada, "1234-5678") == {}
    schwab = HEAD.replace("Trade Date", "Date").replace("Fees", "Fees & Comm")
    file = ImportFile("s.csv", schwab.encode() + told("12345678")[len(HEAD) :], ada.as_actor())
    found = custodian_file(file)
    assert found.layout == "schwab"
    assert [account.custodian for account in answered_accounts(file, found).values()] == ["Schwab"]


def test_a_file_is_read_once_and_an_account_opened_meanwhile_is_found(ada: User) -> None:
    household = people.household(ada)
    answers = {"account_0": "new:individual"}
    file = ImportFile("a.csv", told("1234-5678"), ada.as_actor(), household.pk, answers)
    found = custodian_file(file)
    assert custodian_file(file) is found
    assert answered_account(file, found, 0) is None
    opened = made.account(household, ada)
    assert answered_account(file, found, 0) == opened
    question = account_question(0, accounts_of(found)[0], [opened], "")
    assert question.value == str(opened.public_id)
