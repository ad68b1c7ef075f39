"""Staff pages of portfolios: who may open them, what they show, what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.services.approvals import decide_approval
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.portfolios.models import (
    Account,
    AccountStatus,
    EquivalenceGroup,
    Instrument,
    ReconciliationBreak,
    TaxRate,
    Transaction,
)
from apps.portfolios.services.kept_values import keep_values
from apps.portfolios.services.statements import StatedPosition, take_statement
from tests.days import today
from tests.factories import market
from tests.factories import portfolios as made

SignIn = Callable[..., Client]


class Scene:
    """A household with a funded account and a break."""

    def __init__(self, ada: User) -> None:
        self.household, self.account, self.security = made.funded(ada)
        position = StatedPosition(instrument=self.security, quantity=90, market_value=4500, price=50)
        take_statement(account=self.account, as_of=made.DAY, positions=[position], source="a.csv", by=ada.as_actor())
        self.difference = ReconciliationBreak.objects.filter(proposal__has_key="kind").first()
        self.entry = Transaction.objects.get(kind="buy")

    def pages(self) -> dict[str, str]:
        """Return every page by name."""
        household, account = {"household_id": self.household.public_id}, {"account_id": self.account.public_id}
        return {
            "list": reverse("portfolios:account-list"),
            "breaks": reverse("portfolios:break-list"),
            "tab": reverse("portfolios:household-portfolio", kwargs=household),
            "new": reverse("portfolios:account-new", kwargs=household),
            "account": reverse("portfolios:account-detail", kwargs=account),
            "entry": reverse("portfolios:entry-new", kwargs=account),
            "action": reverse("portfolios:action-new", kwargs=account),
            "number": reverse("portfolios:account-number", kwargs=account),
            "methods": reverse("portfolios:lot-methods", kwargs=account),
            "lots": reverse("portfolios:account-lots", kwargs=account),
            "lots_file": reverse("portfolios:account-lots-file", kwargs=account),
            "trades": reverse("portfolios:household-trades", kwargs=household),
            "reports": reverse("portfolios:household-reports", kwargs=household),
            "rates": reverse("portfolios:household-tax-rates", kwargs=household),
            "sale": reverse("portfolios:sale-new", kwargs={**account, "instrument_id": self.security.public_id}),
            "sale_passport": reverse(
                "portfolios:sale-passport", kwargs={**account, "instrument_id": self.security.public_id}
            ),
            "gains": reverse("portfolios:household-gains", kwargs=household),
            "gains_file": reverse("portfolios:household-gains-file", kwargs=household),
            "gains_passport": reverse("portfolios:household-gains-passport", kwargs={**household, "figure": "short"}),
            "reverse": reverse("portfolios:entry-reverse", kwargs={"entry_id": self.entry.public_id}),
            "explain": reverse("portfolios:break-explain", kwargs={"break_id": self.difference.public_id}),
            "performance": reverse("portfolios:household-performance", kwargs=household),
            "account_performance": reverse("portfolios:account-performance", kwargs=account),
            "return": reverse(
                "portfolios:household-performance-passport", args=[self.household.public_id, "inception-net"]
            ),
            "account_return": reverse(
                "portfolios:account-performance-passport", args=[self.account.public_id, "inception-net"]
            ),
            "passport": reverse("portfolios:household-passport", args=[self.household.public_id, "total"]),
            "account_passport": reverse("portfolios:account-passport", args=[self.account.public_id, "total"]),
            "entry_passport": reverse("portfolios:entry-passport", args=[self.entry.public_id, "cash"]),
            "break_passport": reverse("portfolios:break-passport", args=[self.difference.public_id, "difference"]),
        }


@pytest.fixture
def without_permission(sue: User, clay: User) -> list[User]:
    return [sue, clay]


@pytest.fixture
def household_pages() -> list[str]:
    return ["portfolio", "targets", "performance", "attribution", "risk", "gains", "trades", "reports"]


@pytest.fixture
def scene(ada: User) -> Scene:
    return Scene(ada)


NAMES = ["list", "breaks", "tab", "new", "account", "entry", "reverse", "explain", "passport", "account_passport"]
NAMES += [
    "entry_passport",
    "break_passport",
    "action",
    "methods",
    "rates",
    "sale",
    "sale_passport",
    "gains",
    "gains_file",
]
NAMES += ["gains_passport", "number", "lots", "lots_file", "trades", "reports"]


@pytest.mark.parametrize("name", NAMES)
def test_each_page_opens_for_its_advisor_and_for_nobody_else(
    name: str, scene: Scene, ada: User, mallory: User, without_permission: list[User], sign_in: SignIn
) -> None:
    url = scene.pages()[name]
    assert sign_in(ada).get(url).status_code == 200
    assert sign_in().get(url).status_code == 302
    for other in without_permission:
        assert sign_in(other).get(url).status_code == 403
    answer = sign_in(mallory).get(url)
    if name in {"list", "breaks"}:
        assert scene.account.name not in answer.content.decode()
    else:
        assert answer.status_code == 404


def test_every_figure_of_the_pages_has_a_passport_that_opens(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    pages = scene.pages()
    for name in ("list", "tab", "account", "lots", "breaks", "reverse", "explain"):
        html = browser.get(pages[name]).content.decode()
        figures = re.findall(r"<(?:a|span)[^>]*data-figure[^>]*>", html)
        assert figures
        for figure in figures:
            assert figure.startswith("<a"), f"{name}: {figure}"
        for address in {link.replace("&amp;", "&") for link in re.findall(r'data-figure[^>]*href="([^"]+)"', html)}:
            panel = browser.get(address, headers={"hx-request": "true"})
            assert panel.status_code == 200, address
            assert b"data-panel-title" in panel.content


def test_the_pages_of_a_portfolio_lead_to_each_other(
    scene: Scene, ada: User, paul: User, sign_in: SignIn, household_pages: list[str]
) -> None:
    browser = sign_in(ada)
    for name in ("tab", "gains", "trades", "rates"):
        html = browser.get(scene.pages()[name]).text
        for page in household_pages:
            assert reverse(f"portfolios:household-{page}", args=[scene.household.public_id]) in html, (name, page)
    assert 'aria-current="true">Gains and losses' in browser.get(scene.pages()["rates"]).text
    assert 'aria-current="page">Tax rates' in browser.get(scene.pages()["rates"]).text
    assert 'aria-current="page">Accounts' in browser.get(scene.pages()["list"]).text
    # what is of the whole firm stands in the row of those alone who see the whole firm
    composites = reverse("portfolios:composite-list")
    assert composites in sign_in(paul).get(scene.pages()["breaks"]).text
    assert composites not in browser.get(scene.pages()["breaks"]).text


def test_a_missing_number_is_written_down_on_the_page(scene: Scene, ada: User, sign_in: SignIn) -> None:
    Account.objects.update(number="", last_four="", number_digest="", status="approved")
    browser, url = sign_in(ada), scene.pages()["number"]
    assert url in browser.get(scene.pages()["account"]).text
    assert browser.post(url, {"custodian": "Example Custodian", "number": ""}).status_code == 422
    assert browser.post(url, {"custodian": "Example Custodian", "number": "555-9321"}).status_code == 302
    assert "•••• 9321" in browser.get(scene.pages()["account"]).text


def test_lots_show_cost_value_and_gain_by_term(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser, url = sign_in(ada), scene.pages()["lots"]
    html = browser.get(f"{url}?day={made.DAY.year}-12-31").text
    for value in ("5000", "5500", "500"):
        assert re.search(rf'data-value="{value}(\.0+)?"', html), value
    rows = browser.get(f"{scene.pages()['lots_file']}?day={made.DAY.year}-12-31").text.splitlines()
    assert len(rows) == 2
    assert rows[1].split(",")[:7] == ["AAA", "2025-03-04", "2025-03-04", "Short", "100", "5000.00", ""]
    after = browser.get(scene.pages()["lots_file"] + "?day=2026-03-05").text
    assert ",Long," in after
    assert "No lot is open" in browser.get(f"{url}?day={made.DAY.isoformat()}").text


def test_the_tab_shows_what_is_held_and_warns_of_breaks(scene: Scene, ada: User, sign_in: SignIn) -> None:
    html = sign_in(ada).get(scene.pages()["tab"]).content.decode()
    assert 'data-value="10500' in html
    assert "AAA" in html
    assert "waits for a person" in html or "wait for a person" in html


def test_a_day_before_shows_the_book_of_that_day(scene: Scene, ada: User, sign_in: SignIn) -> None:
    url = f"{scene.pages()['account']}?day={made.DAY.isoformat()}"
    html = sign_in(ada).get(url).content.decode()
    assert 'data-value="10000' in html
    assert "Purchase" not in html


def test_simulated_prices_are_said_to_be(ada: User, scene: Scene, sign_in: SignIn) -> None:
    fund = made.instrument(ada, "SIM", {made.DAY: "10"}, simulated_from=made.DAY)
    made.entry(scene.account, ada, "transfer_in", instrument=fund, units="1")
    for name in ("tab", "account"):
        assert "are simulated (SIM)" in sign_in(ada).get(scene.pages()[name]).content.decode()


def test_an_account_is_opened_by_form(ada: User, scene: Scene, sign_in: SignIn) -> None:
    head = scene.household.people.get(relationship="head")
    told = {"name": "Roth", "registration": "roth_ira", "owner": head.pk, "number": "55-66", "is_open": "on"}
    answer = sign_in(ada).post(scene.pages()["new"], told)
    account = Account.objects.get(name="Roth")
    assert answer["location"] == reverse("portfolios:account-detail", kwargs={"account_id": account.public_id})
    assert (account.status, account.masked_number) == (AccountStatus.ACTIVE, "•••• 5566")
    again = sign_in(ada).post(scene.pages()["new"], {**told, "number": "1234-5678", "custodian": "Example Custodian"})
    assert again.status_code == 422
    assert "Another account has this number" in again.content.decode()


def test_an_entry_is_recorded_by_form_and_a_refusal_stands_at_its_field(
    ada: User, scene: Scene, sign_in: SignIn
) -> None:
    browser, url = sign_in(ada), scene.pages()["entry"]
    told = {"kind": "sell", "trade_date": "2025-03-10", "symbol": "aaa", "quantity": "10", "price": "55"}
    assert browser.post(url, told).status_code == 302
    sale = Transaction.objects.get(kind="sell")
    assert (sale.units, sale.cash) == (-10, 550)
    refused = browser.post(url, {**told, "quantity": "1000"})
    assert refused.status_code == 409
    assert "would have left the account" in refused.content.decode()
    unknown = browser.post(url, {**told, "symbol": "NOPE"})
    assert "No security has the symbol NOPE" in unknown.content.decode()


def test_a_corporate_action_is_recorded_by_form_and_told_on_the_page(ada: User, scene: Scene, sign_in: SignIn) -> None:
    made.instrument(ada, "BBB", {made.DAY: "20"})
    browser, url = sign_in(ada), scene.pages()["action"]
    told = {
        "kind": "merger",
        "trade_date": "2025-03-10",
        "symbol": "aaa",
        "into": "bbb",
        "split_new": "3",
        "split_old": "2",
    }
    refused = browser.post(url, {**told, "cash": "50"})
    assert refused.status_code == 422
    assert "value of a new share" in refused.content.decode()
    assert browser.post(url, told).status_code == 302
    page = browser.get(scene.pages()["account"]).content.decode()
    assert "Merger AAA → BBB" in page
    assert "Received in a corporate action BBB" in page


def test_a_lot_method_is_given_and_taken_back_by_form(ada: User, scene: Scene, sign_in: SignIn) -> None:
    browser, url = sign_in(ada), scene.pages()["methods"]
    told = {
        "scope": "all",
        "method": "average",
        "starts_on": "2025-03-10",
        "given_on": "2025-03-05",
        "reason": "Letter of 5 March",
    }
    assert browser.post(url, told).status_code == 422
    assert browser.post(url, {**told, "method": "hifo"}).status_code == 302
    assert "Letter of 5 March" in browser.get(url).content.decode()
    assert "Highest cost first" in browser.get(scene.pages()["account"]).content.decode()
    election = scene.account.lot_elections.get()
    browser.post(reverse("portfolios:lot-method-withdraw", args=[election.public_id]), {"reason": "wrong account"})
    assert not scene.account.lot_elections.exists()


def test_tax_rates_are_set_in_per_cent_and_the_firms_by_who_manages_it(
    ada: User, paul: User, scene: Scene, sign_in: SignIn
) -> None:
    told = {"short": "37", "long": "23.8", "starts_on": "2025-01-01", "reason": "Top bracket with NIIT"}
    firm = reverse("portfolios:firm-tax-rates")
    assert sign_in(ada).post(firm, told).status_code == 403
    assert sign_in(paul).post(firm, told).status_code == 302
    page = sign_in(ada).get(scene.pages()["rates"]).content.decode()
    assert 'data-value="0.2380"' in page
    rate = TaxRate.objects.get()
    withdraw = reverse("portfolios:rate-withdraw", args=[rate.public_id])
    assert sign_in(ada).post(withdraw, {"reason": "x"}).status_code == 404
    assert sign_in(ada).post(scene.pages()["rates"], {**told, "short": "24"}).status_code == 302
    own = scene.household.tax_rates.get()
    assert 'data-value="0.2400"' in sign_in(ada).get(scene.pages()["rates"]).content.decode()
    sign_in(ada).post(reverse("portfolios:rate-withdraw", args=[own.public_id]), {"reason": "moved"})
    sign_in(paul).post(withdraw, {"reason": "new law"})
    assert not TaxRate.objects.exists()


def test_a_sale_names_its_lots_on_the_page_that_shows_their_tax(ada: User, scene: Scene, sign_in: SignIn) -> None:
    made.tax_rate(ada)
    browser, url = sign_in(ada), scene.pages()["sale"]
    page = browser.get(url).content.decode()
    assert 'data-value="100.00"' in page  # 20 % of 500, after a year
    told = {"trade_date": "2025-03-10", "price": "55"}
    assert "at least one lot" in browser.post(url, told).content.decode()
    field = f"lot_{scene.entry.public_id}"
    assert browser.post(url, {**told, field: "101"}).status_code == 409
    assert browser.post(url, {**told, field: "40"}).status_code == 302
    sale = Transaction.objects.get(kind="sell")
    assert (sale.units, sale.cash, sale.lot_choices.get().quantity) == (-40, 2200, 40)


def test_gains_of_a_year_show_wash_sales_and_leave_as_a_file(ada: User, scene: Scene, sign_in: SignIn) -> None:
    scene.security.symbol = "=AAA"
    scene.security.save()
    sold, bought = made.DAY.replace(day=20), made.DAY.replace(day=25)
    made.entry(scene.account, ada, "sell", sold, instrument=scene.security, units="-100", cash="4000")
    made.entry(scene.account, ada, "buy", bought, instrument=scene.security, units="40", cash="-1600")
    browser = sign_in(ada)
    html = browser.get(f"{scene.pages()['gains']}?year=2025").content.decode()
    assert 'data-value="-600' in html
    assert "the loss goes into the basis of the new shares" in html
    assert "Nothing was sold in this year" in browser.get(f"{scene.pages()['gains']}?year=2024").content.decode()
    for address in {link.replace("&amp;", "&") for link in re.findall(r'data-figure[^>]*href="([^"]+)"', html)}:
        assert browser.get(address, headers={"hx-request": "true"}).status_code == 200
    answer = browser.get(f"{scene.pages()['gains_file']}?year=2025")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["content-type"].startswith("text/csv")
    assert len(lines) == 3
    assert ",W,400.00," in lines[1]
    assert "40 =AAA" in lines[1]


def test_announced_actions_are_entered_by_a_button(ada: User, sue: User, scene: Scene, sign_in: SignIn) -> None:
    action = market.action("AAA", today())
    page, enter = (
        reverse("portfolios:market-actions"),
        reverse("portfolios:market-action-enter", args=[action.public_id]),
    )
    assert sign_in(sue).get(page).status_code == 403
    assert sign_in().get(page).status_code == 302
    assert sign_in(sue).post(enter).status_code == 403
    browser = sign_in(ada)
    assert "Enter in 1 account" in browser.get(page).content.decode()
    browser.post(enter)
    html = browser.get(page).content.decode()
    assert "Entered everywhere" in html
    assert "Entered in 1 account." in html
    assert Transaction.objects.get(kind="split").units == 100


def test_identical_securities_are_proposed_by_form_and_in_force_when_approved(
    ada: User, paul: User, sue: User, scene: Scene, sign_in: SignIn
) -> None:
    made.instrument(ada, "BBB", {made.DAY: "20"})
    url, page = reverse("portfolios:equivalence-new"), reverse("portfolios:equivalence-list")
    assert sign_in(sue).get(page).status_code == 403
    assert sign_in().get(page).status_code == 302
    told = {"name": "Twins", "members": "aaa\nBBB 2 right", "valid_from": "2025-01-01", "basis": "An option on it"}
    browser = sign_in(ada)
    assert "No group yet" in browser.get(page).content.decode()
    assert "Line 2" in browser.post(url, {**told, "members": "aaa\nBBB many"}).content.decode()
    assert browser.post(url, {**told, "members": "aaa"}).status_code == 422
    assert browser.post(url, told).status_code == 302
    assert "Waiting for approval" in browser.get(page).content.decode()
    decide_approval(request=ApprovalRequest.objects.get(), decision="approve", by=paul.as_actor())
    assert "In force" in browser.get(page).content.decode()
    member = EquivalenceGroup.objects.get().members.get(instrument__symbol="BBB")
    assert (member.role, member.shares) == ("right", 2)


def test_an_entry_is_taken_back_by_form(ada: User, scene: Scene, sign_in: SignIn) -> None:
    deposit = made.entry(scene.account, ada, "deposit", cash="5")
    url = reverse("portfolios:entry-reverse", kwargs={"entry_id": deposit.public_id})
    assert sign_in(ada).post(url, {"reason": ""}).status_code == 422
    assert sign_in(ada).post(url, {"reason": "typed twice"}).status_code == 302
    assert Transaction.objects.get(reversal_of=deposit).description == "typed twice"


def test_a_proposed_entry_is_recorded_by_a_button_once(ada: User, scene: Scene, sign_in: SignIn) -> None:
    url = reverse("portfolios:break-accept", kwargs={"break_id": scene.difference.public_id})
    before = Transaction.objects.count()
    browser = sign_in(ada)
    assert browser.post(url).status_code == 302
    assert Transaction.objects.count() == before + 1
    assert browser.post(url).status_code == 302
    assert Transaction.objects.count() == before + 1


def test_a_break_is_explained_by_form(ada: User, scene: Scene, sign_in: SignIn) -> None:
    assert sign_in(ada).post(scene.pages()["explain"], {"note": "In transit"}).status_code == 302
    scene.difference.refresh_from_db()
    assert scene.difference.note == "In transit"


def test_an_account_moves_on_by_a_button_and_a_wrong_step_is_a_message(
    ada: User, scene: Scene, sign_in: SignIn
) -> None:
    url = reverse("portfolios:account-step", kwargs={"account_id": scene.account.public_id})
    assert sign_in(ada).post(url, {"status": "restricted", "reason": "probate"}).status_code == 302
    scene.account.refresh_from_db()
    assert scene.account.status == AccountStatus.RESTRICTED
    sign_in(ada).post(url, {"status": "proposed"})
    scene.account.refresh_from_db()
    assert scene.account.status == AccountStatus.RESTRICTED


@pytest.mark.parametrize("verb", ["break-accept", "account-step"])
def test_who_only_reads_cannot_write(verb: str, scene: Scene, connie: User, sign_in: SignIn) -> None:
    key = (
        {"break_id": scene.difference.public_id} if verb == "break-accept" else {"account_id": scene.account.public_id}
    )
    assert sign_in(connie).post(reverse(f"portfolios:{verb}", kwargs=key)).status_code == 403


def test_pages_take_the_same_queries_for_any_number_of_accounts(
    ada: User, scene: Scene, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(ada)
    browser.get(scene.pages()["list"])  # the first request of a session keeps the session
    counts = {}
    for round_ in range(2):
        for name in ("list", "tab"):
            with django_assert_max_num_queries(40) as seen:
                browser.get(scene.pages()[name])
            counts[name, round_] = len(seen)
        if not round_:
            more(scene.household, ada, scene.security)
    assert counts["list", 0] == counts["list", 1]
    assert counts["tab", 0] == counts["tab", 1]


def more(household: Household, ada: User, security: Instrument) -> None:
    for n in range(4):
        account = made.account(household, ada, number=f"88-{n}")
        made.entry(account, ada, "transfer_in", instrument=security, units="1")


def test_the_list_is_found_sorted_and_empty_when_nothing_fits(ada: User, scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    assert "Brokerage" in browser.get(f"{scene.pages()['list']}?q=5678&sort=-name&status=active").content.decode()
    assert "No account of the households you see fits" in browser.get(f"{scene.pages()['list']}?q=zzz").content.decode()


def test_the_firms_performance_opens_for_those_who_see_every_household(
    scene: Scene, ada: User, connie: User, clay: User, sign_in: SignIn
) -> None:
    page = reverse("portfolios:firm-performance")
    passport = reverse("portfolios:firm-performance-passport", args=["inception-closing"])
    assert sign_in().get(page).status_code == 302
    assert [sign_in(user).get(page).status_code for user in (ada, clay)] == [403, 403]
    assert sign_in(ada).get(passport).status_code == 403
    assert "No night yet" in sign_in(connie).get(page).content.decode()
    assert sign_in(connie).get(passport).status_code == 404
    keep_values(by=Actor.system("portfolios.keep_values"))
    text = sign_in(connie).get(page).content.decode()
    assert "10,500" in text
    assert "Since the beginning" in text
    assert sign_in(connie).get(passport).status_code == 200
    assert page in sign_in(connie).get(reverse("portfolios:account-list")).content.decode()
    assert page not in sign_in(ada).get(reverse("portfolios:account-list")).content.decode()
    assert "could not be read" in sign_in(connie).get(f"{page}?day=x").content.decode()


def test_the_firms_page_takes_the_same_queries_for_any_number_of_accounts(
    scene: Scene, ada: User, connie: User, sign_in: SignIn
) -> None:
    page, counts = reverse("portfolios:firm-performance"), []
    for turn in range(2):
        if turn:
            more(scene.household, ada, scene.security)
        keep_values(by=Actor.system("portfolios.keep_values"))
        visitor = sign_in(connie)
        visitor.get(page)
        with CaptureQueriesContext(connection) as asked:
            visitor.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_list_shows_returns_of_the_period_asked_for_each_with_its_passport(
    ada: User, scene: Scene, sign_in: SignIn
) -> None:
    browser, page = sign_in(ada), scene.pages()["list"]
    assert "Money-weighted" not in browser.get(page).content.decode()
    html = browser.get(f"{page}?span=month").content.decode()
    assert "Money-weighted" in html
    passports = set(re.findall(r'href="([^"]*/performance/passport/month-(?:net|money_weighted)/[^"]*)"', html))
    assert passports
    for each in passports:
        assert browser.get(each.replace("&amp;", "&")).status_code == 200
    more(scene.household, ada, scene.security)
    assert "Younger than the period" in browser.get(f"{page}?span=five_years").content.decode()
