import pytest

from apps.compliance.engine.group_traits import (
    far_from,
    holds_unlike,
    middles_of,
    moved_by,
    named_apart,
    reasons,
    still_true,
    telling,
    traits_of,
)
from apps.compliance.engine.risk_features import PersonFacts, Ruler

RULER = Ruler(("tolerance", "age", "equity_share"), (40.0, 50.0, 0.5), (10.0, 10.0, 0.2))


def group(**facts):
    """Return the middles of people who all have the same facts."""
    return middles_of([PersonFacts(str(n), {k: float(v) for k, v in facts.items()}) for n in range(5)], list(facts))


def test_middles_are_the_quartiles_of_what_is_known():
    people = [PersonFacts(str(n), {"age": float(n)}) for n in range(9)] + [PersonFacts("x", {"tolerance": 20.0})]
    found = middles_of(people, ["age", "capacity"])
    assert set(found) == {"age"}
    assert (found["age"].low, found["age"].median, found["age"].high, found["age"].n_known) == (2.0, 4.0, 6.0, 9)


@pytest.mark.parametrize(
    ("tolerance", "years", "traits"),
    [
        (35, 0, ["temper:cautious", "stage:retired"]),
        (36, 8, ["temper:balanced", "stage:near"]),
        (42, 20, ["temper:balanced", "stage:mid"]),
        (43, 21, ["temper:bold", "stage:early"]),
    ],
)
def test_a_group_is_named_by_its_temper_and_its_stage_of_life(tolerance, years, traits):
    assert traits_of(group(tolerance=tolerance, years_to_retirement=years)) == traits


def test_a_group_whose_facts_are_not_known_has_no_such_trait():
    assert traits_of(group(age=40)) == []


def test_groups_of_like_name_are_told_apart_by_what_differs_most():
    groups = {1: group(tolerance=30, age=45, equity_share=0.3), 2: group(tolerance=32, age=48, equity_share=0.7)}
    assert named_apart(groups, RULER) == {
        1: ["temper:cautious", "less:equity_share"],
        2: ["temper:cautious", "more:equity_share"],
    }


def test_what_sets_a_group_apart_is_told_the_most_telling_first():
    found = telling(group(tolerance=30, age=52, equity_share=0.9), group(tolerance=40, age=50, equity_share=0.5), RULER)
    assert found == [("equity_share", True), ("tolerance", False)]


def test_a_name_stays_while_nothing_in_it_became_untrue():
    old = ["temper:cautious", "less:equity_share"]
    assert still_true(old, ["temper:cautious"], [("age", True)])
    assert not still_true(old, ["temper:balanced"], [])
    assert not still_true(old, ["temper:cautious"], [("equity_share", True)])


def test_the_reasons_are_the_facts_that_speak_for_the_own_group_rather_than_the_next():
    person = PersonFacts("x", {"tolerance": 20.0, "age": 50.0, "equity_share": 0.9})
    # by tolerance and equity the first, by age neither
    own, other = (-2.0, 0.0, 2.0), (1.0, 0.0, 1.0)
    assert reasons(person, own, other, RULER) == ["tolerance", "equity_share"]
    assert reasons(PersonFacts("y", {"age": 50.0}), own, other, RULER) == []


def test_what_moved_a_person_is_what_changed_towards_the_new_group():
    now = PersonFacts("x", {"tolerance": 20.0, "age": 51.0, "equity_share": 0.5})
    then = {"tolerance": 50.0, "age": 50.0, "equity_share": 0.5}
    assert moved_by(now, then, (-2.0, 0.0, 0.0), (1.0, 0.0, 0.0), RULER) == ["tolerance"]
    assert moved_by(now, dict(now.values), (-2.0, 0.0, 0.0), (1.0, 0.0, 0.0), RULER) == []


def test_stocks_far_outside_the_middle_half_do_not_fit():
    people = [PersonFacts(str(n), {"equity_share": 0.3 + n * 0.05}) for n in range(5)]
    middles = middles_of(people, ["equity_share"])
    assert middles["equity_share"].high == pytest.approx(0.45)
    assert holds_unlike(0.85, middles)
    assert not holds_unlike(0.59, middles)
    assert holds_unlike(0.1, middles)
    assert not holds_unlike(None, middles)
    assert not holds_unlike(0.9, {})


def test_far_is_beyond_the_fence_of_the_groups_own_distances():
    assert far_from([1.0, 1.0, 2.0, 2.0]) == pytest.approx(3.5)
