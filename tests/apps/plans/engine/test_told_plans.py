"""A text about a plan cites its figures and states none."""

from __future__ import annotations

import pytest

from apps.plans.engine.spoken_numbers import Tongue
from apps.plans.engine.told_plans import LONGEST, Place, ToldNumberError, check_told, pieces

FIGURES = {"chance": 0.874, "target": 0.85, "left_middle": 1_250_000.0}
GOOD = (
    "In {figure:chance} of the futures the plan pays for what it must, and it aims for {figure:target}. For one of you "
    "{name:goal_a} comes from a 401(k)."
)


def check(text, tongue=Tongue.ENGLISH):
    return check_told(text, FIGURES, {"goal_a"}, tongue, needs=("chance", "target"))


def test_a_text_that_cites_passes_and_is_told_in_pieces():
    assert check(f"  {GOOD}\n") == GOOD
    assert pieces(GOOD)[:4] == ("In ", Place(is_figure=True, name="chance"), pieces(GOOD)[2], Place(True, "target"))
    assert Place(is_figure=False, name="goal_a") in pieces(GOOD)


@pytest.mark.parametrize(
    "more",
    [
        "It is 100 % safe.",
        "It is safe in 7 of all.",
        "You have $ enough.",
        "That is percent.",
        "In seventy of them it holds.",
        "Two goals are met.",
        "Half of it is left.",
        "You double it.",
        "Two million are left.",
        "{figure:yield} a year.",
        "{name:goal_z} is met.",
        "{figure:left_middle} %",
        "{figure:Chance}",
        "{{figure:chance}}",
        "<b>Good</b>",
        "See https://x.example.",
        "½ of it is left.",
        "These are ٣ goals.",
    ],
)
def test_a_text_that_states_or_cites_anything_else_is_refused(more):
    with pytest.raises(ToldNumberError):
        check(f"{GOOD} {more}")


@pytest.mark.parametrize("more", ["São setenta futuros.", "Dois objetivos.", "A metade fica.", "Isto é 3."])
def test_portuguese_numbers_are_refused_too(more):
    with pytest.raises(ToldNumberError):
        check(f"{GOOD} {more}", Tongue.PORTUGUESE)
    assert check(f"{GOOD} Um de vocês tem uma casa.", Tongue.PORTUGUESE)


@pytest.mark.parametrize(
    "text",
    ["", "Fine.", "Fine. " * LONGEST, GOOD.replace("{figure:target}", "more"), GOOD.replace("{figure:chance}", "most")],
)
def test_a_text_that_says_too_little_or_too_much_is_refused(text):
    with pytest.raises(ToldNumberError):
        check(text)
