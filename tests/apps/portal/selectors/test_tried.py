import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.selectors.what_if import asked_of, result_as_generated
from apps.portal.selectors.tried import tried_words
from tests.factories import plans


@pytest.fixture
def asked(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return asked_of(plan)


def test_words_hold_what_was_moved_and_the_two_chances(asked):
    result = result_as_generated(asked)
    text = tried_words(asked, {"extra_saving": 250.0}, result, "  ")
    first, moved, chance = text.split("\n")
    assert (first, moved[:2]) == ("I tried this in my plan:", "• ")
    assert "250" in moved
    assert chance.count(f"{100 * asked.run.success:.1f}%") == 2
    assert tried_words(asked, {"extra_saving": 250.0}, result, "Well?").endswith("\n\nWell?")


def test_without_a_move_there_is_nothing_to_tell(asked):
    with pytest.raises(InvalidInputError, match="Nothing was moved yet"):
        tried_words(asked, {}, result_as_generated(asked), "x")
