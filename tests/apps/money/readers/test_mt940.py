from __future__ import annotations

from datetime import date
from decimal import Decimal

import mt940
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mt940.options import Options

from apps.core.tabular.problems import FileRefusedError, IgnoredReason, Severity
from apps.money.readers.mt940 import read_mt940
from apps.money.readers.reconciling import StatementDoesNotReconcileError, demand_reconciled
from apps.money.readers.rows import BankTransaction, StatementFile
from tests.apps.money.readers.mt940_samples import COFFEE, PAY, RENT, SOUND, statement


def read(text: str) -> StatementFile:
    return read_mt940(text.encode("cp1252"))


def only(text: str) -> BankTransaction:
    [entry] = [entry for found in read(text).statements for entry in found.transactions]
    return entry


def codes(found: StatementFile) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.code, str(problem.severity)) for problem in found.problems]


def test_a_statement_gives_account_balances_and_entries_with_their_lines() -> None:
    found = read(SOUND)
    [bank] = found.statements
    assert (found.problems, found.ignored, bank.reconciles) == ((), (), True)
    assert (bank.account.number, bank.account.routing_number, bank.currency) == ("0194787400888", "50880050", "EUR")
    assert bank.opening_balance is not None
    assert bank.ledger_balance is not None
    assert (bank.opening_balance.amount, bank.ledger_balance.amount) == (Decimal(1000), Decimal(3200))
    assert (bank.first_day, bank.last_day) == (date(2026, 5, 3), date(2026, 5, 31))
    rent, pay = bank.transactions
    assert (rent.row, rent.posted_on, rent.amount, rent.currency) == (5, date(2026, 5, 4), Decimal("-800.00"), "EUR")
    assert (rent.name, rent.memo, rent.fitid, rent.kind) == ("MUELLER", "Miete Mai", "77001", "NSTO")
    assert (pay.row, pay.amount) == (7, Decimal(3000))
    demand_reconciled(found)


def test_what_the_library_mt940_reads_of_a_sound_file_we_read_alike() -> None:
    text = statement(RENT, PAY, COFFEE, ":61:2605070507RC9,99NMSCNONREF\r\n", closing="C260531EUR3185,51")
    peers = mt940.models.Transactions(options=Options(reversal_sign=True))
    peers.parse(text)
    [ours] = read(text).statements
    assert ours.reconciles is True
    assert [(entry.value_on, entry.posted_on, entry.amount, entry.kind) for entry in ours.transactions] == [
        (peer.data["date"], peer.data["entry_date"], peer.data["amount"].amount, peer.data["id"]) for peer in peers
    ]


@pytest.mark.parametrize(
    ("mark", "signed"), [("C", 5), ("D", -5), ("RC", -5), ("RD", 5), ("CR", 5), ("DR", -5), ("RDR", 5), ("CN", 5)]
)
def test_a_reversal_is_of_the_other_side_and_the_funds_code_is_none(mark: str, signed: int) -> None:
    assert only(statement(f":61:260504{mark}5,00NMSCNONREF\r\n")).amount == signed


@pytest.mark.parametrize(
    ("written", "amount"), [("5,", "5"), ("5", "5"), (",50", "0.5"), ("000000000001,62", "1.62"), ("1,234", "1.234")]
)
def test_a_comma_begins_the_decimals_and_nothing_else(written: str, amount: str) -> None:
    assert only(statement(f":61:260504C{written}NMSCNONREF\r\n")).amount == Decimal(amount)


@pytest.mark.parametrize("written", ["1.234,00", "12.34", "", ",", "1,2,3", "x"])
def test_an_amount_that_cannot_be_read_is_an_error_and_the_entry_is_handed_back(written: str) -> None:
    found = read(statement(RENT, f":61:260504C{written}NMSCNONREF\r\n", PAY))
    [bank] = found.statements
    assert codes(found) == [(7, "unreadable_entry", "error")]
    assert [entry.row for entry in bank.refused] == [7]
    assert (len(bank.transactions), bank.reconciles) == (2, None)


def test_a_statement_that_does_not_add_up_is_an_error_with_line_and_difference_and_raises() -> None:
    found = read(SOUND.replace("3200,00", "3250,00"))
    [problem] = found.problems
    assert (problem.row, problem.column, problem.code) == (9, ":62F:", "does_not_reconcile")
    assert "50.00 EUR is unexplained" in str(problem)
    with pytest.raises(StatementDoesNotReconcileError) as refused:
        demand_reconciled(found)
    assert (refused.value.line, refused.value.params["difference"]) == (9, "50.00 EUR")


def test_a_file_that_was_cut_off_or_lacks_a_balance_is_an_error() -> None:
    assert codes(read(SOUND[: SOUND.index(":62F:")])) == [(8, "no_closing_balance", "error")]
    opening = SOUND.index(":60F:")
    assert codes(read(SOUND[:opening] + SOUND[opening + 24 :])) == [(1, "no_opening_balance", "error")]
    assert codes(read(SOUND.replace("EUR3200", "3200"))) == [(9, "unreadable_balance", "error")]
    assert codes(read(SOUND.replace("EUR3200", "QQQ3200"))) == [(9, "unreadable_balance", "error")]


def test_entries_in_another_order_and_after_the_closing_balance_still_count() -> None:
    assert [found.reconciles for found in read(statement(PAY, RENT)).statements] == [True]
    closing = ":62F:C260531EUR3200,00\r\n"
    moved = SOUND.replace(closing, "").replace(RENT, closing + RENT)
    assert [found.reconciles for found in read(moved).statements] == [True]


def test_several_statements_stand_in_a_file_and_a_gap_between_them_is_told() -> None:
    later = statement(COFFEE, opening="C260531EUR3200,00", closing="C260630EUR3195,50")
    assert read(SOUND + later).problems == ()
    gap = statement(COFFEE, opening="C260531EUR3300,00", closing="C260630EUR3295,50")
    [problem] = read(SOUND + gap).problems
    assert (problem.row, problem.code, problem.severity) == (14, "gap_between_statements", Severity.WARNING)


def test_a_statement_that_stands_there_twice_is_read_once() -> None:
    found = read(SOUND + SOUND)
    assert len(found.statements) == 1
    assert [(row.row, row.reason) for row in found.ignored] == [(11, IgnoredReason.DUPLICATE)]


def test_equal_entries_are_several_and_their_keys_are_the_same_in_every_file() -> None:
    twice = read(statement(COFFEE, COFFEE, closing="C260531EUR991,00")).statements[0]
    assert twice.reconciles is True
    assert len({entry.key for entry in twice.transactions}) == 2
    other = read(statement(COFFEE, PAY, COFFEE, closing="C260531EUR3991,00")).statements[0]
    assert {entry.key for entry in twice.transactions} < {entry.key for entry in other.transactions}


def test_days_beyond_the_month_and_over_new_year() -> None:
    text = statement(":61:2602300301D6,00NMSCNONREF\r\n", opening="C260228EUR6,00", closing="C260301EUR0,00")
    assert codes(read(text)) == [(5, "day_beyond_month", "warning")]
    assert (only(text).value_on, only(text).posted_on) == (date(2026, 2, 28), date(2026, 3, 1))
    new_year = only(statement(":61:2512310102D6,00NMSCNONREF\r\n"))
    assert (new_year.value_on, new_year.posted_on) == (date(2025, 12, 31), date(2026, 1, 2))
    assert only(statement(":61:890504D6,00NMSCNONREF\r\n")).posted_on == date(1989, 5, 4)
    assert codes(read(statement(":61:261304D6,00NMSCNONREF\r\n", closing="C260531EUR994,00")))[0][1] == (
        "unreadable_entry"
    )


def test_an_interim_report_is_read_with_a_warning_and_what_is_only_expected_is_set_aside() -> None:
    found = read(":20:X\n:25:123\n:34F:EURD0,00\n:61:2605040504D0,42NCHGNONREF\n:61:260506EC7,00NTRFNONREF\n:86:due\n")
    [bank] = found.statements
    assert (bank.currency, len(bank.transactions), len(bank.pending), bank.reconciles) == ("EUR", 1, 1, None)
    assert codes(found) == [(1, "no_balances", "warning")]
    assert [(row.row, row.reason) for row in found.ignored] == [(5, IgnoredReason.PENDING)]


def test_what_is_no_mt940_is_refused() -> None:
    for data in (b"", b"hello", b"%PDF-1.7", b"Date,Amount\n2026-01-01,5\n"):
        with pytest.raises(FileRefusedError):
            read_mt940(data)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_never_crashes_the_reader(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SOUND)))
    end = data.draw(st.integers(start, min(len(SOUND), start + 40)))
    middle = data.draw(st.text(alphabet=":0123456789CDRE,/-?{}\r\n ZF6é\x00", max_size=30))
    try:
        found = read((SOUND[:start] + middle + SOUND[end:]).replace("\x00", "\x02"))
    except FileRefusedError:
        return
    for statement_read in found.statements:
        closing = statement_read.ledger_balance
        if statement_read.reconciles and statement_read.opening_balance and closing:
            assert statement_read.opening_balance.amount + statement_read.net_amount == closing.amount


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_refused_or_read_and_never_crashes(data: bytes) -> None:
    try:
        read_mt940(b":20:X\n:61:" + data)
    except FileRefusedError:
        return


@settings(max_examples=60, deadline=None)
@given(st.lists(st.decimals(-9999, 9999, places=2), max_size=8), st.decimals(-9999, 9999, places=2))
def test_what_adds_up_reconciles_and_what_is_a_cent_off_does_not(amounts: list[Decimal], opening: Decimal) -> None:
    def written(amount: Decimal, middle: str = "") -> str:
        return f"{'D' if amount < 0 else 'C'}{middle}{abs(amount):f}".replace(".", ",")

    entries = [f":61:260504{written(amount)}NMSCNONREF\r\n" for amount in amounts]
    closing = opening + sum(amounts, Decimal(0))
    for off in (Decimal(0), Decimal("0.01")):
        text = statement(*entries, opening=written(opening, "260503EUR"), closing=written(closing + off, "260531EUR"))
        assert read(text).statements[0].reconciles is (off == 0)
