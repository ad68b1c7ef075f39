"""The demo firm's trades: from proposals to verified executions, one of each state, by those who would do it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal

from django.utils import timezone

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.accounts.services.proofs import Proof
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.firms.services.demo.firm import STAFF
from apps.firms.services.demo.roster import household_numbered
from apps.kernel.errors import DomainError, gettext_noop
from apps.portfolios.models import BlockOrder, OrderState, Registration, RunMode, TradeProposal, TradeState
from apps.portfolios.models.trade import MANAGER_REVIEW
from apps.portfolios.selectors.lot_rules import tax_rate_on
from apps.portfolios.services.fills import Execution, record_fill
from apps.portfolios.services.order_files import write_order_file
from apps.portfolios.services.orders import mark_sent, release_orders
from apps.portfolios.services.rebalancing import RunTerms, propose_rebalance, trades_of_run
from apps.portfolios.services.trade_checks import ClientWord, decide_as_client, pass_checkpoints
from apps.portfolios.services.trade_verification import VerificationWord, verify_execution
from apps.portfolios.services.trades import TypedLine, propose_typed

CUSTODIAN = "Example Custodian"
# numbers of households in the roster, by how far their trades have come
VERIFIED, FILLED, IN_MARKET, READY, CLEARED, WAITING, DECLINED, DRAFT = 1, 2, (4, 5), 7, 10, 11, 13, 14
PURPOSE = gettext_noop("Less in foreign stocks, more in bonds")
SHARES, BONDS = Decimal(40), Decimal(20)


def trade(*, by: Actor) -> None:
    """Bring trades into every state; what is there already is left as it is. A household that is missing is left out.

    `by` records what no person does: an execution that names no order.
    """
    if TradeProposal.objects.exists():
        return
    done = [*_rebalanced(VERIFIED), *_proposed(FILLED)]
    _execute(_released([p for p in map(_cleared, done) if p is not None]), part=Decimal(1))
    for proposal in TradeProposal.objects.filter(pk__in=[p.pk for p in _of(done, VERIFIED)], state=TradeState.FILLED):
        word = VerificationWord(gettext_noop("Compared with the custodian's confirmation."), fees_compared=True)
        verify_execution(proposal=proposal, word=word, by=_advisor(proposal))
    in_market = [p for number in IN_MARKET for p in map(_cleared, _proposed(number)) if p is not None]
    _execute(_released(in_market), part=Decimal("0.5"))
    for proposal in _proposed(READY):
        _released([p for p in [_cleared(proposal)] if p is not None], is_sent=False)
    for proposal in _proposed(CLEARED):
        _cleared(proposal)
    for proposal in [*_proposed(WAITING), *_proposed(DECLINED)]:
        pass_checkpoints(proposal=proposal, by=_advisor(proposal))
    for request in _reviews(_of(list(TradeProposal.objects.all()), DECLINED)):
        note = gettext_noop("The household needs the money in spring: wait for the talk with them.")
        decide_approval(request=request, decision="decline", note=note, by=_staff(4))
    _proposed(DRAFT)
    _ask_client()
    stray = Execution("ST00000000UNKNOWN", "stray-1", Decimal(12), Decimal("54.10"), firm_today(), source=CUSTODIAN)
    record_fill(execution=stray, by=by)


def _staff(place: int) -> Actor:
    return User.objects.get(email=STAFF[place][2]).as_actor()


def _advisor(proposal: TradeProposal) -> Actor:
    return proposal.household.advisor.as_actor()


def _of(proposals: Sequence[TradeProposal], number: int) -> list[TradeProposal]:
    return [p for p in proposals if p.household == household_numbered(number)]


def _shift(household: Household, purpose: str) -> TradeProposal:
    """Propose to sell foreign stocks and buy bonds in the taxable account."""
    account = household.accounts.exclude(
        registration__in=[Registration.TRADITIONAL_IRA, Registration.ROTH_IRA]
    ).earliest("pk")
    lines = [
        TypedLine(0, account, "VXUS", "sell", quantity=SHARES, reason=gettext_noop("Above its target.")),
        TypedLine(1, account, "BND", "buy", quantity=BONDS, reason=gettext_noop("Below its target.")),
    ]
    return propose_typed(household=household, lines=lines, purpose=purpose, by=household.advisor.as_actor())


def _proposed(number: int, purpose: str = PURPOSE) -> list[TradeProposal]:
    """Propose for a household of the roster; nothing where it is missing or its book refuses."""
    household = household_numbered(number)
    if household is None:
        return []
    with suppress(DomainError):
        return [_shift(household, purpose)]
    return []


def _rebalanced(number: int) -> list[TradeProposal]:
    """Rebalance a household; typed trades where it trades nothing."""
    household = household_numbered(number)
    if household is None:
        return []
    by, rate = household.advisor.as_actor(), tax_rate_on(household.pk, firm_today())
    if rate is not None:
        terms = RunTerms(RunMode.FULL, rate.short, rate.long, long_within_days=30, minimum_amount=Decimal(250))
        with suppress(DomainError):
            return [trades_of_run(run=propose_rebalance(household=household, terms=terms, by=by), by=by)]
    return _proposed(number)


def _reviews(proposals: Sequence[TradeProposal]) -> list[ApprovalRequest]:
    return list(ApprovalRequest.objects.filter(target_id__in=[p.public_id for p in proposals]).pending())


def _cleared(proposal: TradeProposal) -> TradeProposal | None:
    """Take a proposal through its checkpoints: reviewed by compliance and the principal, agreed by the client."""
    pass_checkpoints(proposal=proposal, by=_advisor(proposal))
    for request in _reviews([proposal]):
        decide_approval(request=request, decision="approve", by=_staff(0 if request.kind == MANAGER_REVIEW else 4))
    for person in proposal.household.people.exclude(user=None).select_related("user"):
        word = ClientWord(approves=True, typed_name=str(person), proof=Proof("password", timezone.now()))
        with suppress(DomainError):  # not asked, or the other one has spoken for the account
            if person.user is not None:
                decide_as_client(proposal=proposal, word=word, by=person.user.as_actor())
    proposal.refresh_from_db()
    return proposal if proposal.state == TradeState.CLEARED else None


def _released(proposals: Sequence[TradeProposal], *, is_sent: bool = True) -> list[BlockOrder]:
    if not proposals:
        return []
    by = _advisor(proposals[0])
    orders = release_orders(proposals=proposals, by=by)
    if is_sent:
        write_order_file(orders=orders, by=by)
        orders = list(BlockOrder.objects.filter(pk__in=[order.pk for order in orders]).order_by("pk"))
        waiting = [order for order in orders if order.state == OrderState.READY]
        mark_sent(orders=waiting, route="form", by=by)
    return orders


def _execute(orders: Sequence[BlockOrder], *, part: Decimal) -> None:
    """Tell executions near the estimate: all of each block, or a part of the first one alone."""
    for order in orders if part == 1 else orders[:1]:
        line = order.shares.select_related("line").earliest("pk").line
        quantity = order.quantity if part == 1 else (order.quantity * part).quantize(Decimal(1))
        price = (line.estimated_price * Decimal("1.0004")).quantize(Decimal("0.01"))
        told = Execution(order.reference, f"{order.reference}-1", quantity, price, firm_today(), source=CUSTODIAN)
        record_fill(execution=told, by=Actor.system("firms.trade_demo_firm"))


def _ask_client() -> None:
    """Leave one proposal for the client of the demo to decide in the portal."""
    for proposal in _proposed(VERIFIED, gettext_noop("A little more in bonds before the new roof")):
        pass_checkpoints(proposal=proposal, by=_advisor(proposal))
        for request in _reviews([proposal]):
            decide_approval(request=request, decision="approve", by=_staff(0 if request.kind == MANAGER_REVIEW else 4))
