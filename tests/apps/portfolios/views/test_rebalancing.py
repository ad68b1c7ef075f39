"""The page of a rebalance: who may open it, what it asks and shows, trades made of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.portfolios.models import RebalanceRun, TradeProposal
from apps.portfolios.selectors.rebalance_passports import MONEY_TOTALS, SHARE_TOTALS
from tests.factories import portfolios
from tests.factories.rebalancing import BOUGHT, OffTarget

SignIn = Callable[..., Client]
ASKED = {
    "mode": "full",
    "short_rate": "40",
    "long_rate": "20",
    "off_target_price": "100",
    "long_within_days": "30",
    "cost_rate": "0.02",
    "minimum_amount": "250",
    "minimum_share": "0",
    "harvest_amount": "500",
    "harvest_share": "5",
    "needs_within_days": "90",
    "prefers_places": "on",
}


@pytest.fixture
def scene(ada: User, paul: User) -> OffTarget:
    return OffTarget(ada, paul)


def new(scene: OffTarget) -> str:
    return reverse("portfolios:rebalance-new", args=[scene.household.public_id])


def passport(run: RebalanceRun, figure: str) -> str:
    return reverse("portfolios:rebalance-passport", args=[run.public_id, figure])


def test_pages_open_for_the_advisor_and_for_nobody_else(
    scene: OffTarget, ada: User, mallory: User, sue: User, clay: User, sign_in: SignIn
) -> None:
    run = scene.run()
    for url in (new(scene), run.get_absolute_url(), passport(run, "tax")):
        assert sign_in(ada).get(url).status_code == 200
        assert sign_in().get(url).status_code == 302
        assert sign_in(mallory).get(url).status_code == 404
        for other in (sue, clay):
            assert sign_in(other).get(url).status_code == 403
    button = reverse("portfolios:rebalance-trades", args=[run.public_id])
    assert sign_in(mallory).post(button).status_code == 404
    assert sign_in(sue).post(button).status_code == 403
    assert TradeProposal.objects.count() == 0


def test_the_form_begins_with_the_rates_of_the_household_and_then_with_the_last_settings(
    scene: OffTarget, ada: User, sign_in: SignIn
) -> None:
    portfolios.tax_rate(ada, scene.household, rates=("0.35", "0.15"))
    assert 'value="35"' in sign_in(ada).get(new(scene)).text
    scene.run(minimum_amount=Decimal(777))
    page = sign_in(ada).get(new(scene), {"mode": "harvest"})
    assert 'value="777"' in page.text
    assert page.context["form"]["mode"].value() == "harvest"


def test_asking_shows_trades_before_and_after_and_the_distance_from_the_optimum(
    scene: OffTarget, ada: User, sign_in: SignIn
) -> None:
    answer = sign_in(ada).post(new(scene), ASKED)
    kept = RebalanceRun.objects.get()
    assert answer.url == kept.get_absolute_url()
    page = sign_in(ada).get(answer.url).text
    for text in ("Buy BND", "It is below its target.", "Off target before", "Distance from the optimum", "Kept back"):
        assert text in page
    assert kept.terms["cost_rate"] == "0.0002"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"long_rate": "50"}, "no higher than short-term"),
        ({"mode": "raise_cash"}, "Say how much cash is to be raised"),
        ({"mode": "raise_cash", "raise_amount": "50"}, "Say how much, and in which account"),
        ({"short_rate": ""}, "required"),
        ({"gain_budget": "-5"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    scene: OffTarget, ada: User, sign_in: SignIn, more: dict[str, str], message: str
) -> None:
    answer = sign_in(ada).post(new(scene), {**ASKED, **more})
    assert answer.status_code == 422
    assert message in answer.text
    assert RebalanceRun.objects.count() == 0


def test_a_household_without_a_model_is_told_so(ada: User, sign_in: SignIn) -> None:
    household, _, _ = portfolios.funded(ada)
    answer = sign_in(ada).post(reverse("portfolios:rebalance-new", args=[household.public_id]), ASKED)
    assert answer.status_code == 409
    assert "follows a model" in answer.text


def test_trades_are_made_of_the_answer(scene: OffTarget, ada: User, sign_in: SignIn) -> None:
    run, browser = scene.run(), sign_in(ada)
    assert "Make trades of this" in browser.get(run.get_absolute_url()).text
    answer = browser.post(reverse("portfolios:rebalance-trades", args=[run.public_id]))
    assert answer.url == TradeProposal.objects.get().get_absolute_url()
    assert "Open the proposal" in browser.get(run.get_absolute_url()).text


def test_every_figure_has_its_passport(scene: OffTarget, ada: User, sign_in: SignIn) -> None:
    run, browser = scene.run(), sign_in(ada)
    rows = ("quantity", "amount", "gain", "tax", "target", "before", "after", "cash_before", "cash_after", "cash_kept")
    for figure in (*MONEY_TOTALS, *SHARE_TOTALS, *(f"{row}-0" for row in rows)):
        assert browser.get(passport(run, figure)).status_code == 200, figure
    for figure in ("nothing", "quantity-99", "after-99", "missing-99", "cash_kept-99"):
        assert browser.get(passport(run, figure)).status_code == 404, figure


def test_what_cash_is_kept_for_is_said_with_its_passport(scene: OffTarget, ada: User, sign_in: SignIn) -> None:
    scene.household.people.filter(relationship="head").update(date_of_birth=dt.date(1945, 1, 2))
    run, browser = scene.run(needs_within_days=366), sign_in(ada)
    page = browser.get(run.get_absolute_url()).text
    assert "Required distribution for" in page
    assert "Uniform Lifetime Table" in browser.get(passport(run, "need-0")).text
    assert "Required distribution for" in browser.get(passport(run, "cash_kept-1")).text
    assert browser.get(passport(run, "need-9")).status_code == 404


def test_the_passport_of_a_sale_names_its_lots(scene: OffTarget, ada: User, sign_in: SignIn) -> None:
    stocks = {"instrument": scene.stk, "units": "50", "cash": "-2000", "price": "40"}
    portfolios.entry(scene.one, ada, "buy", BOUGHT, **stocks)
    portfolios.entry(scene.two, ada, "withdrawal", cash="-9000")
    run = scene.run()
    place = next(place for place, each in enumerate(run.answer["trades"]) if each["side"] == "sell")
    for figure in ("quantity", "amount", "gain", "tax"):
        assert "Lot of Mar" in sign_in(ada).get(passport(run, f"{figure}-{place}")).text


def test_the_page_asks_a_fixed_number_of_queries(
    scene: OffTarget, ada: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    run, browser = scene.run(), sign_in(ada)
    browser.get(run.get_absolute_url())
    with django_assert_max_num_queries(25):
        browser.get(run.get_absolute_url())


class AtALoss(OffTarget):
    """40 STK more, bought at 180: 3,200 below their cost."""

    def __init__(self, ada: User, paul: User) -> None:
        super().__init__(ada, paul)
        portfolios.tax_rate(ada, self.household, rates=("0.40", "0.20"))
        portfolios.entry(self.one, ada, "deposit", cash="8000")
        dear = {"instrument": self.stk, "units": "40", "cash": "-7200", "price": "180"}
        portfolios.entry(self.one, ada, "buy", BOUGHT, **dear)

    @property
    def url(self) -> str:
        return reverse("portfolios:household-harvest", args=[self.household.public_id])


def test_losses_are_shown_with_their_replacement_and_the_tax_they_save(ada: User, paul: User, sign_in: SignIn) -> None:
    scene, browser = AtALoss(ada, paul), sign_in(ada)
    page = browser.get(scene.url).text
    assert "STK2" in page
    # a long-term loss of 3,200, of which 3,000 count against other income at 40 per cent
    for text in ("$3,200.00", "$640.00", "$1,200.00", "$3,000.00", "$200.00", "can be taken"):
        assert text in page
    assert "No loss reaches the thresholds" in browser.get(scene.url, {"amount": "4000"}).text
    for figure in ("losses", "tax", "against_income", "carried", "limit", "quantity-0", "cost-0", "loss-0", "saved-0"):
        address = reverse("portfolios:harvest-passport", args=[scene.household.public_id, figure])
        assert browser.get(address).status_code == 200, figure
    for figure in ("nothing", "loss-9", "nothing-0"):
        address = reverse("portfolios:harvest-passport", args=[scene.household.public_id, figure])
        assert browser.get(address).status_code == 404, figure


def test_the_losses_can_be_taken(ada: User, paul: User, sign_in: SignIn) -> None:
    scene, browser = AtALoss(ada, paul), sign_in(ada)
    browser.post(new(scene), {**ASKED, "mode": "harvest"})
    trades = RebalanceRun.objects.get().answer["trades"]
    told = {each["side"]: (each["security_id"], each["quantity"]) for each in trades}
    assert told["sell"] == (str(scene.stk.pk), "40")
    assert told["buy"][0] == str(scene.stk2.pk)


def test_losses_without_rates_say_so_and_strangers_see_none(
    scene: OffTarget, ada: User, mallory: User, sue: User, sign_in: SignIn
) -> None:
    url = reverse("portfolios:household-harvest", args=[scene.household.public_id])
    assert "No rates of tax are given" in sign_in(ada).get(url).text
    assert sign_in().get(url).status_code == 302
    assert sign_in(mallory).get(url).status_code == 404
    assert sign_in(sue).get(url).status_code == 403
    address = reverse("portfolios:harvest-passport", args=[scene.household.public_id, "losses"])
    assert sign_in(ada).get(address).status_code == 404


COMPARED = {
    **{name: value for name, value in ASKED.items() if name not in {"mode", "off_target_price"}},
    **{f"off_target_price_{n}": "100" for n in (1, 2, 3)},
    **{f"band_width_{n}": "100" for n in (1, 2, 3)},
    "mode_1": "full",
    "mode_2": "to_band",
    "mode_3": "full",
    "gain_budget_3": "0",
}


def compare(scene: OffTarget) -> str:
    return reverse("portfolios:rebalance-compare", args=[scene.household.public_id])


def test_variants_stand_side_by_side_and_one_is_taken(
    scene: OffTarget, ada: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(ada)
    assert compare(scene) in browser.get(new(scene)).text
    assert "Side by side" not in browser.get(compare(scene)).text
    answer = browser.post(compare(scene), COMPARED)
    assert answer.status_code == 302
    first, second, third = RebalanceRun.objects.order_by("pk")
    assert [run.mode for run in (first, second, third)] == ["full", "to_band", "full"]
    with django_assert_max_num_queries(60):
        html = browser.get(answer.url).text
    for words in ("Side by side", "Net gains at most", "no limit", "Distance from the optimum", "Outside their bands"):
        assert words in html
    assert "Width of the bands, against" not in html  # alike in all
    form = browser.get(answer.url).context["form"]  # the settings of the answers, to go on from
    assert [form[f"mode_{n}"].value() for n in (1, 2, 3)] == ["full", "to_band", "full"]
    assert [form[f"gain_budget_{n}"].value() for n in (1, 2, 3)] == [None, None, Decimal(0)]
    assert form["short_rate"].value() == "40"
    addresses = {link.replace("&amp;", "&") for link in re.findall(r'data-figure[^>]*href="([^"]+)"', html)}
    assert len(addresses) == 3 * 11
    assert "Side by side" in browser.get(compare(scene)).text  # who comes back finds the last answers
    for address in sorted(addresses):
        assert browser.get(address, headers={"hx-request": "true"}).status_code == 200, address
    assert browser.post(reverse("portfolios:rebalance-trades", args=[third.public_id])).status_code == 302
    html = browser.get(answer.url).text
    assert TradeProposal.objects.get().get_absolute_url() in html


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"mode_2": "", "mode_3": ""}, "required"),
        ({"mode_2": "full", "mode_3": ""}, "each with settings of its own"),
        ({"band_width_1": "501"}, "less than or equal to 500"),
        ({"long_rate": "50"}, "no higher than short-term"),
    ],
)
def test_variants_that_cannot_be_compared_are_refused(
    scene: OffTarget, ada: User, sign_in: SignIn, more: dict[str, str], message: str
) -> None:
    answer = sign_in(ada).post(compare(scene), {**COMPARED, **more})
    assert answer.status_code == 422
    assert message in answer.text
    assert not RebalanceRun.objects.exists()


def test_only_the_advisor_compares_and_only_runs_of_the_household(
    scene: OffTarget, ada: User, mallory: User, sue: User, sign_in: SignIn
) -> None:
    url = compare(scene)
    assert sign_in().get(url).status_code == 302
    assert sign_in(mallory).get(url).status_code == 404
    assert sign_in(sue).get(url).status_code == 403
    browser, run = sign_in(ada), scene.run()
    assert browser.get(f"{url}?run={run.public_id}").status_code == 200
    assert browser.get(f"{url}?run={scene.household.public_id}").status_code == 404
    assert browser.get(f"{url}?run=nonsense").status_code == 200
