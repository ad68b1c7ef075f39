"""Simulated prices: continued, never rewritten."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django_tenants.utils import schema_context

from apps.core.models import AuditEvent
from apps.firms.models import Firm
from apps.market.models import CurrencyRate, CurrencyRateCorrection, Price, PriceLoad, Security
from apps.market.services.history import continue_history, load_securities, set_price, set_rate
from apps.market.services.illustrative import illustrative_market
from tests.factories import market as made

DAYS = [dt.date(2019, 1, 2), dt.date(2019, 1, 3), dt.date(2019, 1, 4), dt.date(2019, 1, 7)]


def closes() -> dict[tuple[str, dt.date], Decimal]:
    rows = Price.objects.values_list("security__symbol", "day", "close")
    return {(symbol, day): close for symbol, day, close in rows}


@pytest.mark.django_db
def test_one_run_and_many_runs_write_the_same_prices() -> None:
    continue_history(sessions=DAYS, by=made.JOB)
    at_once = closes()
    Price.objects.all().delete()
    for n in range(len(DAYS)):
        continue_history(sessions=DAYS[: n + 1], by=made.JOB)
    assert closes() == at_once
    assert len(at_once) == len(DAYS) * len(illustrative_market().securities)


@pytest.mark.django_db
def test_a_second_run_of_the_same_days_writes_nothing() -> None:
    assert continue_history(sessions=DAYS, by=made.JOB) is not None
    before = closes()
    assert continue_history(sessions=DAYS, by=made.JOB) is None
    assert closes() == before
    assert PriceLoad.objects.count() == 1


@pytest.mark.django_db
def test_the_first_close_is_the_tables_and_every_price_is_marked_simulated() -> None:
    continue_history(sessions=DAYS, by=made.JOB)
    fund = Security.objects.get(symbol="VTI")
    assert closes()["VTI", DAYS[0]] == Decimal("128.0000")
    assert fund.is_simulated_on(DAYS[0])
    assert PriceLoad.objects.get().is_simulated


@pytest.mark.django_db
def test_a_run_is_on_the_trail_once() -> None:
    continue_history(sessions=DAYS, by=made.JOB)
    continue_history(sessions=DAYS, by=made.JOB)
    assert AuditEvent.objects.filter(action="market.continue_history").count() == 1


@pytest.mark.django_db
def test_a_failed_run_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the trail is away")

    load_securities(by=made.JOB)
    monkeypatch.setattr("apps.market.services.history.audit.record", broken)
    with pytest.raises(RuntimeError, match="away"):
        continue_history(sessions=DAYS, by=made.JOB)
    assert not Price.objects.exists()


@pytest.mark.django_db
def test_a_providers_close_replaces_another_on_the_trail() -> None:
    fund = made.security("NEW", {DAYS[0]: "10.00"})
    set_price(security=fund, day=DAYS[0], close=Decimal("10.50"), by=made.JOB)
    set_price(security=fund, day=DAYS[0], close=Decimal("10.50"), by=made.JOB)
    assert closes()["NEW", DAYS[0]] == Decimal("10.50")
    events = AuditEvent.objects.filter(action="market.set_price").order_by("id")
    assert [event.after["close"] for event in events] == ["10.00", "10.50"]


@pytest.mark.django_db
def test_a_close_of_nothing_is_refused() -> None:
    fund = made.security("NEW")
    with pytest.raises(ValidationError, match="price_positive"):
        set_price(security=fund, day=DAYS[0], close=Decimal(0), by=made.JOB)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["cusip", "isin"])
def test_a_wrong_check_digit_is_refused(field: str) -> None:
    wrong = {"cusip": "037833101", "isin": "US0378331004"}[field]
    with pytest.raises(ValidationError) as refused:
        made.security("BAD", **{field: wrong})
    assert field in refused.value.message_dict


def test_a_firm_reads_prices_and_the_database_refuses_its_writes(in_alpha: Firm) -> None:
    fund = made.security("READ", {DAYS[0]: "10.00"})
    assert Price.objects.get(security=fund).close == Decimal("10.00")
    for write in (
        lambda: Price.objects.create(security=fund, day=DAYS[1], close=Decimal(1)),
        lambda: Price.objects.filter(security=fund).update(close=Decimal(1)),
        lambda: Security.objects.filter(pk=fund.pk).delete(),
        lambda: Security.objects.create(symbol="MINE", name="Mine", kind="etf", asset_class="cash"),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            write()
    with schema_context("public"):
        assert not Security.objects.filter(symbol="MINE").exists()


@pytest.mark.django_db
def test_a_rate_is_told_once_and_what_it_replaces_stays_known() -> None:
    day = DAYS[0]
    for rate in ("1.20", "1.20", "1.10"):
        set_rate(pair=("EUR", "USD"), day=day, rate=Decimal(rate), by=made.JOB)
    assert CurrencyRate.objects.get().rate == Decimal("1.10")
    (was,) = CurrencyRateCorrection.objects.all()
    assert (was.base, was.quote, was.day, was.rate) == ("EUR", "USD", day, Decimal("1.20"))
    first, second = AuditEvent.objects.filter(action="market.set_rate").order_by("id")
    assert (first.target_id, second.before["rate"], second.after["rate"]) == (
        "EUR/USD/2019-01-02",
        "1.20000000",
        "1.10",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("pair", "rate"), [(("EUR", "EUR"), "1"), (("EUR", "USD"), "0"), (("EURO", "USD"), "1")])
def test_a_rate_that_cannot_be_is_refused_and_leaves_nothing(pair: tuple[str, str], rate: str) -> None:
    with pytest.raises(ValidationError):
        set_rate(pair=pair, day=DAYS[0], rate=Decimal(rate), by=made.JOB)
    assert not CurrencyRate.objects.exists()
    assert not AuditEvent.objects.filter(action="market.set_rate").exists()


def test_firms_read_what_rates_were_and_write_none(in_alpha: Firm) -> None:
    made.rate_told(("EUR", "USD"), DAYS[0], "1.20")
    made.rate_told(("EUR", "USD"), DAYS[0], "1.10")
    assert CurrencyRateCorrection.objects.count() == 1
    for write in (CurrencyRateCorrection.objects.all().delete, CurrencyRate.objects.all().delete):
        with pytest.raises(ProgrammingError), transaction.atomic():
            write()
