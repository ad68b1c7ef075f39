from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.tabular import decoding
from apps.core.tabular.problems import FileRefusedError, IgnoredReason
from apps.money.readers.camt053 import read_camt
from apps.money.readers.reconciling import StatementDoesNotReconcileError, demand_reconciled
from apps.money.readers.rows import BankTransaction, StatementFile
from tests.apps.money.readers.camt_samples import PAY, RENT, SOUND, balance, document, entry, payment, statement


def read(text: str) -> StatementFile:
    return read_camt(text.encode())


def only(text: str) -> BankTransaction:
    [found] = [found for each in read(text).statements for found in each.transactions]
    return found


def codes(found: StatementFile) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.code, str(problem.severity)) for problem in found.problems]


def test_a_statement_gives_account_balances_and_entries_with_their_lines() -> None:
    found = read(SOUND)
    [bank] = found.statements
    assert found.version == "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
    assert (found.problems, found.ignored, bank.reconciles) == ((), (), True)
    assert (bank.account.number, bank.account.routing_number) == ("DE89370400440532013000", "COBADEFF")
    assert (bank.currency, bank.number, [each.code for each in bank.balances]) == ("EUR", "S1", ["OPBD", "CLBD"])
    rent, pay = bank.transactions
    assert (rent.row, rent.posted_on, rent.value_on) == (8, date(2026, 5, 4), date(2026, 5, 5))
    assert (rent.amount, rent.currency, rent.name, rent.memo) == (Decimal("-800.00"), "EUR", "MUELLER", "Miete")
    assert (rent.fitid, rent.reference, pay.row, pay.amount) == ("77001", "E-MUELLER", 11, Decimal("3000.00"))
    demand_reconciled(found)


@pytest.mark.parametrize("version", ["02", "04", "08", "12"])
def test_every_version_is_read_alike(version: str) -> None:
    booked = "<Sts><Cd>BOOK</Cd></Sts>" if version in {"08", "12"} else "<Sts>BOOK</Sts>"
    told = f"<NtryDtls>{payment('ACME', 'Gehalt', wrapped=version in {'08', '12'})}</NtryDtls>"
    text = document(statement(entry("2200.00", status=booked, details=told)), version=version)
    assert (only(text).amount, only(text).name, read(text).problems) == (Decimal(2200), "ACME", ())


@pytest.mark.parametrize(("kind", "tag"), [("052", "Rpt"), ("054", "Ntfctn")])
def test_reports_and_advices_are_read_with_a_warning(kind: str, tag: str) -> None:
    inner = statement(RENT, balances="").replace("<Stmt>", f"<{tag}>").replace("</Stmt>", f"</{tag}>")
    found = read(document(inner, kind=kind))
    assert [len(each.transactions) for each in found.statements] == [1]
    assert [problem.code for problem in found.problems] == ["no_balances"]


def test_a_reversal_keeps_the_side_that_the_entry_has() -> None:
    back = entry("5.00", "CRDT", reversal=True, details=f"<NtryDtls>{payment('Shop', 'x', tag='Cdtr')}</NtryDtls>")
    found = only(document(statement(back)))
    assert (found.amount, found.name) == (Decimal("5.00"), "Shop")
    assert only(document(statement(entry("5.00", "DBIT", reversal=True)))).amount == Decimal("-5.00")


def test_a_batch_is_one_entry_as_the_account_shows_it() -> None:
    batch = (
        "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>"
        f"{payment('Ann', 'a')}{payment('Bob', 'b')}</NtryDtls><AddtlNtryInf>Collection</AddtlNtryInf>"
    )
    found = only(document(statement(entry("2200.00", details=batch))))
    assert (found.amount, found.name, found.memo, found.reference) == (Decimal(2200), "Collection", "Ann; Bob", "")


def test_what_is_announced_is_set_aside_and_counts_for_nothing() -> None:
    found = read(document(statement(RENT, PAY, entry("9.00", status="<Sts>PDNG</Sts>"))))
    [bank] = found.statements
    assert (bank.reconciles, len(bank.pending), len(bank.transactions)) == (True, 1, 2)
    assert [row.reason for row in found.ignored] == [IgnoredReason.PENDING]


def test_a_statement_that_does_not_add_up_is_an_error_with_line_and_difference_and_raises() -> None:
    found = read(document(statement(RENT, PAY, closing="3250.00")))
    [problem] = found.problems
    assert (problem.row, problem.column, problem.code) == (7, "CLBD", "does_not_reconcile")
    assert problem.params["difference"] == "50.00 EUR"
    with pytest.raises(StatementDoesNotReconcileError) as refused:
        demand_reconciled(found)
    assert refused.value.line == 7


def test_balances_in_two_currencies_prove_nothing_and_raise() -> None:
    both = balance("OPBD", "1.00", "2026-05-03") + balance("CLBD", "1.00", "2026-05-31", currency="SEK")
    with pytest.raises(StatementDoesNotReconcileError):
        demand_reconciled(read(document(statement(balances=both))))


def test_overdrawn_balances_and_the_closing_one_of_the_day_before_are_read() -> None:
    both = balance("PRCD", "100.00", "2026-05-03", "DBIT") + balance("CLBD", "900.00", "2026-05-31", "DBIT")
    assert read(document(statement(RENT, balances=both))).statements[0].reconciles is True


@pytest.mark.parametrize("written", ["12..34", "-5.00", "1,50", "", "NaN", "1e3"])
def test_an_amount_that_cannot_be_read_is_an_error_and_the_entry_is_handed_back(written: str) -> None:
    found = read(document(statement(RENT, PAY, entry(written))))
    [bank] = found.statements
    assert [(problem.code, problem.row) for problem in found.problems] == [("not_an_amount", 15)]
    assert ([each.row for each in bank.refused], bank.reconciles) == ([14], None)


def test_an_entry_without_side_or_day_is_an_error() -> None:
    assert "no_side" in [problem.code for problem in read(document(statement(entry("5.00", "X")))).problems]
    dayless = entry("5.00").replace("2026-05-04", "2026-02-30").replace("2026-05-05", "soon")
    assert "not_a_date" in [problem.code for problem in read(document(statement(dayless))).problems]


def test_several_statements_stand_in_a_file_and_one_that_is_there_twice_is_read_once() -> None:
    later = statement(entry("5.00"), opening="3200.00", closing="3205.00")
    found = read(document(statement(RENT, PAY), later, later))
    assert (len(found.statements), [row.reason for row in found.ignored]) == (2, [IgnoredReason.DUPLICATE])
    assert found.problems == ()


def test_equal_entries_are_several_and_their_keys_are_the_same_in_every_version() -> None:
    coffee = entry("5.00", "DBIT")
    one, two = read(document(statement(coffee, coffee, closing="990.00"))).statements[0].transactions
    assert one.key != two.key
    newer = read(document(statement(coffee, coffee, closing="990.00"), version="08")).statements[0].transactions
    assert {one.key, two.key} == {each.key for each in newer}


@pytest.mark.parametrize(
    "text",
    [
        "<Document><CstmrCdtTrfInitn/></Document>",
        SOUND[:-300],
        SOUND.replace("<GrpHdr>", "<GrpHdr>&lol;"),
        '<!DOCTYPE d [<!ENTITY lol "lol">]>' + SOUND.partition("?>")[2],
        "",
    ],
    ids=["a payment order", "cut off", "an entity", "a document type", "nothing"],
)
def test_what_is_no_whole_statement_is_refused(text: str) -> None:
    with pytest.raises(FileRefusedError):
        read(text)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_BYTES", 1000)
    with pytest.raises(FileRefusedError) as refused:
        read("<" + "x" * 2000)  # no XML: whoever parsed it first would say so
    assert "MB are read at most" in str(refused.value)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_never_crashes_the_reader(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SOUND)))
    end = data.draw(st.integers(start, min(len(SOUND), start + 60)))
    middle = data.draw(st.text(alphabet="<>/&;'\"=AmtNtryStBal0123456789.- \n", max_size=30))
    try:
        read(SOUND[:start] + middle + SOUND[end:])
    except FileRefusedError:
        return


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_tags_and_values_at_wrong_places_never_crash_the_reader(data: st.DataObject) -> None:
    parts = [
        "Stmt",
        "Ntry",
        "Bal",
        "Amt",
        "CdtDbtInd",
        "Sts",
        "Cd",
        "BookgDt",
        "Dt",
        "Acct",
        "Ccy",
        "NtryDtls",
        "TxDtls",
    ]
    words = st.sampled_from(
        [*(f"<{tag}>" for tag in parts), *(f"</{tag}>" for tag in parts), "5", "CRDT", "2026-05-04"]
    )
    inner = "".join(data.draw(st.lists(words, max_size=30)))
    try:
        read(document(f"<Stmt>{inner}</Stmt>"))
    except FileRefusedError:
        return
