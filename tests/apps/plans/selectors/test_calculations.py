"""What calculators begin with, and who sees what was kept of them."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.plans.models import Calculation, Plan
from apps.plans.selectors.calculations import begun_with, kept_calculations, told_calculations, words_of
from apps.plans.services.calculations import answer_of
from tests.days import today
from tests.factories import clients, money, plans

TAX = {"year": 2025, "filing_status": "single", "state": "", "age_1": 40, "age_2": None, "wages_1": Decimal(100_000)}


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


def test_calculators_begin_with_the_largest_debt_and_the_years_facts(household):
    assert begun_with("loan", household, today()) == {"principal": 15_000, "annual_rate": "7.9", "years": 4}
    assert begun_with("refinancing", household, today()) == {
        "owed": 15_000, "old_rate": "7.9", "old_years": 4, "new_years": 4
    }  # fmt: skip
    assert begun_with("tax", household, today())["year"] == today().year
    assert begun_with("rent_or_buy", household, today()) == {}


def test_a_years_taxes_are_told_in_lines_with_their_law():
    told = answer_of("tax", TAX, currency="USD", on=today())
    words = words_of(told, TAX)
    assert words.lines[0] == ("All taxes of the year", "$21,099")
    assert ("Of all money in", "21.1%") in words.lines
    assert words.asked["age_2"] == ""
    assert "Federal law of 2025" in told.method
    home = {"owed": Decimal(1000), "old_rate": Decimal(0), "old_years": 1, "new_rate": Decimal(0), "new_years": 1}
    same = answer_of("refinancing", {**home, "costs": Decimal(5)}, currency="USD", on=today())
    assert words_of(same, home).lines[-1][1] == "—"


def test_a_client_sees_what_clients_told_and_staff_all_with_what_waits_first(ada, sue, household):
    head = household.people.get(relationship="head")
    client = clients.portal_user(head).as_actor()
    shared = {"household": household, "kind": "loan", "asked": {"years": "3"}, "answer": [["a", "b"]]}
    told = Calculation.objects.create(**shared, person=head, written_by="Ana")
    note = Calculation.objects.create(**shared, written_by="Ada")
    assert [line.calculation for line in told_calculations(household, client)] == [told]
    lines = kept_calculations(household, ada.as_actor())
    assert [(line.calculation, line.is_waiting) for line in lines] == [(told, True), (note, False)]
    assert "/money/calculators/loan/?typed=" in lines[0].url
    assert kept_calculations(household, sue.as_actor()) == []
    assert [line.calculation for line in kept_calculations(household, client)] == [told]


def test_what_waits_stays_on_the_page_however_much_is_kept_after_it(ada, household):
    shared = {"household": household, "kind": "loan", "asked": {}, "answer": [["a", "b"]], "written_by": "Ada"}
    told = Calculation.objects.create(**shared, person=household.people.get(relationship="head"))
    notes = [Calculation.objects.create(**shared) for _note in range(21)]
    listed = [line.calculation for line in kept_calculations(household, ada.as_actor())]
    assert listed == [told, *reversed(notes[1:])]


def test_a_client_keeps_sight_of_what_waits_too(household):
    head = household.people.get(relationship="head")
    client = clients.portal_user(head).as_actor()
    shared = {"household": household, "kind": "loan", "asked": {}, "answer": [["a", "b"]], "written_by": "Ana"}
    waiting = Calculation.objects.create(**shared, person=head)
    settled = {"settled_at": timezone.now(), "settled_by": "Ada"}
    for _told in range(21):
        Calculation.objects.create(**shared, person=head, **settled)
    assert told_calculations(household, client)[0].calculation == waiting


def test_a_kept_calculation_says_what_it_became_with_its_page_and_when_that_is_no_more(ada, household):
    debt, plan = money.fact("debt", household, ada, name="Boat loan"), plans.drafted(ada, household)
    goal = plan.goals.first()
    shared = {"household": household, "kind": "loan", "asked": {}, "answer": [["a", "b"]], "written_by": "Ada"}
    rows = [
        Calculation.objects.create(**shared, became=use, became_id=thing)
        for use, thing in (("debt", debt.public_id), ("goal", goal.public_id), ("step", uuid.uuid4()), ("note", None))
    ]
    old = Calculation.objects.create(**shared)
    found = {line.calculation: line.became for line in kept_calculations(household, ada.as_actor())}
    owed, wanted, gone, note = (found[row] for row in rows)
    assert (owed.what, owed.name, owed.url) == ("A debt", "Boat loan", f"/money/debt/{debt.public_id}/edit/")
    assert (wanted.name, wanted.url) == (goal.name, f"/plans/{plan.public_id}/goals/{goal.public_id}/")
    assert (gone.what, gone.url, note.what, found[old]) == ("A step", "", "A note", None)
    Plan.objects.update(status="superseded")
    discarded = {line.calculation: line.became for line in kept_calculations(household, ada.as_actor())}
    assert (discarded[rows[1]].is_there, discarded[rows[1]].url) == (False, "")
    Plan.objects.update(published_at=timezone.now())
    again = {line.calculation: line.became for line in kept_calculations(household, ada.as_actor())}
    assert again[rows[1]].url == f"/households/{household.public_id}/plan/"
    assert again[rows[1]].is_given
    other = money.fact("debt", clients.household(ada, name="Else"), ada)
    Calculation.objects.filter(pk=rows[0].pk).update(became_id=other.public_id)
    assert {line.calculation: line.became for line in kept_calculations(household, ada.as_actor())}[rows[0]].url == ""


def test_who_may_not_change_a_thing_reads_what_a_calculation_became_without_a_way_to_it(ada, household, connie):
    debt = money.fact("debt", household, ada, name="Boat loan")
    shared = {"household": household, "kind": "loan", "asked": {}, "answer": [["a", "b"]], "written_by": "Ada"}
    Calculation.objects.create(**shared, became="debt", became_id=debt.public_id)
    (line,) = kept_calculations(household, connie.as_actor())
    assert (line.became.is_there, line.became.name, line.became.url) == (True, "Boat loan", "")


def test_a_client_reads_what_became_of_what_they_told(household, ada):
    head = household.people.get(relationship="head")
    client = clients.portal_user(head).as_actor()
    debt = money.fact("debt", household, ada, name="Boat loan")
    shared = {"household": household, "kind": "loan", "asked": {}, "answer": [["a", "b"]], "written_by": "Ana"}
    Calculation.objects.create(**shared, person=head, became="debt", became_id=debt.public_id)
    (line,) = told_calculations(household, client)
    assert (line.became.is_there, line.became.url) == (True, "")
    debt.delete()
    (line,) = told_calculations(household, client)
    assert not line.became.is_there
