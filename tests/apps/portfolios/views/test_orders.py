"""The blotter and its orders, from the release to the verified execution, by the pages alone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.portfolios.models import (
    Account,
    AccountStatus,
    BlockOrder,
    FillProblem,
    OrderFile,
    OrderShare,
    OrderState,
    TradeProposal,
    TradeState,
)
from apps.portfolios.selectors.orders import blotter, problem_text
from apps.portfolios.services.commissions import ScheduleTerms, set_commissions
from apps.portfolios.services.fills import Execution, record_fill
from apps.portfolios.services.order_files import TOLD
from tests.apps.portfolios.services.test_orders import second_account
from tests.days import TODAY, today
from tests.factories import clients
from tests.factories.trades import cleared, fill, line, ordered, proposal, ready

SignIn = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("held_day")
DAY = TODAY.isoformat()


class Scene:
    """A block in the market with one execution, and one in the queue."""

    def __init__(self, ada: User, connie: User) -> None:
        self.household, self.account, self.fund = ready(ada)
        sale = line(self.account, self.fund, limit_price="54")
        (self.order,) = ordered(ada, connie, sale, household=self.household)
        self.fill = fill(self.order, ada, "4", "55", "E1")
        self.problem = fill(self.order, ada, "40", "55", "E2")
        self.proposal = TradeProposal.objects.get()

    def pages(self) -> dict[str, str]:
        """Return every page by name."""
        order, share = self.order.public_id, self.order.shares.get().public_id
        figures = ["quantity", "filled", "average", "limit", f"share-{share}", f"got-{share}"]
        figures += [f"{name}-{self.fill.public_id}" for name in ("units", "price", "fees")]
        return {
            "list": reverse("portfolios:order-list"),
            "confirmations": reverse("portfolios:order-confirmations"),
            "detail": reverse("portfolios:order-detail", args=[order]),
            "fill": reverse("portfolios:order-fill", args=[order]),
            "close": reverse("portfolios:order-close", args=[order]),
            "problem": reverse("portfolios:order-problem", args=[self.problem.public_id]),
            "verify": reverse("portfolios:trade-verify", args=[self.proposal.public_id]),
            **{
                f"figure {place}": reverse("portfolios:order-passport", args=[order, figure])
                for place, figure in enumerate(figures)
            },
        }


@pytest.fixture
def scene(ada: User, connie: User) -> Scene:
    return Scene(ada, connie)


def test_each_page_opens_for_its_advisor_and_for_nobody_else(
    scene: Scene, ada: User, mallory: User, sue: User, sign_in: SignIn
) -> None:
    advisor, other, support = sign_in(ada), sign_in(mallory), sign_in(sue)
    for name, url in scene.pages().items():
        assert advisor.get(url).status_code == 200, name
        assert sign_in().get(url).status_code == 302, name
        assert support.get(url).status_code == 403, name
        if name in {"list", "confirmations"}:
            assert scene.order.reference not in other.get(url).text
        else:
            assert other.get(url).status_code == 404, name
    assert advisor.get(reverse("portfolios:order-passport", args=[scene.order.public_id, "x"])).status_code == 404


def test_a_cleared_proposal_is_released_written_and_executed_by_a_file(
    ada: User, connie: User, mallory: User, sign_in: SignIn
) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    browser, board = sign_in(ada), reverse("portfolios:order-list")
    assert "Trim the stock" in browser.get(board).text
    assert browser.post(reverse("portfolios:order-release"), {"proposal": kept.public_id}).url == board
    block = BlockOrder.objects.get()
    answer = browser.post(reverse("portfolios:order-file-new"), {"custodian": block.custodian})
    file = OrderFile.objects.get()
    assert answer.url == f"{board}?file={file.public_id}"
    url = reverse("portfolios:order-file", args=[file.public_id])
    assert url in browser.get(answer.url).text
    content = browser.get(url)
    assert block.reference in content.content.decode()
    assert "attachment" in content["Content-Disposition"]
    assert sign_in(mallory).get(url).status_code == 404
    again = browser.post(reverse("portfolios:order-file-new"), {"custodian": block.custodian}, follow=True)
    assert OrderFile.objects.count() == 1
    assert "one custodian" in again.text
    head = "Order reference,Execution id,Quantity,Price,Commission,Trade date"
    told = SimpleUploadedFile("c.csv", f"{head}\n{block.reference},X1,10,55,1.00,{DAY}\n".encode())
    browser.post(reverse("portfolios:order-confirmations"), {"file": told})
    kept.refresh_from_db()
    assert kept.state == TradeState.FILLED
    shown = browser.get(kept.get_absolute_url()).text
    assert "$549.00" not in shown
    assert "$550.00" in shown
    verify = reverse("portfolios:trade-verify", args=[kept.public_id])
    assert browser.post(verify, {"note": ""}).status_code == 422
    assert browser.post(verify, {"fees_compared": "on"}).url == kept.get_absolute_url()
    kept.refresh_from_db()
    assert kept.state == TradeState.VERIFIED


def test_an_execution_is_typed_and_the_rest_ended(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser, pages = sign_in(ada), scene.pages()
    row = {"execution_id": "E9", "quantity": "3", "price": "55", "day": DAY}
    browser.post(pages["fill"], row)
    browser.post(pages["fill"], row)
    assert [each.quantity for each in scene.order.fills.all()] == [4, 3]
    browser.post(pages["fill"], {**row, "execution_id": "E10", "quantity": "30"})
    assert FillProblem.objects.filter(is_open=True).count() == 2
    assert "More than the order" in browser.get(pages["list"]).text
    browser.post(pages["problem"], {"note": "The broker busted it."})
    assert FillProblem.objects.filter(is_open=True).count() == 1
    browser.post(pages["close"], {"reason": "end of the day"})
    scene.order.refresh_from_db()
    assert scene.order.state == OrderState.CLOSED


def test_who_sees_a_part_of_a_block_reads_it_and_changes_nothing(
    scene: Scene, ada: User, mallory: User, paul: User, sign_in: SignIn
) -> None:
    browser, pages = sign_in(ada), scene.pages()
    theirs = clients.household(mallory, name="Okafor")
    account = second_account(mallory, theirs, scene.fund)
    kept = proposal(theirs, mallory, line(account, scene.fund, quantity="3"))
    OrderShare.objects.create(order=scene.order, line=kept.lines.get(), quantity=3, rank=1)
    BlockOrder.objects.update(quantity=13)
    assert browser.get(pages["detail"]).status_code == 200
    row = {"execution_id": "E9", "quantity": "3", "price": "55", "day": DAY}
    assert browser.post(pages["fill"], row).status_code == 403
    assert browser.post(pages["close"], {"reason": "over"}).status_code == 403
    text = f"{','.join(TOLD)}\n{scene.order.reference},X1,3,55,0,{DAY}\n"
    file = SimpleUploadedFile("done.csv", text.encode())
    assert browser.post(pages["confirmations"], {"file": file}).status_code == 403
    assert scene.order.fills.count() == 1
    assert sign_in(paul).post(pages["fill"], row).status_code == 302
    assert scene.order.fills.count() == 2
    assert browser.get(pages["problem"]).status_code == 404  # of the whole block


def test_a_part_that_an_account_refused_is_read_and_solved_by_who_serves_it_alone(
    scene: Scene, ada: User, mallory: User, paul: User, sign_in: SignIn
) -> None:
    theirs = clients.household(mallory, name="Okafor")
    account = second_account(mallory, theirs, scene.fund)
    kept = proposal(theirs, mallory, line(account, scene.fund, quantity="3"))
    OrderShare.objects.create(order=scene.order, line=kept.lines.get(), quantity=3, rank=1)
    BlockOrder.objects.update(quantity=13)
    Account.objects.filter(pk=account.pk).update(name="Okafor trust", status=AccountStatus.CLOSED)
    fill(scene.order, paul, "9", "55", "E3")
    board = reverse("portfolios:order-list")
    url = reverse("portfolios:order-problem", args=[FillProblem.objects.get(code="not_booked").public_id])
    mine, hers = sign_in(ada), sign_in(mallory)
    assert "Okafor trust" not in mine.get(board).text
    assert mine.post(url, {"note": "gone"}).status_code == 404
    assert "Okafor trust" in hers.get(board).text
    assert hers.post(url, {"note": "Entered by hand."}).url == board
    assert not FillProblem.objects.filter(code="not_booked", is_open=True).exists()


def test_who_solves_an_execution_sees_what_was_told(scene: Scene, ada: User, sign_in: SignIn) -> None:
    page = sign_in(ada).get(reverse("portfolios:order-problem", args=[scene.problem.public_id])).text
    assert scene.problem.reference in page
    assert problem_text(scene.problem) in page


def test_no_page_releases_what_is_not_cleared(ada: User, mallory: User, sign_in: SignIn) -> None:
    household, account, fund = ready(ada)
    kept = proposal(household, ada, line(account, fund))
    release = reverse("portfolios:order-release")
    answer = sign_in(ada).post(release, {"proposal": kept.public_id}, follow=True)
    assert "is not cleared" in answer.text
    assert sign_in(mallory).post(release, {"proposal": kept.public_id}).status_code == 404
    assert sign_in(ada).post(release, {"proposal": "abc"}).status_code == 404
    assert not BlockOrder.objects.exists()


def test_an_order_given_by_hand_is_noted_once(ada: User, connie: User, sign_in: SignIn) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    browser = sign_in(ada)
    browser.post(reverse("portfolios:order-release"), {"proposal": kept.public_id})
    block = BlockOrder.objects.get()
    browser.post(reverse("portfolios:order-sent", args=[block.public_id]))
    block.refresh_from_db()
    assert (block.state, block.route) == (OrderState.SENT, "form")


def test_the_schedules_of_commissions_are_the_principals(
    scene: Scene, ada: User, paul: User, sue: User, clay: User, sign_in: SignIn
) -> None:
    url = reverse("portfolios:commissions")
    for other in (ada, sue, clay):
        assert sign_in(other).get(url).status_code == 403
    assert sign_in().get(url).status_code == 302
    browser = sign_in(paul)
    assert "compare the fees by hand" in browser.get(url).text
    told = {"custodian": "Example Custodian", "kind": "", "starts_on": "2026-01-02", "source": "Annex 2"}
    numbers = {"per_trade": "0", "per_share": "0.005", "rate": "0.1", "least": "1", "most": "", "allowance": "0.05"}
    assert browser.post(url, {**told, **numbers, "custodian": "Nobody"}).status_code == 422
    assert browser.post(url, {**told, **numbers}).url == url
    page = browser.get(url).text
    assert "0.005 per share, 0.1 per cent of the amount, at least 1, up to 0.05 on top" in page
    assert browser.post(url, {**told, **numbers}).status_code == 422


def test_fees_stand_beside_what_was_agreed(scene: Scene, ada: User, paul: User, sign_in: SignIn) -> None:
    custodian = scene.account.custodian
    terms = ScheduleTerms(custodian, today(), "Annex 2", per_trade=Decimal("4.95"))
    set_commissions(terms=terms, by=paul.as_actor())
    browser, line = sign_in(ada), scene.order.shares.get().line
    fill(scene.order, ada, str(scene.order.quantity - scene.order.filled), "55", "E7", fees=Decimal("9.95"))
    kept = line.proposal
    url = reverse("portfolios:trade-verify", args=[kept.public_id])
    page = browser.get(url)
    assert "$9.95" in page.text
    assert "$4.95" in page.text
    assert "more than agreed" in page.text
    assert "fees_compared" not in page.context["form"].fields
    for figure in ("fees", "agreed"):
        passport = reverse("portfolios:trade-passport", args=[kept.public_id, f"{figure}-{line.public_id}"])
        assert browser.get(passport).status_code == 200
    assert browser.post(url, {"note": ""}).status_code == 422
    assert browser.post(url, {"note": "Claimed back."}).url == kept.get_absolute_url()


def test_a_flood_of_executions_that_fit_nothing_is_shown_in_part(ada: User) -> None:
    for n in range(3):
        told = Execution("ST00", f"file:ST00:{n}", Decimal(1), Decimal(55), today(), source="test")
        record_fill(execution=told, by=ada.as_actor())
    shown = blotter(ada.as_actor(), limit=2).problems
    assert [problem.key for problem, _why in shown] == ["file:ST00:2", "file:ST00:1"]
