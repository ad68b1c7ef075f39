"""Lines of trades against the book: what it has no room for is refused, with the field at fault."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Household
from apps.portfolios.models import Account, AccountStatus, CashReserve, Restriction, TradeProposal, TradeState
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.trade_facts import trade_facts
from apps.portfolios.selectors.trading_limits import RateMissingError
from apps.portfolios.services.trade_lines import (
    CashShortError,
    LotPick,
    OversoldTradeError,
    RestrictedTradeError,
    TradeLine,
    TradeRefusedError,
    checked_lines,
)
from tests.days import TODAY
from tests.factories import clients as people
from tests.factories import market
from tests.factories import portfolios as made
from tests.factories.trades import line, proposal

pytestmark = pytest.mark.usefixtures("held_day")


def test_an_amount_buys_whole_shares(ada: User) -> None:
    household, account, fund = made.funded(ada)
    (checked,) = checked_lines(household, [line(account, fund, "buy", "", amount="600")], TODAY)
    assert (checked.quantity, checked.value) == (Decimal(10), Decimal("550.00"))


def test_a_fund_is_bought_in_fractions(ada: User) -> None:
    household, account, _ = made.funded(ada)
    fund = made.instrument(ada, "MMF", {made.DAY: "7"}, kind="mutual_fund")
    (checked,) = checked_lines(household, [line(account, fund, "buy", "", amount="100")], TODAY)
    assert (checked.quantity, checked.value) == (Decimal("14.285"), Decimal("100.00"))


def test_a_fraction_of_a_share_goes_only_with_the_whole_holding(ada: User) -> None:
    household, account, fund = made.funded(ada)
    with pytest.raises(TradeRefusedError, match="whole shares"):
        checked_lines(household, [line(account, fund, quantity="1.5")], TODAY)
    made.entry(account, ada, "buy", made.DAY, instrument=fund, units="0.25", cash="-12.5")
    (checked,) = checked_lines(household, [line(account, fund, quantity="100.25")], TODAY)
    assert checked.quantity == Decimal("100.25")


def test_more_than_is_held_cannot_be_sold_and_open_proposals_count(ada: User) -> None:
    household, account, fund = made.funded(ada)
    with pytest.raises(OversoldTradeError, match="can sell 100 of AAA, not 101") as refused:
        checked_lines(household, [line(account, fund, quantity="101")], TODAY)
    assert refused.value.field == "line_0_quantity"
    open_one = proposal(household, ada, line(account, fund, quantity="60"))
    with pytest.raises(OversoldTradeError, match="can sell 40"):
        checked_lines(household, [line(account, fund, quantity="41")], TODAY)
    assert checked_lines(household, [line(account, fund, quantity="100")], TODAY, besides=open_one)
    type(open_one).objects.update(state=TradeState.WITHDRAWN)
    assert checked_lines(household, [line(account, fund, quantity="100")], TODAY)


def test_two_lines_of_one_proposal_share_what_is_held(ada: User) -> None:
    household, account, fund = made.funded(ada)
    with pytest.raises(OversoldTradeError) as refused:
        checked_lines(household, [line(account, fund, quantity="60"), line(account, fund, quantity="60")], TODAY)
    assert refused.value.field == "line_1_quantity"


def test_purchases_need_cash_which_sales_of_the_same_proposal_bring(ada: User) -> None:
    household, account, fund = made.funded(ada)
    other = made.instrument(ada, "BBB", {made.DAY: "20"})
    buy = line(account, other, "buy", "300")  # 6,000, and there are 5,000
    with pytest.raises(CashShortError, match="lacks 1000.00"):
        checked_lines(household, [buy], TODAY)
    assert checked_lines(household, [buy, line(account, fund, quantity="20")], TODAY)


def test_what_another_proposal_would_sell_is_not_there_to_be_spent(ada: User) -> None:
    household, account, fund = made.funded(ada)
    other = made.instrument(ada, "BBB", {made.DAY: "20"})
    proposal(household, ada, line(account, fund, quantity="50"))
    with pytest.raises(CashShortError):
        checked_lines(household, [line(account, other, "buy", "300")], TODAY)


def test_accounts_that_are_not_active_held_away_or_of_others_are_refused(ada: User) -> None:
    household, account, fund = made.funded(ada)
    for change in ({"status": AccountStatus.RESTRICTED}, {"is_held_away": True}):
        Account.objects.filter(pk=account.pk).update(
            **{"status": AccountStatus.ACTIVE, "is_held_away": False, **change}
        )
        account.refresh_from_db()
        with pytest.raises(TradeRefusedError, match="not active, or held away"):
            checked_lines(household, [line(account, fund)], TODAY)
    with pytest.raises(TradeRefusedError, match="another household"):
        checked_lines(people.household(ada, name="Okafor"), [line(account, fund)], TODAY)


def test_securities_that_are_not_traded_or_have_no_price_are_refused(ada: User) -> None:
    household, account, _ = made.funded(ada)
    unpriced = made.instrument(ada, "CCC")
    with pytest.raises(TradeRefusedError, match="No price is known"):
        checked_lines(household, [line(account, unpriced, "buy", "1")], TODAY)
    gone = made.instrument(ada, "DDD", {made.DAY: "5"}, is_active=False)
    with pytest.raises(TradeRefusedError, match="DDD is not traded"):
        checked_lines(household, [line(account, gone, "buy", "1")], TODAY)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("quantity", {"quantity": "-5"}),
        ("amount", {"quantity": "", "amount": "-5"}),
        ("limit_price", {"limit_price": "0"}),
        ("quantity", {"quantity": ""}),
        ("amount", {"quantity": "", "amount": "20"}),
        ("amount", {"quantity": "10", "amount": "55000"}),
        ("amount", {"quantity": "10", "amount": "5.50"}),
        ("limit_price", {"limit_price": "5500"}),
        ("limit_price", {"limit_price": "0.55"}),
        ("side", {"side": "short"}),
    ],
)
def test_numbers_that_cannot_be_are_refused_at_their_field(ada: User, field: str, more: dict[str, str]) -> None:
    household, account, fund = made.funded(ada)
    with pytest.raises(TradeRefusedError) as refused:
        checked_lines(household, [line(account, fund, **{"side": "buy", **more})], TODAY)
    assert refused.value.field == f"line_0_{field}"


def test_lots_must_make_the_sale(ada: User) -> None:
    household, account, fund = made.funded(ada)
    with pytest.raises(TradeRefusedError, match="lots named"):
        checked_lines(household, [line(account, fund, lots=(LotPick("none", Decimal(10)),))], TODAY)


def test_a_proposal_has_a_line(ada: User) -> None:
    household, *_ = made.funded(ada)
    with pytest.raises(TradeRefusedError, match="no trade"):
        checked_lines(household, [], TODAY)


def restrict(household: Household, **more: object) -> Restriction:
    """A restriction in force since long ago."""
    told = {"kind": "never_buy", "reason": "his employer", "from_day": made.DAY, **more}
    return Restriction.objects.create(household=household, **told)


@pytest.mark.parametrize(
    ("kind", "side"), [("never_buy", "buy"), ("never_sell", "sell"), ("hold", "buy"), ("hold", "sell")]
)
def test_what_the_household_forbade_is_refused_with_its_reason(ada: User, kind: str, side: str) -> None:
    household, account, fund = made.funded(ada)
    limit = restrict(household, kind=kind, instrument=fund)
    with pytest.raises(RestrictedTradeError, match="his employer"):
        checked_lines(household, [line(account, fund, side, "1")], TODAY)
    limit.until = TODAY - dt.timedelta(days=1)
    limit.save()
    assert checked_lines(household, [line(account, fund, side, "1")], TODAY)


def test_a_restriction_of_a_class_or_of_one_account_holds_there(ada: User) -> None:
    household, account, fund = made.funded(ada)
    other = made.account(household, ada, name="Second", number="55-5")
    restrict(household, asset_class=fund.asset_class, account=other)
    assert checked_lines(household, [line(account, fund, "buy", "1")], TODAY)
    restrict(household, asset_class=fund.asset_class)
    with pytest.raises(RestrictedTradeError):
        checked_lines(household, [line(account, fund, "buy", "1")], TODAY)


def test_a_share_is_measured_after_the_trades_and_those_that_are_open(ada: User) -> None:
    household, account, fund = made.funded(ada)  # 5,500 of 10,500
    restrict(household, kind="max_weight", max_weight=Decimal("0.6"), instrument=fund)  # at most 6,300
    assert checked_lines(household, [line(account, fund, "buy", "14")], TODAY)
    with pytest.raises(RestrictedTradeError, match="no more than a share"):
        checked_lines(household, [line(account, fund, "buy", "15")], TODAY)
    proposal(household, ada, line(account, fund, "buy", "10"))
    with pytest.raises(RestrictedTradeError):
        checked_lines(household, [line(account, fund, "buy", "5")], TODAY)


def test_a_lot_is_named_once_by_all_that_is_open(ada: User) -> None:
    household, account, fund = made.funded(ada)
    made.entry(account, ada, "buy", made.DAY + dt.timedelta(days=7), instrument=fund, units="10", cash="-550")
    first, second = account_book(account, TODAY).position(str(fund.pk)).lots

    def sale(quantity: str, *picks: tuple[object, str]) -> TradeLine:
        lots = tuple(LotPick(lot.lot_id, Decimal(units), lot.acquired_on) for lot, units in picks)
        return line(account, fund, quantity=quantity, lots=lots)

    for lines in ([sale("10", (second, "5"), (second, "5"))], [sale("10", (second, "10")), sale("1", (second, "1"))]):
        with pytest.raises(TradeRefusedError, match="do not make the sale"):
            checked_lines(household, lines, TODAY)
    kept = proposal(household, ada, sale("6", (second, "6")))
    with pytest.raises(TradeRefusedError, match="do not make the sale"):
        checked_lines(household, [sale("5", (second, "5"))], TODAY)
    assert checked_lines(household, [sale("5", (second, "5"))], TODAY, besides=kept)
    assert checked_lines(household, [sale("9", (second, "4"), (first, "5"))], TODAY)


def test_accounts_of_several_currencies_are_measured_in_the_households(ada: User) -> None:
    household, account, fund = made.funded(ada)  # 5,500 of 10,500 dollars
    market.rates(("JPY", "USD"), {made.DAY: "0.01"})
    yen = made.account(household, ada, number="77", currency="JPY")
    made.entry(yen, ada, "deposit", cash="1050000", currency="JPY")  # 10,500 dollars as well
    restrict(household, kind="max_weight", max_weight=Decimal("0.28"), instrument=fund)  # at most 5,880
    assert checked_lines(household, [line(account, fund, "buy", "6")], TODAY)
    with pytest.raises(RestrictedTradeError):
        checked_lines(household, [line(account, fund, "buy", "7")], TODAY)
    kept = proposal(household, ada, line(account, fund, "buy", "6"))
    facts = trade_facts(kept, TODAY)
    assert facts.of_day.share == Decimal(330) / Decimal(21_000)
    assert facts.equity_before == Decimal("0.261905")
    CashReserve.objects.create(household=household, share=Decimal("0.72"), purpose="taxes", from_day=made.DAY)
    with pytest.raises(CashShortError, match="reserve would lack 5.00"):  # 15,120 of 15,500, less 330 and 55
        checked_lines(household, [line(account, fund, "buy", "1")], TODAY)


def test_a_sale_that_may_never_come_makes_no_room_for_a_purchase(ada: User) -> None:
    household, account, fund = made.funded(ada)  # 5,500 of 10,500
    restrict(household, kind="max_weight", max_weight=Decimal("0.53"), instrument=fund)  # at most 5,565
    draft = proposal(household, ada, line(account, fund, "sell", "20"))
    with pytest.raises(RestrictedTradeError):
        checked_lines(household, [line(account, fund, "buy", "5")], TODAY)
    TradeProposal.objects.filter(pk=draft.pk).update(state="ordered")
    assert checked_lines(household, [line(account, fund, "buy", "5")], TODAY)


def test_cash_that_is_set_aside_is_not_spent(ada: User) -> None:
    household, account, fund = made.funded(ada)  # 5,000 in cash
    reserve = CashReserve.objects.create(
        household=household, account=account, amount=Decimal(4900), purpose="taxes", from_day=made.DAY
    )
    with pytest.raises(CashShortError, match="lacks 10.00"):
        checked_lines(household, [line(account, fund, "buy", "2")], TODAY)
    reserve.account = None
    reserve.save()
    with pytest.raises(CashShortError, match="reserve would lack 10.00"):
        checked_lines(household, [line(account, fund, "buy", "2")], TODAY)
    assert checked_lines(household, [line(account, fund, "buy", "1")], TODAY)


def test_what_no_limit_can_measure_is_not_traded(ada: User) -> None:
    household, _, _ = made.funded(ada)
    there = made.account(household, ada, name="Yen", number="9", currency="JPY")
    made.entry(there, ada, "deposit", cash="100000")
    stock = made.instrument(ada, "YEN", {made.DAY: "1000"}, currency="JPY")
    restrict(household, kind="max_weight", max_weight=Decimal("0.01"), instrument=stock)
    with pytest.raises(TradeRefusedError, match="No rate of exchange"):
        checked_lines(household, [line(there, stock, "buy", "50")], TODAY)
    market.rates(("JPY", "USD"), {made.DAY: "0.01"})
    with pytest.raises(RestrictedTradeError):
        checked_lines(household, [line(there, stock, "buy", "50")], TODAY)


def test_a_reserve_in_an_account_of_another_currency_counts_at_its_rate(ada: User) -> None:
    household, account, fund = made.funded(ada)  # 5,000 dollars in cash
    market.rates(("JPY", "USD"), {made.DAY: "0.01"})
    yen = made.account(household, ada, number="77", currency="JPY")
    made.entry(yen, ada, "deposit", cash="200000", currency="JPY")  # 2,000 dollars
    for kept in ({"account": yen, "amount": Decimal(100000)}, {"amount": Decimal(2000)}):  # 3,000 dollars together
        CashReserve.objects.create(household=household, purpose="taxes", from_day=made.DAY, **kept)
    assert checked_lines(household, [line(account, fund, "buy", "72")], TODAY)
    with pytest.raises(CashShortError, match="reserve would lack 15.00"):
        checked_lines(household, [line(account, fund, "buy", "73")], TODAY)


def test_an_account_without_a_rate_never_counts_as_nothing(ada: User) -> None:
    household, account, fund = made.funded(ada)  # 5,500 of 10,500 dollars
    yen = made.account(household, ada, name="Yen", number="77", currency="JPY")
    restrict(household, kind="max_weight", max_weight=Decimal("0.6"), instrument=fund)
    assert checked_lines(household, [line(account, fund, "buy", "1")], TODAY), "an empty account needs no rate"
    kept = proposal(household, ada, line(account, fund, "buy", "1"))
    made.entry(yen, ada, "deposit", cash="1050000", currency="JPY")
    for asked in (
        lambda: checked_lines(household, [line(account, fund, "buy", "1")], TODAY),
        lambda: trade_facts(kept, TODAY),
    ):
        with pytest.raises(RateMissingError, match="No rate of exchange of JPY is known: “Yen”"):
            asked()
    assert checked_lines(household, [line(account, fund, "sell", "1")], TODAY), "a sale oversteps no limit"
    Restriction.objects.all().delete()
    assert checked_lines(household, [line(account, fund, "buy", "1")], TODAY)
    CashReserve.objects.create(household=household, amount=Decimal(1), purpose="taxes", from_day=made.DAY)
    with pytest.raises(RateMissingError):
        checked_lines(household, [line(account, fund, "buy", "1")], TODAY)
    market.rates(("JPY", "USD"), {made.DAY: "0.01"})
    assert checked_lines(household, [line(account, fund, "buy", "1")], TODAY)
