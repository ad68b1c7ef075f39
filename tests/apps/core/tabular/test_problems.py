from apps.core.tabular.problems import CellError, FileRefusedError, RowProblem, Severity
from apps.kernel.errors import DomainError, InvalidInputError


def test_a_problem_says_what_is_wrong_and_how_to_mend_it() -> None:
    problem = RowProblem(3, "DOB", "not_a_date", "“%(value)s” is no date.", "Write %(value)s again.", {"value": "x"})
    assert str(problem) == "“x” is no date. Write x again."
    assert problem.severity is Severity.ERROR
    assert str(RowProblem(0, "", "a", "100 % wrong.")) == "100 % wrong."
    assert len({problem, problem}) == 1


def test_a_refused_file_is_a_domain_error_with_its_line() -> None:
    refused = FileRefusedError("Line %(line)s is cut.", mend="Export again.", line=7)
    assert isinstance(refused, DomainError)
    assert (refused.line, str(refused), refused.status) == (7, "Line 7 is cut. Export again.", 422)


def test_a_cell_error_becomes_a_problem_at_its_place() -> None:
    wrong = CellError("not_a_number", "“%(value)s” is no number.", mend="Correct it.", value="x")
    assert isinstance(wrong, InvalidInputError)
    found = wrong.at(5, "Amount")
    assert (found.row, found.column, found.code, str(found)) == (5, "Amount", "not_a_number", str(wrong))
