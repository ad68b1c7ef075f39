"""What a checkpoint finds, in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.compliance.selectors.checkpoints import fact_words, suitability_facts
from tests.factories import compliance as make
from tests.factories.clients import household


@pytest.mark.parametrize(
    ("before", "after", "key", "holds"),
    [
        ("0.40", "0.30", "risk", True),
        ("0.92", "0.90", "risk_nearer", True),
        ("0.40", "0.90", "risk", False),
    ],
)
def test_more_stocks_than_allowed_pass_only_as_a_step_back_and_say_so(
    ada: User, clay: User, before: str, after: str, key: str, holds: bool
) -> None:
    owner = make.adult(household(ada), clay)
    make.in_force(owner, ada)
    found = suitability_facts(owner.household, Decimal(before), Decimal(after), timezone.localdate())[1]
    assert (found.key, found.holds) == (key, holds)
    words = fact_words(found)
    assert ("above the 80.0% of" in words) == (key == "risk_nearer")
    assert ("more than the 80.0%" in words) == (not holds)
