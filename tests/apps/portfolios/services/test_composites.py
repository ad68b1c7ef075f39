"""Composites: defined, and the months of their members."""

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError, NotFoundError
from apps.portfolios.models import Composite, CompositeMember
from apps.portfolios.selectors import kept_values
from apps.portfolios.selectors.composites import (
    composite_for,
    composite_growth_spec,
    composite_passport,
    composite_sheet,
)
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.services.composites import CompositeTerms, add_member, define_composite, end_member
from apps.portfolios.services.kept_values import keep_values
from tests.factories import benchmarks as made
from tests.factories import clients
from tests.factories import portfolios as books

BEGIN, TODAY = dt.date(2025, 4, 1), dt.date(2025, 7, 15)


@pytest.fixture
def by(paul):
    return paul.as_actor()


@pytest.fixture
def composite(by):
    return define_composite(terms=CompositeTerms("Balanced", "All balanced accounts.", BEGIN), by=by)


@pytest.fixture
def account(ada):
    """Funded on the third of March 2025."""
    return books.funded(ada)[1]


def joined(composite, account, by, **how):
    told = {"starts_on": BEGIN, "discretion": "Clause 2", **how}
    return add_member(composite=composite, account=account, by=by, **told)


def count(action):
    return AuditEvent.objects.filter(action=f"portfolios.{action}").count()


def test_a_composite_is_defined_once_from_the_first_of_a_month(composite, by):
    assert count("define_composite") == 1
    for wrong in (CompositeTerms("Balanced", "x", BEGIN), CompositeTerms("Other", "x", BEGIN.replace(day=2))):
        with pytest.raises(InvalidInputError):
            define_composite(terms=wrong, by=by)
    with pytest.raises(InvalidInputError):
        define_composite(terms=CompositeTerms("Other", " ", BEGIN), by=by)
    assert Composite.objects.count() == 1


def test_an_account_comes_and_leaves_by_whole_months(composite, account, by):
    member = joined(composite, account, by)
    assert count("add_composite_member") == 1
    with pytest.raises(InvalidInputError):
        joined(composite, account, by, starts_on=dt.date(2025, 5, 1))
    for wrong in ({"ends_on": dt.date(2025, 5, 30), "reason": "x"}, {"ends_on": dt.date(2025, 5, 31), "reason": " "}):
        with pytest.raises(InvalidInputError):
            end_member(member=member, by=by, **wrong)
    with pytest.raises(InvalidInputError):
        end_member(member=member, ends_on=dt.date(2025, 2, 28), reason="x", by=by)
    ended = end_member(member=member, ends_on=dt.date(2025, 5, 31), reason="Another mandate", by=by)
    assert (ended.ends_on, count("end_composite_member")) == (dt.date(2025, 5, 31), 1)
    joined(composite, account, by, starts_on=dt.date(2025, 6, 1))


@pytest.mark.parametrize(
    "wrong", [{"starts_on": dt.date(2025, 4, 2)}, {"starts_on": dt.date(2025, 3, 1)}, {"discretion": " "}]
)
def test_what_does_not_hold_leaves_nothing_behind(composite, account, by, wrong):
    with pytest.raises(InvalidInputError):
        joined(composite, account, by, **wrong)
    assert not CompositeMember.objects.exists()


def test_accounts_without_discretion_or_in_another_currency_are_refused(composite, ada, by):
    household = clients.household(ada)
    away = books.account(household, ada, number="1", is_held_away=True)
    euros = books.account(household, ada, number="2", currency="EUR")
    for each in (away, euros):
        with pytest.raises(InvalidInputError):
            joined(composite, each, by)


def test_the_record_of_one_account_is_the_accounts_own(composite, account, by):
    joined(composite, account, by)
    sheet = composite_sheet(composite, TODAY)
    (year,) = sheet.years
    assert (year.year, year.last_day, year.n_accounts) == (2025, dt.date(2025, 6, 30), 1)
    owner = PortfolioOwner(account.household, account)
    quarter = owner.sheet(dt.date(2025, 6, 30)).line("quarter").figures
    assert year.figures["net"].value == pytest.approx(quarter.net.value)
    assert year.assets == quarter.closing
    assert year.figures["dispersion"].value is None
    assert composite_passport(sheet, "2025-net").value.value == year.figures["net"].value
    for wrong in ("2025-dispersion", "2024-net", "2025-luck"):
        with pytest.raises(NotFoundError):
            composite_passport(sheet, wrong)


def test_the_benchmark_stands_beside_the_record(ada, account, by):
    made.series("rate", {dt.date(2024, 1, 1): "0.04"})
    blend = made.benchmark(ada, ("rate", "1"))
    composite = define_composite(terms=CompositeTerms("Cash", "Cash accounts.", BEGIN, benchmark=blend), by=by)
    joined(composite, account, by)
    (year,) = composite_sheet(composite, TODAY).years
    assert year.figures["benchmark"].value == pytest.approx(1.04 ** (91 / 365) - 1)


def test_a_composite_is_for_those_who_see_the_whole_firm(composite, ada, connie):
    assert composite_for(connie.as_actor(), composite.public_id) == composite
    with pytest.raises(NotFoundError):
        composite_for(ada.as_actor(), composite.public_id)
    assert composite_sheet(composite, TODAY).years == ()


def test_months_of_members_link_to_the_years_and_say_whose_they_are(composite, account, by):
    joined(composite, account, by)
    sheet = composite_sheet(composite, TODAY)
    assert [f"{month.last_day:%Y-%m}" for month in sheet.months] == ["2025-06", "2025-05", "2025-04"]
    linked = np.prod([1 + month.figures["net"].value for month in sheet.months]) - 1
    assert linked == pytest.approx(sheet.years[0].figures["net"].value)
    assert sheet.months_of(None) == sheet.months_of(2025) == sheet.months
    assert sheet.months_of(2020) == ()
    june = sheet.months[0]
    assert june.assets == june.members[0].closing == 10500
    passport = composite_passport(sheet, "202506-net")
    assert passport.value.value == june.figures["net"].value
    assert account.name in passport.lines[0].label
    assert composite_passport(sheet, "202506-assets").value.value.amount == 10500
    assert composite_growth_spec(sheet)["series"][0]["values"][-1] == pytest.approx(linked)
    for wrong in ("202506-benchmark", "202507-net", "202506-luck"):
        with pytest.raises(NotFoundError):
            composite_passport(sheet, wrong)


def test_the_record_reads_what_the_night_kept_and_says_the_same(composite, ada, by, monkeypatch):
    accounts = [books.account(clients.household(ada), ada, number=f"7-{n}") for n in range(7)]
    fund = books.instrument(ada, "AAA", {books.DAY: "50", BEGIN: "52", TODAY: "55"})
    for n, each in enumerate(accounts):
        books.entry(each, ada, "deposit", cash=str(1000 * (n + 1)))
        books.entry(each, ada, "buy", instrument=fund, units="10", price="50", cash="-500")
        books.entry(each, ada, "advisory_fee", BEGIN + dt.timedelta(days=20), cash="-9.5")
        books.entry(each, ada, "withdrawal", BEGIN + dt.timedelta(days=40 + n), cash="-33")
        joined(composite, each, by)
    walked = composite_sheet(composite, TODAY)
    assert walked.years[0].n_all_year == 7
    assert walked.years[0].figures["dispersion"].value > 0
    keep_values(by=by, last=TODAY)
    monkeypatch.setattr("apps.portfolios.selectors.kept_values.valuations", None)  # nothing is walked
    assert composite_sheet(composite, TODAY) == walked
    with CaptureQueriesContext(connection) as seven:
        composite_sheet(composite, TODAY)
    for each in accounts[2:]:
        CompositeMember.objects.filter(account=each).delete()
    with CaptureQueriesContext(connection) as two:
        composite_sheet(composite, TODAY)
    assert len(seven) == len(two)


def held_since_before(ada, composite, by):
    """Two accounts funded long before the composite began; one of them is a member in April alone."""
    accounts = [books.account(clients.household(ada), ada, number=f"8-{n}") for n in range(2)]
    fund = books.instrument(ada, "BBB", {dt.date(2023, 3, 1): "40", books.DAY: "50", BEGIN: "52", TODAY: "55"})
    for n, each in enumerate(accounts):
        books.entry(each, ada, "deposit", dt.date(2023, 3, 1), cash=str(1000 * (n + 1)))
        books.entry(each, ada, "buy", dt.date(2023, 3, 1), instrument=fund, units="10", price="40", cash="-400")
        books.entry(each, ada, "withdrawal", BEGIN + dt.timedelta(days=40 + n), cash="-33")
    joined(composite, accounts[0], by)
    end_member(member=joined(composite, accounts[1], by), ends_on=dt.date(2025, 4, 30), reason="Sold", by=by)
    return accounts


def test_a_figure_is_the_same_whether_its_months_or_all_are_read(composite, ada, by):
    held_since_before(ada, composite, by)
    for kept in (False, True):
        if kept:
            keep_values(by=by, last=TODAY)
        whole = composite_sheet(composite, TODAY)
        assert [month.n_accounts for month in whole.months] == [1, 1, 2]
        names = [f"{month.key}-{name}" for month in whole.months for name in ("net", "gross", "assets")]
        for figure in [*names, "2025-net", "2025-gross", "2025-assets"]:
            alone = composite_sheet(composite, TODAY, figure)
            assert composite_passport(alone, figure).value == composite_passport(whole, figure).value, figure
        assert len(composite_sheet(composite, TODAY, "202505-net").months) == 1
    with pytest.raises(NotFoundError):
        composite_passport(composite_sheet(composite, TODAY, "202507-net"), "202507-net")


def test_only_the_kept_days_of_the_months_asked_are_read(composite, ada, by, monkeypatch):
    held_since_before(ada, composite, by)
    keep_values(by=by, last=TODAY)
    monkeypatch.setattr("apps.portfolios.selectors.kept_values.valuations", None)  # nothing is walked
    spans = []
    read = kept_values._rows

    def seen(accounts, span):
        spans.append((len(accounts), span.first, span.last))
        return read(accounts, span)

    monkeypatch.setattr(kept_values, "_rows", seen)
    counts = []
    for figure in (None, "202505-net"):
        with CaptureQueriesContext(connection) as queries:
            composite_sheet(composite, TODAY, figure)
        counts.append(len(queries))
    day = dt.timedelta(days=1)
    # from the close before the first month on, not from 2023; of who was a member in May, May alone
    assert spans == [
        (2, BEGIN - 2 * day, dt.date(2025, 6, 30)),
        (1, dt.date(2025, 4, 29), dt.date(2025, 5, 31)),
    ]
    assert counts == [9, 9]
