"""Each doubt names its line, and its sentence can be said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.clients.ports import ReadRow
from apps.core.tabular.problems import RowProblem, Severity
from apps.portfolios.services import custodian_doubts as doubts

ROW = ReadRow(7, "key", "print", "label", {}, None)
ONE, HALF = Decimal(1), Decimal("0.50")


@pytest.mark.parametrize(
    "problem",
    [
        doubts.nothing_held(ROW),
        doubts.not_all_held(ROW, ONE, HALF),
        doubts.alone(ROW),
        doubts.parent_missing(ROW),
        doubts.basis_missing(ROW),
        doubts.value_missing(ROW),
        doubts.boot_missing(ROW),
        doubts.ratio_missing(ROW),
        doubts.ratio_differs(ROW, (ONE, HALF), ONE),
        doubts.fraction_unknown(ROW),
        doubts.differs_from_book(ROW, ONE, HALF),
        doubts.unreadable_answer(ROW, "x" * 99),
    ],
)
def test_a_doubt_keeps_its_line_out_and_says_how_to_mend_it(problem: RowProblem) -> None:
    assert (problem.row, problem.severity) == (7, Severity.ERROR)
    assert problem.mend
    assert "%(" not in str(problem)


def test_a_merger_is_doubted_and_taken_in() -> None:
    assert doubts.reorganisation(ROW).severity is Severity.WARNING
    assert "0.5 before it" in str(doubts.not_all_held(ROW, ONE, HALF))
