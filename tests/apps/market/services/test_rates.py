"""Rates of exchange of files and feeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.market.models import CurrencyRate, CurrencyRateCorrection
from apps.market.services.history import set_rate
from apps.market.services.rates import FileRates, Pair, load_rates, take_rates
from tests.factories import market as made

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 1, 3)
EUR, JPY = ("EUR", "USD"), ("USD", "JPY")
# as the European Central Bank writes it
FILE = "Date,USD,JPY,CYP,\n2024-01-03,1.0919,155.94,N/A,\n2024-01-02,1.0956,155.62,N/A,\n"


@dataclass
class Told:
    """A feed that tells what the test says."""

    all_of: dict[Pair, dict[dt.date, Decimal] | Exception]
    is_simulated: bool = False
    source: str = "Feed"
    asked: list[Pair] = field(default_factory=list)

    def pairs(self) -> list[Pair]:
        return list(self.all_of)

    def rates(self, pair: Pair) -> Mapping[dt.date, Decimal]:
        self.asked.append(pair)
        told = self.all_of[pair]
        if isinstance(told, Exception):
            raise told
        return told


def kept() -> dict[Pair, Decimal]:
    rows = CurrencyRate.objects.filter(day=DAY).values_list("base", "quote", "rate")
    return {(base, quote): rate for base, quote, rate in rows}


def test_the_banks_file_is_kept_against_the_dollar_once() -> None:
    assert take_rates(provider=FileRates(FILE, "ECB"), by=made.JOB).n_rates == 4
    assert kept() == {EUR: Decimal("1.0919"), JPY: (Decimal("155.94") / Decimal("1.0919")).quantize(Decimal("1e-8"))}
    assert take_rates(provider=FileRates(FILE, "ECB"), by=made.JOB).n_rates == 0
    assert AuditEvent.objects.filter(action="market.load_rates").count() == 2
    assert set(CurrencyRate.objects.values_list("source", "is_simulated")) == {("ECB", False)}


def test_the_banks_file_of_one_day_and_one_in_dollars_are_read() -> None:
    of_a_day = FileRates("Date, USD, JPY, \n03 January 2024, 1.0919, 155.94, \n", "ECB")
    assert of_a_day.rates(EUR) == {DAY: Decimal("1.0919")}
    in_dollars = FileRates("Date,EUR,JPY\n2024-01-03,0.5,142.5\n", "mine", base="USD")
    assert (in_dollars.rates(EUR), in_dollars.rates(JPY)) == ({DAY: Decimal(2)}, {DAY: Decimal("142.5")})
    assert list(FileRates(FILE, "ECB", since=DAY).rates(EUR)) == [DAY]


def test_a_correction_keeps_what_was_and_a_simulated_rate_gives_way_but_takes_no_place() -> None:
    take_rates(provider=Told({EUR: {DAY: Decimal("1.5")}}, is_simulated=True), by=made.JOB)
    assert CurrencyRate.objects.get().is_simulated
    take_rates(provider=Told({EUR: {DAY: Decimal("1.1")}}), by=made.JOB)
    take_rates(provider=Told({EUR: {DAY: Decimal("1.5")}}, is_simulated=True), by=made.JOB)
    row = CurrencyRate.objects.get()
    assert (row.rate, row.is_simulated) == (Decimal("1.1"), False)
    assert CurrencyRateCorrection.objects.get().rate == Decimal("1.5")
    last = AuditEvent.objects.filter(action="market.load_rates").latest("id")
    assert (last.before["rate"], last.after["rate"], last.before["n_replaced"]) == ("1.50000000", "1.1", 1)


def test_the_same_rate_told_by_hand_takes_the_mark_of_simulation_away() -> None:
    take_rates(provider=Told({EUR: {DAY: Decimal("1.5")}}, is_simulated=True), by=made.JOB)
    set_rate(pair=EUR, day=DAY, rate=Decimal("1.5"), by=made.JOB)
    assert not CurrencyRate.objects.get().is_simulated


def test_one_pair_that_fails_stops_no_other() -> None:
    good = {DAY: Decimal("1.1")}
    feed = Told({JPY: DataError("away"), ("USD", "CAD"): {DAY: Decimal(0)}, ("USD", "USD"): good, EUR: good})
    taken = take_rates(provider=feed, by=made.JOB)
    assert (taken.n_rates, [pair for pair, _why in taken.failed]) == (1, [JPY, ("USD", "CAD"), ("USD", "USD")])
    assert kept() == {EUR: Decimal("1.1")}


def test_a_load_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the trail is away")

    monkeypatch.setattr("apps.market.services.rates.audit.record", broken)
    with pytest.raises(RuntimeError, match="away"):
        load_rates(pair=EUR, provider=Told({EUR: {DAY: Decimal(1)}}), by=made.JOB)
    assert not CurrencyRate.objects.exists()


@pytest.mark.parametrize(
    "line",
    [
        "soon,1.1,2",
        "2024-01-04,0,2",
        "2024-01-04,-1,2",
        "2024-01-04,NaN,2",
        "2024-01-04,1.1,2 yen",
        "2024-01-04,N/A,2",
        "2024-01-04,1e40,2",
    ],
)
def test_one_bad_line_keeps_the_file_out(line: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        take_rates(provider=FileRates(FILE + line + "\n", "ECB"), by=made.JOB)
    assert refused.value.params["number"] == 4
    assert not CurrencyRate.objects.exists()


@pytest.mark.parametrize("text", ["", "Date,USD\n", "<html>\nno\n", "Date,DOLLARS\n2024-01-03,1\n"])
def test_what_is_no_table_of_rates_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        FileRates(text, "ECB").pairs()


def test_the_command_says_what_it_did_or_which_line_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text(FILE)
    call_command("load_currency_rates", str(file))
    assert "4 rates of exchange" in capsys.readouterr().out
    assert CurrencyRate.objects.filter(source="eurofxref-hist.csv").count() == 4
    file.write_text(FILE + "soon,1,2\n")
    with pytest.raises(CommandError, match="Line 4"):
        call_command("load_currency_rates", str(file))


@pytest.mark.parametrize("command", ["load_currency_rates", "load_corporate_actions"])
def test_a_file_that_is_not_there_or_no_text_is_refused_in_words(command: str, tmp_path: Path):
    with pytest.raises(CommandError, match="Name a file that is there"):
        call_command(command, str(tmp_path / "none.csv"))
    foreign = tmp_path / "foreign.csv"
    foreign.write_bytes(b"Date,USD\n2024-01-03,\xff\xfe\n")
    with pytest.raises(CommandError, match="UTF-8"):
        call_command(command, str(foreign))
    assert not CurrencyRate.objects.exists()
