from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ofxtools.Parser import OFXTree

from apps.core.tabular.problems import FileRefusedError, Severity
from apps.portfolios.readers.investment_ofx import read_investment_statements
from apps.portfolios.readers.rows import TransactionKind, TransactionRow
from tests.depth import examples

HEAD = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
    "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
APPLE = "<SECID><UNIQUEID>037833100<UNIQUEIDTYPE>CUSIP</SECID>"
BUY = (
    "<BUYSTOCK><INVBUY><INVTRAN><FITID>B1<DTTRADE>20260310160000.000[-5:EST]<DTSETTLE>20260311<MEMO>BOUGHT</INVTRAN>"
    + APPLE
    + "<UNITS>10<UNITPRICE>200.50<COMMISSION>4.95<FEES>0.05<TOTAL>-2010.00<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INVBUY>"
    "<BUYTYPE>BUY</BUYSTOCK>\r\n"
)
SELL = (
    "<SELLSTOCK><INVSELL><INVTRAN><FITID>S1<DTTRADE>20260320<MEMO>YOU SOLD</INVTRAN>"
    + APPLE
    + "<UNITS>-4<UNITPRICE>210<TOTAL>840<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INVSELL><SELLTYPE>SELL</SELLSTOCK>\r\n"
)
INCOME = (
    "<INCOME><INVTRAN><FITID>I1<DTTRADE>20260325</INVTRAN>" + APPLE + "<INCOMETYPE>DIV<TOTAL>2.40<SUBACCTSEC>CASH"
    "<SUBACCTFUND>CASH</INCOME>\r\n"
)
TRANSFER = (
    "<TRANSFER><INVTRAN><FITID>T1<DTTRADE>20260326</INVTRAN>" + APPLE + "<SUBACCTSEC>CASH<UNITS>3<TFERACTION>IN"
    "<POSTYPE>LONG</TRANSFER>\r\n"
)
BANK = (
    "<INVBANKTRAN><STMTTRN><TRNTYPE>DEP<DTPOSTED>20260302<TRNAMT>5000.00<FITID>D1<NAME>EFT RECEIVED</STMTTRN>"
    "<SUBACCTFUND>CASH</INVBANKTRAN>\r\n"
)
POSITION = (
    "<POSSTOCK><INVPOS>" + APPLE + "<HELDINACCT>CASH<POSTYPE>LONG<UNITS>9<UNITPRICE>211.00<MKTVAL>1899.00"
    "<DTPRICEASOF>20260331</INVPOS></POSSTOCK>\r\n"
)


def statement(*entries: str, position: str = POSITION) -> bytes:
    """An investment statement as custodians write it: SGML, leaves not closed."""
    return (
        HEAD
        + "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260401<LANGUAGE>ENG</SONRS>"
        + "</SIGNONMSGSRSV1>\r\n<INVSTMTMSGSRSV1><INVSTMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>\r\n"
        + "<INVSTMTRS><DTASOF>20260331160000[-5:EST]<CURDEF>USD<INVACCTFROM><BROKERID>broker.com<ACCTID>X81234567"
        + "</INVACCTFROM>\r\n<INVTRANLIST><DTSTART>20260301<DTEND>20260331\r\n"
        + "".join(entries)
        + f"</INVTRANLIST><INVPOSLIST>{position}</INVPOSLIST><INVBAL><AVAILCASH>3832.40<MARGINBALANCE>0<SHORTBALANCE>0"
        + "</INVBAL></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1>\r\n<SECLISTMSGSRSV1><SECLIST><STOCKINFO><SECINFO>"
        + APPLE
        + "<SECNAME>APPLE INC<TICKER>AAPL</SECINFO></STOCKINFO></SECLIST></SECLISTMSGSRSV1></OFX>"
    ).encode("cp1252")


def test_positions_cash_and_transactions_are_read_with_their_lines() -> None:
    found = read_investment_statements(statement(BUY, SELL, INCOME, TRANSFER, BANK))
    assert (found.layout, found.problems, found.currencies) == ("ofx 102", (), ("USD",))
    held, cash = found.positions
    assert held.security is not None
    assert (held.security.symbol, held.security.cusip, held.security.description) == ("AAPL", "037833100", "APPLE INC")
    assert [held.quantity, held.price, held.market_value] == [9, 211, 1899]
    assert held.as_of == date(2026, 3, 31)
    assert (cash.is_cash, cash.market_value) == (True, Decimal("3832.40"))
    assert [row.kind for row in found.transactions] == [
        TransactionKind.BUY,
        TransactionKind.SELL,
        TransactionKind.DIVIDEND,
        TransactionKind.TRANSFER_IN,
        TransactionKind.DEPOSIT,
    ]
    buy = found.transactions[0]
    assert (buy.row, buy.trade_date, buy.settle_date) == (15, date(2026, 3, 10), date(2026, 3, 11))
    assert [buy.quantity, buy.price, buy.fees, buy.amount] == [10, Decimal("200.50"), 5, -2010]
    assert (buy.account.number, buy.account.masked) == ("X81234567", "•••4567")
    assert found.transactions[1].quantity == -4
    assert found.transactions[4].description == "EFT RECEIVED"


def test_what_ofxtools_reads_of_a_sound_file_we_read_alike() -> None:
    data = statement(BUY, SELL, INCOME, TRANSFER)
    tree = OFXTree()
    tree.parse(io.BytesIO(data))
    [peer] = tree.convert().statements
    ours = read_investment_statements(data)
    assert [(row.action, row.quantity) for row in ours.transactions if row.quantity] == [
        (type(entry).__name__, entry.units) for entry in peer.transactions if hasattr(entry, "units")
    ]
    assert ours.positions[0].market_value == peer.positions[0].mktval
    assert ours.positions[1].market_value == peer.balances.availcash


@pytest.mark.parametrize(
    ("old", "new", "tag", "code"),
    [
        ("<UNITS>10", "<UNITS>ten", "UNITS", "not_an_amount"),
        ("<TOTAL>-2010.00", "<TOTAL>$2010", "TOTAL", "not_an_amount"),
        ("<DTTRADE>20260310160000.000[-5:EST]", "<DTTRADE>20260230", "DTTRADE", "not_a_date"),
        ("<DTTRADE>20260310160000.000[-5:EST]", "", "DTTRADE", "missing_value"),
        ("<DTSETTLE>20260311", "<DTSETTLE>soon", "DTSETTLE", "not_a_date"),
        (APPLE, "", "SECID", "missing_security"),
    ],
)
def test_a_broken_entry_is_a_problem_of_its_line_and_kept_out(old: str, new: str, tag: str, code: str) -> None:
    assert old in BUY
    found = read_investment_statements(statement(BUY.replace(old, new, 1), SELL))
    assert [(problem.row, problem.column, problem.code, problem.severity) for problem in found.problems] == [
        (15, tag, code, Severity.ERROR)
    ]
    assert [row.kind for row in found.transactions] == [TransactionKind.SELL]


def test_keys_are_the_same_in_an_overlapping_file_and_repeats_are_set_aside() -> None:
    first = read_investment_statements(statement(BUY, SELL)).transactions
    again = read_investment_statements(statement(SELL, INCOME, SELL))
    assert first[1].key == again.transactions[0].key
    assert len(again.transactions) == 2
    assert [line.row for line in again.ignored] == [17]


def test_a_wrong_cusip_is_doubted_once() -> None:
    data = statement(BUY, SELL, INCOME).replace(b"037833100", b"037833101")
    found = read_investment_statements(data)
    assert [(problem.code, problem.severity) for problem in found.problems] == [("wrong_check_digit", Severity.WARNING)]
    assert len(found.transactions) == 3


def test_short_positions_are_negative_and_journals_within_the_account_are_set_aside() -> None:
    short = POSITION.replace("<POSTYPE>LONG", "<POSTYPE>SHORT")
    journal = "<JRNLSEC><INVTRAN><FITID>J1<DTTRADE>20260301</INVTRAN>" + APPLE + "<UNITS>1</JRNLSEC>"
    funds = "<JRNLFUND><INVTRAN><FITID>J2<DTTRADE>20260301<MEMO>TO MARGIN</INVTRAN><TOTAL>23</JRNLFUND>"
    found = read_investment_statements(statement(journal, funds, position=short))
    assert found.positions[0].quantity == -9
    assert (found.problems, found.transactions) == ((), ())
    assert [line.text for line in found.ignored] == ["JRNLSEC", "JRNLFUND TO MARGIN"]


def entry(tag: str, inner: str, fitid: str = "X1", memo: str = "") -> str:
    told = f"<INVTRAN><FITID>{fitid}<DTTRADE>20260312" + (f"<MEMO>{memo}" if memo else "") + "</INVTRAN>"
    return f"<{tag}>{told}{inner}</{tag}>\r\n"


def only(*entries: str) -> tuple[TransactionRow, ...]:
    return tuple(read_investment_statements(statement(*entries)).transactions)


def test_a_split_has_its_ratio_and_the_cash_for_its_fraction_is_an_entry() -> None:
    inner = "<OLDUNITS>100<NEWUNITS>33<NUMERATOR>1<DENOMINATOR>3<FRACCASH>18.33<SUBACCTFUND>CASH"
    split, lieu = only(entry("SPLIT", APPLE + inner))
    assert (split.kind, split.quantity, split.amount) == (TransactionKind.SPLIT, -67, None)
    assert split.terms is not None
    assert split.terms.ratio == (1, 3)
    assert (lieu.kind, lieu.quantity, lieu.amount) == (TransactionKind.CASH_IN_LIEU, None, Decimal("18.33"))
    assert split.key != lieu.key
    [whole] = only(entry("SPLIT", APPLE + "<NUMERATOR>2<DENOMINATOR>1<FRACCASH>0"))
    assert (whole.quantity, whole.terms and whole.terms.ratio) == (None, (2, 1))


def test_a_reinvestment_moves_no_cash_unless_its_income_is_an_entry_of_its_own() -> None:
    bought = APPLE + "<INCOMETYPE>DIV<TOTAL>-24.10<UNITS>0.12<UNITPRICE>200.83"
    [alone] = only(entry("REINVEST", bought))
    assert (alone.amount, alone.cost, alone.quantity) == (None, Decimal("24.10"), Decimal("0.12"))
    income = entry("INCOME", APPLE + "<INCOMETYPE>DIV<TOTAL>24.10", "X2")
    funded = {row.kind: (row.amount, row.cost) for row in only(entry("REINVEST", bought), income)}
    assert funded[TransactionKind.REINVEST] == (Decimal("-24.10"), None)
    assert funded[TransactionKind.DIVIDEND] == (Decimal("24.10"), None)
    twice = only(entry("REINVEST", bought), entry("REINVEST", bought, "X3"), income)
    assert sorted(str(row.cost) for row in twice if row.kind is TransactionKind.REINVEST) == ["24.10", "None"]


@pytest.mark.parametrize("sign", ["", "-"])
def test_charges_leave_the_account_and_a_return_of_capital_comes_in_whatever_the_sign(sign: str) -> None:
    rows = only(
        entry("INVEXPENSE", APPLE + f"<TOTAL>{sign}0.26"),
        entry("MARGININTEREST", f"<TOTAL>{sign}5.10", "X2"),
        entry("RETOFCAP", APPLE + f"<TOTAL>{sign}7", "X3"),
    )
    assert {row.kind: row.amount for row in rows} == {
        TransactionKind.FEE: Decimal("-0.26"),
        TransactionKind.INTEREST: Decimal("-5.10"),
        TransactionKind.RETURN_OF_CAPITAL: 7,
    }


def test_an_option_that_ended_worthless_is_sold_for_nothing_and_others_are_reviewed() -> None:
    ended = entry("CLOSUREOPT", APPLE + "<OPTACTION>EXPIRE<UNITS>-1<SHPERCTRCT>100")
    [row] = only(ended)
    assert (row.kind, row.quantity, row.amount) == (TransactionKind.SELL, -1, 0)
    found = read_investment_statements(statement(ended.replace("EXPIRE", "ASSIGN")))
    assert [(row.kind, p.code) for row, p in zip(found.transactions, found.problems, strict=True)] == [
        (TransactionKind.JOURNAL, "needs_review")
    ]


def test_transfers_whose_memos_tell_a_merger_are_one_action() -> None:
    other = APPLE.replace("037833100", "594918104")
    out = entry("TRANSFER", APPLE + "<UNITS>50<TFERACTION>OUT", "X1", "MERGER MER PAYOUT #REOR M0051542700000")
    into = entry("TRANSFER", other + "<UNITS>61<TFERACTION>IN", "X2", "MERGER MER FROM 037833100#REOR M0051542700001")
    boot = entry("INCOME", APPLE + "<INCOMETYPE>MISC<TOTAL>75", "X3", "MERGER MER PAYOUT #REOR M0051542700002")
    [row] = only(into, out, boot)
    assert (row.kind, row.quantity, row.amount) == (TransactionKind.MERGER, -50, 75)
    assert row.terms is not None
    assert row.terms.into is not None
    assert (row.terms.into.cusip, row.terms.new) == ("594918104", 61)
    lieu = entry("INCOME", other + "<INCOMETYPE>MISC<TOTAL>9", "X4", "IN LIEU OF FRX SHARE EU PAYOUT")
    spun = entry("TRANSFER", other + "<UNITS>5<TFERACTION>IN", "X5", "DISTRIBUTION SPINOFF FROM:(AAPL ) CHILD")
    assert [row.kind for row in only(lieu, spun)] == [TransactionKind.CASH_IN_LIEU, TransactionKind.SPIN_OFF]


def test_errors_of_the_custodian_and_files_without_a_statement_are_reported() -> None:
    refused = b"<OFX><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Wrong password</STATUS></OFX>"
    assert [problem.code for problem in read_investment_statements(refused).problems] == ["refused_by_custodian"]
    assert [problem.code for problem in read_investment_statements(b"<OFX></OFX>").problems] == ["no_statement"]


def test_a_file_cut_off_in_transfer_is_refused() -> None:
    whole = statement(BUY, SELL)
    with pytest.raises(FileRefusedError, match="ends in the middle"):
        read_investment_statements(whole[: whole.index(b"<INVPOSLIST>")])


WHOLE = statement(BUY, SELL, INCOME, TRANSFER, BANK)


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3), st.integers(0, 5))
def test_a_damaged_statement_is_read_or_refused(place: int, noise: bytes, cut: int) -> None:
    try:
        found = read_investment_statements(WHOLE[:place] + noise + WHOLE[place + cut :])
    except FileRefusedError:
        return
    assert found.digest


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(FileRefusedError):
        read_investment_statements(data)
