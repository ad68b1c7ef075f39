"""Tables read column by column say the same as row by row."""

from __future__ import annotations

import random
from dataclasses import asdict

import pytest

from apps.core.tabular.problems import IgnoredReason
from apps.portfolios.readers.columns import Columns, plain_texts
from apps.portfolios.readers.custodian_csv import custodian_table, source_of
from apps.portfolios.readers.layouts import transactions_layout
from apps.portfolios.readers.positions import read_positions
from apps.portfolios.readers.rows import CustodianFile, Rows, TransactionRow
from apps.portfolios.readers.transactions import read_transactions

HEAD = "Account Number,Trade Date,Settlement Date,Action,Symbol,CUSIP,Description,Quantity,Price,Fees,Amount,Currency\n"
SOUND = '1234,03/04/2025,03/05/2025,Buy,AAA,,A Fund,100,50.00,1.00,"-$5,001.00",USD\n'
ODD = (
    ',03/04/2025,,Sell,AAA,,A Fund,-5,50.00,,"250.00",USD\n',
    '1234,never,,Buy,AAA,,A Fund,1,50.00,,"-50.00",USD\n',
    '1234,03/06/2025,,Merger,AAA,,A Fund,1,,,,USD\n',
    '1234,03/06/2025,,Buy,,123456789,A Fund,1,50.00,,"-50.00",USD\n',
    '1234,03/06/2025,,Buy,AAA,,A Fund,1,50.00,,"-50.00",XYZ\n',
    '1234,03/06/2025,,Buy,AAA,,A Fund,1,50.00,,"-50,00",USD\n',
    "Past results say nothing of future ones,,,,,,,,,,,\n",
    '1234,03/06/2025,,Dividend,AAA,,A Fund,,,,"(25.00)",\n',
    '1234,03/06/2025,,Buy,AAA,,A Fund,2,50.00,,"-900.00",USD\n',
)  # fmt: skip
HELD = "Account Number,Symbol,Description,Quantity,Price,Market Value,Cost Basis,As Of Date\n"
HOLDING = '1234,AAA,A Fund,100,50.00,"5,000.00",4000,03/10/2025\n'
ODD_HOLDINGS = (
    "1234,AAA,A Fund,10,50.00,,4000,03/10/2025\n",
    "1234,Pending Activity,,,,12.00,,\n",
    "1234,Cash & Cash Investments,,,,12.00,,03/10/2025\n",
    "1234,,,10,50.00,500.00,4000,03/10/2025\n",
    "1234,BBB,B Fund,ten,50.00,500.00,4000,03/10/2025\n",
)  # fmt: skip


def by_row(monkeypatch: pytest.MonkeyPatch, text: str, read: object = read_transactions) -> CustodianFile:
    """Read with each row in doubt, as sheets are."""
    begin = Columns.__init__

    def doubting(self: Columns, source: object) -> None:
        begin(self, source)  # type: ignore[arg-type]
        self.doubtful.update(range(self.size))

    with monkeypatch.context() as patched:
        patched.setattr(Columns, "__init__", doubting)
        return read(text.encode())  # type: ignore[operator,no-any-return]


@pytest.mark.parametrize("seed", range(12))
def test_a_file_says_the_same_by_columns_and_by_rows(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    for head, sound, odd, read in (
        (HEAD, SOUND, ODD, read_transactions),
        (HELD, HOLDING, ODD_HOLDINGS, read_positions),
    ):
        text = head + "".join(dice.choice((sound, sound, *odd)) for _ in range(30))
        one, other = read(text.encode()), by_row(monkeypatch, text, read)
        assert one.transactions == other.transactions
        assert one.positions == other.positions
        assert (one.problems, sorted(one.ignored, key=str)) == (other.problems, sorted(other.ignored, key=str))


def test_only_what_is_in_doubt_is_read_by_itself() -> None:
    table = custodian_table((HEAD + SOUND * 3 + ODD[0]).encode())
    told = Columns(source_of(table, transactions_layout(table), None, ""))
    assert not told.doubtful
    assert [account.number for account in told.accounts()] == ["1234", "1234", "1234", ""]
    assert told.doubtful == {3}
    assert told.currencies() == ["USD"] * 4


def test_equal_numbers_have_one_text() -> None:
    found = read_transactions((HEAD + SOUND + SOUND.replace("100,50.00", "100.00,50")).encode())
    assert len({row.key for row in found.transactions}) == 2
    assert plain_texts([row.quantity for row in found.transactions]) == ["100", "100"]
    again = read_transactions((HEAD + SOUND.replace("100,50.00", "100.0,50.000") * 2).encode())
    assert [row.key for row in again.transactions] == [row.key for row in found.transactions]


def test_rows_are_made_when_asked_for() -> None:
    rows = read_transactions((HEAD + SOUND * 2).encode()).transactions
    assert isinstance(rows, Rows)
    assert (len(rows), rows[1], rows[-1:]) == (2, list(rows)[1], (rows[1],))
    assert Rows.of(TransactionRow, [rows[0]]) == (rows[0],)
    assert Rows.of(TransactionRow, rows) is rows
    assert asdict(rows[0])["row"] == 2
    assert not [
        line for line in read_transactions((HEAD + SOUND).encode()).ignored if line.reason != IgnoredReason.NOTE
    ]
