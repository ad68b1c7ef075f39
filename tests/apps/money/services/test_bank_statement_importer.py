"""Bank statements taken in, whole or not at all, and taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, ImportBatch
from apps.clients.services.imports import ImportHasDependentsError, apply_batch, open_batch, undo_batch
from apps.core.tabular.problems import FileRefusedError
from apps.money.models import BankAccount, BankTransaction
from apps.money.services.categories import categorise_entry
from tests.factories import clients as people
from tests.factories import money as made

HEAD = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20250601<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>USD
<BANKACCTFROM><BANKID>021000021<ACCTID>000111222<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20250501<DTEND>20250531
"""
PAY = "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20250502<TRNAMT>5000.00<FITID>F1<NAME>ACME PAYROLL</STMTTRN>\n"
FOOD = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20250503<TRNAMT>-84.10<FITID>F2<NAME>WHOLE FOODS</STMTTRN>\n"
FOOT = """</BANKTRANLIST><LEDGERBAL><BALAMT>9915.90<DTASOF>20250531</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
STATEMENT = HEAD + PAY + FOOD + FOOT


@pytest.fixture
def household(ada: User) -> Household:
    return people.household(ada)


def brought(household: Household, by: User, text: str = STATEMENT) -> ImportBatch:
    return open_batch(
        kind="bank_statement", filename="may.ofx", content=text.encode(), by=by.as_actor(), household=household
    )


def taken(household: Household, by: User, text: str = STATEMENT) -> ImportBatch:
    return apply_batch(batch=brought(household, by, text), by=by.as_actor())


def test_a_statement_adds_its_account_with_entries_and_balance(ada: User, household: Household) -> None:
    assert brought(household, ada).counts["create"] == 2
    assert not BankAccount.objects.exists()
    taken(household, ada)
    account = BankAccount.objects.get()
    assert (account.kind, account.masked_number, account.balance) == ("checking", "•••• 1222", Decimal("9915.90"))
    assert {entry.category for entry in account.entries.all()} == {"income", "groceries"}


def test_the_same_file_twice_changes_nothing(ada: User, household: Household) -> None:
    taken(household, ada)
    again = taken(household, ada)
    assert (again.counts["create"], again.counts["update"], again.counts["unchanged"]) == (0, 0, 2)
    assert BankTransaction.objects.count() == 2


def test_an_account_that_is_there_is_found_by_its_number(ada: User, household: Household) -> None:
    made.bank_account(household, ada)
    taken(household, ada)
    assert BankAccount.objects.get().entries.count() == 2


def test_what_the_bank_corrects_is_taken_over_and_put_back(ada: User, household: Household) -> None:
    taken(household, ada)
    categorise_entry(entry=BankTransaction.objects.get(amount="-84.10"), category="giving", by=ada.as_actor())
    corrected = taken(household, ada, STATEMENT.replace("-84.10", "-85.10"))
    assert corrected.counts["update"] == 1
    entry = BankTransaction.objects.get(payee="WHOLE FOODS")
    assert (entry.amount, entry.category) == (Decimal("-85.10"), "giving")
    undo_batch(batch=corrected, by=ada.as_actor())
    assert BankTransaction.objects.get(payee="WHOLE FOODS").amount == Decimal("-84.10")


def test_undo_leaves_nothing_and_the_file_can_come_again(ada: User, household: Household) -> None:
    batch = taken(household, ada)
    undo_batch(batch=batch, by=ada.as_actor())
    assert not BankAccount.objects.exists()
    assert not BankTransaction.objects.exists()
    assert taken(household, ada).counts["create"] == 2


def test_a_household_can_be_taken_back_once_its_statement_was(ada: User) -> None:
    by = ada.as_actor()
    listed = b"First name,Last name,Relationship\nIo,Marsh,Head\n"
    clients = apply_batch(batch=open_batch(kind="clients", filename="c.csv", content=listed, by=by), by=by)
    statement = taken(Household.objects.get(), ada)
    with pytest.raises(ImportHasDependentsError):
        undo_batch(batch=clients, by=by)
    undo_batch(batch=statement, by=by)
    undo_batch(batch=clients, by=by)
    assert not Household.objects.exists()
    statement.refresh_from_db()
    assert statement.household is None, "the record of the import stays"


def test_undo_refuses_while_later_entries_came_to_the_account(ada: User, household: Household) -> None:
    batch = taken(household, ada)
    taken(household, ada, STATEMENT.replace(PAY, PAY.replace("F1", "F3").replace("20250502", "20250602")))
    with pytest.raises(ImportHasDependentsError) as refused:
        undo_batch(batch=batch, by=ada.as_actor())
    assert any("2025-06-02 ACME PAYROLL" in sentence for sentence in refused.value.dependents)
    assert BankTransaction.objects.count() == 3


def test_a_file_that_ends_in_the_middle_leaves_nothing(ada: User, household: Household) -> None:
    with pytest.raises(FileRefusedError):
        brought(household, ada, HEAD + PAY)
    assert not ImportBatch.objects.exists()
