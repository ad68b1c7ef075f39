"""What happens in a household's life, on its way into the engine."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from apps.money.selectors.facts import PersonFact
from apps.plans.engine.dependants import Child
from apps.plans.services._life_facts import children_of

DAY = dt.date(2026, 11, 1)
EVA = uuid.UUID(int=2)


def person(relationship: str, born: dt.date | None, until: int | None) -> PersonFact:
    return PersonFact(EVA, "Eva", relationship, born, None, until)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (person("child", dt.date(2012, 9, 1), 19), Child(str(EVA), dt.date(2012, 9, 1), 19)),
        # not 19 before the year is over: this is the last year
        (person("child", dt.date(2008, 9, 1), 19), Child(str(EVA), dt.date(2008, 9, 1), 19)),
        (person("child", dt.date(2007, 12, 31), 19), None),
        (person("dependant", dt.date(1950, 9, 1), None), Child(str(EVA), dt.date(1950, 9, 1), 95)),
        (person("dependant", dt.date(1930, 9, 1), None), Child(str(EVA), dt.date(1930, 9, 1), 97)),
        (person("partner", dt.date(1982, 9, 1), None), None),
        (person("other", dt.date(2015, 9, 1), 19), None),
    ],
)
def test_who_is_supported_counts_to_the_age_at_which_it_ends(who: PersonFact, expected: Child | None) -> None:
    children, told = children_of([who], DAY, 95)
    assert children == ((expected,) if expected else ())
    assert len(told) == len(children)


def test_without_a_birth_date_nobody_is_counted_and_the_plan_says_so() -> None:
    children, told = children_of([person("child", None, 19)], DAY, 95)
    assert children == ()
    assert [params for _, params in told] == [{"name": "Eva"}]


def test_the_plan_says_up_to_which_year_somebody_counts() -> None:
    ((_, params),) = children_of([person("child", dt.date(2012, 9, 1), 19)], DAY, 95)[1]
    assert params == {"name": "Eva", "year": "2030"}
