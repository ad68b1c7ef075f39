from apps.portfolios.engine.computed import Computed, quotient


def test_nothing_is_divided_by_nothing():
    assert quotient(1.0, 4.0, "why") == Computed(0.25)
    assert quotient(1.0, 0.0, "why") == Computed(None, "why")
    assert quotient(None, 4.0, "why") == quotient(1.0, None, "why") == Computed(None, "why")
