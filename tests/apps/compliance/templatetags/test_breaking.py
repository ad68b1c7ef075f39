from apps.compliance.templatetags.breaking import breakable


def test_a_hash_may_break_and_prose_stays():
    assert breakable("a" * 40).split("\u200b") == ["a" * 16, "a" * 16, "a" * 8]
    assert breakable("Went through it together.") == "Went through it together."
    assert breakable(None) == ""
