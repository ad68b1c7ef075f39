"""The words of the two languages."""

from __future__ import annotations

import pytest

from apps.plans.engine.goal_lexicon import Subject
from tests.apps.plans.engine import spoken_report


@pytest.mark.parametrize("tongue", ["en", "pt"])
def test_every_kind_of_goal_has_its_words(tongue):
    lexicon = spoken_report.lexicon(tongue)
    assert set(lexicon.subjects) == set(Subject)
    assert lexicon.tongue.value == tongue


@pytest.mark.parametrize("tongue", ["en", "pt"])
def test_no_shape_matches_nothing(tongue):
    lexicon = spoken_report.lexicon(tongue)
    shapes = [*lexicon.subjects.values(), *(shape for _, shape in lexicon.cues), lexicon.denials, lexicon.statements]
    assert not any(shape.search("") for shape in shapes)


def test_words_are_whole_words():
    vehicle = spoken_report.lexicon("en").subjects[Subject.VEHICLE]
    assert vehicle.search("a car")
    assert not vehicle.search("a career")
