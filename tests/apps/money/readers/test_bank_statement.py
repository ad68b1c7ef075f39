from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ofxtools.Parser import OFXTree

from apps.core.tabular.problems import FileRefusedError, IgnoredReason, Severity
from apps.money.readers.bank_statement import read_bank_statements
from apps.money.readers.rows import StatementKind
from tests.depth import examples

HEAD = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
    "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
SIGNON = (
    "<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260401120000[-5:EST]<LANGUAGE>ENG"
    "<FI><ORG>Harbor Bank<FID>1000</FI>{quicken}</SONRS></SIGNONMSGSRSV1>\r\n"
)
COFFEE = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260302120000[-5:EST]<TRNAMT>-4.50<FITID>{fitid}<NAME>COFFEE</STMTTRN>\r\n"


def statement(
    *entries: str, quicken: str = "", balance: str = "<LEDGERBAL><BALAMT>1095.50<DTASOF>20260331</LEDGERBAL>"
) -> bytes:
    """A checking statement as banks write it: SGML, leaves not closed."""
    return (
        HEAD
        + "<OFX>\r\n"
        + SIGNON.format(quicken=quicken)
        + "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>USD\r\n"
        + "<BANKACCTFROM><BANKID>031176110<ACCTID>000987654321<ACCTTYPE>CHECKING</BANKACCTFROM>\r\n"
        + "<BANKTRANLIST><DTSTART>20260301<DTEND>20260331\r\n"
        + "".join(entries)
        + f"</BANKTRANLIST>{balance}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode("cp1252")


PAY = (
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260315<TRNAMT>100.00<FITID>P1<CHECKNUM>77<NAME>PAYROLL   ACME &amp; CO"
    "<MEMO>March</STMTTRN>\r\n"
)


def test_a_statement_gives_account_balances_and_entries_with_their_lines() -> None:
    found = read_bank_statements(statement(COFFEE.format(fitid="C1"), PAY, quicken="<INTU.BID>1000<INTU.USERID>ada"))
    [bank] = found.statements
    assert (found.version, found.problems) == ("102", ())
    assert (bank.kind, bank.currency) == (StatementKind.BANK, "USD")
    assert (bank.account.number, bank.account.routing_number, bank.account.kind) == (
        "000987654321",
        "031176110",
        "CHECKING",
    )
    assert bank.account.masked == "•••4321"
    assert (bank.first_day, bank.last_day) == (date(2026, 3, 1), date(2026, 3, 31))
    assert bank.ledger_balance is not None
    assert bank.ledger_balance.amount == Decimal("1095.50")
    coffee, pay = bank.transactions
    assert (coffee.row, coffee.posted_on, coffee.amount) == (16, date(2026, 3, 2), Decimal("-4.50"))
    assert (pay.row, pay.name, pay.memo, pay.check_number) == (17, "PAYROLL ACME & CO", "March", "77")


def test_the_statement_adds_up_or_says_by_how_much_it_does_not() -> None:
    [bank] = read_bank_statements(statement(COFFEE.format(fitid="C1"), PAY)).statements
    assert bank.unexplained(opening=Decimal(1000)) == 0
    assert bank.unexplained(opening=Decimal(990)) == 10
    [blind] = read_bank_statements(statement(PAY, balance="")).statements
    assert blind.unexplained(opening=Decimal(0)) is None


def test_what_ofxtools_reads_of_a_sound_file_we_read_alike() -> None:
    data = statement(COFFEE.format(fitid="C1"), PAY)
    tree = OFXTree()
    tree.parse(io.BytesIO(data))
    [peer] = tree.convert().statements
    [ours] = read_bank_statements(data).statements
    assert [(entry.fitid, entry.amount, entry.kind) for entry in ours.transactions] == [
        (entry.fitid, entry.trnamt, entry.trntype) for entry in peer.transactions
    ]
    assert ours.ledger_balance is not None
    assert (ours.account.number, ours.currency, ours.ledger_balance.amount) == (
        peer.account.acctid,
        peer.curdef,
        peer.ledgerbal.balamt,
    )


def test_credit_cards_and_xml_are_read() -> None:
    data = b"""<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>EUR</CURDEF><CCACCTFROM><ACCTID>4111</ACCTID></CCACCTFROM>
<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260305</DTPOSTED><TRNAMT>-10,25</TRNAMT><FITID>1</FITID>
<MEMO>Livraria S\xc3\xa3o Jo\xc3\xa3o</MEMO><CURRENCY><CURRATE>5.4</CURRATE><CURSYM>BRL</CURSYM></CURRENCY></STMTTRN>
</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>"""
    [card] = read_bank_statements(data).statements
    [entry] = card.transactions
    assert (card.kind, card.account.kind, card.currency) == (StatementKind.CREDIT_CARD, "CREDITCARD", "EUR")
    assert (entry.amount, entry.currency, entry.name) == (Decimal("-10.25"), "BRL", "Livraria São João")
    assert card.unexplained(Decimal(0)) is None


def test_the_same_entry_has_the_same_key_in_the_next_download() -> None:
    march = read_bank_statements(statement(COFFEE.format(fitid="C1"), PAY)).statements[0]
    again = read_bank_statements(statement(PAY.replace("100.00", "100.0"), COFFEE.format(fitid="C2"))).statements[0]
    assert march.transactions[1].key == again.transactions[0].key
    assert march.transactions[1].digest == again.transactions[0].digest
    assert march.transactions[0].key != again.transactions[1].key


def test_the_key_belongs_to_the_account() -> None:
    here = read_bank_statements(statement(PAY)).statements[0].transactions[0]
    there = read_bank_statements(statement(PAY).replace(b"000987654321", b"111")).statements[0].transactions[0]
    assert here.key != there.key


def test_two_equal_coffees_without_a_number_are_two() -> None:
    data = statement(COFFEE.format(fitid=""), COFFEE.format(fitid=""))
    keys = [entry.key for entry in read_bank_statements(data).statements[0].transactions]
    assert len(set(keys)) == 2
    assert keys == [entry.key for entry in read_bank_statements(data).statements[0].transactions]


def test_the_same_number_twice_is_one_entry_and_the_second_is_listed() -> None:
    found = read_bank_statements(statement(PAY, PAY))
    assert len(found.statements[0].transactions) == 1
    assert [(line.row, line.reason) for line in found.ignored] == [(17, IgnoredReason.DUPLICATE)]


def test_one_number_for_two_entries_keeps_both_with_a_warning() -> None:
    found = read_bank_statements(statement(PAY, COFFEE.format(fitid="P1")))
    assert len({entry.key for entry in found.statements[0].transactions}) == 2
    assert {(problem.code, problem.severity) for problem in found.problems} == {("repeated_fitid", Severity.WARNING)}
    alone = read_bank_statements(statement(COFFEE.format(fitid="P1"), PAY)).statements[0].transactions
    assert {entry.key for entry in alone} == {entry.key for entry in found.statements[0].transactions}


@pytest.mark.parametrize(
    ("old", "new", "column", "code"),
    [
        ("<TRNAMT>100.00", "<TRNAMT>$100", "TRNAMT", "not_an_amount"),
        ("<TRNAMT>100.00", "<TRNAMT>1,234", "TRNAMT", "not_an_amount"),
        ("<TRNAMT>100.00", "", "TRNAMT", "missing_value"),
        ("<DTPOSTED>20260315", "<DTPOSTED>20260231", "DTPOSTED", "not_a_date"),
        ("<DTPOSTED>20260315", "<DTPOSTED>", "DTPOSTED", "missing_value"),
    ],
)
def test_a_broken_entry_is_shown_beside_its_problem(old: str, new: str, column: str, code: str) -> None:
    found = read_bank_statements(statement(COFFEE.format(fitid="C1"), PAY.replace(old, new)))
    [problem] = found.problems
    assert (problem.row, problem.column, problem.code, problem.severity) == (17, column, code, Severity.ERROR)
    assert problem.mend
    assert [entry.fitid for entry in found.statements[0].refused] == ["P1"]
    assert len(found.statements[0].transactions) == 1
    assert found.statements[0].unexplained(Decimal(1000)) is None


def test_an_error_of_the_bank_is_reported_and_not_taken_for_an_empty_month() -> None:
    status = b"<STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Wrong password</STATUS>"
    data = b"<OFX><SIGNONMSGSRSV1><SONRS>" + status + b"</SONRS></SIGNONMSGSRSV1></OFX>"
    found = read_bank_statements(data)
    assert [problem.code for problem in found.problems] == ["refused_by_bank", "no_statement"]
    assert "Wrong password" in str(found.problems[0])


def test_a_file_cut_off_in_transfer_is_refused_with_the_line_of_the_open_entry() -> None:
    whole = statement(COFFEE.format(fitid="C1"), PAY)
    with pytest.raises(FileRefusedError) as refused:
        read_bank_statements(whole[: whole.index(b"<CHECKNUM>")])
    assert refused.value.line == 17
    assert "STMTTRN" in str(refused.value)


WHOLE = statement(COFFEE.format(fitid="C1"), PAY)


def test_two_entries_whose_border_is_damaged_are_not_taken_for_one() -> None:
    border = WHOLE.index(b"<STMTTRN>", WHOLE.index(b"<STMTTRN>") + 1)
    with pytest.raises(FileRefusedError) as refused:
        read_bank_statements(WHOLE[: border - 4] + b"\x1a" + WHOLE[border + 1 :])
    assert refused.value.line == 16
    assert "TRNTYPE" in str(refused.value)


@settings(max_examples=examples(200))
@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3), st.integers(0, 5))
def test_a_damaged_statement_is_read_or_refused_and_loses_no_entry_silently(place: int, noise: bytes, cut: int) -> None:
    try:
        found = read_bank_statements(WHOLE[:place] + noise + WHOLE[place + cut :])
    except FileRefusedError:
        return
    count = sum(len(bank.transactions) + len(bank.refused) for bank in found.statements) + len(found.ignored)
    assert count == 2 or found.problems


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(FileRefusedError):
        read_bank_statements(data)
