"""Rebalances: a question is asked of the engine and kept with its answer; trades are made of an answer once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.kernel.money import Rate
from apps.market.models import AssetClass
from apps.portfolios.engine.lots import TermRates
from apps.portfolios.engine.rebalancing.proposal import rebalance
from apps.portfolios.engine.rebalancing.settings import LocationCost, Mode, RunSettings
from apps.portfolios.engine.wash_ledger import TaxTreatment
from apps.portfolios.models import (
    Account,
    Instrument,
    Opportunity,
    OpportunityKind,
    RebalanceRun,
    RunMode,
    TaxRate,
    TradeProposal,
    TradeSource,
    TradeState,
)
from apps.portfolios.selectors.cash_needs import SOON
from apps.portfolios.selectors.lot_rules import tax_rate_on
from apps.portfolios.selectors.opportunities import MODES
from apps.portfolios.selectors.rebalance_inputs import PIECE, VERSION, CashToRaise, Question, household_question
from apps.portfolios.selectors.rebalance_runs import reason_text
from apps.portfolios.selectors.watch_rules import watch_rules
from apps.portfolios.services._plain import digest_of, plain
from apps.portfolios.services.opportunities import close_answered
from apps.portfolios.services.trade_lines import LotPick, TradeLine
from apps.portfolios.services.trades import propose_trades, tell

# what a dollar held in the wrong place is taken to cost: enough to order the places, too little to pay tax for a move
TAXED_EACH_YEAR = (
    AssetClass.GOVERNMENT_BONDS,
    AssetClass.CORPORATE_BONDS,
    AssetClass.HIGH_GRADE_BONDS,
    AssetClass.REAL_ESTATE,
)
MOST_VARIANTS = 3
# proposals of which nothing is or will be traded
UNDONE = (TradeState.DECLINED, TradeState.WITHDRAWN, TradeState.EXPIRED)
SOURCES = {RunMode.HARVEST: TradeSource.HARVEST, RunMode.RAISE_CASH: TradeSource.CASH}

# losses count against gains of the whole household; cash is short, or a limit overstepped, in an account of its target
_OF_HOUSEHOLD = {OpportunityKind.HARVEST, OpportunityKind.NEED, OpportunityKind.RESTRICTION}


class RebalanceRefusedError(DomainError):
    """The household cannot be rebalanced, or no trades can be made of the run."""

    code = "rebalance_refused"


@dataclass(frozen=True, slots=True)
class RunTerms:
    """Settings of a run as a person or a partner gives them; rates and shares are fractions."""

    mode: str
    short_rate: Decimal
    long_rate: Decimal
    gain_budget: Decimal | None = None
    blocks_short_gains: bool = False
    long_within_days: int = 0
    cost_rate: Decimal = Decimal(0)
    minimum_amount: Decimal = Decimal(0)
    minimum_share: Decimal = Decimal(0)
    off_target_price: Decimal = Decimal(1)
    prefers_places: bool = True
    harvest_amount: Decimal = Decimal(0)
    harvest_share: Decimal = Decimal(0)
    # cash stays for fees and distributions that are due within so many days
    needs_within_days: int = SOON.days
    # bands are so many times as wide as the model's
    band_width: Decimal = Decimal(1)
    # losses that no gain of the year takes up are worth their tax later; a run for losses always counts them so
    values_losses: bool = False


@service
def propose_rebalance(
    *,
    household: Household,
    terms: RunTerms,
    by: Actor,
    raise_in: Account | None = None,
    raise_amount: Decimal = Decimal(0),
    account: Account | None = None,
) -> RebalanceRun:
    """Ask what to trade in a household, or in one account of it, and keep question and answer.

    Raises InvalidInputError for settings that cannot be, an account of another household, and cash to be raised where
    the run does not trade, RebalanceRefusedError when no account follows a model, RateMissingError when a limit counts
    an account without a rate of exchange, NoAnswerError when there is none.
    """
    if raise_amount and raise_in is None:
        raise InvalidInputError(gettext_noop("Say in which account cash is to be raised."), field="raise_in")
    if raise_in is not None and raise_in.household_id != household.pk:
        raise InvalidInputError(gettext_noop("The account belongs to another household."), field="raise_in")
    today = firm_today()
    cash = CashToRaise(raise_in, raise_amount) if raise_in is not None else None
    question = household_question(household, today, cash, account, today + dt.timedelta(days=terms.needs_within_days))
    _demand_answerable(terms, question, cash)
    answer = plain(rebalance(question.inputs, _settings(terms)))
    inputs = plain(question.inputs)
    kept = {"raise_in": str(raise_in.pk) if raise_in else "", "raise_amount": plain(raise_amount)}
    run = RebalanceRun(
        household=household,
        mode=terms.mode,
        as_of=today,
        terms={**plain(terms), **kept},
        inputs=inputs,
        inputs_digest=digest_of(inputs),
        answer={**answer, "left_out": list(question.left_out)},
        engine_version=VERSION,
        asked_by_id=by.user_id,
        asked_label=by.label[:200],
    )
    run.full_clean(exclude=["household", "asked_by"])
    run.save()
    after = {"mode": run.mode, "trades": len(answer["trades"]), "inputs": run.inputs_digest}
    audit.record("portfolios.propose_rebalance", by=by, target=run, after=after)
    return run


def _demand_answerable(terms: RunTerms, question: Question, cash: CashToRaise | None) -> None:
    accounts = question.inputs.accounts
    if not question.inputs.pools:
        raise RebalanceRefusedError(
            gettext_noop("No account of the household follows a model today."),
            mend=gettext_noop("Give the household or one of its accounts a mandate first."),
        )
    if terms.mode == RunMode.RAISE_CASH and not (cash and cash.amount) and not any(e.required_cash for e in accounts):
        raise InvalidInputError(
            gettext_noop("Say how much cash is to be raised, and in which account."), field="raise_amount"
        )
    if cash is not None and cash.amount and str(cash.account.pk) not in {each.account_id for each in accounts}:
        raise InvalidInputError(
            gettext_noop("%(account)s is not traded by this run, so no cash can be raised in it."),
            mend=gettext_noop("Name an account of the run: managed, following a model, in the household's currency."),
            field="raise_in",
            account=cash.account.name,
        )


def _settings(terms: RunTerms) -> RunSettings:
    return RunSettings(
        mode=Mode(terms.mode),
        rates=TermRates(Rate(terms.short_rate), Rate(terms.long_rate)),
        gain_budget=terms.gain_budget,
        blocks_short_gains=terms.blocks_short_gains,
        long_within_days=terms.long_within_days,
        cost_rate=Rate(terms.cost_rate),
        minimum_amount=terms.minimum_amount,
        minimum_share=Rate(terms.minimum_share),
        off_target_price=terms.off_target_price,
        locations=tuple(_places()) if terms.prefers_places else (),
        carried_loss_rate=Rate(terms.long_rate if terms.values_losses or terms.mode == RunMode.HARVEST else Decimal(0)),
        harvest_amount=terms.harvest_amount,
        harvest_share=Rate(terms.harvest_share),
        band_width=terms.band_width,
    )


def _places() -> list[LocationCost]:
    costs = {TaxTreatment.TAXABLE: Decimal("0.002"), TaxTreatment.TAX_FREE: Decimal("0.001")}
    return [LocationCost(each, place, cost) for each in TAXED_EACH_YEAR for place, cost in costs.items()]


@service
def compare_rebalances(
    *,
    household: Household,
    variants: Sequence[RunTerms],
    by: Actor,
    cash: CashToRaise | None = None,
    account: Account | None = None,
) -> list[RebalanceRun]:
    """Ask the same question of a household, or of one account, under two or three settings, and keep each answer.

    Trades can be made of one of them.

    Raises InvalidInputError for another number of them or two alike, and what `propose_rebalance` raises.
    """
    if not 2 <= len(variants) <= MOST_VARIANTS or len(set(variants)) < len(variants):
        raise InvalidInputError(
            gettext_noop("Two or three variants are compared, each with settings of its own."),
            mend=gettext_noop("Change a setting of one of them, or leave it out."),
            field="variants",
        )
    told: dict[str, Any] = {"raise_in": cash.account, "raise_amount": cash.amount} if cash is not None else {}
    return [propose_rebalance(household=household, account=account, terms=terms, by=by, **told) for terms in variants]


@service
def rebalance_for(*, opportunity: Opportunity, by: Actor) -> RebalanceRun:
    """Ask what to trade for an opportunity, with the usual settings and the household's rates of tax.

    Raises RebalanceRefusedError for one that is closed or no trades answer, or without rates of tax, and what
    `propose_rebalance` raises.
    """
    mode, rate = MODES.get(OpportunityKind(opportunity.kind)), tax_rate_on(opportunity.household_id, firm_today())
    if mode is None or opportunity.closed_on is not None:
        raise RebalanceRefusedError(gettext_noop("No trades answer this any more."))
    if rate is None:
        raise RebalanceRefusedError(
            gettext_noop("Neither the household nor the firm has tax rates for this day."),
            mend=gettext_noop("Give the firm's or the household's rates first."),
        )
    terms = usual_terms(mode, rate)
    alone = None if opportunity.kind in _OF_HOUSEHOLD else opportunity.account
    return propose_rebalance(household=opportunity.household, terms=terms, by=by, account=alone)


def usual_terms(mode: str, rate: TaxRate) -> RunTerms:
    """Return the settings that a run begins with where nobody chose others."""
    rules = watch_rules()
    return RunTerms(
        mode=mode,
        short_rate=rate.short,
        long_rate=min(rate.long, rate.short),
        long_within_days=30,
        cost_rate=Decimal("0.0002"),
        minimum_amount=Decimal(250),
        harvest_amount=rules.harvest_amount,
        harvest_share=rules.harvest_share,
        needs_within_days=rules.needs_within_days,
    )


@service
def trades_of_run(*, run: RebalanceRun, by: Actor) -> TradeProposal:
    """Propose the trades of a run, with their lots and reasons; what they are an answer to is closed.

    Raises RebalanceRefusedError when it was done before, of this run or of another to the same question, the run is not
    of today or trades nothing, and whatever `propose_trades` refuses.
    """
    locked = RebalanceRun.objects.select_for_update(of=("self",)).select_related("household").get(pk=run.pk)
    _check_fresh(locked, firm_today())
    trades = locked.answer["trades"]
    accounts = Account.objects.in_bulk({int(each["account_id"]) for each in trades})
    instruments = Instrument.objects.in_bulk({int(each["security_id"]) for each in trades})
    days = {
        (account["account_id"], lot["lot_id"]): dt.date.fromisoformat(lot["held_since"])
        for account in locked.inputs["accounts"]
        for lot in account["lots"]
    }
    lines = [
        TradeLine(
            account=accounts[int(each["account_id"])],
            instrument=instruments[int(each["security_id"])],
            side=each["side"],
            quantity=Decimal(each["quantity"]),
            lots=_picks(each, days),
            reason=reason_text(each["reason"], {str(pk): str(row) for pk, row in instruments.items()})[:300],
        )
        for each in trades
    ]
    mode = RunMode(locked.mode)
    proposal = propose_trades(
        household=locked.household,
        lines=lines,
        purpose=str(mode.label),
        by=by,
        source=SOURCES.get(mode, TradeSource.REBALANCE),
    )
    locked.proposal = proposal
    locked.save(update_fields=["proposal", "updated_at"])
    before: dict[str, Any] = {"proposal": None}
    audit.record(
        "portfolios.trades_of_run", by=by, target=locked, before=before, after={"proposal": str(proposal.public_id)}
    )
    close_answered(locked, proposal, by)
    tell(proposal)
    return proposal


def _picks(trade: dict[str, Any], days: dict[tuple[str, str], dt.date]) -> list[LotPick]:
    """Name the lots of the book; pieces of one lot are one pick again."""
    picks: dict[str, LotPick] = {}
    for lot in trade["lots"]:
        name, quantity = lot["lot_id"].partition(PIECE)[0], Decimal(lot["quantity"])
        before = picks.get(name)
        day = before.acquired_on if before else days.get((trade["account_id"], lot["lot_id"]))
        picks[name] = LotPick(name, quantity + (before.quantity if before else Decimal(0)), day)
    return list(picks.values())


def _check_fresh(run: RebalanceRun, today: dt.date) -> None:
    if run.proposal_id is not None:
        raise RebalanceRefusedError(gettext_noop("Trades were made of this run already."))
    others = RebalanceRun.objects.filter(household=run.household_id, inputs_digest=run.inputs_digest)
    if others.exclude(proposal=None).exclude(proposal__state__in=UNDONE).exists():
        raise RebalanceRefusedError(
            gettext_noop("Trades were made of another answer to the same question."),
            mend=gettext_noop("Withdraw that proposal, or ask again with it in place."),
        )
    if run.as_of != today:
        raise RebalanceRefusedError(
            gettext_noop("The run is of %(day)s: prices and holdings have moved since."),
            mend=gettext_noop("Ask again and use the new answer."),
            day=run.as_of,
        )
    if not run.answer["trades"]:
        raise RebalanceRefusedError(gettext_noop("The run trades nothing."))
