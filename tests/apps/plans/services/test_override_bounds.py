from decimal import Decimal

import pytest

from apps.clients.models import Person
from apps.kernel.errors import InvalidInputError
from apps.plans.models import OverrideKind
from apps.plans.models.override import OF_A_PERSON
from apps.plans.services._override_bounds import check_override


def refused(kind: str, value: str) -> InvalidInputError:
    with pytest.raises(InvalidInputError) as wrong:
        check_override(kind, Decimal(value), Person(first_name="Ana") if kind in OF_A_PERSON else None)
    return wrong.value


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("retirement_age", "999999999", "from 30 to 100"),
        ("retirement_age", "0", "from 30 to 100"),
        ("retirement_age", "66.5", "whole years"),
        ("annual_income", "999999999", "at most|to 100,000,000"),
        ("monthly_spending", "0", "above zero"),
        ("monthly_spending", "1000000.01", "at most 1,000,000"),
        ("claim_age", "71", "between the ages of 62 and 70"),
        ("extra_saving", "999999999", "to 1,000,000"),
        ("equity_share", "101", "0 to 100 per cent"),
        ("roth_bracket", "101", "0 to 100 per cent"),
        ("roth_step", "2.5", "whole number from 1 to 5"),
        ("ira_gifts", "999999999", "to 10,000,000"),
    ],
)
def test_a_value_out_of_its_bounds_is_refused_at_the_value_with_the_bounds(kind, value, says):
    wrong = refused(kind, value)
    assert wrong.field == "value"
    assert any(part in str(wrong) for part in says.split("|"))


def test_every_kind_has_bounds_and_their_ends_are_taken():
    ends = {
        "monthly_spending": ("0.01", "1000000"), "retirement_age": ("30", "100"), "annual_income": ("0", "100000000"),
        "claim_age": ("62", "70"), "extra_saving": ("0", "1000000"), "equity_share": ("0", "100"),
        "roth_bracket": ("0", "100"), "roth_step": ("0", "5"), "ira_gifts": ("0", "10000000"),
    }  # fmt: skip
    assert set(ends) == set(OverrideKind)
    for kind, values in ends.items():
        for value in values:
            check_override(kind, Decimal(value), Person() if kind in OF_A_PERSON else None)


def test_what_is_the_households_names_nobody_and_what_is_a_persons_somebody():
    with pytest.raises(InvalidInputError, match="Leave the person empty") as whose:
        check_override("monthly_spending", Decimal(5000), Person())
    assert whose.value.field == "person"
    with pytest.raises(InvalidInputError, match="Say whose it is") as nobody:
        check_override("retirement_age", Decimal(60), None)
    assert nobody.value.field == "person"
