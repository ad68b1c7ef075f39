from apps.core.secrets import number_digest


def test_equal_numbers_have_equal_digests_whatever_their_dashes(in_alpha):
    digest = number_digest("a.number", "ab-1234 5678")
    assert digest == number_digest("a.number", "AB12345678")
    assert digest != number_digest("a.number", "AB12345679")
    assert number_digest("a.number", " - ") == ""


def test_each_purpose_has_digests_of_its_own(in_alpha):
    assert number_digest("a.number", "1234") != number_digest("another.number", "1234")
