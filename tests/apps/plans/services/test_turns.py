import pytest

from apps.plans.services._turns import AT_ONCE, AT_ONCE_A_PERSON, KEPT_PAGES, Turns
from apps.plans.services.errors import EngineBusyError, StaleQuestionError


def test_an_older_question_of_a_page_is_refused_and_one_of_another_page_is_not():
    turns = Turns()
    turns.ask("a", 1)
    turns.ask("a", 3)
    with pytest.raises(StaleQuestionError):
        turns.ask("a", 2)
    turns.ask("b", 1)
    turns.check("a", 3)
    with pytest.raises(StaleQuestionError):
        turns.check("a", 1)


def test_pages_that_were_left_are_forgotten():
    turns = Turns()
    turns.ask("first", 5)
    for number in range(KEPT_PAGES):
        turns.ask(str(number), 1)
    turns.ask("first", 1)


def test_places_are_few_and_come_back(monkeypatch):
    monkeypatch.setattr("apps.plans.services._turns._PATIENCE_SECONDS", 0.0)
    turns = Turns()
    held = [turns.place(f"person:{place}") for place in range(AT_ONCE)]
    for place in held:
        place.__enter__()
    with pytest.raises(EngineBusyError), turns.place("another"):
        pass
    held[0].__exit__(None, None, None)
    with turns.place("another"):
        pass


def test_one_person_holds_only_a_few_places():
    turns = Turns()
    turns._places = type(turns._places)(10)
    held = [turns.place("ada") for _ in range(AT_ONCE_A_PERSON)]
    for place in held:
        place.__enter__()
    with pytest.raises(EngineBusyError), turns.place("ada"):
        pass
    with turns.place("paul"):
        pass
