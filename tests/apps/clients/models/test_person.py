import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.clients.models import Person
from apps.clients.models.person import birth_problem


def born(years: int) -> dt.date:
    return timezone.localdate().replace(day=1, month=1, year=timezone.localdate().year - years)


@pytest.mark.parametrize(
    ("relationship", "day", "says"),
    [
        ("head", born(136), "136 years old"),
        ("head", born(6), "18 at least"),
        ("partner", born(17), "18 at least"),
        ("head", born(-1), "check the year"),
        ("child", born(-1), "once it is born"),
        ("dependant", born(111), "111 years old"),
    ],
)
def test_who_cannot_be_is_told_why(relationship, day, says):
    assert says in birth_problem(relationship, day)


def test_who_can_be_is_taken():
    for relationship, day in (("head", born(18)), ("partner", born(110)), ("child", born(0)), ("child", born(30))):
        assert birth_problem(relationship, day) == ""


@pytest.mark.parametrize(("changed", "field"), [({"retirement_age": 300}, "retirement_age"),
                                                ({"date_of_birth": born(136)}, "date_of_birth")])  # fmt: skip
def test_a_person_is_held_to_it_at_the_field(changed, field):
    person = Person(relationship="head", first_name="Ana", last_name="R", **changed)
    with pytest.raises(ValidationError) as wrong:
        person.clean()
    assert list(wrong.value.error_dict) == [field]
