import pytest

from apps.core.tabular.problems import FileRefusedError
from apps.portfolios.readers.custodian_csv import custodian_table
from apps.portfolios.readers.layouts import (
    Column,
    columns_of,
    fee_columns_of,
    has_transactions,
    positions_layout,
    transactions_layout,
)


def test_account_is_the_number_only_where_no_other_column_is() -> None:
    alone = custodian_table(b"Account,Symbol,Quantity\nX1,VTI,1\n")
    both = custodian_table(b"Account,Account Number,Symbol\nJoint,X1,VTI\n")
    wanted = (Column.ACCOUNT_NUMBER, Column.ACCOUNT_NAME)
    assert columns_of(alone, wanted) == {Column.ACCOUNT_NUMBER: 0}
    assert columns_of(both, wanted) == {Column.ACCOUNT_NUMBER: 1, Column.ACCOUNT_NAME: 0}


def test_all_columns_of_costs_are_found() -> None:
    table = custodian_table(b"Date,Action,Commission ($),Fees ($),Amount ($)\n1/2/2026,Buy,1,2,3\n")
    assert fee_columns_of(table) == (2, 3)
    assert transactions_layout(table).custodian == "generic"


def test_histories_and_lists_of_positions_are_told_apart() -> None:
    history = custodian_table(b"Date,Type,Symbol,Quantity\n1/2/2026,Buy,VTI,1\n")
    positions = custodian_table(b"Date,Type,Symbol,Market Value\n1/2/2026,ETF,VTI,1\n")
    assert (has_transactions(history), has_transactions(positions)) == (True, False)
    with pytest.raises(FileRefusedError, match="history of transactions"):
        positions_layout(history)
    assert Column.MARKET_VALUE in positions_layout(positions).columns


def test_a_missing_column_is_named_with_the_words_that_are_known() -> None:
    with pytest.raises(FileRefusedError) as refused:
        transactions_layout(custodian_table(b"Symbol,Description\nVTI,Fund\n"))
    assert "trade_date, action, amount" in str(refused.value)
    assert "run date" in str(refused.value)
