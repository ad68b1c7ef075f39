import json
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.digest import canonical_json
from apps.plans.engine.inputs import Boundary, ProjectionInputs, When
from apps.plans.engine.results import Effect, Text, YearCashFlow
from apps.plans.engine.spending_choices import PortfolioShare, RateGuardrails, SpendingRule, WealthGuardrails
from apps.plans.selectors.frozen_values import read_frozen
from tests.apps.plans.engine.households import family


@dataclass(frozen=True)
class Held:
    number: float
    count: int
    when: When
    effect: Effect | None
    params: tuple[tuple[str, float | str], ...]


@given(
    number=st.floats(allow_nan=False, allow_infinity=False),
    count=st.integers(-(10**12), 10**12),
    when=st.one_of(st.dates(), st.sampled_from(Boundary)),
    params=st.lists(st.tuples(st.text(max_size=8), st.one_of(st.text(max_size=8), st.floats(-1e9, 1e9)))),
)
def test_what_was_written_is_read_again_to_the_byte(number, count, when, params):
    held = Held(number, count, when, None, tuple(params))
    again = read_frozen(canonical_json(held), Held)
    assert canonical_json(again) == canonical_json(held)
    assert again.when == when


def test_a_whole_household_survives_the_round_trip():
    inputs = family()
    again = read_frozen(canonical_json(inputs), ProjectionInputs)
    assert again == inputs
    assert again.goals[0].start is Boundary.RETIREMENT
    assert again.goals[1].start == date(2033, 9, 1)


def test_bytes_of_another_engine_are_refused_with_the_mend():
    with pytest.raises(InvalidInputError, match="Generate the plan again"):
        read_frozen(b'{"message":"x"}', Text)
    with pytest.raises(InvalidInputError, match="another version"):
        read_frozen(canonical_json(replace(family().adults[0])), ProjectionInputs)


def test_a_result_of_an_older_engine_is_read_without_what_it_did_not_know():
    flow = json.dumps({field.name: 1 for field in fields(YearCashFlow) if field.default is MISSING}).encode()
    assert read_frozen(flow, YearCashFlow).required_distributions == 0.0


@pytest.mark.parametrize(
    "step", [RateGuardrails(upper=1.1), PortfolioShare(0.04), WealthGuardrails(1.0, 2.0, 0.8, 1.2)]
)
def test_a_stored_rule_of_spending_is_the_kind_it_was(step: RateGuardrails | PortfolioShare | WealthGuardrails) -> None:
    rule = SpendingRule(step, 0.7, 1.25)
    assert read_frozen(canonical_json(rule), SpendingRule) == rule
