"""The FIX session: numbers, gaps, resends, duplicates, silence."""

from __future__ import annotations

import pytest

from apps.integrations.engine.fix_session import (
    Deliver,
    Disconnect,
    GapFill,
    Message,
    Phase,
    Send,
    SendAgain,
    Session,
    numbers,
    resend_plan,
)


def on(next_out: int = 1, next_in: int = 1) -> Session:
    session = Session(next_out, next_in, 30)
    session.connected(0)
    session.received(Message("A", next_in), 0)
    assert session.phase is Phase.ON
    return session


def sent(actions: list[object]) -> list[tuple[str, int]]:
    return [(action.message.kind, action.message.seq) for action in actions if isinstance(action, Send)]


def delivered(actions: list[object]) -> list[int]:
    return [action.message.seq for action in actions if isinstance(action, Deliver)]


def test_a_session_begins_with_a_logon_and_counts_both_ways():
    session = Session(7, 9, 30, ((553, "steward"),))
    (first,) = session.connected(0)
    assert (first.message.kind, first.message.seq) == ("A", 7)
    assert (first.message.get(108), first.message.get(553)) == ("30", "steward")
    assert session.say("D", (), 0) == []
    assert session.received(Message("A", 9), 0) == []
    assert (session.phase, session.next_out, session.next_in) == (Phase.ON, 8, 10)
    assert numbers(session.say("D", ((11, "x"),), 1)) == [8]


def test_anything_before_the_logon_ends_the_session():
    session = Session(1, 1, 30)
    session.connected(0)
    actions = session.received(Message("8", 1), 0)
    assert sent(actions) == [("5", 2)]
    assert isinstance(actions[-1], Disconnect)


def test_a_gap_is_asked_for_once_and_what_came_early_is_delivered_in_its_turn():
    session = on()
    actions = session.received(Message("8", 5), 1)
    assert delivered(actions) == []
    (ask,) = [action for action in actions if isinstance(action, Send)]
    assert (ask.message.kind, ask.message.get(7), ask.message.get(16)) == ("2", "2", "0")
    assert session.received(Message("8", 6), 1) == []
    assert delivered(session.received(Message("8", 2, (), True), 2)) == [2]
    assert delivered(session.received(Message("4", 3, ((123, "Y"), (36, "5")), True), 2)) == [5, 6]
    assert session.next_in == 7
    assert session.received(Message("8", 5, (), True), 2) == []
    assert session.received(Message("8", 6, (), True), 2) == []
    assert delivered(session.received(Message("8", 7), 3)) == [7]


def test_a_logon_ahead_of_its_number_lets_in_and_asks_for_the_rest():
    session = Session(1, 3, 30)
    session.connected(0)
    assert sent(session.received(Message("A", 8), 0)) == [("2", 2)]
    assert session.phase is Phase.ON
    session.received(Message("4", 3, ((123, "Y"), (36, "9")), True), 1)
    assert session.next_in == 9


def test_a_duplicate_is_dropped_and_a_low_number_without_the_mark_ends_the_session():
    session = on()
    assert delivered(session.received(Message("8", 2), 0)) == [2]
    assert session.received(Message("8", 2, (), True), 0) == []
    actions = session.received(Message("8", 2), 0)
    assert "too low" in actions[0].message.get(58)
    assert isinstance(actions[1], Disconnect)


def test_a_request_to_resend_is_answered_even_ahead_of_its_turn():
    session = on()
    assert session.received(Message("2", 2, ((7, "1"), (16, "0"))), 0) == [SendAgain(1, 0)]
    actions = session.received(Message("2", 9, ((7, "3"), (16, "4"))), 0)
    assert actions[0] == SendAgain(3, 4)
    assert sent(actions) == [("2", 2)]


def test_a_reset_never_goes_back():
    session = on()
    assert session.received(Message("4", 77, ((36, "20"),)), 0) == []
    assert session.next_in == 20
    assert sent(session.received(Message("4", 20, ((36, "5"),)), 0)) == [("3", 2)]
    assert session.next_in == 20
    (reject,) = session.received(Message("4", 20, ((123, "Y"), (36, "4"))), 0)
    assert reject.message.kind == "3"


def test_a_question_is_answered_with_its_own_word():
    session = on()
    (beat,) = session.received(Message("1", 2, ((112, "are you there"),)), 0)
    assert (beat.message.kind, beat.message.get(112)) == ("0", "are you there")


def test_silence_is_asked_about_and_then_given_up():
    session = on()
    assert sent(session.tick(30)) == [("0", 2)]
    (ask,) = session.tick(37)
    assert ask.message.kind == "1"
    assert session.tick(38) == []
    session.received(Message("0", 2, ((112, ask.message.get(112)),)), 40)
    assert session.asked == ""
    assert session.tick(50) == []
    assert isinstance(session.tick(120)[0], Disconnect)


def test_a_logon_without_an_answer_is_given_up():
    session = Session(1, 1, 30)
    session.connected(0)
    assert session.tick(5) == []
    assert isinstance(session.tick(11)[0], Disconnect)


def test_a_logout_is_answered_and_ends():
    session = on()
    actions = session.received(Message("5", 2), 0)
    assert sent(actions) == [("5", 2)]
    assert isinstance(actions[-1], Disconnect)
    leaving = on()
    assert sent(leaving.leave(0)) == [("5", 2)]
    (end,) = leaving.received(Message("5", 2), 1)
    assert isinstance(end, Disconnect)


@pytest.mark.parametrize(
    ("begin", "end", "plan"),
    [
        (1, 0, [GapFill(1, 2), "D2", GapFill(3, 5), "D5"]),
        (2, 2, ["D2"]),
        (3, 4, [GapFill(3, 5)]),
        (5, 99, ["D5"]),
        (0, 1, [GapFill(1, 2)]),
    ],
)
def test_what_is_sent_again_are_orders_and_gaps_for_the_rest(begin, end, plan):
    kept = {1: Message("A", 1), 2: Message("D", 2), 3: Message("0", 3), 5: Message("D", 5)}
    found = resend_plan(kept, begin, end, 6)
    assert [each if isinstance(each, GapFill) else f"D{each.seq}" for each in found] == plan


def test_a_line_that_is_lost_forgets_what_it_held():
    session = on()
    session.received(Message("8", 9), 0)
    session.lost()
    assert (session.phase, session.held) == (Phase.OFF, {})
