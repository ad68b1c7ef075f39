"""Staff pages of trades: who may open them, what they show, what they refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.portfolios.models import TradeProposal, TradeState
from apps.portfolios.selectors.books import account_book
from apps.portfolios.templatetags.holdings import sale_url
from tests.days import TODAY
from tests.factories import assets, clients
from tests.factories import portfolios as made
from tests.factories.trades import line, proposal

pytestmark = pytest.mark.usefixtures("held_day")
BOUGHT = made.DAY + dt.timedelta(days=8)

SignIn = Callable[..., Client]


class Scene:
    """A household with a proposal to sell."""

    def __init__(self, ada: User) -> None:
        self.household, self.account, self.fund = made.funded(ada)
        self.proposal = proposal(self.household, ada, line(self.account, self.fund, limit_price="54"))
        (self.line,) = self.proposal.lines.all()

    def pages(self) -> dict[str, str]:
        """Return every page by name."""
        kept = self.proposal.public_id
        return {
            "list": reverse("portfolios:trade-list"),
            "new": reverse("portfolios:trade-new", args=[self.household.public_id]),
            "detail": reverse("portfolios:trade-detail", args=[kept]),
            "withdraw": reverse("portfolios:trade-withdraw", args=[kept]),
            **{
                name: reverse("portfolios:trade-passport", args=[kept, f"{name}-{self.line.public_id}"])
                for name in ("quantity", "price", "amount", "limit")
            },
            "sold": reverse("portfolios:trade-passport", args=[kept, "sold-USD"]),
            "net": reverse("portfolios:trade-passport", args=[kept, "net-USD"]),
        }


NAMES = ["list", "new", "detail", "withdraw", "quantity", "price", "amount", "limit", "sold", "net"]


@pytest.fixture
def scene(ada: User) -> Scene:
    return Scene(ada)


@pytest.fixture
def without_permission(sue: User, clay: User) -> list[User]:
    return [sue, clay]


@pytest.mark.parametrize("name", NAMES)
def test_each_page_opens_for_its_advisor_and_for_nobody_else(
    name: str, scene: Scene, ada: User, mallory: User, without_permission: list[User], sign_in: SignIn
) -> None:
    url = scene.pages()[name]
    assert sign_in(ada).get(url).status_code == 200
    assert sign_in().get(url).status_code == 302
    for other in without_permission:
        assert sign_in(other).get(url).status_code == 403
    if name == "list":
        assert "Trim the stock" not in sign_in(mallory).get(url).text
    else:
        assert sign_in(mallory).get(url).status_code == 404


def test_the_proposal_shows_its_lines_and_what_they_bring(scene: Scene, ada: User, sign_in: SignIn) -> None:
    page = sign_in(ada).get(scene.pages()["detail"]).text
    assert "Trim the stock" in page
    assert "Sell AAA" in page
    assert page.count("$550.00") >= 3
    assert (
        sign_in(ada).get(reverse("portfolios:trade-passport", args=[scene.proposal.public_id, "x"])).status_code == 404
    )


def test_the_list_is_filtered_by_state(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser, url = sign_in(ada), scene.pages()["list"]
    assert "Trim the stock" in browser.get(url, {"state": "draft"}).text
    assert "Trim the stock" not in browser.get(url, {"state": "verified"}).text


def typed(scene: Scene, **more: Any) -> dict[str, Any]:
    row = {"account": scene.account.public_id, "side": "sell", "symbol": "aaa", "quantity": "5", **more}
    return {"purpose": "Raise cash", **{f"line_2_{name}": value for name, value in row.items()}}


def test_trades_are_typed_and_become_a_proposal(scene: Scene, ada: User, sign_in: SignIn) -> None:
    answer = sign_in(ada).post(scene.pages()["new"], typed(scene))
    kept = TradeProposal.objects.latest("pk")
    assert answer.url == kept.get_absolute_url()
    assert (kept.purpose, kept.lines.get().quantity) == ("Raise cash", 5)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"quantity": "500"}, "can sell 90 of AAA"),
        ({"symbol": "NOPE"}, "No security has the symbol NOPE"),
        ({"symbol": ""}, "This line needs it"),
        ({"quantity": "", "amount": ""}, "neither a quantity nor an amount"),
        ({"account": "00000000-0000-4000-8000-000000000000"}, "not one of the available choices"),
        ({"limit_price": "5500"}, "far from the last one"),
    ],
)
def test_what_cannot_be_is_said_beside_the_row(
    scene: Scene, ada: User, sign_in: SignIn, more: dict[str, str], message: str
) -> None:
    answer = sign_in(ada).post(scene.pages()["new"], typed(scene, **more))
    assert answer.status_code in {409, 422}
    assert message in answer.text.replace("&#x27;", "'")
    assert any(name.startswith("line_2_") for name in answer.context["form"].errors)
    assert TradeProposal.objects.count() == 1


def test_a_typed_sale_says_what_it_would_bring_and_which_lots_it_could_name(
    scene: Scene, ada: User, mallory: User, without_permission: list[User], sign_in: SignIn
) -> None:
    made.tax_rate(ada, scene.household)
    made.entry(scene.account, ada, "buy", BOUGHT, instrument=scene.fund, units="10", cash="-600", price="60")
    url, browser = reverse("portfolios:trade-rows", args=[scene.household.public_id]), sign_in(ada)
    row = {"account": scene.account.public_id, "side": "sell", "symbol": "aaa", "quantity": "5"}
    data = {f"line_0_{name}": value for name, value in row.items()}
    page = browser.post(url, data)
    (drawn,) = page.context["rows"]
    assert (drawn.estimate.amount, drawn.estimate.gain, drawn.estimate.tax) == (275, 25, 5)
    assert "by the account's order: First in, first out" in page.text
    first, second = (box.html_name for _, box in drawn.lots)
    named = browser.post(url, {**data, first: "", second: "5"})
    (drawn,) = named.context["rows"]
    assert (drawn.estimate.gain, drawn.estimate.tax) == (-25, -5)
    for figure in ("amount", "gain", "tax", "price"):
        assert browser.get(drawn.estimate.address(figure)).status_code == 200
        assert sign_in(mallory).get(drawn.estimate.address(figure)).status_code == 404
    assert browser.get(drawn.estimate.address("other")).status_code == 404
    short = browser.post(url, {**data, "line_0_quantity": "7", second: "5"})
    assert "do not add up to the 7" in short.text
    assert TradeProposal.objects.count() == 1, "nothing is written"
    assert sign_in().post(url).status_code == 302
    assert sign_in(mallory).post(url).status_code == 404
    for other in without_permission:
        assert sign_in(other).post(url).status_code == 403


def test_a_lot_leads_to_the_sale_of_it(scene: Scene, ada: User, sign_in: SignIn) -> None:
    made.entry(scene.account, ada, "buy", BOUGHT, instrument=scene.fund, units="10", cash="-600", price="60")
    browser = sign_in(ada)
    page = browser.get(reverse("portfolios:account-lots", args=[scene.account.public_id]))
    assert page.text.count("Propose to sell it") == 2
    lot = page.context["page"].lots[-1]
    address = sale_url(scene.account, lot)
    assert address.replace("&", "&amp;") in page.text
    row = browser.get(address).context["rows"][0]
    assert (row.estimate.quantity, row.estimate.gain) == (10, -50)
    assert [box.value() for _, box in row.lots] == ["", "10"]


def test_rows_are_added_and_taken_out(scene: Scene, ada: User, sign_in: SignIn) -> None:
    url, browser = reverse("portfolios:trade-rows", args=[scene.household.public_id]), sign_in(ada)
    data = {"line_0_symbol": "AAA", "line_1_symbol": "BBB"}
    assert len(browser.get(scene.pages()["new"]).context["rows"]) == 2
    more = browser.post(url, {**data, "change": "add"}).context["rows"]
    assert [row.fields[2].value() for row in more] == ["AAA", "BBB", None]
    less = browser.post(url, {**data, "change": "remove-0"}).context["rows"]
    assert [row.fields[2].value() for row in less] == ["BBB"]
    alone = browser.post(url, {"line_0_symbol": "AAA", "change": "remove-0"}).context["rows"]
    assert len(alone) == 1


def test_lots_that_are_named_are_those_of_the_proposal(scene: Scene, ada: User, sign_in: SignIn) -> None:
    bought = made.entry(scene.account, ada, "buy", BOUGHT, instrument=scene.fund, units="10", cash="-600", price="60")
    browser = sign_in(ada)
    lot = f"lot_{account_book(scene.account, TODAY).positions[0].lots[-1].lot_id}"
    answer = browser.post(scene.pages()["new"], typed(scene, **{"quantity": "", lot: "4"}))
    kept = TradeProposal.objects.latest("pk").lines.get()
    assert (kept.quantity, kept.estimated_gain) == (4, -20)
    assert [(each.acquired_on, each.quantity) for each in kept.lots.all()] == [(bought.trade_date, 4)]
    page = browser.get(answer.url).text
    assert "-$20.00" in page or "−$20.00" in page
    assert browser.get(reverse("portfolios:trade-passport", args=[kept.proposal.public_id, f"gain-{kept.public_id}"]))
    refused = browser.post(scene.pages()["new"], typed(scene, **{lot: "40"}))
    assert "do not make the sale" in refused.text
    assert refused.context["rows"][2].lots


def test_an_empty_form_is_refused(scene: Scene, ada: User, sign_in: SignIn) -> None:
    assert "at least one trade" in sign_in(ada).post(scene.pages()["new"], {"purpose": "x"}).text


def test_a_proposal_is_withdrawn_with_a_reason(scene: Scene, ada: User, sign_in: SignIn) -> None:
    sign_in(ada).post(scene.pages()["withdraw"], {"reason": "not now"})
    scene.proposal.refresh_from_db()
    assert scene.proposal.state == TradeState.WITHDRAWN
    page = sign_in(ada).get(scene.pages()["detail"]).text
    assert "not now" in page
    assert scene.pages()["withdraw"] not in page


def test_the_proposal_costs_a_fixed_number_of_queries(
    scene: Scene, ada: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(ada)
    browser.get(scene.pages()["detail"])
    with django_assert_max_num_queries(20):
        browser.get(scene.pages()["detail"])


@pytest.mark.parametrize("typed", ["1e400", "1e30", "-1e400", "1e-400", "NaN", "0.000000001"])
def test_a_number_that_no_quantity_has_is_no_estimate(scene: Scene, ada: User, sign_in: SignIn, typed: str) -> None:
    told = {"line_0_account": scene.account.public_id, "line_0_symbol": scene.fund.symbol, "purpose": "x"}
    browser, page = sign_in(ada), scene.pages()["new"]
    rows = reverse("portfolios:trade-rows", args=[scene.household.public_id])
    passport = reverse("portfolios:sale-passport", args=[scene.account.public_id, scene.fund.public_id])
    for side in ("buy", "sell"):
        for what in ("quantity", "amount"):
            typed_row = {**told, "line_0_side": side, f"line_0_{what}": typed}
            assert browser.post(rows, typed_row).status_code == 200
            assert browser.post(page, typed_row).status_code == 422
        asked = {"figure": "amount", "side": side, "quantity": typed}
        assert browser.get(passport, asked).status_code == 404
    assert browser.get(passport, {"figure": "amount", "side": "lend", "quantity": "1"}).status_code == 404


@pytest.mark.parametrize("place", ["²", "9" * 300, "x"])
def test_a_place_that_is_none_is_no_row(scene: Scene, ada: User, sign_in: SignIn, place: str) -> None:
    rows = reverse("portfolios:trade-rows", args=[scene.household.public_id])
    told = {f"line_{place}_side": "sell", "line_0_side": "buy", "change": f"remove-{place}"}
    assert sign_in(ada).post(rows, told).status_code == 200


def test_what_another_household_values_by_hand_has_no_price_here(
    scene: Scene, ada: User, mallory: User, sign_in: SignIn
) -> None:
    house = assets.house(scene.household, ada)
    theirs = clients.household(mallory)
    account = made.account(theirs, mallory, number="55")
    asked = {"figure": "price", "side": "buy", "quantity": "1"}
    for of, browser, status in ((account, sign_in(mallory), 404), (scene.account, sign_in(ada), 200)):
        address = reverse("portfolios:sale-passport", args=[of.public_id, house.instrument.public_id])
        assert browser.get(address, asked).status_code == status
