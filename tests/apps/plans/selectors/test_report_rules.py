"""The rules of a plan on paper: a client's words, and what checks it in one line."""

from apps.plans.engine.monte_carlo import trail_of
from apps.plans.selectors.report_rules import identity, rules_of
from tests.apps.plans.engine.households import family, family_cube

JARGON = ("Sobol", "docs/", "scramble", "seed", "policyengine", "SHA-256")


def test_rules_are_told_in_plain_words_and_the_identity_keeps_the_rest() -> None:
    trail = trail_of(family(), family_cube())
    rules = rules_of(trail)
    assert len(rules) == len(trail)
    words = " ".join(f"{rule.name} {rule.words}" for rule in rules)
    assert "possible futures; their months are drawn by a formula" in words
    assert not [term for term in JARGON if term in words]
    assert str(family().tax_table.year) in words
    line = identity(trail)
    assert all(step.source in line for step in trail)
    assert f"seed {family().simulation.seed}" in line
