from datetime import date

import pytest

from apps.portfolios.readers.rows import CustodianAccount, SecurityKey
from apps.portfolios.readers.securities import (
    SecurityCells,
    account_in,
    account_in_name,
    day_in,
    is_cash_line,
    security_of,
)


def test_a_cusip_or_isin_in_the_symbol_column_is_found_out() -> None:
    assert security_of(SecurityCells(symbol="037833100"), 1) == (SecurityKey(cusip="037833100"), ())
    assert security_of(SecurityCells(symbol="US0378331005"), 1) == (SecurityKey(isin="US0378331005"), ())
    assert security_of(SecurityCells(symbol="spaxx**"), 1) == (SecurityKey(symbol="SPAXX"), ())
    assert security_of(SecurityCells(), 1) == (None, ())


@pytest.mark.parametrize("cells", [SecurityCells(cusip="037833101"), SecurityCells(isin="US0378331006")])
def test_a_wrong_check_digit_is_a_warning_and_not_taken_for_an_identifier(cells: SecurityCells) -> None:
    key, problems = security_of(cells, 7)
    assert key is not None
    assert (key.cusip, key.isin) == ("", "")
    assert key.symbol
    assert [(problem.row, problem.code) for problem in problems] == [(7, "wrong_check_digit")]


def test_cash_lines_are_told_from_securities() -> None:
    assert is_cash_line("Cash & Cash Investments", "--")
    assert is_cash_line("SPAXX**", "HELD IN MONEY MARKET")
    assert is_cash_line("", "Cash and Money Market")
    assert not is_cash_line("CASY", "CASEYS GEN STORES")
    assert not is_cash_line("USDU", "WISDOMTREE BLOOMBERG US DOLLAR")


def test_accounts_and_days_are_found_in_captions_and_file_names() -> None:
    caption = "Positions for account Intelligent XXXX-4321 as of 02:45 AM ET, 08/25/2020"
    assert account_in(caption) == CustodianAccount("XXXX-4321", "Intelligent")
    assert account_in("Positions for All-Accounts as of 06:04 PM ET, 11/15/2020") is None
    assert day_in(iter(["nothing", caption])) == date(2020, 8, 25)
    assert day_in(iter(["Date downloaded 12/03/2025 3:00 pm"])) == date(2025, 12, 3)
    assert day_in(iter(["as of 99/99/2020", "nothing"])) is None
    assert account_in_name("History_for_Account_X81234567.csv") == CustodianAccount("X81234567")
    assert account_in_name("portfolio.csv") is None
    assert CustodianAccount("XXXX-4321").masked == "•••4321"
