"""The one door of trades: a form, a rebalance, a harvest, a partner's application all propose here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import approval_for, drop_approval, hold_target
from apps.clients.models import Household
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import (
    Account,
    ProposedLot,
    ProposedTrade,
    Side,
    TradeProposal,
    TradeSource,
    TradeState,
)
from apps.portfolios.models.trade import REVIEW_KINDS, default_expiry
from apps.portfolios.policies import trade_can_become
from apps.portfolios.selectors.trade_estimates import TradeDesk
from apps.portfolios.services._checks import checked
from apps.portfolios.services.instruments import instrument_by_symbol
from apps.portfolios.services.trade_lines import CheckedLine, LotPick, TradeLine, checked_lines

_MAY_EXPIRE = (TradeState.DRAFT, TradeState.CHECKING, TradeState.CLEARED)


class TradeStepError(DomainError):
    """The proposal cannot go from its state to the one asked for."""

    code = "trade_step"


@service
def propose_trades(
    *, household: Household, lines: Sequence[TradeLine], purpose: str, by: Actor, source: str = TradeSource.FORM
) -> TradeProposal:
    """Write down trades as a proposal; nothing is ordered by it.

    Raises what `trade_lines.checked_lines` raises, InvalidInputError without a purpose or for an unknown source.
    """
    if not purpose.strip():
        raise InvalidInputError(gettext_noop("Say what the trades are for."), field="purpose")
    # proposals for one household follow each other: what one has spoken for the next one sees
    list(Account.objects.select_for_update().filter(household=household).order_by("pk").values_list("pk"))
    today = firm_today()
    sized = checked_lines(household, lines, today)
    proposal = TradeProposal(
        household=household,
        source=source,
        purpose=purpose.strip()[:300],
        proposed_on=today,
        expires_on=default_expiry(today),
        proposed_by_id=by.user_id,
        proposed_label=by.label[:200],
    )
    checked(proposal, exclude=["household", "proposed_by"])
    proposal.save()
    desk = TradeDesk(today)
    rows = [_row(proposal, each, desk) for each in sized]
    after = {**audit.snapshot(proposal), "lines": [row.payload() for row in rows]}
    audit.record("portfolios.propose_trades", by=by, target=proposal, after=after)
    tell(proposal)
    return proposal


def _row(proposal: TradeProposal, each: CheckedLine, desk: TradeDesk) -> ProposedTrade:
    picks = [LotChoice(pick.lot_id, pick.quantity) for pick in each.lots]
    sells = each.line.side == Side.SELL
    found = desk.estimate(each.line.account, each.line.instrument, Side.SELL, each.quantity, picks) if sells else None
    row = ProposedTrade.objects.create(
        proposal=proposal,
        account=each.line.account,
        instrument=each.line.instrument,
        side=each.line.side,
        quantity=each.quantity,
        amount=each.line.amount if each.line.quantity is None else None,
        limit_price=each.line.limit_price,
        estimated_price=each.estimate.price,
        priced_on=each.estimate.priced_on,
        estimated_amount=each.value,
        estimated_gain=found.gain if found else None,
        estimated_tax=found.tax if found else None,
        reason=each.line.reason[:300],
    )
    for pick in each.lots:
        ProposedLot.objects.create(
            trade=row, lot_id=pick.lot_id, acquired_on=pick.acquired_on or proposal.proposed_on, quantity=pick.quantity
        )
    return row


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as a person or a partner writes it: the security by its symbol. `place` is its place in what was sent.

    Named lots make the quantity where none is given.
    """

    place: int
    account: Account
    symbol: str
    side: str
    quantity: Decimal | None = None
    amount: Decimal | None = None
    limit_price: Decimal | None = None
    lots: Sequence[LotPick] = ()
    reason: str = ""


@service
def propose_typed(
    *,
    household: Household,
    lines: Sequence[TypedLine],
    purpose: str,
    by: Actor,
    source: str = TradeSource.FORM,
) -> TradeProposal:
    """Propose lines whose securities are named by symbol.

    Raises what `propose_trades` and `instrument_by_symbol` raise.
    """
    found = [
        TradeLine(
            account=line.account,
            instrument=instrument_by_symbol(symbol=line.symbol, field=f"line_{line.place}_symbol", by=by),
            side=line.side,
            quantity=_quantity_of(line),
            amount=line.amount,
            limit_price=line.limit_price,
            lots=tuple(line.lots),
            reason=line.reason,
        )
        for line in lines
    ]
    try:
        return propose_trades(household=household, lines=found, purpose=purpose, source=source, by=by)
    except DomainError as refused:
        # the field at fault is named by where the line stood in what was sent
        head, place, what = [*refused.field.split("_", 2), "", ""][:3]
        if head == "line" and place.isdigit() and int(place) < len(lines):
            refused.field = f"line_{lines[int(place)].place}_{what}"
        raise


def _quantity_of(line: TypedLine) -> Decimal | None:
    if line.quantity is None and line.amount is None and line.lots:
        return sum((pick.quantity for pick in line.lots), Decimal(0))
    return line.quantity


@service
def withdraw_proposal(*, proposal: TradeProposal, reason: str, by: Actor) -> TradeProposal:
    """Take a proposal back before it is ordered.

    Raises TradeStepError once it is ordered or over, InvalidInputError without a reason.
    """
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why the proposal is taken back."), field="reason")
    locked = locked_proposal(proposal)
    if locked.state == TradeState.ORDERED:
        raise TradeStepError(
            gettext_noop("The orders are in the market."), mend=gettext_noop("Cancel what is not executed there.")
        )
    move_proposal(locked, TradeState.WITHDRAWN, action="portfolios.withdraw_proposal", by=by, reason=reason.strip())
    drop_reviews(locked, by)
    return locked


@service
def expire_proposals(*, by: Actor) -> int:
    """End proposals that were not ordered in time, with the reviews that wait for them; return how many."""
    late = TradeProposal.objects.filter(state__in=_MAY_EXPIRE, expires_on__lt=firm_today())
    found = [locked for each in late.order_by("pk") if _is_late(locked := locked_proposal(each))]
    for proposal in found:
        move_proposal(proposal, TradeState.EXPIRED, action="portfolios.expire_proposal", by=by)
        drop_reviews(proposal, by)
    return len(found)


def _is_late(proposal: TradeProposal) -> bool:
    return proposal.state in _MAY_EXPIRE


def drop_reviews(proposal: TradeProposal, by: Actor) -> None:
    """Take back the reviews that wait for a locked proposal that is over."""
    for kind in REVIEW_KINDS:
        request = approval_for(kind=kind, target=proposal)
        if request is not None and request.is_pending:
            drop_approval(request=request, reason=gettext_noop("The proposal is over."), by=by)


def locked_proposal(proposal: TradeProposal) -> TradeProposal:
    """Return the proposal locked for this transaction, with all that concerns its reviews."""
    hold_target(proposal)
    return TradeProposal.objects.select_for_update(of=("self",)).select_related("household").get(pk=proposal.pk)


def move_proposal(
    proposal: TradeProposal, state: TradeState, *, action: str, by: Actor, reason: str = "", **facts: Any
) -> TradeProposal:
    """Move a locked proposal on and tell the trail and its pages. Raises TradeStepError."""
    if not trade_can_become(proposal.state, state):
        raise TradeStepError(
            gettext_noop("A proposal that is “%(state)s” cannot become “%(target)s”."),
            state=proposal.state,
            target=str(state),
        )
    before = {"state": proposal.state}
    proposal.state = state
    if reason:
        proposal.ended_because = reason[:300]
    proposal.save(update_fields=["state", "ended_because", "updated_at"])
    audit.record(action, by=by, target=proposal, before=before, after={"state": str(state), **facts}, reason=reason)
    tell(proposal)
    return proposal


def tell(proposal: TradeProposal) -> None:
    """Have pages that show the proposal ask again."""
    realtime.publish(f"household:{proposal.household.public_id}", "portfolio.changed", proposal=str(proposal.public_id))
