"""Wash sales from rows: the whole household is judged, and lots, gains and pages say the same."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.services.approvals import decide_approval
from apps.clients.models import Household
from apps.portfolios.models import Account, Instrument
from apps.portfolios.selectors.accounts import account_page
from apps.portfolios.selectors.gains import gains_page, gains_passport, gains_rows, reason_of
from apps.portfolios.selectors.passports import account_passport
from apps.portfolios.selectors.rebalance_inputs import household_question
from apps.portfolios.selectors.wash_sales import household_wash_sales
from apps.portfolios.services.accounts import OwnerShare
from apps.portfolios.services.corporate_actions import ActionByHand, record_action_by_hand
from apps.portfolios.services.equivalence import GroupTerms, NamedMember, propose_equivalence
from apps.portfolios.services.transactions import reverse_transaction
from tests.factories import clients as people
from tests.factories import market
from tests.factories import portfolios as made

DAY = made.DAY


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


END = later(200)


def test_standing_orders_are_read_once_for_all_accounts(ada: User) -> None:
    household, account, _ = made.funded(ada)
    made.tax_rate(ada)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            household_wash_sales(household, END)
        return len(asked)

    def elect(each: Account) -> None:
        made.election(each, ada, "minimum_tax", DAY)
        made.election(each, ada, "average", DAY, "funds")

    elect(account)
    before = count()
    for n in range(3):
        elect(made.account(household, ada, number=f"5{n}", name=f"A{n}"))
    assert count() == before


class Scene:
    """100 AAA bought at 50 and sold at 40 twenty days later: a loss of 1,000, unless something replaces them."""

    def __init__(self, ada: User) -> None:
        self.ada = ada
        self.household: Household = people.household(ada)
        self.account = made.account(self.household, ada)
        self.security = made.instrument(ada, "AAA", {DAY: "50", later(20): "40"})
        self.buy(self.account, 0, "100", "-5000")
        self.sale = made.entry(
            self.account, ada, "sell", later(20), instrument=self.security, units="-100", cash="4000"
        )

    def buy(self, account: Account, days: int, units: str, cash: str, security: Instrument | None = None) -> Any:
        return made.entry(
            account, self.ada, "buy", later(days), instrument=security or self.security, units=units, cash=cash
        )

    def other(self, **told: Any) -> Account:
        return made.account(self.household, self.ada, **{"name": "Other", "number": "99", **told})

    def page(self, day: dt.date = END) -> Any:
        return gains_page(self.household, DAY.year, day)


@pytest.fixture
def scene(ada: User) -> Scene:
    return Scene(ada)


def test_a_loss_that_nothing_replaces_counts(scene: Scene) -> None:
    scene.buy(scene.account, 51, "100", "-4000")
    page = scene.page()
    assert (page.short, page.long, page.disallowed, page.washes) == (-1000, 0, 0, ())


def test_what_the_same_account_buys_back_carries_the_loss_into_lots_page_and_passport(scene: Scene) -> None:
    scene.buy(scene.account, 50, "60", "-2460")
    page = scene.page()
    assert (page.short, page.disallowed, page.lost) == (-400, 600, 0)
    (wash,) = page.washes
    assert (wash.quantity, wash.bought_quantity, wash.held_since) == (60, 60, later(50) - dt.timedelta(days=20))
    shown = account_page(scene.account, END)
    (lot,) = shown.lots
    assert (lot.cost, lot.added, lot.held_since, lot.acquired_on) == (3060, 600, wash.held_since, later(50))
    assert shown.realised == -400
    assert account_passport(scene.account, "realised", END).value.value.amount == -400
    assert account_passport(scene.account, "gain", END).lines[0].amount.value.amount == 60 * 40 - 3060


@pytest.mark.parametrize("registration", ["traditional_ira", "roth_ira"])
def test_a_reinvestment_in_a_retirement_account_loses_the_loss_for_good(
    registration: str, scene: Scene, ada: User
) -> None:
    ira = scene.other(registration=registration)
    made.entry(ira, ada, "reinvest", later(30), instrument=scene.security, units="5", cost="200")
    page = scene.page()
    assert (page.short, page.disallowed, page.lost) == (-950, 50, 50)
    assert "lost for good" in reason_of(page.washes[0])
    assert account_page(ira, END).lots[0].added == 0


def test_the_spouse_counts_and_a_child_does_not(scene: Scene, ada: User) -> None:
    partner = scene.household.people.filter(relationship="partner").first()
    spouse = scene.other(owners=(OwnerShare(partner),))
    child = scene.household.people.filter(relationship="child").first()
    own = scene.other(owners=(OwnerShare(child),), number="77", name="Child", registration="custodial")
    scene.buy(own, 25, "100", "-4000")
    assert scene.page().disallowed == 0
    scene.buy(spouse, 25, "10", "-400")
    assert scene.page().disallowed == 100
    assert account_page(spouse, END).lots[0].added == 100


def test_an_approved_group_widens_what_is_identical_from_its_day(scene: Scene, ada: User, paul: User) -> None:
    twin = made.instrument(ada, "BBB", {DAY: "20"})
    scene.buy(scene.account, 25, "50", "-1000", twin)
    terms = GroupTerms("Twins", "Two classes", DAY, [NamedMember("AAA"), NamedMember("BBB", shares=Decimal(2))])
    propose_equivalence(terms=terms, by=ada.as_actor())
    assert scene.page().disallowed == 0
    decide_approval(request=ApprovalRequest.objects.get(), decision="approve", by=paul.as_actor())
    page = scene.page()
    assert (page.disallowed, page.washes[0].bought_quantity) == (1000, 50)


def test_corporate_actions_in_between_keep_units_cost_and_names_right(scene: Scene, ada: User) -> None:
    scene.buy(scene.account, 25, "50", "-2000")
    made.instrument(ada, "NEW", {later(60): "20"})
    for kind, told in (
        ("split", {"split_new": Decimal(2), "split_old": Decimal(1)}),
        ("symbol_change", {"into": "NEW"}),
    ):
        day = later(30) if kind == "split" else later(60)
        typed = ActionByHand(kind=kind, trade_date=day, symbol="AAA", **told)
        record_action_by_hand(account=scene.account, typed=typed, by=ada.as_actor())
    page = scene.page()
    assert (page.disallowed, page.washes[0].quantity, page.washes[0].bought_quantity) == (500, 50, 100)
    (lot,) = account_page(scene.account, END).lots
    assert (lot.symbol, lot.quantity, lot.cost) == ("NEW", 100, 2500)


def test_the_loss_comes_back_when_the_purchase_is_taken_back_or_the_replacement_is_sold(
    scene: Scene, ada: User
) -> None:
    bought = scene.buy(scene.account, 25, "100", "-4000")
    sold = made.entry(scene.account, ada, "sell", later(120), instrument=scene.security, units="-100", cash="4000")
    page = scene.page()
    assert (page.short, page.disallowed) == (-1000, 1000)
    assert [line.recognised for line in page.lines] == [0, -1000]
    reverse_transaction(transaction=sold, reason="x", by=ada.as_actor())
    reverse_transaction(transaction=bought, reason="x", by=ada.as_actor())
    assert (scene.page().short, scene.page().disallowed) == (-1000, 0)


def test_a_purchase_to_come_is_not_known_before_its_day(scene: Scene) -> None:
    scene.buy(scene.account, 25, "100", "-4000")
    assert scene.page(later(24)).disallowed == 0
    assert scene.page(later(25)).disallowed == 1000


def test_what_another_currency_holds_is_named_and_kept(scene: Scene, ada: User) -> None:
    made.entry(scene.account, ada, "deposit", later(1), cash="100", currency="EUR")
    made.entry(scene.account, ada, "buy", later(25), instrument=scene.security, units="1", cash="-40", currency="EUR")
    found = household_wash_sales(scene.household, END)
    assert found.unjudged == ("EUR",)
    assert [piece.quantity for piece in found.open_pieces] == [1]


def test_what_was_sold_for_another_currency_is_in_the_sums_as_far_as_rates_are_known(scene: Scene, ada: User) -> None:
    euro = scene.other(currency="EUR")
    made.entry(euro, ada, "buy", DAY, instrument=scene.security, units="10", cash="-500", currency="EUR")
    sale = made.entry(euro, ada, "sell", later(20), instrument=scene.security, units="-10", cash="900", currency="EUR")
    page = scene.page()
    assert (page.short, page.unjudged) == (-1000, ("EUR",))
    assert gains_passport(page, "short").value.value.amount == -1000
    shown = gains_passport(page, f"sale-{sale.public_id}").value.value
    assert (shown.amount, shown.currency) == (400, "EUR")
    assert sorted(row[-1] for row in gains_rows(page)[1]) == ["EUR", "USD"]
    assert page.unrated == ("EUR",)
    # with rates it is in the sums: 900 at 1.20 on the day of the sale, less 500 at 1.10 on that of the purchase
    market.rates(("EUR", "USD"), {DAY: "1.10", later(20): "1.20"})
    page = scene.page()
    assert (page.short, page.unjudged, page.unrated) == (-1000 + 1080 - 550, ("EUR",), ())
    told = gains_passport(page, "short")
    assert told.value.value.amount == -470
    (line,) = [each for each in page.lines if each.account == euro]
    assert line.rates == (("EUR", DAY, Decimal("1.10")), ("EUR", later(20), Decimal("1.20")))
    shown = gains_passport(page, f"sale-{sale.public_id}")
    assert (shown.value.value.amount, shown.value.value.currency) == (530, "USD")
    assert [label for label, _ in shown.lines[0].parts if label.startswith("EUR in USD on")] != []
    assert {row[-1] for row in gains_rows(page)[1]} == {"USD"}
    # a run takes the same as realised
    realised = household_question(scene.household, END).inputs.realised
    assert (sum(each.short for each in realised), sum(each.long for each in realised)) == (page.short, page.long)


def test_a_sale_of_lots_of_another_currency_or_of_unknown_cost_does_not_vanish(scene: Scene, ada: User) -> None:
    Household.objects.update(currency="EUR")
    scene.household.refresh_from_db()
    euro = scene.other(currency="EUR")
    made.entry(euro, ada, "transfer_in", DAY, instrument=scene.security, units="10", currency="EUR")
    made.entry(euro, ada, "sell", later(20), instrument=scene.security, units="-10", cash="900", currency="EUR")
    page = scene.page()
    (line,) = [each for each in page.lines if each.account == euro]
    assert (line.proceeds, line.recognised, page.n_unknown) == (900, None, 1)
    assert (page.short, page.unjudged) == (0, ("USD",))


def test_the_sums_are_those_of_their_passports_and_the_file_is_of_form_8949(scene: Scene) -> None:
    scene.buy(scene.account, 50, "60", "-2460")
    page = scene.page()
    for figure in ("short", "long", "disallowed", "lost"):
        assert gains_passport(page, figure).value.value.amount == getattr(page, figure)
    assert gains_passport(page, f"sale-{scene.sale.public_id}").value.value.amount == -400
    header, rows = gains_rows(page)
    assert {len(row) for row in rows} == {len(header)}
    assert sum(Decimal(row[8]) for row in rows) == -400
    assert [(row[6], row[7]) for row in rows] == [("W", "600.00"), ("", "")]


def test_many_accounts_cost_no_more_queries(scene: Scene, ada: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(8):
        household_wash_sales(scene.household, END)
    for n in range(3):
        scene.buy(scene.other(number=f"5{n}"), 1, "1", "-50")
    with django_assert_num_queries(8):
        household_wash_sales(scene.household, END)
