"""Executions: known once, shared out fairly, booked with the lots that were named; what does not fit is queued."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.market.services.sessions import settles_on
from apps.portfolios.models import (
    Account,
    AccountStatus,
    Fill,
    FillProblem,
    OrderState,
    TradeProposal,
    TradeState,
    Transaction,
)
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.trading_room import lots_spoken_for, rooms_of
from apps.portfolios.selectors.valuations import holdings_at
from apps.portfolios.services import fills
from apps.portfolios.services.fills import close_order, solve_problem
from apps.portfolios.services.orders import OrderStateError, mark_sent, release_orders
from apps.portfolios.services.trade_lines import LotPick
from apps.portfolios.services.trade_verification import execution_facts
from tests.apps.portfolios.services.test_orders import second_account
from tests.days import TODAY
from tests.factories import market
from tests.factories import portfolios as made
from tests.factories.trades import cleared, fill, line, ordered, ready

pytestmark = pytest.mark.usefixtures("held_day")


def booked() -> list[Transaction]:
    return list(Transaction.objects.standing().filter(external_key__startswith="order:").order_by("account", "pk"))


def test_a_full_execution_is_booked_at_the_average_price_and_the_proposal_is_executed(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    other = second_account(ada, household, fund)
    (block,) = ordered(ada, connie, line(account, fund), line(other, fund, quantity="5"), household=household)
    fill(block, ada, "9", "56", "E1", fees=Decimal("1.00"))
    block.refresh_from_db()
    # the part is booked at once: 9 at 56, and 1.00 of fees
    first, second = booked()
    assert (block.state, first.units, second.units) == (OrderState.PARTIAL, -6, -3)
    assert (first.cash, second.cash) == (Decimal("335.33"), Decimal("167.67"))
    fill(block, ada, "6", "55", "E2", fees=Decimal("0.50"))
    block.refresh_from_db()
    assert block.state == OrderState.FILLED
    first, second = booked()  # 834.00 over 15, and 1.50 of fees
    assert (first.units, first.cash, first.fees) == (-10, Decimal("555.00"), Decimal("1.00"))
    assert (second.units, second.cash, second.fees) == (-5, Decimal("277.50"), Decimal("0.50"))
    assert first.price == second.price == Decimal("55.600000")
    assert first.settle_date == settles_on(TODAY)
    kept = TradeProposal.objects.get()
    assert kept.state == TradeState.FILLED
    assert kept.lines.first().filled_amount == Decimal("556.00")


def test_what_is_priced_in_another_currency_is_booked_in_the_accounts(ada: User, connie: User) -> None:
    household, account, _ = ready(ada)
    market.rates(("EUR", "USD"), {made.DAY: "1.2500"})
    foreign = made.instrument(ada, "EURX", {made.DAY: "40"}, currency="EUR")
    (block,) = ordered(ada, connie, line(account, foreign, "buy", "10", limit_price="41"), household=household)
    fill(block, ada, "10", "40.10", fees=Decimal(1))
    (entry,) = booked()
    assert (entry.price, entry.cash, entry.currency) == (Decimal("40.100000"), Decimal("-502.25"), "USD")
    (held,) = [each for each in holdings_at([account], TODAY)[account.pk].holdings if each.symbol == "EURX"]
    assert held.value == 500
    assert all(fact.holds for fact in execution_facts(TradeProposal.objects.get()))


def test_without_a_rate_nothing_is_booked(ada: User, connie: User) -> None:
    household, account, _ = ready(ada)
    foreign = made.instrument(ada, "EURX", {made.DAY: "40"}, currency="EUR")
    market.rates(("EUR", "USD"), {TODAY: "1.2500"})
    (block,) = ordered(ada, connie, line(account, foreign, "buy", "10"), household=household)
    problem = fill(block, ada, "10", "40", day=TODAY - dt.timedelta(days=1))
    assert (problem.code, booked()) == ("no_rate", [])


def test_the_same_execution_twice_changes_nothing(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    first = fill(block, ada, "10", "55")
    assert fill(block, ada, "10", "55") == first
    assert (Fill.objects.count(), FillProblem.objects.count(), len(booked())) == (1, 0, 1)
    assert AuditEvent.objects.filter(action="portfolios.record_fill").count() == 1


def test_a_sale_takes_the_lots_that_the_proposal_named(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    made.entry(
        account, ada, "buy", made.DAY + dt.timedelta(days=3), instrument=fund, units="20", cash="-1100", price="55"
    )
    lots = account_book(account, TODAY).position(str(fund.pk)).lots
    newest = lots[-1]
    picked = (LotPick(newest.lot_id, Decimal(10), newest.acquired_on),)
    (block,) = ordered(ada, connie, line(account, fund, lots=picked), household=household)
    fill(block, ada, "10", "55")
    left = {lot.lot_id: lot.quantity for lot in account_book(account, TODAY).position(str(fund.pk)).lots}
    assert left[newest.lot_id] == 10
    assert left[lots[0].lot_id] == 100


@pytest.mark.parametrize(
    ("quantity", "price", "code"),
    [("11", "55", "overfill"), ("5", "50", "beyond_limit"), ("5", "5500", "price_off")],
)
def test_what_does_not_fit_its_order_is_queued_and_not_booked(
    ada: User, connie: User, quantity: str, price: str, code: str
) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund, limit_price="54"), household=household)
    problem = fill(block, ada, quantity, price)
    assert isinstance(problem, FillProblem)
    assert (problem.code, problem.is_open) == (code, True)
    assert fill(block, ada, quantity, price) == problem
    assert not Fill.objects.exists()
    assert booked() == []


def test_what_was_not_sent_or_is_no_order_is_queued(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    (block,) = release_orders(proposals=[kept], by=ada.as_actor())
    assert fill(block, ada, "10", "55").code == "not_in_market"
    block.reference = "STNONE"
    assert fill(block, ada, "10", "55", "E2").code == "unknown_order"


def test_numbers_and_days_that_cannot_be_are_refused(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    for told in ({"quantity": "-1"}, {"price": "0"}, {"fees": Decimal(-1)}, {"day": TODAY + dt.timedelta(days=2)}):
        with pytest.raises(InvalidInputError):
            fill(block, ada, **{"quantity": "1", "price": "55", **told})
    assert not Fill.objects.exists()


def test_a_block_that_ends_in_part_is_shared_pro_rata_and_books_the_part(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    other = second_account(ada, household, fund)
    (block,) = ordered(ada, connie, line(account, fund), line(other, fund, quantity="5"), household=household)
    fill(block, ada, "9", "55")
    with pytest.raises(InvalidInputError, match="Say why"):
        close_order(order=block, reason=" ", by=ada.as_actor())
    closed = close_order(order=block, reason="end of the day", by=ada.as_actor())
    assert closed.state == OrderState.CLOSED
    assert [entry.units for entry in booked()] == [-6, -3]
    assert TradeProposal.objects.get().state == TradeState.FILLED
    with pytest.raises(OrderStateError):
        close_order(order=block, reason="again", by=ada.as_actor())


def test_a_proposal_of_which_nothing_was_executed_is_withdrawn(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    close_order(order=block, reason="no buyer", by=ada.as_actor())
    kept = TradeProposal.objects.get()
    assert (kept.state, booked()) == (TradeState.WITHDRAWN, [])
    assert "executed nothing" in kept.ended_because


def test_an_account_that_refuses_its_part_holds_up_no_other(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    other = second_account(ada, household, fund)
    (block,) = ordered(ada, connie, line(account, fund), line(other, fund, quantity="5"), household=household)
    Account.objects.filter(pk=other.pk).update(status=AccountStatus.CLOSED)
    fill(block, ada, "15", "55", "E1")
    block.refresh_from_db()
    (entry,) = booked()
    assert (block.state, entry.account_id) == (OrderState.FILLED, account.pk)
    problem = FillProblem.objects.get()
    assert (problem.code, problem.quantity, problem.is_open) == ("not_booked", 5, True)
    assert problem.line.account_id == other.pk
    assert AuditEvent.objects.filter(action="portfolios.refuse_fill").get().subject_id == str(household.public_id)
    assert not execution_facts(TradeProposal.objects.get())[2].holds


def test_a_block_locks_its_accounts_in_one_order_before_it_books(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    other = second_account(ada, household, fund)
    (block,) = ordered(ada, connie, line(other, fund, quantity="5"), line(account, fund), household=household)
    with CaptureQueriesContext(connection) as asked:
        fill(block, ada, "15", "55", "E1")
    locks = [
        each["sql"] for each in asked if "FOR UPDATE" in each["sql"] and 'FROM "portfolios_account"' in each["sql"]
    ]
    assert "ORDER BY" in locks[0]
    assert '"portfolios_ordershare"' in locks[0]
    assert len(booked()) == 2


def test_an_execution_that_was_queued_is_taken_up_once_its_cause_is_mended(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    (block,) = release_orders(proposals=[kept], by=ada.as_actor())
    problem = fill(block, ada, "10", "55", "E1")
    assert problem.code == "not_in_market"
    assert fill(block, ada, "10", "55", "E1") == problem
    solve_problem(problem=problem, note="It was given by telephone.", by=ada.as_actor())
    assert fill(block, ada, "10", "55", "E1") == problem
    mark_sent(orders=[block], route="form", by=ada.as_actor())
    assert isinstance(fill(block, ada, "10", "55", "E1"), Fill)
    assert len(booked()) == 1


def test_what_is_executed_in_part_is_neither_sold_nor_spent_again(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund, quantity="60"), household=household)
    assert rooms_of([account], TODAY)[account.pk].held(fund.pk) == 40
    for n in range(1, 4):
        fill(block, ada, "10", "55", f"E{n}")
        room = rooms_of([account], TODAY)[account.pk]
        assert (room.held(fund.pk), room.cash) == (40, 5000 + 60 * 55)
    (entry,) = booked()
    assert (entry.units, entry.external_key[-2:]) == (-30, "#2")
    assert Transaction.objects.filter(kind="reversal", reversal_of__external_key__startswith="order:").count() == 2
    close_order(order=block, reason="end of the day", by=ada.as_actor())
    assert booked() == [entry]
    room = rooms_of([account], TODAY)[account.pk]
    assert (room.held(fund.pk), room.cash) == (70, 5000 + 30 * 55)


def test_lots_named_of_a_part_are_spoken_for_as_far_as_they_are_left(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (lot,) = account_book(account, TODAY).position(str(fund.pk)).lots
    picked = (LotPick(lot.lot_id, Decimal(60)),)
    (block,) = ordered(ada, connie, line(account, fund, quantity="60", lots=picked), household=household)
    fill(block, ada, "20", "55")
    assert lots_spoken_for([account]) == {(account.pk, lot.lot_id): 40}
    (left,) = account_book(account, TODAY).position(str(fund.pk)).lots
    assert left.quantity == 80


def test_a_failure_while_booking_leaves_no_execution(ada: User, connie: User, monkeypatch: pytest.MonkeyPatch) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)

    def broken(**_kwargs: object) -> None:
        raise RuntimeError("no book today")

    monkeypatch.setattr(fills, "record_transactions", broken)
    with pytest.raises(RuntimeError):
        fill(block, ada, "10", "55")
    block.refresh_from_db()
    assert (block.state, Fill.objects.count()) == (OrderState.SENT, 0)


def test_a_problem_is_solved_with_a_word(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    problem = fill(block, ada, "11", "55")
    with pytest.raises(InvalidInputError):
        solve_problem(problem=problem, note="", by=ada.as_actor())
    assert not solve_problem(problem=problem, note="The broker busted it.", by=ada.as_actor()).is_open
    assert AuditEvent.objects.filter(action="portfolios.solve_fill").count() == 1


def test_blocks_in_two_parts_move_the_proposal_on_once_both_are_done(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    other = made.instrument(ada, "BBB", {made.DAY: "20"})
    kept = cleared(ada, connie, line(account, fund), line(account, other, "buy", "20"), household=household)
    sale, purchase = release_orders(proposals=[kept], by=ada.as_actor())
    assert (sale.side, purchase.side) == ("sell", "buy")
    mark_sent(orders=[sale, purchase], route="form", by=ada.as_actor())
    fill(sale, ada, "10", "55")
    kept.refresh_from_db()
    assert kept.state == TradeState.ORDERED
    fill(purchase, ada, "20", "20.10", "E2", fees=Decimal("1.25"))
    kept.refresh_from_db()
    assert kept.state == TradeState.FILLED
    assert booked()[-1].cash == Decimal("-403.25")


def test_an_execution_that_two_sources_tell_counts_once(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    first = fill(block, ada, "4", "55", f"fix:1:{block.reference}:X1")
    assert fill(block, ada, "4", "55", f"file:{block.reference}:X1") == first
    assert fill(block, ada, "4", "55", f"form:{block.reference}:X1") == first
    assert sum(each.units for each in booked()) == -4
    assert not FillProblem.objects.exists()


@pytest.mark.parametrize("source", ["fix:1", "file"])
@pytest.mark.parametrize(("quantity", "price"), [("3", "55"), ("4", "54.99")])
def test_the_same_execution_with_other_numbers_waits_for_a_person(
    ada: User, connie: User, source: str, quantity: str, price: str
) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    fill(block, ada, "4", "55", f"fix:1:{block.reference}:X1")
    for _n in range(2):
        told = fill(block, ada, quantity, price, f"{source}:{block.reference}:X1")
        assert isinstance(told, FillProblem)
        assert told.code == "told_otherwise"
    assert (Fill.objects.count(), FillProblem.objects.count()) == (1, 1)


def test_an_execution_of_a_day_before_the_order_is_queued(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    told = fill(block, ada, "4", "55", day=TODAY - dt.timedelta(days=2))
    assert isinstance(told, FillProblem)
    assert told.code == "too_early"
    assert isinstance(fill(block, ada, "4", "55", "E2", day=TODAY - dt.timedelta(days=1)), Fill)
