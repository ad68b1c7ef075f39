"""A list of facts read line by line: values by their kind, and doubts at their column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.core.tabular.problems import FileRefusedError
from apps.money.readers.fact_files import read_facts

HEAD = b"Entry,Name,Amount,As of,Rate,Payment,Until\n"


def test_a_line_is_read_by_its_kind_and_empty_cells_are_left_out():
    found = read_facts(HEAD + b'Debt, House ,"$310,000.00",2026-10-01,6.5%,2100,\n')
    (row,) = found.rows
    assert (row.line, row.kind, row.name, row.person) == (2, "debt", "House", "")
    assert row.fields == {
        "balance": Decimal(310_000), "as_of": date(2026, 10, 1), "annual_rate": Decimal("0.065"),
        "monthly_payment": Decimal(2_100),
    }  # fmt: skip
    assert found.problems == ()


def test_a_doubt_names_line_and_column_and_how_to_mend_it_and_its_line_is_no_row():
    found = read_facts(
        HEAD + b"debt,Car,much,2026-10-01,5,1,\nexpense,Food,9,2026-10-01,5,,\ndebt,Ok,1,2026-10-01,5,1,\n"
    )
    assert [row.name for row in found.rows] == ["Ok"]
    assert found.told[2] == {"entry": "debt", "name": "Car", "amount": "much", "as of": "2026-10-01", "rate": "5",
                             "payment": "1"}  # fmt: skip
    assert [(problem.row, problem.column) for problem in found.problems] == [(2, "amount"), (3, "rate")]
    assert all(problem.mend for problem in found.problems)
    assert str(found.problems[1]) == "An entry of the kind “expense” has no “rate”. Leave the cell empty."


@pytest.mark.parametrize("missing", [b"Entry", b"Name", b"As of"])
def test_a_file_without_a_column_that_each_line_needs_is_refused(missing):
    with pytest.raises(FileRefusedError) as refused:
        read_facts(HEAD.replace(missing, b"Other") + b"debt,Car,1,2026-10-01,5,1,\n")
    assert refused.value.params["column"] == missing.decode().casefold()
