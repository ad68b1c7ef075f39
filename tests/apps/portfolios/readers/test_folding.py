"""Lines of corporate actions as Schwab, Fidelity and Pershing-like exports write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.core.tabular.problems import IgnoredReason
from apps.portfolios.readers.rows import CustodianFile, TransactionRow
from apps.portfolios.readers.rows import TransactionKind as Kind
from apps.portfolios.readers.transactions import read_transactions

SCHWAB = """"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
"05/19/2026","Cash In Lieu","PPCB","PROPANC BIOPHARMA INC","","","","$0.68"
"05/18/2026","Reverse Split","PPCB","PROPANC BIOPHARMA INC","587","","",""
"05/18/2026","Reverse Split","74346N701","PROPANC BIOPHARMA INCXXXREVERSE SPLIT EFF: 05/18/26","-14,684","","",""
"08/06/2025","Stock Merger","CRM","SALESFORCE COM","38","","",""
"08/06/2025","Stock Merger","DATA","TABLEAU SOFTWARE INC XXXMANDATORY MERGER EFF: 08/01/25","-35","","",""
"06/04/2025","Name Change","QQQ","INVESCO QQQ TRUST","204","","",""
"06/04/2025","Name Change","73935A104","POWERSHARES QQQ TRUST NAME CHANGE","-204","","",""
"06/03/2025","Cash Merger","TWTR","TWITTER INC","","","","$5420.00"
"06/03/2025","Cash Merger Adj","TWTR","TWITTER INC","-100","","",""
"06/02/2025","Spin-off","GEHC","GE HEALTHCARE","33","","",""
"06/01/2025","Stock Split","TSLA","TESLA INC","36","$442.68","",""
"""
FIDELITY = """Run Date,Account,Action,Symbol,Description,Quantity,Price ($),Commission ($),Amount ($),Settlement Date
3/08/26,X123456,REVERSE SPLIT R/S FROM 517103404#REOR M0051311040001 LARGO LTD (517103602),LGO,LARGO LTD,130,,,,
3/08/26,X123456,REVERSE SPLIT R/S TO 517103602#REOR M0051311040000 LARGO 1 FOR 10 R/S INTO,517103404,LARGO,-1300,,,,
3/09/26,X123456,MERGER MER FROM 87918A105#REOR M0051542700001 NEWCO INC (NEW),NEW,NEWCO,60,,,,
3/09/26,X123456,MERGER MER FROM 87918A105#REOR M0051542700002 NEWCO INC (NEW),NEW,NEWCO,1,,,,
3/10/26,X123456,MERGER MER PAYOUT #REOR M0051542700000 EXCHANGED FOR 1.225 SHARES OF CUSIP (OLD),OLD,OLDCO,-50,,,500.00,
3/10/26,X123456,DISTRIBUTION SPINOFF FROM:(SPGI ) MOBILITY GLOBAL INC (MBGL),MBGL,Mobility,12,,,,
3/11/26,X123456,IN LIEU OF FRX SHARE SPINOFF FROM:(SPGI ) MOBILITY GLOBAL INC (MBGL),MBGL,Mobility,0,,,0.88,
3/12/26,X123456,DISTRIBUTION SPINOFF FROM:(XYZ ) EXAMPLE AERO INC COM (XYZA),XYZA,Aero,0,,,0.00,
"""
PERSHING = """Account Number,Trade Date,Settlement Date,Activity,CUSIP,Security Description,Quantity,Price,Net Amount
7AB123456,20260310,20260310,EXCHANGE,037833100,OLD ISSUE,-200,,
7AB123456,20260310,20260310,EXCHANGE,594918104,NEW ISSUE,100,,
7AB123456,20260311,20260311,SPIN OFF,023135106,CHILD CO SPINOFF FROM 594918104,10,,
7AB654321,20260310,20260310,EXCHANGE,037833100,OLD ISSUE,-20,,
7AB654321,20260310,20260310,EXCHANGE,594918104,NEW ISSUE,10,,
"""


def read(text: str) -> CustodianFile:
    found = read_transactions(text.encode())
    lines = {row.row for row in found.transactions} | {line.row for line in found.ignored}
    assert set(range(2, text.count("\n") + 1)) <= lines
    assert found.problems == ()
    return found


def by_line(found: CustodianFile) -> dict[int, TransactionRow]:
    return {row.row: row for row in found.transactions}


def test_schwab_writes_pairs_of_one_day_the_old_by_its_cusip() -> None:
    rows = by_line(read(SCHWAB))
    assert {line: row.kind for line, row in rows.items()} == {
        2: Kind.CASH_IN_LIEU,
        4: Kind.SPLIT,
        6: Kind.MERGER,
        8: Kind.SYMBOL_CHANGE,
        10: Kind.SELL,
        11: Kind.SPIN_OFF,
        12: Kind.SPLIT,
    }
    assert [(row.quantity, row.terms and row.terms.new) for row in rows.values()][1:4] == [
        (-14684, 587),
        (-35, 38),
        (-204, 204),
    ]
    split, merger, sale = rows[4], rows[6], rows[10]
    assert split.terms is not None
    assert split.terms.into is not None
    assert (split.terms.into.symbol, split.terms.lines, split.terms.ratio) == ("PPCB", (3,), None)
    assert merger.security is not None
    assert merger.security.symbol == "DATA"
    assert (sale.quantity, sale.amount, sale.terms) == (-100, 5420, None)


def test_fidelity_joins_lines_by_the_number_of_the_reorganisation() -> None:
    rows = by_line(read(FIDELITY))
    split, merger, spun, lieu = rows[3], rows[6], rows[7], rows[8]
    assert split.terms is not None
    assert (split.quantity, split.terms.new, split.terms.ratio) == (-1300, 130, (1, 10))
    assert merger.terms is not None
    assert (merger.quantity, merger.amount, merger.terms.new) == (-50, 500, 61)
    assert (merger.terms.ratio, merger.terms.lines) == ((Decimal("1.225"), 1), (4, 5))
    assert spun.terms is not None
    assert spun.terms.parent is not None
    assert (spun.terms.parent.symbol, spun.terms.new) == ("SPGI", 12)
    assert (lieu.kind, lieu.quantity, lieu.amount) == (Kind.CASH_IN_LIEU, None, Decimal("0.88"))
    assert [line.row for line in read(FIDELITY).ignored if line.reason is IgnoredReason.NOTE] == [9]


def test_each_account_of_a_pershing_like_file_has_its_own_pair() -> None:
    rows = by_line(read(PERSHING))
    assert [(row.kind, row.quantity) for row in rows.values()] == [
        (Kind.MERGER, -200),
        (Kind.SPIN_OFF, 10),
        (Kind.MERGER, -20),
    ]
    spun = rows[4]
    assert spun.terms is not None
    assert spun.terms.parent is not None
    assert spun.terms.parent.cusip == "594918104"


@pytest.mark.parametrize("gone", [2, 3])
def test_a_half_stands_alone_and_says_so(gone: int) -> None:
    lines = PERSHING.splitlines(keepends=True)
    found = read("".join(lines[: gone - 1] + lines[gone:4]))
    [half] = [row for row in found.transactions if row.kind is Kind.MERGER]
    assert half.terms is not None
    assert half.terms.is_alone


def test_two_securities_in_are_not_guessed_apart() -> None:
    extra = "7AB123456,20260310,20260310,EXCHANGE,023135106,A RIGHT,5,,\n"
    rows = [row for row in read(PERSHING + extra).transactions if row.account.number == "7AB123456"]
    assert [row.terms is not None and row.terms.is_alone for row in rows] == [True, True, False, True]


def test_the_key_is_the_same_in_every_order_of_the_lines() -> None:
    lines = PERSHING.splitlines(keepends=True)
    turned = "".join([lines[0], *reversed(lines[1:])])
    assert {row.key for row in read(PERSHING).transactions} == {row.key for row in read(turned).transactions}
