"""Finding securities: the master's for all, the firm's own for who may see an account that met them."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from apps.accounts.models import User
from apps.kernel.errors import NotFoundError
from apps.market.models import Security
from apps.portfolios.engine.performance import Span
from apps.portfolios.models import Account, Instrument
from apps.portfolios.selectors.securities import (
    Quoted,
    change_over,
    security_for,
    security_lines,
    security_list,
    visible_instruments,
)
from tests.days import today
from tests.factories import clients, market, portfolios

DAY = dt.timedelta(days=1)


@pytest.fixture
def account(ada: User) -> Account:
    return portfolios.account(clients.household(ada), ada)


def symbols(rows: object) -> list[str]:
    return [row.symbol for row in rows]  # type: ignore[attr-defined]


def test_the_master_is_found_by_symbol_name_and_number(ada: User) -> None:
    actor = ada.as_actor()
    market.security("QAA", name="Quiet bond fund", kind="mutual_fund")
    market.security("QBB", name="Loud stock", kind="stock", cusip="037833100", isin="US0378331005")
    for text, found in {
        "qa": ["QAA"],
        "BOND FUND": ["QAA"],
        "037833100": ["QBB"],
        "us0378331005": ["QBB"],
        "Q": ["QAA", "QBB"],
        "nothing": [],
    }.items():
        assert symbols(security_list(actor, text=text).filter(symbol__startswith="Q")) == found
    of_kind = security_list(actor, kind="stock", sort="-name").filter(symbol__startswith="Q")
    assert symbols(of_kind) == ["QBB"]
    assert symbols(security_list(actor, text="Q", sort="; drop table").filter(symbol__startswith="Q")) == ["QAA", "QBB"]


def test_held_are_those_that_visible_accounts_hold_now(account: Account, ada: User, mallory: User) -> None:
    held = portfolios.instrument(ada, "QHE", {today(): "10"})
    sold = portfolios.instrument(ada, "QSO", {today(): "10"})
    for each in (held, sold):
        portfolios.entry(account, ada, "transfer_in", instrument=each, units="5", cost="50")
    portfolios.entry(account, ada, "transfer_out", instrument=sold, units="-5")
    assert symbols(security_list(ada.as_actor(), known="held")) == ["QHE"]
    assert symbols(security_list(mallory.as_actor(), known="held")) == []


def test_a_security_of_the_firms_own_is_known_to_who_sees_an_account_that_met_it(
    account: Account, ada: User, mallory: User
) -> None:
    own = Instrument.objects.create(symbol="", name="Quillfeather Partners II", kind="private_fund")
    assert not visible_instruments(ada.as_actor()).filter(pk=own.pk).exists()
    portfolios.entry(account, ada, "transfer_in", instrument=own, units="1", cost="1000")
    assert security_for(ada.as_actor(), own.public_id) == Quoted(own, own)
    assert list(security_list(ada.as_actor(), known="own")) == [own]
    assert list(security_list(mallory.as_actor(), known="own")) == []
    for actor, public_id in ((mallory.as_actor(), own.public_id), (ada.as_actor(), uuid.uuid4())):
        with pytest.raises(NotFoundError):
            security_for(actor, public_id)


def test_a_holding_leads_to_the_row_of_the_master(ada: User, mallory: User) -> None:
    held = portfolios.instrument(ada, "QHE", {today(): "10"})
    master = Security.objects.get(symbol="QHE")
    for public_id in (held.public_id, master.public_id):
        for user in (ada, mallory):
            assert security_for(user.as_actor(), public_id) == Quoted(master, held)


@pytest.mark.usefixtures("ada")
def test_a_line_has_the_last_close_and_what_a_year_changed(django_assert_max_num_queries: object) -> None:
    year = market.security("QYR", {today() - 366 * DAY: "50", today() - 30 * DAY: "60", today(): "55"})
    young = market.security("QYG", {today() - 30 * DAY: "60"})
    none = market.security("QNO")
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        lines = security_lines([year, young, none], today())
    assert [line.last and str(line.last.close) for line in lines] == ["55.0000", "60.0000", None]
    assert [line.change.total.value for line in lines] == [pytest.approx(0.1), None, None]
    assert lines[1].change.total.reason == "No price that old is known."


@pytest.mark.usefixtures("ada")
def test_a_split_is_no_loss_and_the_last_close_stays_what_was_paid() -> None:
    master = market.security("QSP", {today() - 366 * DAY: "100", today() - DAY: "110", today(): "55"})
    market.action("QSP", today())
    (line,) = security_lines([master], today())
    assert str(line.last and line.last.close) == "55.0000"
    assert line.change.total.value == pytest.approx(0.1)
    assert line.change.first is not None
    assert line.change.first.close == 50


def test_a_change_needs_a_price_of_its_first_day() -> None:
    assert change_over(Span.ONE_YEAR, [], today()).total.value is None
