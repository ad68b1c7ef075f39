"""Plans alike by their words, measured on plans whose kind is known."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from apps.plans.engine.likeness import (
    BAR,
    FEWEST_PLANS,
    NEAREST,
    embedded_likeness,
    fit_likeness,
    is_good,
    nearest,
    precision_at,
    telling,
)

LABELLED = tomllib.loads((Path(__file__).parent / "likeness" / "labelled.toml").read_text())
TEXTS = [text for group in LABELLED.values() for text in group["texts"]]
LABELS = [frozenset({name}) for name, group in LABELLED.items() for _ in group["texts"]]
# what the kinds of goals and advice are called: without them only the client's own words are left
KINDS = [
    "retirement",
    "education",
    "home",
    "business",
    "legacy",
    "charity",
    "care",
    "travel",
    "insurance",
    "estate",
    "savings",
    "saving",
    "vehicle",
    "reserve",
    "contribution",
    "room",
    "advice",
    "goals",
]
# the bars: as plans are told, kinds and own words; and by own words alone, where one in seven would fit by chance
AS_TOLD, OWN_WORDS = 0.9, 0.6


def test_of_the_three_nearest_plans_nine_in_ten_are_of_the_same_kind():
    assert precision_at(fit_likeness(TEXTS), LABELS) >= AS_TOLD >= BAR


def test_own_words_alone_find_most():
    own = [" ".join(word for word in re.findall(r"\w+", text) if word.lower() not in KINDS) for text in TEXTS]
    assert precision_at(fit_likeness(own), LABELS) >= OWN_WORDS


def test_labels_given_at_random_fall_below_the_bar():
    """The measure can fail: it is of the neighbours, not of the number of plans."""
    mixed = [LABELS[place] for place in np.random.default_rng(1).permutation(len(LABELS))]
    assert precision_at(fit_likeness(TEXTS), mixed) < BAR / 2


def test_vectors_are_of_length_one_and_the_same_each_time():
    one, two = fit_likeness(TEXTS), fit_likeness(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(one.vectors, axis=1), 1.0)
    np.testing.assert_array_equal(one.vectors, two.vectors)


def test_nobody_is_their_own_neighbour():
    found = nearest(fit_likeness(TEXTS))
    assert found.shape == (len(TEXTS), NEAREST)
    assert not any(row in found[row] for row in range(len(TEXTS)))


def test_a_text_without_a_word_lies_nowhere():
    fitted = fit_likeness([*TEXTS[:12], "Person A and I"])
    assert not fitted.vectors[-1].any()


@pytest.mark.parametrize("texts", [[], ["One plan with words."], ["the", "and"], ["boat", "boat"]])
def test_too_few_words_are_refused(texts):
    with pytest.raises(ValueError, match=r".+"):
        fit_likeness(texts)


def test_what_most_plans_share_tells_nothing():
    told = telling([frozenset({"a", "b"}), frozenset({"a"}), frozenset({"c"})])
    assert told == [frozenset({"b"}), frozenset(), frozenset({"c"})]


def test_without_shared_labels_there_is_no_measure():
    assert np.isnan(precision_at(fit_likeness(TEXTS[:5]), [frozenset({str(n)}) for n in range(5)]))


@pytest.mark.parametrize(
    ("n_plans", "precision", "good"),
    [(FEWEST_PLANS, BAR, True), (FEWEST_PLANS - 1, 1.0, False), (500, BAR - 0.01, False), (500, None, False)],
)
def test_few_plans_or_a_low_measure_are_not_good_enough(n_plans, precision, good):
    assert is_good(n_plans, precision) is good


def test_vectors_of_a_model_are_told_apart_by_what_is_left_of_their_mean():
    # a common part, as models of embeddings give every text, and one direction of each kind
    rng = np.random.default_rng(4)
    kinds = rng.normal(size=(len(LABELLED), 24))
    names = list(LABELLED)
    vectors = [10.0 + kinds[names.index(next(iter(label)))] + 0.1 * rng.normal(size=24) for label in LABELS]
    found = embedded_likeness([list(vector) for vector in vectors])
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(1.0)
    assert precision_at(found, LABELS) == 1.0
    apart = found.vectors @ found.vectors.T
    other = np.array([[bool(one & two) for two in LABELS] for one in LABELS])
    assert apart[~other].max() < apart[other].min()


@pytest.mark.parametrize("wrong", [[], [[1.0, 2.0]], [[1.0, float("nan")], [1.0, 2.0]], [[1.0], [1.0, 2.0]]])
def test_vectors_that_cannot_be_compared_are_refused(wrong):
    with pytest.raises(ValueError, match=r"Two vectors|inhomogeneous"):
        embedded_likeness(wrong)


def test_texts_that_are_all_alike_have_no_direction():
    assert not embedded_likeness([[1.0, 2.0], [1.0, 2.0]]).vectors.any()
