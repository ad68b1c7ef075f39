"""A row that is wrong is refused with what is wrong and how to mend it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.db.models import CheckConstraint

from apps.firms.models import Firm
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import BenchmarkPart, TaxRate
from apps.portfolios.services._checks import checked

DAY = dt.date(2025, 3, 3)


def rate(**changes: object) -> TaxRate:
    told = {"short": Decimal("0.3"), "long": Decimal("0.2"), "starts_on": DAY, "reason": "Filing"}
    return TaxRate(**{**told, **changes})


@pytest.mark.parametrize(
    ("changes", "field", "mend"),
    [
        ({"reason": ""}, "reason", "Fill in “Reason”."),
        ({"starts_on": None}, "starts_on", "Fill in “From”."),
        ({"reason": "x" * 4000}, "reason", "Shorten “Reason”."),
        ({"short": Decimal("0.12345678901234")}, "short", "with fewer digits."),
        ({"starts_on": "soon"}, "starts_on", "Correct “From”."),
    ],
)
def test_a_wrong_field_is_named_with_its_mend(
    in_alpha: Firm, changes: dict[str, object], field: str, mend: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        checked(rate(**changes))
    assert refused.value.field == field
    assert refused.value.mend.endswith(mend)
    assert refused.value.message


def test_a_wrong_whole_says_so_in_words(in_alpha: Firm) -> None:
    checked(rate())
    with pytest.raises(InvalidInputError) as refused:
        checked(BenchmarkPart(weight=Decimal("0.5")), exclude=["version"])
    assert (refused.value.field, str(refused.value)) == ("", "A part is a security or a series: name one of them.")


def test_constraints_that_no_choice_of_a_field_stands_for_say_what_is_wrong() -> None:
    """A model whose rows people write must not answer with the name of a constraint."""
    written = {
        "AccountOwner", "Appraisal", "BenchmarkPart", "BenchmarkVersion", "EquivalenceMember", "Mandate", "CashReserve",
        "Restriction", "Sleeve", "SleeveHolding", "TaxRate", "WatchRules", "CommissionSchedule", "DistributionTerms",
    }  # fmt: skip
    mute = {
        rule.name
        for model in apps.get_app_config("portfolios").get_models()
        if model.__name__ in written
        for rule in model._meta.constraints
        if isinstance(rule, CheckConstraint) and rule.violation_error_message == rule.default_violation_error_message
    }
    assert {name for name in mute if not name.endswith("_known")} == set()
