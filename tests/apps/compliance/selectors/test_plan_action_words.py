from apps.compliance.selectors.action_words import WORDS, action_words
from apps.compliance.selectors.plan_action_words import PLAN_WORDS


def test_what_is_done_with_plans_stands_among_the_words_of_all_actions():
    assert PLAN_WORDS.items() <= WORDS.items()
    assert {name.partition(".")[0] for name in PLAN_WORDS} == {"plans"}
    assert not any(name.startswith("plans.") for name in WORDS.keys() - PLAN_WORDS.keys())
    assert action_words("plans.request_stresses") == "Run stress tests"
