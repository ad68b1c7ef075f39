"""Goals told in words: read against the household, confirmed, taken into the plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.clients.models import Person
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from apps.plans.models import Goal, GoalText, GoalWish, Override, WishState
from apps.plans.selectors.wishes import told_texts
from apps.plans.services.errors import NoDraftError, NotInTheHouseholdError, WishDecidedError
from apps.plans.services.wishes import (
    WishDetails,
    drop_wish,
    keep_wish,
    propose_wish,
    take_wish,
    tell_goals,
    words_of,
)
from tests.days import today
from tests.factories import clients, plans

WORDS = (
    "I'd like to stop at 62 and help Eva with college, $30,000 a year for four years when Eva turns 18, maybe a cabin"
)


@pytest.fixture
def household(ada):
    return clients.household(ada)


@pytest.fixture
def head(household):
    return household.people.get(relationship="head")


def tell(person, by, text=WORDS, language="en"):
    return tell_goals(household=person.household, person=person, text=text, language=language, by=by.as_actor())


def details(wish, **changes):
    names = ("kind", "name", "priority", "annual_amount", "starts_on", "years", "retirement_age", "person")
    return replace(WishDetails(**{name: getattr(wish, name) for name in names}), **changes)


def doubts(wish):
    return [(doubt["code"], doubt["about"]) for doubt in wish.doubts]


def only(person, ada, text, language="en"):
    return tell(person, ada, text, language).wishes.get()


def test_words_become_goals_of_the_household(head, ada):
    retirement, college, cabin = tell(head, ada).wishes.all()
    eva = head.household.people.get(first_name="Eva")
    assert (retirement.kind, retirement.retirement_age, retirement.person) == ("retirement", 62, head)
    assert (college.kind, college.name, college.person) == ("education", "Education: Eva", eva)
    assert (college.annual_amount, college.years, college.starts_on) == (Decimal(30_000), 4, dt.date(2030, 9, 1))
    assert (cabin.name, cabin.priority, cabin.annual_amount, cabin.starts_on) == ("Cabin", "aspirational", None, None)
    assert words_of(retirement) == "I'd like to stop at 62"
    assert AuditEvent.objects.filter(action="plans.tell_goals").count() == 1
    assert not Mail.objects.filter(kind="plans/goals_told").exists()


def test_a_clients_words_are_kept_and_the_advisor_hears(head, ada, sue, mallory):
    ana = clients.portal_user(head)
    told = tell(head, ana, "Nothing special.")
    assert (told.by_client, told.wishes.count()) == (True, 0)
    assert Mail.objects.get(kind="plans/goals_told").to == ada.email
    assert list(GoalText.objects.visible_to(ana.as_actor())) == [told]
    assert list(GoalText.objects.visible_to(ada.as_actor())) == [told]
    for other in (sue, mallory):
        assert not GoalText.objects.visible_to(other.as_actor()).exists()


def test_a_client_does_not_see_the_advisors_notes(head, ada):
    ana = clients.portal_user(head)
    tell(head, ada)
    assert not GoalText.objects.visible_to(ana.as_actor()).exists()


def test_portuguese_words_and_amounts_a_month(head, ada):
    wish = only(head, ada, "Preciso da faculdade do Tom a partir de 2033, 2 mil dólares por mês, quatro anos.", "pt")
    assert (wish.name, wish.priority) == ("Educação: Tom", "essential")
    assert (wish.annual_amount, wish.years, wish.starts_on) == (Decimal(24_000), 4, dt.date(2033, 1, 1))


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("We want a condo in 2033, 350,000 euros.", ("currency", "EUR")),
        ("We want a boat in 2019, $40,000.", ("past", "2019")),
        ("I want to retire at 60 with two million dollars.", ("a_year", "")),
        ("I'd like to help Zoe with college.", ("person_unknown", "Zoe")),
        ("I want to give the grandkids $5,000 when they turn 18.", ("whose_age", "18")),
        ("A car, $20,000, when my daughter turns 18.", ("person_several", "daughter")),
    ],
)
def test_what_cannot_be_known_is_asked_not_guessed(head, ada, text, doubt):
    assert doubt in doubts(only(head, ada, text))


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "We want a new boat by 2031.", "New boat"),
        ("en", "We'd like to travel to Peru in 2031.", "Travel"),
        ("pt", "Quero comprar um carro em 2031.", "Carro"),
        ("pt", "Sonho com uma casa na praia.", "Casa"),
    ],
)
def test_a_thing_is_called_what_the_client_calls_it(head, ada, language, text, name):
    assert only(head, ada, text, language).name == name


def test_two_of_one_name_are_asked_about(head, ada):
    Person.objects.filter(first_name="Tom").update(first_name="Eva")
    wish = only(head, ada, "I want to help Eva with college.")
    assert (wish.person, doubts(wish)) == (None, [("person_several", "Eva")])


def test_an_age_without_a_birth_date_is_asked(head, ada):
    Person.objects.filter(pk=head.pk).update(date_of_birth=None)
    head.refresh_from_db()
    assert doubts(only(head, ada, "A boat at 60.")) == [("birth_date", "Ana")]


def test_two_ages_for_the_end_of_the_same_work_are_set_against_each_other(head, ada):
    tell(head, ada, "I'd like to stop working at 62. I do not want to work past 65.")
    (shown,) = told_texts(head.household, ada.as_actor())
    first, second = sorted(shown.lines, key=lambda line: line.wish.retirement_age)
    assert (first.wish.retirement_age, second.wish.retirement_age) == (62, 65)
    assert "The words also name the age of 65: which one is meant?" in first.asks
    assert "The words also name the age of 62: which one is meant?" in second.asks
    drop_wish(wish=second.wish, by=ada.as_actor())
    (shown,) = told_texts(head.household, ada.as_actor())
    assert not any("also name" in ask for line in shown.lines for ask in line.asks)


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("I'd like to stop at 62.", "essential"),
        ("Maybe retire at 58.", "aspirational"),
        ("A boat for $40,000 in 2031.", "important"),
    ],
)
def test_living_after_work_must_be_met_unless_the_words_say_otherwise(head, ada, text, priority):
    assert only(head, ada, text).priority == priority


def test_my_wife_is_the_other_adult(head, ada):
    luis = head.household.people.get(relationship="partner")
    wish = only(luis, ada, "A trip to Italy when my wife turns 60.")
    assert wish.starts_on == dt.date(2040, 5, 1)


@pytest.mark.parametrize(("text", "field"), [("   ", "text"), ("a " * 3000, "text")])
def test_no_text_and_too_long_a_text_are_refused(head, ada, text, field):
    with pytest.raises(InvalidInputError) as refused:
        tell(head, ada, text)
    assert refused.value.field == field
    assert not GoalText.objects.exists()


def test_an_unknown_language_and_a_person_of_elsewhere_are_refused(head, ada):
    with pytest.raises(InvalidInputError):
        tell(head, ada, WORDS, "fr")
    other = clients.household(ada, name="Stone").people.first()
    with pytest.raises(InvalidInputError):
        tell_goals(household=head.household, person=other, text=WORDS, language="en", by=ada.as_actor())
    assert not GoalText.objects.exists()


def test_a_client_tells_only_their_own_goals(head, ada):
    stranger = clients.portal_user(clients.household(ada, name="Stone").people.get(relationship="head"))
    with pytest.raises(NotInTheHouseholdError):
        tell(head, stranger)
    assert not GoalText.objects.exists()


def test_the_client_confirms_and_the_advisor_takes_it_into_the_plan(ada):
    plan = plans.drafted(ada)
    head = plan.household.people.get(relationship="head")
    ana = clients.portal_user(head)
    told = tell(head, ana, "A boat in 2035, someday.")
    wish = keep_wish(wish=told.wishes.get(), details=details(told.wishes.get(), name="The boat"), by=ana.as_actor())
    assert (wish.state, wish.annual_amount) == (WishState.MEANT, None)
    with pytest.raises(InvalidInputError) as refused:
        take_wish(wish=wish, details=details(wish), by=ada.as_actor())
    assert refused.value.field == "annual_amount"
    done = take_wish(wish=wish, details=details(wish, annual_amount=Decimal(40_000), years=1), by=ada.as_actor())
    goal = Goal.objects.get(name="The boat")
    assert (done.goal, goal.own_words, goal.starts_on) == (goal, "A boat in 2035, someday", dt.date(2035, 1, 1))
    assert AuditEvent.objects.filter(action__in=["plans.keep_wish", "plans.take_wish"]).count() == 2
    with pytest.raises(WishDecidedError):
        take_wish(wish=wish, details=details(wish, annual_amount=Decimal(1), years=1), by=ada.as_actor())
    with pytest.raises(WishDecidedError):
        drop_wish(wish=wish, by=ana.as_actor())


def test_retirement_changes_the_goal_that_is_there_and_the_age_taken(ada):
    plan = plans.drafted(ada)
    head = plan.household.people.get(relationship="head")
    before = plan.goals.get(kind="retirement")
    wish = only(head, ada, "I want to retire at 61.")
    take_wish(wish=wish, details=details(wish), by=ada.as_actor())
    after = plan.goals.get(kind="retirement")
    assert (after.pk, after.annual_amount, after.name) == (before.pk, before.annual_amount, before.name)
    assert after.own_words.endswith("I want to retire at 61")
    taken = Override.objects.get(plan=plan)
    assert (taken.kind, taken.value, taken.person) == ("retirement_age", Decimal(61), head)


def test_a_refused_goal_leaves_everything_as_it_was(ada):
    plan = plans.drafted(ada)
    wish = only(plan.household.people.get(relationship="head"), ada, "A boat, $40,000.")
    with pytest.raises(InvalidInputError) as refused:
        take_wish(wish=wish, details=details(wish, starts_on=today() - dt.timedelta(days=400)), by=ada.as_actor())
    assert refused.value.field == "starts_on"
    assert GoalWish.objects.get().state == WishState.FOUND
    assert not AuditEvent.objects.filter(action="plans.take_wish").exists()


def test_without_a_draft_nothing_is_taken(head, ada):
    wish = only(head, ada, "A boat in 2035, $40,000.")
    with pytest.raises(NoDraftError):
        take_wish(wish=wish, details=details(wish), by=ada.as_actor())


def test_nobody_else_confirms_or_drops_a_clients_words(head, ada):
    ana, luis = (clients.portal_user(head.household.people.get(relationship=name)) for name in ("head", "partner"))
    head.refresh_from_db()
    wish = tell(head, ana, "A boat in 2035.").wishes.get()
    with pytest.raises(NotInTheHouseholdError):
        keep_wish(wish=wish, details=details(wish), by=luis.as_actor())
    with pytest.raises(NotInTheHouseholdError):
        drop_wish(wish=wish, by=luis.as_actor())
    other = clients.household(ada, name="Stone").people.first()
    with pytest.raises(InvalidInputError):
        keep_wish(wish=wish, details=details(wish, person=other), by=ana.as_actor())
    assert drop_wish(wish=wish, by=ana.as_actor()).state == WishState.DROPPED
    assert AuditEvent.objects.filter(action="plans.drop_wish").count() == 1


def test_a_goal_that_was_worked_out_is_proposed_once_by_who_worked_it_out(head, ada):
    ana = clients.portal_user(head)
    wanted = WishDetails("retirement", "Retirement", "essential", Decimal(60_000), retirement_age=64, person=head)
    told = {"person": head, "text": "Stop at 64.", "language": "en", "details": wanted}
    wish = propose_wish(by=ana.as_actor(), **told)
    assert (wish.state, wish.decided_by, words_of(wish)) == (WishState.MEANT, ana.full_name, "Stop at 64.")
    assert propose_wish(by=ana.as_actor(), **told) == wish
    assert AuditEvent.objects.filter(action="plans.propose_wish").count() == 1
    assert Mail.objects.filter(kind="plans/goals_told").count() == 1
    with pytest.raises(NotInTheHouseholdError):
        propose_wish(by=ada.as_actor(), **told)
    partner = head.household.people.exclude(pk=head.pk).filter(relationship="partner").first()
    with pytest.raises(NotInTheHouseholdError):
        propose_wish(by=ana.as_actor(), **{**told, "person": partner})
    stranger = clients.household(ada, name="Elsewhere").people.first()
    with pytest.raises(InvalidInputError):
        propose_wish(by=ana.as_actor(), **{**told, "text": "Another.", "details": replace(wanted, person=stranger)})
    drop_wish(wish=wish, by=ana.as_actor())
    assert propose_wish(by=ana.as_actor(), **told) != wish
