"""What a household may plan to convert, and what is refused with a word on how to mend it."""

from __future__ import annotations

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule, bracket_place
from apps.plans.engine.inputs import TaxTreatment
from tests.apps.plans.engine.households import account, conversion, converting, family, insured


def refused(*plans: ConversionPlan) -> InvalidInputError:
    with pytest.raises(InvalidInputError) as told:
        converting(insured(family()), *plans)
    assert told.value.mend
    return told.value


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (conversion(years=(2020, 2025)), "conversions[ana].last_year"),
        (conversion(value=0.13), "conversions[ana].value"),
        (conversion(value=0.37), "conversions[ana].value"),
        (conversion("ben", ConversionRule.BELOW_STEP, 5), "conversions[ben].value"),
        (conversion("ben", ConversionRule.BELOW_STEP, 0.5), "conversions[ben].value"),
        (ConversionPlan("ana", "brokerage", ConversionRule.FIXED, 1.0, 2030, 2031, "USD"), "conversions[ana].target"),
        (ConversionPlan("ana", "roth_ben", ConversionRule.FIXED, 1.0, 2030, 2031, "USD"), "conversions[ana].target"),
        (ConversionPlan("eve", "roth", ConversionRule.FIXED, 1.0, 2030, 2031, "USD"), "conversions[eve].owner"),
    ],
)
def test_what_cannot_be_converted_is_refused_at_its_field(plan: ConversionPlan, field: str) -> None:
    assert refused(plan).field == field


def test_an_owner_has_one_plan_and_something_to_convert() -> None:
    assert refused(conversion(), conversion(value=0.22)).field == "conversions"
    inputs = family()
    kept = tuple(item for item in inputs.accounts if item.treatment is not TaxTreatment.TAX_DEFERRED)
    lacking = [item.key for item in kept]
    assert "plan_ana" not in lacking
    with pytest.raises(InvalidInputError) as told:
        type(inputs)(
            **{
                name: getattr(inputs, name)
                for name in type(inputs).__dataclass_fields__
                if name not in ("accounts", "contributions", "conversions")
            },
            accounts=(*kept, account("roth_two", TaxTreatment.TAX_FREE, 0.0)),
            contributions=(),
            conversions=(conversion(),),
        )
    assert told.value.field == "conversions[ana].owner"


def test_a_plan_without_premiums_has_no_step_to_stay_below() -> None:
    with pytest.raises(InvalidInputError) as told:
        converting(family(), conversion("ana", ConversionRule.BELOW_STEP, 0))
    assert told.value.field == "conversions[ana].rule"


def test_a_window_ends_after_it_begins_and_amounts_are_not_negative() -> None:
    with pytest.raises(InvalidInputError) as told:
        conversion(years=(2040, 2039))
    assert told.value.field == "conversions[ana].last_year"
    with pytest.raises(InvalidInputError):
        conversion("ana", ConversionRule.FIXED, -1.0)


def test_a_window_that_has_begun_goes_on() -> None:
    assert converting(family(), conversion(years=(2020, 2030))).conversions


def test_a_bracket_is_found_by_its_rate() -> None:
    assert [bracket_place(family(), rate) for rate in (0.1, 0.12, 0.35, 0.37, 0.5)] == [0, 1, 5, None, None]
