"""Rates of tax: the household's own before the firm's, from their day on."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import TaxRate
from apps.portfolios.selectors.lot_rules import dated_rates, tax_rate_on
from apps.portfolios.services.tax_rates import RatesInUseError, withdraw_tax_rates
from tests.factories import clients as people
from tests.factories import portfolios as made

DAY = made.DAY


def test_the_households_own_rates_go_before_the_firms_from_their_first_day(ada: User) -> None:
    household, other = people.household(ada), people.household(ada, name="Okafor")
    firm = made.tax_rate(ada, day=dt.date(2024, 1, 1))
    own = made.tax_rate(ada, household, ("0.24", "0.15"), dt.date(2025, 1, 1))
    made.tax_rate(ada, rates=("0.40", "0.25"), day=dt.date(2026, 1, 1))
    assert tax_rate_on(household.pk, dt.date(2024, 6, 1)) == firm
    assert tax_rate_on(household.pk, dt.date(2026, 6, 1)) == own
    assert tax_rate_on(other.pk, dt.date(2023, 1, 1)) is None
    assert [str(each.rates.short.fraction) for each in dated_rates(household.pk)] == ["0.3700", "0.2400"]
    assert len(dated_rates(other.pk)) == 2


@pytest.mark.parametrize(
    ("told", "field"),
    [({"rates": ("1.2", "0")}, "short"), ({"rates": ("0.1", "-0.1")}, "long"), ({"reason": " "}, "reason")],
)
def test_rates_out_of_range_or_without_a_reason_are_refused(told: dict[str, object], field: str, ada: User) -> None:
    with pytest.raises(InvalidInputError) as refused:
        made.tax_rate(ada, **told)
    assert refused.value.field == field
    assert not TaxRate.objects.exists()


def test_one_set_of_rates_a_day_for_the_firm_as_for_a_household(ada: User) -> None:
    made.tax_rate(ada)
    with pytest.raises(InvalidInputError, match="from this day already"):
        made.tax_rate(ada)


def test_rates_that_an_account_sells_by_stay(ada: User) -> None:
    household = people.household(ada)
    account = made.account(household, ada)
    rate = made.tax_rate(ada, household)
    made.election(account, ada, "minimum_tax")
    with pytest.raises(RatesInUseError, match="Brokerage"):
        withdraw_tax_rates(rate=rate, reason="mistyped", by=ada.as_actor())
    assert TaxRate.objects.count() == 1
    made.tax_rate(ada, day=DAY)
    withdraw_tax_rates(rate=rate, reason="mistyped", by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="needs a reason"):
        withdraw_tax_rates(rate=TaxRate.objects.get(), reason="", by=ada.as_actor())
    actions = AuditEvent.objects.filter(action__endswith="tax_rates").order_by("id").values_list("action", flat=True)
    assert list(actions) == [f"portfolios.{verb}_tax_rates" for verb in ("set", "set", "withdraw")]
