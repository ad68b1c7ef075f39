"""No property test fails for being slow."""

from hypothesis import settings

from tests.depth import DEPTH


def test_no_example_has_a_deadline():
    assert settings.default.deadline is None
    assert settings.default.max_examples == 100 * DEPTH
