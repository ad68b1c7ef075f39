from datetime import date

import pytest

from apps.billing.engine.inputs import BillingPeriod, Exclusion, ExclusionReason
from apps.kernel.errors import InvalidInputError
from tests.apps.billing.engine.builders import Q2, account, rate


def test_an_account_cannot_close_before_it_is_funded():
    with pytest.raises(InvalidInputError, match="closed before it was funded"):
        account("a", 1, funded_on=date(2026, 5, 2), closed_on=date(2026, 5, 1))


@pytest.mark.parametrize("often", [0, 3, 365])
def test_a_period_is_a_year_or_an_even_part_of_one(often):
    with pytest.raises(InvalidInputError, match="once, twice, four or twelve"):
        BillingPeriod(Q2, often)


@pytest.mark.parametrize("share", ["-0.1", "1.1"])
def test_an_excluded_share_lies_between_nothing_and_all(share):
    with pytest.raises(InvalidInputError, match="between 0 % and 100 %"):
        Exclusion(ExclusionReason.CASH, share=rate(share))
