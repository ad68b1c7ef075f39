"""Proposals of trades for tests, made by the product's own services."""

from __future__ import annotations

from decimal import Decimal

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.services.approvals import decide_approval
from apps.clients.models import Household
from apps.portfolios.models import (
    Account,
    BlockOrder,
    Fill,
    FillProblem,
    Instrument,
    OrderShare,
    TradeProposal,
    TradeState,
)
from apps.portfolios.services.fills import Execution, record_fill
from apps.portfolios.services.orders import mark_sent, release_orders
from apps.portfolios.services.trade_checks import pass_checkpoints
from apps.portfolios.services.trade_lines import TradeLine
from apps.portfolios.services.trades import propose_trades
from tests.days import today
from tests.factories import billing, clients, compliance, portfolios


def line(
    account: Account, instrument: Instrument, side: str = "sell", quantity: str = "10", **more: object
) -> TradeLine:
    """One line; numbers as text."""
    exact = {
        name: Decimal(value) if isinstance(value, str) and name != "reason" else value for name, value in more.items()
    }
    return TradeLine(account, instrument, side, Decimal(quantity) if quantity else None, **exact)


def proposal(household: Household, by: User, *lines: TradeLine, purpose: str = "Trim the stock") -> TradeProposal:
    """Propose the lines."""
    return propose_trades(household=household, lines=lines, purpose=purpose, by=by.as_actor())


def ready(advisor: User, *, points: int = 9) -> tuple[Household, Account, Instrument]:
    """A funded household whose file lets trades pass: identified, agreed, with a risk profile in force."""
    household, account, fund = portfolios.funded(advisor)
    complete_file(household, advisor, points=points)
    return household, account, fund


def complete_file(household: Household, advisor: User, *, points: int = 9) -> None:
    """Identify the people, let them into the portal, agree with them, and put their risk profiles in force."""
    for place, person in enumerate(household.people.filter(relationship__in=["head", "partner"]).order_by("pk")):
        person.tax_id = f"123-45-678{place}"
        person.save(update_fields=["tax_id", "updated_at"])
        clients.portal_user(person)
        compliance.in_force(person, advisor, points=points)
    clients.document(household, by=advisor.as_actor(), category="identity", title="Passport")
    billing.agreement(household, advisor)


def approved(kept: TradeProposal, reviewer: User) -> TradeProposal:
    """Approve every review that waits."""
    for request in ApprovalRequest.objects.filter(target_id=kept.public_id).pending():
        decide_approval(request=request, decision="approve", note="Read.", by=reviewer.as_actor())
    kept.refresh_from_db()
    return kept


def cleared(advisor: User, reviewer: User, *lines: TradeLine, household: Household) -> TradeProposal:
    """A proposal past its checkpoints."""
    kept = proposal(household, advisor, *lines)
    pass_checkpoints(proposal=kept, by=advisor.as_actor())
    kept = approved(kept, reviewer)
    assert kept.state == TradeState.CLEARED
    return kept


def ordered(advisor: User, reviewer: User, *lines: TradeLine, household: Household) -> list[BlockOrder]:
    """Blocks in the market of a proposal of these lines."""
    kept = cleared(advisor, reviewer, *lines, household=household)
    return mark_sent(
        orders=release_orders(proposals=[kept], by=advisor.as_actor()), route="form", by=advisor.as_actor()
    )


def fill(order: BlockOrder, by: User, quantity: str, price: str, key: str = "E1", **more: object) -> Fill | FillProblem:
    """Tell an execution of today; numbers as text."""
    told = {"day": today(), "source": "test", **more}
    execution = Execution(order.reference, key, Decimal(quantity), Decimal(price), **told)
    return record_fill(execution=execution, by=by.as_actor())


def block_of(kept: TradeProposal, by: User) -> BlockOrder:
    """The block of a proposal of one line that was put into the state of ordered without its checkpoints."""
    (row,) = kept.lines.select_related("account", "instrument")
    order = BlockOrder.objects.create(
        reference=f"ST{kept.public_id.hex[:14].upper()}",
        instrument=row.instrument,
        side=row.side,
        custodian=row.account.custodian,
        currency=row.account.currency,
        quantity=row.quantity,
        seed=1,
        released_label=str(by),
    )
    OrderShare.objects.create(order=order, line=row, quantity=row.quantity, rank=0)
    return order
