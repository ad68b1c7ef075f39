"""The built-in rates: drawn once, continued, marked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.market.models import CurrencyRate
from apps.market.services.history import set_rate
from apps.market.services.illustrative_rates import SimulatedRates
from apps.market.services.rates import take_rates
from tests.factories import market as made

pytestmark = pytest.mark.django_db
DAYS = [dt.date(2019, 1, 2), dt.date(2019, 1, 3), dt.date(2019, 1, 4), dt.date(2026, 2, 2)]
EUR = ("EUR", "USD")


def kept() -> dict[tuple[str, str, dt.date], Decimal]:
    rows = CurrencyRate.objects.values_list("base", "quote", "day", "rate")
    return {(base, quote, day): rate for base, quote, day, rate in rows}


def test_one_run_and_many_runs_draw_the_same_and_mark_it() -> None:
    take_rates(provider=SimulatedRates(DAYS), by=made.JOB)
    at_once = kept()
    CurrencyRate.objects.all().delete()
    for n in range(len(DAYS)):
        assert not take_rates(provider=SimulatedRates(DAYS[: n + 1]), by=made.JOB).failed
    assert kept() == at_once
    assert len(at_once) == len(DAYS) * len(SimulatedRates(DAYS).pairs())
    assert at_once[(*EUR, DAYS[0])] == Decimal("1.14")
    assert take_rates(provider=SimulatedRates(DAYS), by=made.JOB).n_rates == 0
    assert not CurrencyRate.objects.exclude(is_simulated=True, source__startswith="Illustrative").exists()


def test_it_goes_on_from_what_a_provider_told() -> None:
    set_rate(pair=EUR, day=DAYS[1], rate=Decimal("9.5"), by=made.JOB)
    take_rates(provider=SimulatedRates(DAYS[:3]), by=made.JOB)
    rates = {day: rate for (base, _quote, day), rate in kept().items() if base == "EUR"}
    assert sorted(rates) == DAYS[1:3]
    assert rates[DAYS[1]] == Decimal("9.5")
    assert Decimal(7) < rates[DAYS[2]] < Decimal("9.5")
