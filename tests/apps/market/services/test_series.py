"""The series that the built-in history brings along."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.market.models import MarketPoint, MarketSeries
from apps.market.services.illustrative import illustrative_market
from apps.market.services.series import load_series

JOB = Actor.system("tests.market")


@pytest.mark.django_db
def test_the_series_are_those_of_the_simulated_market_and_are_added_once() -> None:
    table = illustrative_market()
    assert len(load_series(by=JOB)) == 1 + len(table.securities)
    rate = MarketPoint.objects.get(series__key="risk_free_usd")
    assert rate.value == Decimal(str(table.market.cash_mean))
    vti = MarketPoint.objects.get(series__key="distribution_yield_vti")
    assert vti.value == Decimal(str(table.securities[0].motion.distribution_yield))
    assert load_series(by=JOB) == []
    assert AuditEvent.objects.filter(action="market.add_series").count() == MarketSeries.objects.count()
