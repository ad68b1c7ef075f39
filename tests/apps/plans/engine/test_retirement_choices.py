"""Choices that cannot be are refused where they came in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.kernel.errors import InvalidInputError, MixedCurrenciesError
from apps.plans.engine.retirement_choices import BenefitClaim
from tests.apps.plans.engine.households import claiming, family

ANA = BenefitClaim("ana", 2_000.0, 800, "USD")


def test_claims_are_refused_beside_stated_benefits() -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(family(), claims=(ANA, replace(ANA, owner="ben")))
    assert refused.value.field == "claims"


def test_claims_are_refused_for_one_of_two_for_strangers_and_twice_for_one() -> None:
    for claims in ((ANA,), (ANA, replace(ANA, owner="zoe")), (ANA, ANA)):
        with pytest.raises(InvalidInputError):
            replace(claiming(family()), claims=claims)


@pytest.mark.parametrize("change", [{"claim_age": 61 * 12}, {"claim_age": 70 * 12 + 1}, {"primary_amount": -1.0}])
def test_a_claim_names_what_is_out_of_range(change: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(ANA, **change)  # type: ignore[arg-type]
    assert refused.value.field == f"claims[ana].{next(iter(change))}"


def test_a_claim_in_another_currency_is_refused() -> None:
    claims = tuple(replace(claim, currency="EUR") for claim in claiming(family()).claims)
    with pytest.raises(MixedCurrenciesError) as refused:
        replace(claiming(family()), claims=claims)
    assert refused.value.field == "claims[ana].currency"
