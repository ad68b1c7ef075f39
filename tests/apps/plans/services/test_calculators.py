"""Calculators put a typed question to the engine."""

from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.services.calculators import TaxAsked, ask_taxes, law_choices, law_states, law_years

COUPLE = TaxAsked(
    year=2025, filing_status="joint", state="CA", age_1=66, age_2=40, wages_1=Decimal(90_000), wages_2=Decimal(60_000),
    children=2,
)  # fmt: skip


def test_a_couples_year_says_its_law_and_what_is_weaker_than_it():
    told = ask_taxes(COUPLE)
    assert (told.federal_year, told.state_name, told.state_year) == (2025, "California", 2025)
    assert told.answer.federal.credits.used == Decimal(4_400)  # two children at 2,200 (P.L. 119-21)
    assert told.answer.state_total > 0
    assert told.caveats
    assert told.answer.federal.senior_deduction == 6_000  # one of the two is 65


def test_a_year_without_a_state_and_one_earner_is_federal_alone():
    told = ask_taxes(TaxAsked(year=2026, filing_status="single", state="", age_1=40, age_2=None))
    assert (told.answer.total, told.state_year, told.caveats) == (0, None, ())


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"age_2": None}, "age_2"), ({"filing_status": "single"}, "wages_2")],
)
def test_what_does_not_go_together_is_refused_at_its_field(changed, field):
    kept = {name: getattr(COUPLE, name) for name in COUPLE.__slots__}
    with pytest.raises(InvalidInputError) as refused:
        ask_taxes(TaxAsked(**{**kept, **changed}))
    assert refused.value.field == field


def test_the_choices_are_the_laws_that_are_known():
    assert {2025, 2026} <= set(law_years())
    assert law_years() == tuple(sorted(law_years(), reverse=True))
    assert len(law_states()) == 51
    assert ("MA", "Massachusetts") in law_states()
    choices = law_choices()
    assert choices["years"][0] == (law_years()[0], law_years()[0])
    assert [value for value, _label in choices["statuses"]] == ["single", "joint", "separate", "head"]
    assert choices["states"][0][0] == ""
    assert choices["states"][1:] == [*law_states()]
