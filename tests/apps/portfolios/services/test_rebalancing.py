"""Asking what to trade, and making trades of the answer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.core.models import AuditEvent
from apps.kernel.errors import DomainError, InvalidInputError
from apps.market.models import AssetClass
from apps.portfolios.models import Mandate, RebalanceRun, RestrictionKind, TradeProposal, TradeSource
from apps.portfolios.selectors.distributions import distributions_due
from apps.portfolios.selectors.rebalance_runs import run_page
from apps.portfolios.selectors.trading_limits import RateMissingError
from apps.portfolios.services.accounts import OwnerShare
from apps.portfolios.services.equivalence import GroupTerms, NamedMember, propose_equivalence
from apps.portfolios.services.model_portfolios import (
    HoldingTerms,
    ModelDetails,
    VersionTerms,
    create_model,
    submit_version,
)
from apps.portfolios.services.rebalancing import (
    RebalanceRefusedError,
    RunTerms,
    compare_rebalances,
    propose_rebalance,
    trades_of_run,
)
from apps.portfolios.services.restrictions import ReserveTerms, RestrictionTerms, add_reserve, add_restriction
from apps.portfolios.services.trade_lines import TradeLine
from apps.portfolios.services.trades import propose_trades, withdraw_proposal
from tests.factories import clients, market, models, portfolios
from tests.factories.rebalancing import BOUGHT, OffTarget, run, terms

D = Decimal


@pytest.fixture
def scene(ada: User, paul: User) -> OffTarget:
    return OffTarget(ada, paul)


def trades(kept: RebalanceRun) -> dict[tuple[str, str, str], Decimal]:
    return {(t.account.name, str(t.instrument), t.side): t.quantity for t in run_page(kept).trades}


def test_a_household_is_brought_to_its_targets_with_bonds_where_they_are_taxed_late(scene: OffTarget) -> None:
    kept = scene.run()
    assert sum(quantity for (_, name, _), quantity in trades(kept).items() if name == "BND") == 70
    page = run_page(kept)
    after = {each.name: each.after for each in page.targets}
    assert after["STK"] == pytest.approx(D("0.6"), abs=D("0.005"))
    assert page.totals["tax"] == 0
    assert page.totals["tracking_after"] < D("0.005") < page.totals["tracking_before"]
    assert all(trade.account.name == "IRA" for trade in page.trades if str(trade.instrument) == "BND")


def test_question_answer_and_version_are_kept_and_told_to_the_trail(scene: OffTarget) -> None:
    kept = scene.run()
    assert kept.inputs["accounts"][0]["lots"][0]["quantity"] == "80"
    assert (len(kept.inputs_digest), kept.engine_version) == (64, "rebalancing-2")
    event = AuditEvent.objects.get(action="portfolios.propose_rebalance")
    assert (event.subject_id, event.after["trades"]) == (str(scene.household.public_id), len(kept.answer["trades"]))
    assert scene.run().inputs_digest == kept.inputs_digest


def test_restrictions_and_reserves_hold(scene: OffTarget) -> None:
    today, by = firm_today(), scene.ada.as_actor()
    told = RestrictionTerms(kind=RestrictionKind.NEVER_BUY, instrument=scene.bnd, from_day=today, reason="No bonds.")
    add_restriction(household=scene.household, terms=told, by=by)
    reserve = ReserveTerms(amount=D(5000), purpose="A car", from_day=today)
    add_reserve(household=scene.household, terms=reserve, by=by)
    kept = scene.run()
    assert not [key for key in trades(kept) if key[1] == "BND"]
    assert sum(each.required for each in run_page(kept).cash) == 5000
    assert [each.reason for each in run_page(kept).unmet if each.name == "Government bonds"] == [
        "A restriction of the client forbids it."
    ]


def test_a_limit_of_a_class_holds_for_all_of_it_together(scene: OffTarget, paul: User) -> None:
    stocks = models.sleeve(
        "Stocks",
        AssetClass.US_EQUITY,
        "0.7",
        HoldingTerms(scene.stk, D("0.5")),
        HoldingTerms(scene.stk2, D("0.5")),
    )
    bonds = models.sleeve("Bonds", AssetClass.GOVERNMENT_BONDS, "0.3", HoldingTerms(scene.bnd, D(1)))
    by = scene.ada.as_actor()
    model = create_model(
        details=ModelDetails(name="Two", risk_level=3), terms=VersionTerms(sleeves=(stocks, bonds)), by=by
    )
    asked = submit_version(version=model.versions.get(), effective_from=firm_today(), by=by)
    decide_approval(request=asked, decision="approve", by=paul.as_actor())
    Mandate.objects.all().delete()
    models.mandate(scene.household, model, scene.ada)
    capped = {"kind": RestrictionKind.MAX_WEIGHT, "asset_class": AssetClass.US_EQUITY, "max_weight": D("0.4")}
    models.restricted(scene.household, scene.ada, **capped)
    kept = scene.run()
    page = run_page(kept)
    after = {each.name: each.after for each in page.targets}
    assert after["US stocks"] == D("0.4")
    assert {each.reason for each in page.unmet if each.missing > 0} == {"A restriction of the client forbids it."}
    assert trades_of_run(run=kept, by=by).lines.exists()


def test_cash_is_raised_in_the_account_that_is_named(scene: OffTarget) -> None:
    asked = terms("raise_cash")
    by = scene.ada.as_actor()
    kept = propose_rebalance(household=scene.household, terms=asked, by=by, raise_in=scene.one, raise_amount=D(4000))
    assert trades(kept) == {(scene.one.name, "STK", "sell"): 20}
    assert run_page(kept).totals["long"] == 1000
    assert run_page(kept).totals["tax"] == 200


def test_one_account_is_asked_about_alone(scene: OffTarget) -> None:
    by = scene.ada.as_actor()
    kept = propose_rebalance(household=scene.household, terms=terms(), by=by, account=scene.two)
    assert trades(kept) == {("IRA", "STK", "buy"): 60, ("IRA", "BND", "buy"): 35}
    assert [each.account for each in run_page(kept).cash] == [scene.two]


def test_what_an_open_proposal_speaks_for_is_not_traded_again(scene: OffTarget) -> None:
    trades_of_run(run=scene.run(), by=scene.ada.as_actor())
    held = {a["account_id"]: D(a["cash"]) for a in scene.run().inputs["accounts"]}
    assert held[str(scene.two.pk)] < 10000


def test_recent_losses_and_purchases_of_the_household_are_known(scene: OffTarget) -> None:
    away = portfolios.account(scene.household, scene.ada, name="Away", number="9", is_held_away=True)
    portfolios.entry(away, scene.ada, "deposit", cash="5000")
    day = firm_today() - dt.timedelta(days=5)
    portfolios.entry(away, scene.ada, "buy", day, instrument=scene.bnd, units="10", cash="-1000", price="100")
    sold = {"instrument": scene.stk, "units": "-10", "cash": "400", "price": "40"}
    portfolios.entry(scene.one, scene.ada, "sell", day, **sold)
    kept = scene.run()
    assert [each["security_id"] for each in kept.inputs["purchases"]] == [str(scene.bnd.pk)]
    assert [each["security_id"] for each in kept.inputs["loss_sales"]] == [str(scene.stk.pk)]
    bought = {name for (_, name, side) in trades(kept) if side == "buy"}
    assert "STK" not in bought
    assert "STK2" in bought


def test_cash_stays_for_a_distribution_that_is_due_and_is_raised_for_it(scene: OffTarget) -> None:
    scene.household.people.filter(relationship="head").update(date_of_birth=dt.date(1945, 1, 2))
    portfolios.entry(scene.two, scene.ada, "buy", BOUGHT, instrument=scene.bnd, units="100", cash="-10000", price="100")
    today = firm_today()
    (due,) = distributions_due([scene.two], today, today + dt.timedelta(days=366))
    kept = scene.run("raise_cash", needs_within_days=366)
    (need,) = run_page(kept).needs
    assert (need.account, need.kind, need.amount, need.due_on) == (
        scene.two,
        "distribution",
        due.amount,
        due.required.due_on,
    )
    (trade,) = run_page(kept).trades
    assert (trade.account, trade.side) == (scene.two, "sell")
    assert trade.reason == "Its sale raises the cash for a distribution that is due."
    (cash,) = [each for each in run_page(kept).cash if each.account == scene.two]
    assert cash.before < due.amount <= cash.after
    # nobody asked for it: it is left alone
    with pytest.raises(InvalidInputError, match="how much cash"):
        scene.run("raise_cash", needs_within_days=0)


def test_a_child_is_taxed_apart_from_its_parents(scene: OffTarget, ada: User) -> None:
    def tax() -> tuple[Decimal, Decimal]:
        asked = {"terms": terms("raise_cash"), "raise_in": scene.one, "raise_amount": D(4000)}
        totals = run_page(propose_rebalance(household=scene.household, by=ada.as_actor(), **asked)).totals
        return totals["long"], totals["tax"]

    before, child = tax(), scene.household.people.get(first_name="Eva")
    custodial = portfolios.account(
        scene.household, ada, name="UTMA", number="99", registration="custodial", owners=(OwnerShare(child),)
    )
    stock = portfolios.instrument(ada, "LOSS", {portfolios.DAY: "100"})
    portfolios.entry(custodial, ada, "transfer_in", instrument=stock, units="10", cost="2000")
    portfolios.entry(custodial, ada, "sell", firm_today(), instrument=stock, units="-10", cash="1000")
    assert tax() == before == (1000, 200)


def test_a_run_is_refused_without_a_model_a_sum_or_sound_settings(scene: OffTarget, ada: User) -> None:
    with pytest.raises(RebalanceRefusedError, match="follows a model"):
        run(clients.household(ada, name="Without"), ada)
    with pytest.raises(InvalidInputError, match="how much cash"):
        scene.run("raise_cash")
    with pytest.raises(InvalidInputError, match="settings"):
        scene.run(gain_budget=D(-1))
    other = portfolios.account(clients.household(ada, name="Other"), ada, number="4")
    with pytest.raises(InvalidInputError, match="another household"):
        propose_rebalance(
            household=scene.household, terms=terms("raise_cash"), by=ada.as_actor(), raise_in=other, raise_amount=D(1)
        )
    with pytest.raises(InvalidInputError, match="in which account"):
        propose_rebalance(household=scene.household, terms=terms(), by=ada.as_actor(), raise_amount=D(1))
    away = portfolios.account(scene.household, ada, name="Away", number="88", is_held_away=True)
    for only, place in ((None, away), (scene.two, scene.one)):
        with pytest.raises(InvalidInputError, match="not traded by this run") as refused:
            propose_rebalance(
                household=scene.household,
                terms=terms("raise_cash"),
                by=ada.as_actor(),
                raise_in=place,
                raise_amount=D(4000),
                account=only,
            )
        assert refused.value.field == "raise_in"
    assert RebalanceRun.objects.count() == 0
    assert AuditEvent.objects.filter(action="portfolios.propose_rebalance").count() == 0


def test_trades_are_made_of_a_run_once_with_lots_and_reasons(scene: OffTarget) -> None:
    by = scene.ada.as_actor()
    kept = propose_rebalance(
        household=scene.household, terms=terms("raise_cash"), by=by, raise_in=scene.one, raise_amount=D(4000)
    )
    proposal = trades_of_run(run=kept, by=by)
    (line,) = proposal.lines.all()
    (lot,) = line.lots.all()
    assert (proposal.source, line.side, line.quantity, lot.quantity) == (TradeSource.CASH, "sell", 20, 20)
    assert lot.acquired_on == portfolios.DAY + dt.timedelta(days=1)
    assert line.reason == "Its sale raises the cash that the account must keep."
    kept.refresh_from_db()
    assert kept.proposal == proposal
    assert AuditEvent.objects.filter(action="portfolios.trades_of_run").count() == 1
    with pytest.raises(RebalanceRefusedError, match="already"):
        trades_of_run(run=kept, by=by)


def test_a_run_of_another_day_or_without_trades_makes_none(scene: OffTarget) -> None:
    by = scene.ada.as_actor()
    old = scene.run()
    RebalanceRun.objects.filter(pk=old.pk).update(as_of=firm_today() - dt.timedelta(days=1))
    with pytest.raises(RebalanceRefusedError, match="have moved since"):
        trades_of_run(run=old, by=by)
    with pytest.raises(RebalanceRefusedError, match="trades nothing"):
        trades_of_run(run=scene.run("hold"), by=by)


def test_what_the_door_of_trades_refuses_leaves_nothing(scene: OffTarget) -> None:
    kept, by = scene.run(), scene.ada.as_actor()
    portfolios.entry(scene.two, scene.ada, "withdrawal", cash="-9000")
    with pytest.raises(DomainError):
        trades_of_run(run=kept, by=by)
    kept.refresh_from_db()
    assert kept.proposal is None
    assert TradeProposal.objects.count() == 0


def test_what_the_firm_holds_to_be_identical_replaces_no_loss(scene: OffTarget, paul: User) -> None:
    dear = {"instrument": scene.stk, "units": "20", "cash": "-3600", "price": "180"}
    portfolios.entry(scene.one, scene.ada, "deposit", cash="4000")
    portfolios.entry(scene.one, scene.ada, "buy", BOUGHT, **dear)
    assert {name for (_, name, _) in trades(scene.run("harvest"))} == {"STK", "STK2"}
    identical(scene, paul, "STK", "STK2")
    assert trades(scene.run("harvest")) == {}


def test_a_loss_that_was_washed_is_in_the_basis_of_what_replaced_it(scene: OffTarget) -> None:
    day = firm_today() - dt.timedelta(days=60)
    sold = {"instrument": scene.stk, "units": "-10", "cash": "400", "price": "40"}
    portfolios.entry(scene.one, scene.ada, "sell", day, **sold)
    bought = {"instrument": scene.stk, "units": "10", "cash": "-410", "price": "41"}
    portfolios.entry(scene.one, scene.ada, "buy", day + dt.timedelta(days=3), **bought)
    lots = scene.run("hold").inputs["accounts"][0]["lots"]
    assert sorted((D(lot["quantity"]), D(lot["cost"])) for lot in lots) == [(10, D(510)), (70, D(3500))]


DEAR = {"units": "20", "cash": "-3600", "price": "180"}
LATELY = dt.timedelta(days=5)


def identical(scene: OffTarget, approver: User, *symbols: str) -> None:
    members = [NamedMember(symbol) for symbol in symbols]
    told = GroupTerms(name="Stocks", basis="Classes of one fund", valid_from=portfolios.DAY, members=members)
    propose_equivalence(terms=told, by=scene.ada.as_actor())
    decide_approval(
        request=ApprovalRequest.objects.latest("pk"), decision="approve", note="Read.", by=approver.as_actor()
    )


def test_what_was_bought_where_no_run_trades_blocks_a_loss_of_the_same_in_law(scene: OffTarget, paul: User) -> None:
    portfolios.entry(scene.one, scene.ada, "deposit", cash="4000")
    portfolios.entry(scene.one, scene.ada, "buy", BOUGHT, instrument=scene.stk, **DEAR)
    away = portfolios.account(scene.household, scene.ada, name="Away", number="9", is_held_away=True)
    same = portfolios.instrument(scene.ada, "SAME", {portfolios.DAY: "100"})
    portfolios.entry(away, scene.ada, "deposit", cash="1000")
    told = {"instrument": same, "units": "10", "cash": "-1000", "price": "100"}
    portfolios.entry(away, scene.ada, "buy", firm_today() - LATELY, **told)
    assert {name for (_, name, _) in trades(scene.run("harvest"))} == {"STK", "STK2"}
    identical(scene, paul, "STK", "SAME")
    assert trades(scene.run("harvest")) == {}


def test_a_loss_on_what_is_neither_held_nor_wanted_any_more_blocks_the_same_in_law(
    scene: OffTarget, paul: User
) -> None:
    same = portfolios.instrument(scene.ada, "SAME", {portfolios.DAY: "100"})
    told = {"instrument": same, "units": "5", "cash": "-500", "price": "100"}
    portfolios.entry(scene.one, scene.ada, "buy", BOUGHT, **told)
    sold = {"instrument": same, "units": "-5", "cash": "200", "price": "40"}
    portfolios.entry(scene.one, scene.ada, "sell", firm_today() - LATELY, **sold)
    identical(scene, paul, "STK", "SAME")
    bought = {name for (_, name, side) in trades(scene.run()) if side == "buy"}
    assert "STK" not in bought
    assert "STK2" in bought


def alone(scene: OffTarget) -> RebalanceRun:
    return propose_rebalance(household=scene.household, terms=terms("full"), account=scene.two, by=scene.ada.as_actor())


def test_a_loss_that_is_proposed_and_not_executed_yet_is_not_bought_back_elsewhere(scene: OffTarget) -> None:
    portfolios.entry(scene.one, scene.ada, "deposit", cash="4000")
    portfolios.entry(scene.one, scene.ada, "buy", BOUGHT, instrument=scene.stk, **DEAR)
    assert ("IRA", "STK", "buy") in trades(alone(scene))
    trades_of_run(run=scene.run("harvest"), by=scene.ada.as_actor())
    bought = {name for (_, name, side) in trades(alone(scene)) if side == "buy"}
    assert "STK" not in bought


def test_a_purchase_that_is_proposed_and_not_executed_yet_blocks_a_loss(scene: OffTarget) -> None:
    portfolios.entry(scene.one, scene.ada, "deposit", cash="4000")
    portfolios.entry(scene.one, scene.ada, "buy", BOUGHT, instrument=scene.stk, **DEAR)
    line = TradeLine(scene.two, scene.stk, "buy", D(5))
    propose_trades(household=scene.household, lines=[line], purpose="Invest", by=scene.ada.as_actor())
    assert trades(scene.run("harvest")) == {}


def three() -> list[RunTerms]:
    return [terms("full"), terms("to_band", band_width=D("0.5")), terms("full", gain_budget=D(0))]


def test_variants_answer_one_question_and_trades_are_made_of_one(scene: OffTarget) -> None:
    by = scene.ada.as_actor()
    kept = compare_rebalances(household=scene.household, variants=three(), by=by)
    assert len({run.inputs_digest for run in kept}) == 1
    assert [run.terms["band_width"] for run in kept] == ["1", "0.5", "1"]
    assert AuditEvent.objects.filter(action="portfolios.propose_rebalance").count() == 3
    proposal = trades_of_run(run=kept[0], by=by)
    with pytest.raises(RebalanceRefusedError) as refused:
        trades_of_run(run=kept[2], by=by)
    assert "another answer to the same question" in str(refused.value)
    assert TradeProposal.objects.count() == 1
    # what was withdrawn is out of the way
    withdraw_proposal(proposal=proposal, reason="Another variant", by=by)
    assert trades_of_run(run=kept[1], by=by).pk != proposal.pk


@pytest.mark.parametrize("n", [1, 4])
def test_two_or_three_variants_that_differ_are_compared(scene: OffTarget, n: int) -> None:
    by = scene.ada.as_actor()
    more = [*three(), terms("hold")]
    for variants in (more[:n], [terms("full"), terms("full")]):
        with pytest.raises(InvalidInputError):
            compare_rebalances(household=scene.household, variants=variants, by=by)
    # one that cannot be asked leaves none of them
    with pytest.raises(InvalidInputError):
        compare_rebalances(household=scene.household, variants=[terms("full"), terms("raise_cash")], by=by)
    assert not RebalanceRun.objects.exists()


def test_a_limit_that_counts_an_account_without_a_rate_refuses_the_run(scene: OffTarget) -> None:
    capped = {"kind": RestrictionKind.MAX_WEIGHT, "asset_class": AssetClass.US_EQUITY, "max_weight": D("0.4")}
    models.restricted(scene.household, scene.ada, **capped)
    yen = portfolios.account(scene.household, scene.ada, name="Yen", number="900-7", currency="JPY")
    portfolios.entry(yen, scene.ada, "deposit", cash="1000000", currency="JPY")
    with pytest.raises(RateMissingError, match="“Yen” cannot be counted"):
        scene.run()
    assert not RebalanceRun.objects.exists()
    market.rates(("JPY", "USD"), {portfolios.DAY: "0.01"})
    assert scene.run().answer["left_out"] == ["Yen"]
