"""Who is paid on a former spouse's record."""

from __future__ import annotations

from datetime import date

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.other_records import Marriage, OtherRecord, RecordKind, first_day_divorced, is_entitled

BORN = date(1964, 6, 15)
LONG, TEN, SHORT = date(1985, 6, 1), date(2010, 5, 4), date(2019, 5, 4)
DIED, DIVORCED = date(2022, 5, 5), date(2020, 5, 4)


@pytest.mark.parametrize(
    ("marriage", "expected"),
    [
        (Marriage(LONG, None, DIED, None), True),
        # nine months to the day, and a day less
        (Marriage(date(2021, 8, 5), None, DIED, None), True),
        (Marriage(date(2021, 8, 6), None, DIED, None), False),
        # a marriage from 60 on takes nothing away; 60 is reached on 14 June 2024
        (Marriage(LONG, None, DIED, date(2024, 6, 20)), True),
        (Marriage(LONG, None, DIED, date(2024, 5, 20)), False),
        # divorced, then the other died
        (Marriage(TEN, DIVORCED, DIED, None), True),
        (Marriage(date(2010, 5, 5), DIVORCED, DIED, None), False),
        # divorced, the other lives
        (Marriage(TEN, DIVORCED, None, None), True),
        (Marriage(SHORT, DIVORCED, None, None), False),
        (Marriage(TEN, DIVORCED, None, date(2024, 6, 20)), False),
        (Marriage(TEN, None, None, None), False),
    ],
)
def test_marriages_that_entitle(marriage: Marriage, expected: bool) -> None:
    assert is_entitled(marriage, BORN) is expected


def test_somebody_divorced_waits_two_years_and_for_the_other_to_be_62() -> None:
    assert first_day_divorced(date(2025, 11, 8), date(1950, 1, 9)) == date(2027, 11, 1)
    assert first_day_divorced(date(2015, 11, 8), date(1968, 3, 9)) == date(2030, 3, 1)


def test_ages_out_of_the_law_are_refused() -> None:
    for wrong in ({"claim_age": 61 * 12}, {"begins_age": 59 * 12}, {"primary_amount": -1.0}):
        told = {"primary_amount": 2_400.0, **wrong}
        with pytest.raises(InvalidInputError):
            OtherRecord(RecordKind.DECEASED, birth_date=BORN, ended=DIED, **told)  # type: ignore[arg-type]
