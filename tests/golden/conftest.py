"""The report of the golden cases, by area, at the end of a run."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.golden.report import PROPERTY, STATES

COUNTS: Counter[tuple[str, str]] = Counter()
UNANSWERED: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the outcome of each case; it travels with the report, so that runs on several processes count alike."""
    if report.when != "call":
        return
    for name, value in report.user_properties:
        if name == PROPERTY:
            area, function, state = str(value).split("|")
            COUNTS[area, "failed" if report.failed else state] += 1
            if state == "not yet answered":
                UNANSWERED.add(function)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table and the line that counts."""
    if not COUNTS:
        return
    terminalreporter.section("golden cases")
    line = terminalreporter.write_line
    line(f"{'area':<28}{'run':>8}" + "".join(f"{state:>18}" for state in STATES))
    for area in sorted({area for area, _ in COUNTS}):
        numbers = [COUNTS[area, state] for state in STATES]
        line(f"{area:<28}{sum(numbers[:2]):>8}" + "".join(f"{number:>18}" for number in numbers))
    if UNANSWERED:
        line(f"not yet answered: {', '.join(sorted(UNANSWERED))}")
    totals = [sum(COUNTS[area, each] for area, each in COUNTS if each == state) for state in STATES]
    counted = ", ".join(f"{number} {state}" for number, state in zip(totals, STATES, strict=True))
    line(f"golden: {sum(totals)} cases, {sum(totals[:2])} run: {counted}")
