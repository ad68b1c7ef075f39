"""After the market: that trades were executed as ordered, and the confirmation to the client."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.selectors.letterheads import letterhead
from apps.accounts.services.approvals import digest_of
from apps.clients.models import Document, DocumentCategory
from apps.clients.selectors.languages import language_of
from apps.clients.services.documents import file_document
from apps.compliance.engine.checkpoints import Fact, judge
from apps.compliance.models import CheckpointKind, CheckpointVerdict
from apps.compliance.services.checkpoints import Finding, record_checkpoint
from apps.core.actors import Actor
from apps.core.paper import render_pdf
from apps.core.services import service
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.models import AccountStatus, ProposedTrade, Side, TradeProposal, TradeState, Transaction
from apps.portfolios.services.fills import BOOKED
from apps.portfolios.services.trades import TradeStepError, locked_proposal, move_proposal


@service
def verify_execution(*, proposal: TradeProposal, fees_confirmed: bool, note: str, by: Actor) -> TradeProposal:
    """Verify an executed proposal: as ordered, within limits, booked, fees right, watched; then confirm it in paper.

    What was not executed as ordered is verified with a note on why. Raises TradeStepError for one that is not executed
    or is verified, InvalidInputError where the fees are not confirmed or the note is missing.
    """
    locked = locked_proposal(proposal)
    if locked.state != TradeState.FILLED:
        raise TradeStepError(gettext_noop("Only what was executed is verified, and once."))
    if not fees_confirmed:
        raise InvalidInputError(
            gettext_noop("Compare the fees with those agreed with the custodian first."), field="fees_confirmed"
        )
    facts = execution_facts(locked)
    if not judge(facts).passed and not note.strip():
        raise InvalidInputError(
            gettext_noop("Not all was executed as ordered: say why, and what follows."), field="note"
        )
    paper = confirmation_paper(locked, by)
    facts += [Fact("fees", holds=True), Fact("confirmation", holds=True, told={"document": str(paper.public_id)})]
    finding = Finding(
        CheckpointKind.PORTFOLIO, CheckpointVerdict.PASSED, digest_of(locked), tuple(facts), note=note.strip()
    )
    record_checkpoint(household=locked.household, target=locked, finding=finding, by=by)
    return move_proposal(locked, TradeState.VERIFIED, action="portfolios.verify_execution", by=by)


def execution_facts(proposal: TradeProposal) -> list[Fact]:
    """Return what the book and the orders say of an executed proposal."""
    rows = proposal.lines.select_related("account", "instrument", "share__order")
    lines = list(rows.prefetch_related("share__order__fills").order_by("pk"))
    short = [str(line) for line in lines if line.filled_quantity != line.quantity]
    beyond = [str(line) for line in lines if _is_beyond(line)]
    keys = {f"{BOOKED}{line.share.order.reference}:{line.public_id}": line for line in lines if line.filled_quantity}
    standing = Transaction.objects.filter(external_key__in=keys).standing()
    booked = set(standing.values_list("external_key", flat=True))
    unbooked = [str(line) for key, line in keys.items() if key not in booked]
    asleep = sorted({line.account.name for line in lines if line.account.status != AccountStatus.ACTIVE})
    return [
        Fact("executed", not short, {"names": ", ".join(short)}),
        Fact("limits", not beyond, {"names": ", ".join(beyond)}),
        Fact("booked", not unbooked, {"names": ", ".join(unbooked)}),
        Fact("monitoring", not asleep, {"names": ", ".join(asleep)}),
    ]


def _is_beyond(line: ProposedTrade) -> bool:
    if line.limit_price is None or not line.filled_quantity:
        return False
    average = line.share.order.average or line.limit_price
    return average > line.limit_price if line.side == Side.BUY else average < line.limit_price


def confirmation_paper(proposal: TradeProposal, by: Actor) -> Document:
    """File the confirmation of the executed trades where the client reads it."""
    household = proposal.household
    lines = [
        line
        for line in proposal.lines.select_related("account", "instrument", "share__order").order_by("pk")
        if line.filled_quantity
    ]
    with translation.override(language_of(household)):
        title = gettext("Confirmation of trades of %(day)s") % {"day": date_text(firm_today())}
        context = {**letterhead(title), "proposal": proposal, "lines": lines, "household": household}
        content = render_pdf("_pdf/portfolios/trade_confirmation.html", context)
    return file_document(
        household=household,
        category=DocumentCategory.STATEMENT,
        title=title,
        filename=f"trades-{firm_today():%Y-%m-%d}.pdf",
        content=content,
        visible_to_client=True,
        by=by,
    )
