import datetime as dt

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.services._retiring import retirement_day


def test_an_age_is_reached_on_the_birthday_and_on_the_first_of_march_by_those_born_on_a_leap_day():
    assert retirement_day(dt.date(1980, 5, 17), 65, "Ana") == dt.date(2045, 5, 17)
    assert retirement_day(dt.date(1980, 2, 29), 65, "Ana") == dt.date(2045, 3, 1)


@pytest.mark.parametrize("age", [-1, 121, 999_999_999])
def test_an_age_that_nobody_reaches_is_refused_by_name_and_never_breaks(age):
    with pytest.raises(InvalidInputError, match=f"Ana cannot retire at the age of {age}") as wrong:
        retirement_day(dt.date(1980, 5, 17), age, "Ana")
    assert wrong.value.field == "retirement_age"
