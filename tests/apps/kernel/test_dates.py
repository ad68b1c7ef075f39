from datetime import date

import pytest

from apps.kernel.dates import DateSpan, age_on, months_after
from apps.kernel.errors import InvalidInputError


def test_a_quarter_counts_both_ends():
    assert DateSpan.quarter(2026, 2).days == 91
    assert DateSpan.quarter(2024, 1).days == 91
    assert DateSpan.quarter(2026, 4).last == date(2026, 12, 31)


def test_a_span_that_ends_before_it_begins_says_so():
    with pytest.raises(InvalidInputError, match="before it begins"):
        DateSpan(date(2026, 2, 1), date(2026, 1, 1))


def test_overlap_is_none_for_spans_apart():
    first = DateSpan.quarter(2026, 1)
    assert first.overlap(DateSpan.quarter(2026, 2)) is None
    assert first.overlap(DateSpan(date(2026, 3, 31), date(2026, 5, 1))) == DateSpan(
        date(2026, 3, 31), date(2026, 3, 31)
    )


def test_months_end_where_they_end():
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2026, 12, 1), 12) == date(2027, 12, 1)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1960, 5, 2), date(2026, 5, 1), 65),
        (date(1960, 5, 2), date(2026, 5, 2), 66),
        (date(1960, 2, 29), date(2026, 2, 28), 65),
        (date(1960, 2, 29), date(2026, 3, 1), 66),
    ],
)
def test_a_person_grows_older_on_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age
