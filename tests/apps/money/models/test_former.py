import datetime as dt

import pytest

from apps.kernel.errors import InvalidInputError
from tests.factories import clients, money


@pytest.mark.parametrize(
    ("born", "married", "field", "says"),
    [
        (dt.date(1850, 4, 2), dt.date(1985, 6, 1), "date_of_birth", "check the year"),
        (dt.date(1958, 4, 2), dt.date(1958, 4, 2), "married_on", "a child on that day"),
        (dt.date(1958, 4, 2), dt.date(1957, 4, 2), "married_on", "before the birth"),
    ],
)
def test_a_former_spouse_who_cannot_be_is_refused_at_the_field(ada, born, married, field, says):
    with pytest.raises(InvalidInputError, match=says) as wrong:
        money.fact("former_spouse", clients.household(ada), ada, date_of_birth=born, married_on=married)
    assert wrong.value.field == field
