"""Sleeves of a portfolio: money and contributions sum to the portfolio's own, to the cent, whatever is traded."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError
from apps.kernel.flows import FlowTiming
from apps.portfolios.models import Mandate, ModelVersion
from apps.portfolios.selectors.compared_passports import figure_passport
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.security_days import security_days
from apps.portfolios.selectors.sleeve_passports import sleeve_notes
from apps.portfolios.selectors.sleeves import contribution_spec, sleeve_growth_spec, sleeve_sheet
from apps.portfolios.selectors.targets import targets_through
from apps.portfolios.services.model_portfolios import (
    HoldingTerms,
    ModelDetails,
    VersionTerms,
    create_model,
    draft_version,
    submit_version,
)
from tests.apps.portfolios.selectors.test_benchmarks import BEFORE, END, START, walk
from tests.factories import clients, market, models
from tests.factories import portfolios as books

CENT = Decimal("0.01")


def year_abroad(ada):
    """A household with two accounts that trade, pay, receive and pass money to each other, two currencies held."""
    household = clients.household(ada)
    made = {
        "stocks": books.instrument(ada, "AAA"),
        "bonds": books.instrument(ada, "BBB", asset_class="corporate_bonds"),
        "fund": books.instrument(ada, "EUF", currency="EUR", asset_class="international_equity"),
    }
    for seed, instrument in enumerate(made.values(), start=1):
        market.stored(instrument.master, walk(seed))
    market.rates(("EUR", "USD"), {BEFORE: "1.03", START: "1.05", START + dt.timedelta(days=90): "1.11", END: "0.98"})
    one = books.account(household, ada, opened_on=START, name="One")
    two = books.account(household, ada, opened_on=START, name="Two", number="22-2")
    return household, one, two, made


@pytest.fixture
def scene(ada):
    return year_abroad(ada)


def traded(ada, scene, seed):
    """Book what a drawn year brings."""
    _household, one, two, made = scene
    dice = np.random.default_rng(seed)
    for account in (one, two):
        books.entry(account, ada, "deposit", START, cash="50000")
        for name, instrument in made.items():
            units = int(dice.integers(20, 90))
            foreign = {"currency": "EUR"} if name == "fund" else {}
            if foreign:
                books.entry(account, ada, "deposit", START, cash=str(units * 100 + 500), **foreign)
            told = {"instrument": instrument, "units": str(units), "price": "100", "cash": str(-units * 100)}
            books.entry(account, ada, "buy", START, **told, **foreign)
    for _ in range(10):
        account = one if dice.random() < 0.5 else two
        day = START + dt.timedelta(days=int(dice.integers(5, 500)))
        kind = dice.choice(["buy", "sell", "dividend", "deposit", "withdrawal", "interest", "advisory_fee"])
        amount = f"{dice.uniform(5, 400):.2f}"
        if kind in {"buy", "sell"}:
            units = int(dice.integers(1, 4))
            sign = 1 if kind == "buy" else -1
            told = {"units": str(sign * units), "price": "101", "cash": str(-sign * units * 101)}
            books.entry(account, ada, kind, day, instrument=made["stocks"], **told)
        elif kind == "dividend":
            books.entry(account, ada, kind, day, instrument=made["bonds"], cash=amount)
        else:
            out = kind in {"withdrawal", "advisory_fee"}
            books.entry(account, ada, kind, day, cash=f"-{amount}" if out else amount)
    moved = START + dt.timedelta(days=200)
    books.entry(one, ada, "withdrawal", moved, cash="-700")
    books.entry(two, ada, "deposit", moved, cash="700")


def _half(instrument):
    return HoldingTerms(instrument, Decimal("0.5"))


def summed(found, name):
    return sum(getattr(line, name) for line in found.lines)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("timing", list(FlowTiming))
def test_values_flows_and_gains_of_sleeves_sum_to_the_portfolio_to_the_cent(ada, scene, seed, timing):
    FirmProfile.objects.update(flow_timing=timing)
    traded(ada, scene, seed)
    household, one, _two, _made = scene
    for owner in (PortfolioOwner(household), PortfolioOwner(household, one)):
        sheet = owner.sheet(END)
        for span in ("inception", "year", "one_year"):
            found, figures = sleeve_sheet(owner, sheet, span), sheet.line(span).figures
            assert summed(found, "opening") == figures.opening.quantize(CENT)
            assert summed(found, "closing") == figures.closing.quantize(CENT)
            assert summed(found, "moved") == figures.money_in.quantize(CENT) - figures.money_out.quantize(CENT)
            assert abs(summed(found, "gain") - figures.gain) < Decimal("0.02")
            assert summed(found, "contribution") == pytest.approx(figures.net.value, abs=1e-12)
            assert all(line.opening + line.moved + line.gain == line.closing for line in found.lines)
            # no line is what is left over: with no other charges, nothing is
            rest = found.named("rest")
            assert abs(rest.gain) <= Decimal("0.01")
            assert rest.contribution == pytest.approx(0, abs=1e-7)
            assert found.named("fees").gain == -figures.fees_taken


def test_worth_of_holdings_and_cash_is_the_value_of_every_day(ada, scene):
    traded(ada, scene, 9)
    owner = PortfolioOwner(scene[0])
    sheet = owner.sheet(END)
    days = security_days(owner.accounts, sheet)
    together = days.worth.sum(axis=1) + days.cash
    assert together[1:] == pytest.approx(sheet.record.between(sheet.inception, END).table[:, 0], abs=0.004)


def test_a_charge_stands_on_a_line_of_its_own(ada, scene):
    traded(ada, scene, 1)
    household, one, _two, _made = scene
    books.entry(one, ada, "fee", END - dt.timedelta(days=20), cash="-31.40")
    owner = PortfolioOwner(household, one)
    rest = sleeve_sheet(owner, owner.sheet(END), "inception").named("rest")
    assert rest.gain == Decimal("-31.40")
    assert rest.opening == rest.closing == 0
    assert rest.contribution < 0


def test_sleeves_are_those_of_the_model_in_force(ada, paul, scene):
    traded(ada, scene, 2)
    household, _one, _two, made = scene
    # the model counts the bonds to its stocks: what a sleeve names lies in it, whatever its class
    told = VersionTerms(
        (
            models.sleeve("Growth", "us_equity", "0.7", *(_half(made[name]) for name in ("stocks", "bonds"))),
            models.sleeve("Gold", "commodities", "0.2", HoldingTerms(books.instrument(ada, "GLD"), Decimal(1))),
            models.sleeve("Reserve", "cash", "0.1"),
        )
    )
    version = create_model(details=ModelDetails(name="Ours"), terms=told, by=ada.as_actor()).versions.get()
    request = submit_version(version=version, effective_from=firm_today(), by=ada.as_actor())
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    models.mandate(household, version.model, ada)
    owner = PortfolioOwner(household)
    found = sleeve_sheet(owner, owner.sheet(firm_today()), "inception")
    assert [(line.label, line.target) for line in found.sleeves][:3] == [
        ("Growth", Decimal("0.7")),
        ("Gold", Decimal("0.2")),
        ("Reserve", Decimal("0.1")),
    ]
    empty = found.sleeves[1]  # wanted and not held yet
    assert (empty.closing, empty.gain, empty.returned.value) == (0, 0, None)
    assert [(each.key, each.target) for each in found.sleeves[3:]] == [
        ("international_equity", None),
        ("corporate_bonds", None),  # until the model came
    ]
    assert found.named("corporate_bonds").closing == 0
    assert found.versions == ((version, firm_today()),)
    assert sum(line.share for line in found.sleeves) == pytest.approx(1, abs=1e-6)


def test_each_figure_has_its_passport(ada, scene):
    traded(ada, scene, 3)
    owner = PortfolioOwner(scene[0], scene[1])
    sheet = owner.sheet(END)
    found = sleeve_sheet(owner, sheet, "one_year")
    bonds = found.named("corporate_bonds")
    for name, value in (("gain", bonds.gain), ("moved", bonds.moved)):
        passport = figure_passport(owner, sheet, f"one_year-sleeve-corporate_bonds-{name}")
        assert passport.value.value.amount == value
        assert sum(line.amount.value.amount for line in passport.lines[:-1]) == passport.lines[-1].amount.value.amount
    passport = figure_passport(owner, sheet, "one_year-sleeve-corporate_bonds-returned")
    linked = np.prod([1 + line.amount.value for line in passport.lines]) - 1
    assert linked == pytest.approx(passport.value.value) == pytest.approx(bonds.returned.value)
    passport = figure_passport(owner, sheet, "one_year-sleeve-total-contribution")
    assert passport.value.value == sheet.line("one_year").figures.net.value
    for wrong in ("sleeve-gold-gain", "sleeve-cash-luck", "sleeve-cash", "sleeve-fees-returned"):
        with pytest.raises(NotFoundError):
            figure_passport(owner, sheet, f"one_year-{wrong}")


def test_charts_say_what_they_found(ada, scene):
    traded(ada, scene, 3)
    owner = PortfolioOwner(scene[0])
    found = sleeve_sheet(owner, owner.sheet(END), "inception")
    assert contribution_spec(found)["series"][0]["values"] == [line.contribution for line in found.lines]
    grown = sleeve_growth_spec(found)["series"]
    assert grown[0]["values"][-1] == pytest.approx(found.sleeves[0].returned.value)


def test_without_a_book_there_is_a_reason_or_nothing(ada):
    household = clients.household(ada)
    account = books.account(household, ada)
    owner = PortfolioOwner(household, account)
    empty = sleeve_sheet(owner, owner.sheet(END), "inception")
    assert empty.lines == ()
    assert contribution_spec(empty) is None
    assert sleeve_growth_spec(empty) is None


def test_each_day_counts_to_the_version_in_force_on_it(ada, paul, scene):
    """The bonds lie in a sleeve of their own, then among the stocks, and earn there from that day on."""
    traded(ada, scene, 5)
    household, _one, _two, made = scene
    turn = START + dt.timedelta(days=120)
    apart = (models.sleeve("Stocks", "us_equity", "0.6", HoldingTerms(made["stocks"], Decimal(1))),)
    apart += (models.sleeve("Bonds", "corporate_bonds", "0.4", HoldingTerms(made["bonds"], Decimal(1))),)
    version = create_model(details=ModelDetails(name="Ours"), terms=VersionTerms(apart), by=ada.as_actor())
    first = version.versions.get()
    Mandate.objects.create(household=household, model=first.model, from_day=START)
    ModelVersion.objects.filter(pk=first.pk).update(
        state="superseded", effective_from=START, until=turn - dt.timedelta(days=1)
    )
    one_sleeve = (models.sleeve("Growth", "us_equity", "1", *(_half(made[name]) for name in ("stocks", "bonds"))),)
    second = draft_version(model=first.model, terms=VersionTerms(one_sleeve), by=ada.as_actor())
    ModelVersion.objects.filter(pk=second.pk).update(state="approved", effective_from=turn)
    owner = PortfolioOwner(household)
    sheet = owner.sheet(END)
    found, days = sleeve_sheet(owner, sheet, "inception"), security_days(owner.accounts, sheet)
    assert [(version.number, day) for version, day in found.versions] == [(2, turn), (1, sheet.inception)]
    place = {each.symbol: n for n, each in enumerate(days.instruments)}
    n = (turn - sheet.inception).days
    bonds, growth = found.named("corporate_bonds"), found.named("us_equity")
    assert (bonds.label, bonds.target, growth.label, growth.target) == ("Bonds", None, "Growth", 1)
    assert bonds.closing == 0
    assert float(bonds.gain) == pytest.approx(days.gains[:n, place["BBB"]].sum(), abs=0.02)
    late = days.gains[n:, place["BBB"]].sum() + days.gains[:, place["AAA"]].sum()
    assert float(growth.gain) == pytest.approx(late, abs=0.02)
    # what earned before stays earned, and all lines still sum to the portfolio's own
    column = found.sleeves.index(bonds)
    assert found.growth[-1, column] == pytest.approx(found.growth[n - 1, column])
    figures = sheet.line("inception").figures
    assert summed(found, "contribution") == pytest.approx(figures.net.value, abs=1e-12)
    assert summed(found, "moved") == figures.money_in.quantize(CENT) - figures.money_out.quantize(CENT)
    assert any("2 from" in note for note in sleeve_notes(found))


def test_changes_of_models_cost_no_queries(ada, scene, django_assert_num_queries):
    household = scene[0]
    for n in range(3):
        terms = VersionTerms((models.sleeve("Reserve", "cash", "1"),))
        version = create_model(details=ModelDetails(name=f"M{n}"), terms=terms, by=ada.as_actor()).versions.get()
        starts = START + dt.timedelta(days=100 * n)
        ModelVersion.objects.filter(pk=version.pk).update(state="approved", effective_from=START)
        ends = starts + dt.timedelta(days=99)
        Mandate.objects.create(household=household, model=version.model, from_day=starts, until=ends)
    with django_assert_num_queries(5):
        found = targets_through(household, DateSpan(START, END))
    days = [START + dt.timedelta(days=100 * n) for n in range(4)]
    assert [day for day, _targets in found] == days
    assert [[each.version.model.name for each in told.targets] for _day, told in found] == [["M0"], ["M1"], ["M2"], []]
