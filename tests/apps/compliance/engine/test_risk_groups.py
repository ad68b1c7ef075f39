"""Groups on books whose kinds are known, on clouds without any, and from month to month."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from apps.compliance.engine.risk_features import BY_CODE, PersonFacts
from apps.compliance.engine.risk_groups import BAR, FEWEST_PEOPLE, Grouping, Last, Trouble, group_people
from tests.apps.compliance.engine.risk_books import KINDS, SPREADS, cloud, drawn_book

DRAWS = 12
CODES = tuple(BY_CODE)


def last_of(found: Grouping) -> Last:
    """Return what the next month begins from."""
    assert found.centres is not None
    placed = {place.key: place.number for place in found.places}
    return Last(found.considered.ruler, found.centres, placed, max(found.centres), len(found.places))


def nudged(people: list[PersonFacts], share: float, seed: int = 7) -> list[PersonFacts]:
    """Return the people with facts moved by a share of their spread."""
    dice = np.random.default_rng(seed)
    spreads = dict(zip(CODES, SPREADS, strict=True)) | {"liquid_months": 2.0}
    moved = []
    for person in people:
        values = {
            code: min(
                max(value + share * spreads[code] * float(dice.standard_normal()), BY_CODE[code].lowest),
                BY_CODE[code].highest,
            )
            for code, value in person.values.items()
        }
        moved.append(PersonFacts(person.key, values))
    return moved


@pytest.fixture(scope="module")
def book() -> tuple[list[PersonFacts], list[str]]:
    return drawn_book(11, 60)


@pytest.fixture(scope="module")
def found(book) -> Grouping:
    return group_people(book[0], None, DRAWS)


@pytest.mark.parametrize("kinds", [("retired", "near"), ("retired", "mid", "young"), tuple(KINDS)])
def test_the_kinds_of_a_labelled_book_are_found(kinds):
    people, labels = drawn_book(100 + len(kinds), 120, kinds)
    grouped = group_people(people, None, DRAWS)
    assert grouped.chosen is not None
    assert grouped.chosen.n_groups == len(kinds)
    assert grouped.chosen.stability >= BAR
    kind = dict(zip((p.key for p in people), labels, strict=True))
    assert adjusted_rand_score([kind[p.key] for p in grouped.places], [p.number for p in grouped.places]) > 0.8


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("together", [True, False])
def test_no_groups_are_shown_where_there_are_none(seed, together):
    assert group_people(cloud(seed, 80, together=together), None, DRAWS).trouble == Trouble.UNSTABLE


def test_below_the_fewest_people_there_are_no_groups():
    people, _ = drawn_book(3, FEWEST_PEOPLE - 1)
    assert group_people(people, None, DRAWS).trouble == Trouble.FEW_PEOPLE


def test_with_hardly_a_fact_there_are_no_groups():
    people = [PersonFacts(f"p{at}", {"tolerance": float(20 + at), "age": 40.0 + at}) for at in range(40)]
    assert group_people(people, None, DRAWS).trouble == Trouble.FEW_FACTS


def test_the_order_of_the_people_changes_nothing(book, found):
    order = np.random.default_rng(5).permutation(len(book[0]))
    shuffled = [book[0][at] for at in order]
    assert group_people(shuffled, None, DRAWS) == found


def test_identical_people_lie_in_one_group(book):
    people = [*book[0], *(PersonFacts(f"twin{at}", book[0][0].values) for at in range(3))]
    grouped = {place.key: place.number for place in group_people(people, None, DRAWS).places}
    assert {grouped[f"twin{at}"] for at in range(3)} == {grouped[book[0][0].key]}


def test_people_who_are_all_alike_are_no_groups():
    people = [PersonFacts(f"p{at:02d}", {"tolerance": 30.0, "age": 40.0, "capacity": 50.0}) for at in range(40)]
    assert group_people(people, None, DRAWS).trouble == Trouble.FEW_FACTS


def test_two_kinds_of_identical_people_are_two_groups():
    kinds = ({"tolerance": 20.0, "age": 70.0, "capacity": 30.0}, {"tolerance": 55.0, "age": 30.0, "capacity": 80.0})
    grouped = group_people([PersonFacts(f"p{at:02d}", kinds[at % 2]) for at in range(40)], None, DRAWS)
    assert [(tried.n_groups, tried.stability) for tried in grouped.tried] == [(2, 1.0)]
    assert len({(place.number, int(place.key[1:]) % 2) for place in grouped.places}) == 2


def test_a_fact_that_nobody_has_changes_nothing_but_what_is_said(book):
    without = [PersonFacts(p.key, {c: v for c, v in p.values.items() if c != "required_return"}) for p in book[0]]
    grouped = group_people(without, None, DRAWS)
    assert grouped.considered.dropped["required_return"] == "rare"
    assert grouped.chosen is not None


def test_without_a_change_of_data_nobody_changes_group(book, found):
    again = group_people(book[0], last_of(found), DRAWS)
    assert again.is_continued
    assert [place.came_from for place in again.places if place.came_from] == []
    assert again.centres == found.centres
    assert [replace(place, came_from=None) for place in again.places] == list(found.places)


@pytest.mark.parametrize("seed", range(5))
def test_small_noise_moves_hardly_anybody(book, found, seed):
    """A tenth of a spread of its kind on each fact of each person."""
    noisy = group_people(nudged(book[0], 0.1, seed), last_of(found), DRAWS)
    before = [place.number for place in found.places]
    assert adjusted_rand_score(before, [place.number for place in noisy.places]) >= 0.9
    assert sum(place.came_from is not None for place in noisy.places) <= 2


def test_a_person_whose_life_changed_changes_group_and_nobody_else(book, found):
    people, labels = list(book[0]), book[1]
    at = labels.index("young")
    people[at] = PersonFacts(people[at].key, dict(zip(CODES, map(float, KINDS["retired"]), strict=True)))
    grouped = group_people(people, last_of(found), DRAWS)
    changed = [place for place in grouped.places if place.came_from is not None]
    assert [place.key for place in changed] == [people[at].key]


def test_at_a_border_a_person_stays_until_clearly_nearer_to_another(book, found):
    assert found.centres is not None
    ruler = found.considered.ruler
    one, other = sorted(found.centres)[:2]

    def between(share):
        centre = np.array(found.centres[one]) * (1 - share) + np.array(found.centres[other]) * share
        natural = centre * np.array(ruler.scales) + np.array(ruler.middles)
        values = dict(zip(ruler.codes, natural.tolist(), strict=True))
        values["liquid_months"] = float(np.expm1(values["liquid_months"]))
        kept = {code: min(max(value, BY_CODE[code].lowest), BY_CODE[code].highest) for code, value in values.items()}
        return [*book[0], PersonFacts("border", kept)]

    last = last_of(found)
    last = replace(last, placed={**last.placed, "border": one})
    placed = {
        share: next(p.number for p in group_people(between(share), last, DRAWS).places if p.key == "border")
        for share in (0.45, 0.515, 0.7)
    }
    assert placed == {0.45: one, 0.515: one, 0.7: other}


def test_groups_laid_anew_keep_the_numbers_of_those_they_are(book, found):
    without = [PersonFacts(p.key, {c: v for c, v in p.values.items() if c != "plan_chance"}) for p in book[0]]
    anew = group_people(without, last_of(found), DRAWS)
    assert not anew.is_continued
    assert anew.centres is not None
    assert found.centres is not None
    assert set(anew.centres) == set(found.centres)
    assert [p.came_from for p in anew.places if p.came_from is not None] == []


def test_a_new_kind_of_people_gets_a_number_of_its_own_and_the_others_keep_theirs():
    few, _ = drawn_book(21, 60, ("retired", "young"))
    first = group_people(few, None, DRAWS)
    assert sorted(first.centres or {}) == [1, 2]
    came, _ = drawn_book(22, 40, ("mid",))
    more = [*few, *(PersonFacts(f"new{p.key}", p.values) for p in came)]
    grouped = group_people(more, replace(last_of(first), highest=4), DRAWS)
    assert not grouped.is_continued
    assert sorted(grouped.centres or {}) == [1, 2, 5]
    assert {place.number for place in grouped.places if place.key.startswith("new")} == {5}
    assert sum(place.came_from is not None for place in grouped.places) <= 2


def test_groups_that_no_longer_come_out_again_are_shown_no_more(book, found):
    assert group_people(cloud(1, 60), last_of(found), DRAWS).trouble == Trouble.UNSTABLE
