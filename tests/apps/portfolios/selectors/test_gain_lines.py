"""Gains of what was paid for in one currency and sold in another."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.portfolios.selectors.gains import gains_passport
from tests.apps.portfolios.selectors.test_wash_sales import DAY, END, Scene, later
from tests.factories import market
from tests.factories import portfolios as made


@pytest.fixture
def scene(ada: User) -> Scene:
    return Scene(ada)


def test_a_purchase_and_a_sale_in_two_currencies_meet_at_the_rates_of_their_days(scene: Scene, ada: User) -> None:
    """Bought for dollars, sold for euros: 900 euros at 1.20 are 1,080 dollars, less the 500 that were paid."""
    other = scene.other(name="Both")
    made.entry(other, ada, "buy", DAY, instrument=scene.security, units="10", cash="-500")
    sale = made.entry(other, ada, "sell", later(20), instrument=scene.security, units="-10", cash="900", currency="EUR")
    unknown = scene.page()
    assert (unknown.n_unknown, unknown.short, unknown.unjudged) == (1, -1000, ("EUR",))
    market.rates(("EUR", "USD"), {later(19): "1.20"})
    page = scene.page(END)
    (line,) = [each for each in page.lines if each.account == other]
    assert (line.currency, line.proceeds, line.basis, line.recognised) == ("USD", 1080, 500, 580)
    assert line.rates == (("EUR", later(20), Decimal("1.20")),)
    assert (page.n_unknown, page.short, page.unjudged) == (0, -420, ("EUR",))
    shown = gains_passport(page, f"sale-{sale.public_id}")
    assert (shown.value.value.amount, shown.value.value.currency) == (580, "USD")
    ((_, rate),) = [part for part in shown.lines[0].parts if part[0].startswith("EUR in USD")]
    assert rate.value == Decimal("1.20")
