"""The first page of the day."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.factories import clients


def test_a_stranger_signs_in_first(firm_a, sign_in):
    answer = sign_in().get("/")
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("who", ["paul", "ada", "connie", "sue"])
def test_people_of_the_firm_see_their_day(request, sign_in, who):
    answer = sign_in(request.getfixturevalue(who)).get("/")
    assert answer.status_code == 200
    assert "Nothing is due" in answer.content.decode()


def test_a_review_that_is_due_stands_on_the_advisors_day_alone(ada, mallory, sign_in):
    household = clients.household(ada)
    household.next_review_on = dt.date(2020, 1, 2)
    household.save()
    assert "Review with Rivera" in sign_in(ada).get("/").content.decode()
    assert "Rivera" not in sign_in(mallory).get("/").content.decode()
