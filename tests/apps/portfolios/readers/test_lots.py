from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.core.tabular.problems import FileRefusedError
from apps.portfolios.readers.lots import read_lots

D = Decimal
SCHWAB = """"VTI Lot Details for Brokerage XXXX-1234 as of 04:10 PM ET, 03/31/2026"

"Open Date","Quantity","Price","Cost/Share","Market Value","Cost Basis","Gain/Loss $","Gain/Loss %","Holding Period",
"01/15/2020","40","$250.10","$160.00","$10,004.00","$6,400.00","$3,604.00","56%","Long Term",
"02/20/2026","60.5","$250.10","$240.00","$15,131.05","$14,520.00","$611.05","4%","Short Term",
"Total","100.5","","","$25,135.05","$20,920.00","$4,215.05","","",
"""
FIDELITY = """Account Number,Symbol,Description,Date Acquired,Term,Quantity,Average Cost Basis,Cost Basis Total
X81234567,AAPL,APPLE INC,Jan-15-2020,Long,10,$75.50,$755.00
X81234567,SPAXX**,HELD IN MONEY MARKET,--,--,1500.25,--,--
X81234567,MSFT,MICROSOFT CORP,Various,Long,5,$100.00,$500.00
"""
PERSHING = """Account Number|CUSIP|Security Description|Acquisition Date|Quantity|Unit Cost|Total Cost|As of Date
9AB123456|037833100|APPLE INC|20200115|10.5|75.50||20260331
9AB123456|037833100|APPLE INC|20210115|2|||20260331
"""


def test_schwabs_lots_of_one_security_are_named_by_the_caption() -> None:
    found = read_lots(SCHWAB.encode())
    first, second = found.lots
    assert (first.security.symbol, first.account.number, first.as_of) == ("VTI", "XXXX-1234", date(2026, 3, 31))
    assert (first.acquired_on, first.quantity, first.cost) == (date(2020, 1, 15), D(40), D(6400))
    assert (second.acquired_on, second.quantity, second.cost) == (date(2026, 2, 20), D("60.5"), D(14520))
    assert not found.problems


def test_fidelitys_lots_leave_cash_out_and_refuse_various_days() -> None:
    found = read_lots(FIDELITY.encode())
    assert [(lot.security.symbol, lot.cost) for lot in found.lots] == [("AAPL", D(755))]
    assert [problem.row for problem in found.problems] == [4]
    assert any("SPAXX" in line.text for line in found.ignored)


def test_pershings_lots_take_the_cost_of_a_share_and_leave_an_unknown_one_unknown() -> None:
    first, second = read_lots(PERSHING.encode()).lots
    assert (first.security.cusip, first.cost) == ("037833100", D("792.750"))
    assert second.cost is None


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("VTI,2020-01-15,-5,100", "no_quantity"),
        ("VTI,,5,100", "missing_day"),
        (",2020-01-15,5,100", "missing_security"),
        ("VTI,2020-01-15,5,-100", "negative_cost"),
    ],
)
def test_a_row_that_is_no_lot_says_why(row: str, code: str) -> None:
    found = read_lots(f"Symbol,Open date,Quantity,Cost basis\n{row}\nBND,2020-01-15,1,1\n".encode())
    assert [problem.code for problem in found.problems] == [code]
    assert [lot.security.symbol for lot in found.lots] == ["BND"]


def test_a_file_without_days_of_acquisition_is_refused() -> None:
    with pytest.raises(FileRefusedError, match="acquired_on"):
        read_lots(b"Symbol,Quantity,Cost basis\nVTI,1,100\n")


def test_the_same_lot_has_the_same_key_and_equal_ones_are_told_apart() -> None:
    line = "VTI,2020-01-15,5,100\n"
    one = read_lots(f"Symbol,Open date,Quantity,Cost basis\n{line}{line}".encode()).lots
    again = read_lots(f"Symbol,Open date,Quantity,Cost basis\n{line}{line}".encode()).lots
    assert [lot.key for lot in one] == [lot.key for lot in again]
    assert one[0].key != one[1].key
