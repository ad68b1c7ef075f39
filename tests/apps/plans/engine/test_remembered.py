"""Answers kept by object: asked again without work, never handed to another value, never without bound."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from apps.plans.engine.remembered import remembered


@dataclass(frozen=True)
class Table:
    """A value without a hash of its own worth taking."""

    figures: tuple[int, ...]


def test_the_same_object_and_arguments_are_worked_out_once() -> None:
    """Another argument, or an equal value that is another object, is worked out for itself."""
    asked = []

    @remembered(8)
    def total(table: Table, times: int, *, plus: int = 0) -> int:
        asked.append((table.figures, times, plus))
        return times * sum(table.figures) + plus

    table, twin = Table((1, 2)), Table((1, 2))
    assert [total(table, 2), total(table, 2), total(table, 3), total(table, 2, plus=1), total(twin, 2)] == [
        6,
        6,
        9,
        7,
        6,
    ]
    assert asked == [((1, 2), 2, 0), ((1, 2), 3, 0), ((1, 2), 2, 1), ((1, 2), 2, 0)]


def test_a_value_that_came_after_another_is_never_given_its_answer() -> None:
    """Objects that are let go leave their place in memory to others: an answer holds its value as long as it stands."""

    @remembered(4)
    def first(table: Table) -> int:
        return table.figures[0]

    assert [first(Table((number,))) for number in range(200)] == list(range(200))


def test_the_oldest_answer_makes_room() -> None:
    """What was asked for last stays."""
    asked = []

    @remembered(2)
    def first(table: Table) -> int:
        asked.append(table.figures[0])
        return table.figures[0]

    one, two, three = Table((1,)), Table((2,)), Table((3,))
    for table in (one, two, one, three, one, two):
        first(table)
    assert asked == [1, 2, 3, 2]


def test_a_failure_is_not_kept() -> None:
    """What raised is worked out again."""
    answers = iter([ValueError("not yet"), 5])

    @remembered(2)
    def told(table: Table) -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    table = Table(())
    with pytest.raises(ValueError, match="not yet"):
        told(table)
    assert told(table) == 5
