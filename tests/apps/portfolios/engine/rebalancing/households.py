"""Households to rebalance: drawn by Hypothesis, executed as proposed, and held against the rules from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from apps.kernel.money import Rate
from apps.portfolios.engine.lots import TermRates
from apps.portfolios.engine.rebalancing.inputs import (
    CashNeed,
    ClassTarget,
    HeldLot,
    HoldingTarget,
    InvestedAccount,
    NeedKind,
    PastTrade,
    Pool,
    RebalanceInputs,
    Restriction,
    RestrictionKind,
    Security,
    WeightCap,
)
from apps.portfolios.engine.rebalancing.results import Proposal, Side
from apps.portfolios.engine.rebalancing.settings import Mode, RunSettings
from apps.portfolios.engine.wash_ledger import TaxTreatment

TODAY = date(2026, 11, 20)
RATES = TermRates(Rate(Decimal("0.408")), Rate(Decimal("0.188")))
D = Decimal


def security(name, price, of_class="equity", group="", step="1") -> Security:
    return Security(name, D(price), of_class, D(step), group)


def lot(name, of, quantity, cost, since="2020-01-01") -> HeldLot:
    return HeldLot(name, of, D(quantity), None if cost is None else D(cost), date.fromisoformat(since))


def account(name="taxable", cash="0", lots=(), needs="0", treatment=TaxTreatment.TAXABLE) -> InvestedAccount:
    kept = (CashNeed(NeedKind.RESERVE, D(needs)),) if D(needs) else ()
    return InvestedAccount(name, treatment, D(cash), tuple(lots), kept)


def target(of, weight, band="0.2", substitutes=()) -> HoldingTarget:
    weight, band = D(weight), D(band)
    return HoldingTarget(of, weight, weight * (1 - band), weight * (1 + band), tuple(substitutes))


def inputs(securities, accounts, targets, classes=(), **more) -> RebalanceInputs:
    pool = Pool("pool", tuple(each.account_id for each in accounts), tuple(targets), tuple(classes))
    return RebalanceInputs(TODAY, tuple(securities), tuple(accounts), (pool,), **more)


def settings(mode=Mode.FULL, **more) -> RunSettings:
    return RunSettings(mode, RATES, **more)


NAMES = ("A", "B", "C", "D", "E")
PRICES = st.integers(100, 40_000).map(lambda cents: D(cents).scaleb(-2))
TREATMENTS = (TaxTreatment.TAXABLE, TaxTreatment.TAX_DEFERRED, TaxTreatment.TAX_FREE)


@st.composite
def lots(draw, account_id, prices):
    found = []
    for name in NAMES:
        for place in range(draw(st.integers(0, 2))):
            quantity = D(draw(st.integers(1, 400)))
            cost = quantity * prices[name] * D(draw(st.integers(50, 160))) / 100
            since = TODAY - timedelta(days=draw(st.integers(1, 900)))
            found.append(HeldLot(f"{account_id}{name}{place}", name, quantity, cost.quantize(D("0.01")), since))
    return tuple(found)


@st.composite
def restrictions(draw):
    found = []
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(RestrictionKind))
        found.append(Restriction(kind, security_id=draw(st.sampled_from(NAMES))))
    return tuple(found)


@st.composite
def caps(draw, account_ids):
    within = st.lists(st.sampled_from(account_ids), min_size=1, unique=True).map(tuple)
    names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple)
    weights = st.integers(1, 60).map(lambda part: D(part) / 100)
    beside = st.integers(0, 5000).map(D)
    return tuple(draw(st.lists(st.builds(WeightCap, within, names, weights, beside, beside), max_size=2)))


@st.composite
def households(draw, most_accounts=3):
    """One pool of a few accounts, five securities of two classes, the last two identical in law."""
    prices = {name: draw(PRICES) for name in NAMES}
    groups = {"D": "g", "E": "g"}
    securities = tuple(security(n, prices[n], "equity" if n < "C" else "bonds", groups.get(n, "")) for n in NAMES)
    accounts = []
    for place in range(draw(st.integers(1, most_accounts))):
        name = f"a{place}"
        needs = D(draw(st.integers(0, 3000)))
        cash = D(draw(st.integers(-10_000, 4_000_000))).scaleb(-2)
        held = draw(lots(name, prices))
        treatment = TREATMENTS[place % 3]
        accounts.append(InvestedAccount(name, treatment, cash, held, (CashNeed(NeedKind.FEE, needs),)))
    parts = [draw(st.integers(1, 20)) for _ in range(3)]
    whole = sum(parts) + draw(st.integers(0, 4))
    targets = [
        target(name, D(part) / whole, "0.25", substitutes=(("E",) if name == "C" else ()))
        for name, part in zip("ABC", parts, strict=True)
    ]
    equity = D(parts[0] + parts[1]) / whole
    classes = (ClassTarget("equity", equity, equity * D("0.9"), equity * D("1.1")),)
    traded = st.builds(
        PastTrade,
        st.sampled_from(NAMES),
        st.sampled_from([each.account_id for each in accounts]),
        st.integers(0, 40).map(lambda days: TODAY - timedelta(days=days)),
    )
    return inputs(
        securities,
        accounts,
        targets,
        classes,
        restrictions=draw(restrictions()),
        caps=draw(caps([each.account_id for each in accounts])),
        loss_sales=tuple(draw(st.lists(traded, max_size=2))),
        purchases=tuple(draw(st.lists(traded, max_size=2))),
    )


@st.composite
def runs(draw):
    """Settings of every mode."""
    mode = draw(st.sampled_from(Mode))
    return settings(
        mode,
        gain_budget=draw(st.none() | st.integers(0, 5000).map(D)),
        blocks_short_gains=draw(st.booleans()),
        long_within_days=draw(st.sampled_from((0, 60))),
        cost_rate=Rate(D(draw(st.integers(0, 10))) / 10_000),
        minimum_amount=D(draw(st.integers(0, 500))),
        harvest_amount=D(draw(st.integers(0, 500))),
        carried_loss_rate=Rate(D("0.188")) if mode is Mode.HARVEST else Rate(D(0)),
    )


def executed(before: RebalanceInputs, proposal: Proposal) -> RebalanceInputs:
    """Return the household as it is after the trades, filled at their prices."""
    accounts = []
    for each in before.accounts:
        cash, held = each.cash, {own.lot_id: own for own in each.lots}
        for place, trade in enumerate(proposal.trades):
            if trade.account_id != each.account_id:
                continue
            cash -= trade.cost
            cash += trade.amount if trade.side is Side.SELL else -trade.amount
            if trade.side is Side.BUY:
                name = f"new {place} {len(each.lots)}"
                held[name] = HeldLot(name, trade.security_id, trade.quantity, trade.amount, before.day)
            for taken in trade.lots:
                own = held.pop(taken.lot_id)
                left = own.quantity - taken.quantity
                if left:
                    part = None if own.cost is None else own.cost * left / own.quantity
                    held[own.lot_id] = replace(own, quantity=left, cost=part)
        accounts.append(replace(each, cash=cash, lots=tuple(held.values())))
    return replace(before, accounts=tuple(accounts))


def broken_rules(before: RebalanceInputs, run: RunSettings, proposal: Proposal) -> list[str]:
    """Return what the trades break, found from inputs and trades alone."""
    securities = {each.security_id: each for each in before.securities}
    accounts = {each.account_id: each for each in before.accounts}
    broken: list[str] = []
    for trade in proposal.trades:
        of, where = securities[trade.security_id], accounts[trade.account_id]
        held = {own.lot_id: own for own in where.lots if own.security_id == trade.security_id}
        if trade.quantity <= 0 or trade.amount != (trade.quantity * of.price).quantize(D("0.01"), "ROUND_HALF_UP"):
            broken.append("quantity or amount")
        if trade.side is Side.SELL:
            if sum(taken.quantity for taken in trade.lots) != trade.quantity:
                broken.append("lots do not add up")
            if any(taken.quantity > held[taken.lot_id].quantity for taken in trade.lots):
                broken.append("oversold")
        forbidden = {Side.BUY: {"no_buy", "hold"}, Side.SELL: {"no_sell", "hold"}}[trade.side]
        if any(each.kind in forbidden and each.covers(trade.account_id, of) for each in before.restrictions):
            broken.append("restriction")
    broken += washed(before, proposal)
    broken += ["cap" for cap in before.caps if is_overbought(before, proposal, cap)]
    for each in before.accounts:
        own = [trade for trade in proposal.trades if trade.account_id == each.account_id]
        cash = each.cash + sum((t.amount if t.side is Side.SELL else -t.amount) - t.cost for t in own)
        line = next(line for line in proposal.cash if line.account_id == each.account_id)
        if line.after != cash:
            broken.append("cash does not add up")
        if cash < each.required_cash and any(trade.side is Side.BUY for trade in own):
            broken.append("required cash spent")
    if run.gain_budget is not None and proposal.gains.short + proposal.gains.long > run.gain_budget + D("0.01"):
        broken.append("gain budget")
    return broken


def is_overbought(before: RebalanceInputs, proposal: Proposal, cap: WeightCap) -> bool:
    """Say whether something was bought that a cap has no room for."""
    prices = {each.security_id: each.price for each in before.securities}
    held, value = cap.held_beside, cap.value_beside
    for each in before.accounts:
        if each.account_id in cap.account_ids:
            worth = [(own.security_id, own.quantity * prices[own.security_id]) for own in each.lots]
            value += each.cash + sum(amount for _, amount in worth)
            held += sum(amount for name, amount in worth if name in cap.security_ids)
    of_cap = [t for t in proposal.trades if t.account_id in cap.account_ids and t.security_id in cap.security_ids]
    held += sum(t.amount if t.side is Side.BUY else -t.amount for t in of_cap)
    return any(t.side is Side.BUY for t in of_cap) and held > cap.weight * value + D("0.05")


def washed(before: RebalanceInputs, proposal: Proposal) -> list[str]:
    """Return losses of taxable accounts with a purchase of the same in law, by the run or within 30 days before it."""
    groups = {each.security_id: each.group for each in before.securities}
    taxable = {each.account_id for each in before.accounts if each.treatment is TaxTreatment.TAXABLE}
    lost = {
        groups[trade.security_id]
        for trade in proposal.trades
        if trade.account_id in taxable and any(taken.gain is not None and taken.gain < 0 for taken in trade.lots)
    }
    bought = {groups[trade.security_id] for trade in proposal.trades if trade.side is Side.BUY}
    near = timedelta(days=30)
    lately = {groups[each.security_id] for each in before.purchases if before.day - each.day <= near}
    sold = {groups[each.security_id] for each in before.loss_sales if before.day - each.day <= near}
    found = []
    if lost & (bought | lately):
        found.append("a loss is washed")
    if sold & bought:
        found.append("bought within the window of a loss")
    return found
