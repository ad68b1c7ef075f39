"""A calculation is kept once, with its trail, and becomes a debt, a goal or a step where that is meant."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.money.models import Debt
from apps.notices.models import Mail
from apps.plans.models import Calculation, PlanStep
from apps.plans.selectors.calculations import begun_with, words_of
from apps.plans.services.calculations import (
    Asked,
    Use,
    answer_of,
    keep_calculation,
    settle_calculation,
    tell_calculation,
)
from apps.plans.services.errors import NoDraftError, NotInTheHouseholdError
from apps.plans.services.plans import draft_plan
from tests.days import today
from tests.factories import clients, plans

LOAN = {"principal": Decimal(200_000), "annual_rate": Decimal("0.06"), "years": 30, "extra": Decimal(100)}
HOME = {
    "price": Decimal(400_000), "down_payment": Decimal(80_000), "mortgage_rate": Decimal("0.065"), "mortgage_years": 30,
    "rent": Decimal(2_200), "years": 10, "value_growth": Decimal("0.03"), "rent_growth": Decimal("0.03"),
    "investment_return": Decimal("0.05"), "buying_costs": Decimal("0.03"), "selling_costs": Decimal("0.06"),
    "yearly_costs": Decimal("0.025"),
}  # fmt: skip
NEW = {
    "owed": Decimal(200_000), "old_rate": Decimal("0.07"), "old_years": 25, "new_rate": Decimal("0.05"),
    "new_years": 25, "costs": Decimal(4_000),
}  # fmt: skip
LATER = dt.date(2031, 5, 1)


def asked(kind, fields):
    return Asked(kind, fields, words_of(answer_of(kind, fields, currency="USD", on=today()), fields))


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


@pytest.fixture
def client(household):
    return clients.portal_user(household.people.get(relationship="head"))


def test_a_note_is_the_question_with_its_answer_as_it_was_read(ada, household):
    row = keep_calculation(household=household, asked=asked("loan", LOAN), use=Use(note=" Look. "), by=ada.as_actor())
    assert (row.kind, row.note, row.person, row.written_by) == ("loan", "Look.", None, str(ada))
    assert row.asked["principal"] == "200000"
    assert ["Payment a month", "$1,199.10"] in row.answer
    event = AuditEvent.objects.get(action="plans.keep_calculation")
    assert event.actor_label == str(ada)
    assert not Debt.objects.filter(name="New loan").exists()


def test_a_loan_becomes_a_debt_with_all_that_is_paid(ada, household):
    use = Use("debt", name="New loan", debt_kind="mortgage")
    keep_calculation(household=household, asked=asked("loan", LOAN), use=use, by=ada.as_actor())
    debt = Debt.objects.get(household=household, name="New loan")
    assert (debt.kind, debt.balance, debt.annual_rate) == ("mortgage", 200_000, Decimal("0.06"))
    assert debt.monthly_payment == Decimal("1299.10")
    assert AuditEvent.objects.filter(action="money.add_debt").exists()


def test_a_debt_of_the_household_is_not_entered_a_second_time(ada, household):
    begun = begun_with("loan", household, today())
    own = {**LOAN, "principal": begun["principal"], "annual_rate": Decimal(begun["annual_rate"]) / 100}
    before = Debt.objects.count()
    with pytest.raises(InvalidInputError) as refused:
        keep_calculation(
            household=household, asked=asked("loan", own), use=Use("debt", name="New loan"), by=ada.as_actor()
        )
    assert refused.value.field == "becomes"
    assert str(refused.value.params["name"]) == Debt.objects.get(balance=begun["principal"]).name
    assert "money page" in refused.value.mend
    assert (Debt.objects.count(), Calculation.objects.count()) == (before, 0)
    other = {**own, "principal": begun["principal"] + 1}
    keep_calculation(household=household, asked=asked("loan", other), use=Use("debt", name="x"), by=ada.as_actor())
    assert Debt.objects.count() == before + 1


def test_a_home_becomes_a_goal_of_the_draft_and_without_one_nothing_is_kept(ada, household):
    by, use = ada.as_actor(), Use("goal", name="A home", day=LATER)
    with pytest.raises(NoDraftError):
        keep_calculation(household=household, asked=asked("rent_or_buy", HOME), use=use, by=by)
    assert not Calculation.objects.exists()
    plan = draft_plan(household=household, by=by)
    keep_calculation(household=household, asked=asked("rent_or_buy", HOME), use=use, by=by)
    goal = plan.goals.get(kind="home")
    assert (goal.annual_amount, goal.starts_on, goal.years) == (92_000, LATER, 1)


def test_refinancing_becomes_a_step_of_the_advisor(ada, household):
    use = Use("step", name="Refinance", day=LATER)
    keep_calculation(household=household, asked=asked("refinancing", NEW), use=use, by=ada.as_actor())
    step = PlanStep.objects.get(household=household)
    assert (step.title, step.owner, step.due_on) == ("Refinance", "advisor", LATER)


@pytest.mark.parametrize(
    ("kind", "fields", "use", "field"),
    [
        ("loan", LOAN, Use("goal", name="x", day=LATER), "becomes"),
        ("loan", LOAN, Use("debt"), "name"),
        ("refinancing", NEW, Use("step", name="x"), "day"),
        ("rent_or_buy", {**HOME, "down_payment": Decimal(0), "buying_costs": Decimal(0)},
         Use("goal", name="x", day=LATER), "becomes"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(kind, fields, use, field, ada, household):
    draft_plan(household=household, by=ada.as_actor())
    with pytest.raises(InvalidInputError) as refused:
        keep_calculation(household=household, asked=asked(kind, fields), use=use, by=ada.as_actor())
    assert (refused.value.field, bool(refused.value.mend)) == (field, True)
    assert not Calculation.objects.exists()
    assert not PlanStep.objects.exists()


def test_what_a_client_tells_is_told_once_and_the_advisor_settles_it_once(ada, household, client):
    head, by = household.people.get(relationship="head"), client.as_actor()
    told = asked("loan", LOAN)
    first = tell_calculation(person=head, asked=told, note="Is it wise?", by=by)
    assert tell_calculation(person=head, asked=told, note="Is it wise?", by=by) == first
    mail = Mail.objects.filter(kind="plans/calculation_told", to=ada.email).earliest("id")
    assert "Payment a month: $1,199.10" in mail.text
    assert "Is it wise?" in mail.text
    settled = settle_calculation(calculation=first, by=ada.as_actor())
    at = settled.settled_at
    assert settle_calculation(calculation=first, by=ada.as_actor()).settled_at == at
    assert AuditEvent.objects.filter(action="plans.settle_calculation").count() == 1
    again = tell_calculation(person=head, asked=told, note="Is it wise?", by=by)
    assert again != first
    other = household.people.get(relationship="partner")
    with pytest.raises(NotInTheHouseholdError):
        tell_calculation(person=other, asked=replace(told, kind="loan"), note="", by=by)


def test_another_question_takes_the_place_of_the_one_that_waits_and_mails_once_a_day(ada, household, client):
    head, by = household.people.get(relationship="head"), client.as_actor()
    first = tell_calculation(person=head, asked=asked("loan", LOAN), note="Is it wise?", by=by)
    mails = Mail.objects.filter(kind="plans/calculation_told")
    for years in (15, 20, 25):
        row = tell_calculation(person=head, asked=asked("loan", {**LOAN, "years": years}), note="Or so?", by=by)
        assert (row.pk, row.asked["years"], row.note) == (first.pk, str(years), "Or so?")
    assert (Calculation.objects.count(), mails.count()) == (1, 1)
    assert {old.asked["years"] for old in first.history.all()} == {"30", "15", "20", "25"}
    assert AuditEvent.objects.filter(action="plans.keep_calculation").count() == 4
    # another calculator is another question
    tell_calculation(person=head, asked=asked("refinancing", NEW), note="", by=by)
    assert (Calculation.objects.count(), mails.count()) == (2, 2)
    Calculation.objects.filter(pk=first.pk).update(created_at=timezone.now() - dt.timedelta(days=1, minutes=1))
    tell_calculation(person=head, asked=asked("loan", LOAN), note="Still?", by=by)
    assert (Calculation.objects.count(), mails.count()) == (2, 3)
    assert "Still?" in mails.latest("id").text


def test_what_it_became_is_noted_on_it_and_on_what_a_client_told_of_the_same_question(ada, household, client):
    head = household.people.get(relationship="head")
    told = tell_calculation(person=head, asked=asked("loan", LOAN), note="", by=client.as_actor())
    other = tell_calculation(person=head, asked=asked("refinancing", NEW), note="", by=client.as_actor())
    assert told.became == ""
    use = Use("debt", name="New loan", debt_kind="mortgage")
    row = keep_calculation(household=household, asked=asked("loan", LOAN), use=use, by=ada.as_actor())
    debt = Debt.objects.get(household=household, name="New loan")
    told.refresh_from_db()
    other.refresh_from_db()
    assert (row.became, row.became_id) == ("debt", debt.public_id)
    assert (told.became, told.became_id, told.settled_by) == ("debt", debt.public_id, str(ada))
    assert (other.became, other.settled_at) == ("", None)
    step = Use("step", name="Call the bank", day=LATER)
    kept = keep_calculation(household=household, asked=asked("refinancing", NEW), use=step, by=ada.as_actor())
    assert (kept.became, kept.became_id) == ("step", PlanStep.objects.get().public_id)
    note = keep_calculation(
        household=household, asked=asked("loan", {**LOAN, "years": 15}), use=Use(), by=ada.as_actor()
    )
    assert (note.became, note.became_id) == ("note", None)


def test_another_question_of_the_client_still_waits_and_what_was_talked_about_became_nothing(ada, household, client):
    head = household.people.get(relationship="head")
    told = tell_calculation(person=head, asked=asked("loan", LOAN), note="", by=client.as_actor())
    keep_calculation(household=household, asked=asked("loan", {**LOAN, "years": 20}), use=Use(), by=ada.as_actor())
    told.refresh_from_db()
    assert (told.settled_at, told.became) == (None, "")
    assert settle_calculation(calculation=told, by=ada.as_actor()).became == ""
