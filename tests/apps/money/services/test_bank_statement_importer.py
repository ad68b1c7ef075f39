"""Bank statements taken in, whole or not at all, and taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, ImportBatch
from apps.clients.ports import ImportFile
from apps.clients.services.imports import (
    ImportHasDependentsError,
    ImportHasErrorsError,
    apply_batch,
    check_batch,
    open_batch,
    undo_batch,
)
from apps.core.tabular.problems import FileRefusedError
from apps.money.models import BankAccount, BankTransaction
from apps.money.readers.reconciling import StatementDoesNotReconcileError
from apps.money.services.bank_statement_importer import BankStatementImporter
from apps.money.services.categories import categorise_entry
from tests.apps.money.readers import camt_samples, mt940_samples
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


@pytest.mark.parametrize(
    ("text", "last_four"),
    [(mt940_samples.SOUND, "0888"), (camt_samples.SOUND, "3000")],
    ids=["mt940", "camt"],
)
def test_mt940_and_camt_come_in_from_start_to_finish_and_go_back(
    ada: User, household: Household, text: str, last_four: str
) -> None:
    dry = brought(household, ada, text)
    assert (dry.counts["create"], dry.counts["errors"]) == (2, 0)
    assert not BankTransaction.objects.exists()
    batch = apply_batch(batch=dry, by=ada.as_actor())
    account = BankAccount.objects.get()
    assert (account.currency, account.last_four, account.balance) == ("EUR", last_four, Decimal(3200))
    assert {(entry.payee, entry.amount) for entry in account.entries.all()} >= {("MUELLER", Decimal("-800.00"))}
    again = taken(household, ada, text)
    assert (again.counts["create"], again.counts["update"], again.counts["unchanged"]) == (0, 0, 2)
    undo_batch(batch=batch, by=ada.as_actor())
    assert not BankAccount.objects.exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (mt940_samples.SOUND.replace("EUR3200,00", "EUR3200,01"), 9),
        (camt_samples.SOUND.replace(">3200.00<", ">3200.01<"), 7),
    ],
    ids=["mt940", "camt"],
)
def test_a_statement_that_does_not_add_up_is_shown_with_its_difference_and_never_taken_in(
    ada: User, household: Household, text: str, line: int
) -> None:
    batch = brought(household, ada, text)
    [row] = batch.rows.filter(line=line)
    assert (row.problems[0]["code"], row.problems[0]["params"]["difference"]) == ("does_not_reconcile", "0.01 EUR")
    with pytest.raises(ImportHasErrorsError):
        apply_batch(batch=batch, by=ada.as_actor())
    file = ImportFile("x", text.encode(), ada.as_actor(), household.pk, batch.answers)
    with pytest.raises(StatementDoesNotReconcileError):
        BankStatementImporter().apply(file, (), (), lambda _fraction, _step: None)
    assert not BankTransaction.objects.exists()


def test_the_name_of_the_file_says_nothing(ada: User, household: Household) -> None:
    batch = open_batch(
        kind="bank_statement",
        filename="may.ofx",
        content=mt940_samples.SOUND.encode("cp1252"),
        by=ada.as_actor(),
        household=household,
    )
    assert batch.counts["create"] == 2


def test_statements_of_one_account_ask_once_and_open_one_account(ada: User, household: Household) -> None:
    june = mt940_samples.statement(mt940_samples.COFFEE, opening="C260531EUR3200,00", closing="C260630EUR3195,50")
    batch = brought(household, ada, mt940_samples.SOUND + june)
    assert list(batch.answers) == ["account_0"]
    apply_batch(batch=batch, by=ada.as_actor())
    account = BankAccount.objects.get()
    assert (account.entries.count(), account.balance) == (3, Decimal("3195.50"))


def test_a_statement_in_another_currency_than_the_chosen_account_is_refused(ada: User, household: Household) -> None:
    dollars = made.bank_account(household, ada)
    batch = brought(household, ada, mt940_samples.SOUND)
    batch = check_batch(batch=batch, answers={"account_0": str(dollars.public_id)}, by=ada.as_actor())
    assert batch.counts["errors"] == 1


def test_a_statement_without_account_number_opens_an_account_of_its_own(ada: User, household: Household) -> None:
    nameless = mt940_samples.SOUND.replace(mt940_samples.ACCOUNT, "")
    taken(household, ada, nameless)
    taken(household, ada, nameless.replace("NONREF//7700", "NONREF//8800"))
    assert [account.entries.count() for account in BankAccount.objects.all()] == [2, 2]


def test_an_amount_that_the_books_cannot_hold_is_an_error_of_its_row(ada: User, household: Household) -> None:
    text = camt_samples.document(
        camt_samples.statement(camt_samples.entry("1.005"), camt_samples.entry("8.850"), closing="1009.855")
    )
    batch = brought(household, ada, text)
    assert (batch.counts["errors"], batch.counts["create"]) == (1, 1)
    exact = camt_samples.document(camt_samples.statement(camt_samples.entry("8.850"), closing="1008.850"))
    taken(household, ada, exact)
    assert BankTransaction.objects.get().amount == Decimal("8.85")


def test_a_pending_entry_is_listed_and_not_taken_in(ada: User, household: Household) -> None:
    pending = camt_samples.entry("9.00", status="<Sts>PDNG</Sts>")
    batch = brought(
        household, ada, camt_samples.document(camt_samples.statement(camt_samples.PAY, pending, closing="4000.00"))
    )
    assert (batch.counts["create"], batch.counts["ignored"], batch.ignored[0]["reason"]) == (1, 1, "pending")
