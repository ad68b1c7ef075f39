import datetime as dt
from decimal import Decimal

import pytest

from apps.plans.models import Override, OverrideKind
from tests.days import today
from tests.factories import plans


@pytest.fixture
def taken(ada, sign_in):
    plan, client = plans.drafted(ada), sign_in(ada)
    head = plan.household.people.get(relationship="head")

    def send(**changed):
        said = {"kind": "retirement_age", "person": str(head.public_id), "value": "60", "reason": "Asked", **changed}
        return client.post(f"/plans/{plan.public_id}/overrides/new/", said, follow=True)

    return plan, head, client, send


def test_an_impossible_age_is_refused_at_the_value_and_nothing_is_kept(taken):
    plan, _head, _client, send = taken
    page = send(value="999999999")
    assert page.status_code == 422
    assert "from 30 to 100" in page.context["form"].errors["value"][0]
    assert not plan.overrides.exists()


def test_living_costs_given_to_a_person_are_refused_with_the_cure(taken):
    page = taken[3](kind="monthly_spending", value="5000")
    assert "Leave the person empty" in page.context["form"].errors["person"][0]
    assert taken[3](kind="monthly_spending", value="5000", person="").status_code == 200


def test_an_age_that_has_passed_is_taken_and_said(taken):
    plan, head, _client, send = taken
    head.date_of_birth = dt.date(today().year - 50, 1, 1)
    head.save()
    assert "has reached that age" in send(value="45").content.decode()
    assert plan.overrides.get().value == 45
    assert "has reached that age" not in send(value="60").content.decode()


def test_an_older_impossible_age_does_not_break_the_plan_but_is_told(taken):
    plan, head, client, _send = taken
    Override.objects.create(
        plan=plan, kind=OverrideKind.RETIREMENT_AGE, person=head, value=Decimal(999_999_999), reason="x",
        set_on=today(), set_by="Ada",
    )  # fmt: skip
    page = client.post(f"/plans/{plan.public_id}/generate/", follow=True).content.decode()
    assert f"{head.first_name} {head.last_name} cannot retire at the age of 999999999." in page
    assert not plan.runs.exists()


def test_what_the_engine_cannot_take_is_named_with_a_link_to_where_it_is_mended(taken):
    plan, _head, client, _send = taken
    debt = plan.household.debt_facts.get()
    plan.household.debt_facts.update(monthly_payment=1)
    page = client.post(f"/plans/{plan.public_id}/generate/", follow=True).content.decode()
    assert "The payment of Car loan does not cover its interest" in page
    assert f'<a href="/money/debt/{debt.public_id}/edit/">Correct it.</a>' in page
    assert not plan.runs.exists()
