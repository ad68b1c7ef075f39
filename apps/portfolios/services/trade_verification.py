"""After the market: that trades were executed as ordered, and the confirmation to the client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from apps.portfolios.models import AccountStatus, DriftReading, ProposedTrade, Side, TradeProposal, TradeState
from apps.portfolios.selectors.commissions import fee_checks
from apps.portfolios.selectors.targets import household_targets
from apps.portfolios.services.drift_watch import watch_households
from apps.portfolios.services.fills import booked_entries
from apps.portfolios.services.trades import TradeStepError, locked_proposal, move_proposal


@dataclass(frozen=True, slots=True)
class VerificationWord:
    """What a person says of an execution: why it is not as ordered, and that fees without a schedule were compared."""

    note: str = ""
    fees_compared: bool = False


@service
def verify_execution(*, proposal: TradeProposal, word: VerificationWord, by: Actor) -> TradeProposal:
    """Verify an executed proposal: as ordered, within limits, booked, fees as agreed, watched; then confirm it.

    What does not hold is verified with a note on why. Raises TradeStepError for one that is not executed or is
    verified, InvalidInputError where fees that no schedule covers are not compared, or the note is missing.
    """
    locked = locked_proposal(proposal)
    if locked.state != TradeState.FILLED:
        raise TradeStepError(gettext_noop("Only what was executed is verified, and once."))
    custodians = without_schedule(locked)
    if custodians and not word.fees_compared:
        raise InvalidInputError(
            gettext_noop("No commission schedule of %(names)s is kept: compare the fees with those agreed first."),
            field="fees_compared",
            names=custodians,
        )
    # the look of the night is tried on the household: what it does not see is not watched
    watch_households(households=[locked.household], day=firm_today(), by=by)
    facts = execution_facts(locked)
    if not judge(facts).passed and not word.note.strip():
        raise InvalidInputError(
            gettext_noop("Not all is as ordered and agreed: say why, and what follows."), field="note"
        )
    if custodians:
        facts.append(Fact("fees_by_hand", holds=True, told={"names": custodians}))
    paper = confirmation_paper(locked, by)
    facts.append(Fact("confirmation", holds=True, told={"document": str(paper.public_id)}))
    finding = Finding(
        CheckpointKind.PORTFOLIO, CheckpointVerdict.PASSED, digest_of(locked), tuple(facts), note=word.note.strip()
    )
    record_checkpoint(household=locked.household, target=locked, finding=finding, by=by)
    return move_proposal(locked, TradeState.VERIFIED, action="portfolios.verify_execution", by=by)


def without_schedule(proposal: TradeProposal) -> str:
    """Return the custodians of executed lines of which no commission schedule is kept; empty for none."""
    checks = fee_checks(proposal)
    return ", ".join(sorted({each.line.account.custodian or "–" for each in checks if each.schedule is None}))


def execution_facts(proposal: TradeProposal) -> list[Fact]:
    """Return what the book, the orders, the schedules and the look of the night say of an executed proposal."""
    rows = proposal.lines.select_related("account", "instrument", "share__order")
    lines = list(rows.prefetch_related("share__order__fills").order_by("pk"))
    short = [str(line) for line in lines if line.filled_quantity != line.quantity]
    beyond = [str(line) for line in lines if _is_beyond(line)]
    unbooked = [str(line) for line in lines if line.filled_quantity and not booked_entries(line).exists()]
    dear = [
        f"{each.line}: {each.charged:.2f} > {each.agreed:.2f}"
        for each in fee_checks(proposal)
        if each.agreed is not None and not each.holds
    ]
    asleep = _unwatched(proposal, lines)
    return [
        Fact("executed", not short, {"names": ", ".join(short)}),
        Fact("limits", not beyond, {"names": ", ".join(beyond)}),
        Fact("booked", not unbooked, {"names": ", ".join(unbooked)}),
        Fact("fees", not dear, {"names": "; ".join(dear)}),
        Fact("monitoring", not asleep, {"names": ", ".join(asleep)}),
    ]


def _unwatched(proposal: TradeProposal, lines: Sequence[ProposedTrade]) -> list[str]:
    """Return the accounts that are not active, or follow a model of which there is no reading of today."""
    today = firm_today()
    targets = household_targets(proposal.household, today)
    seen = set(DriftReading.objects.filter(household=proposal.household, as_of=today).values_list("account", flat=True))
    found = set()
    for account in {line.account for line in lines}:
        target = targets.of(account)
        is_seen = target is None or (target.account.pk if target.account else None) in seen
        if account.status != AccountStatus.ACTIVE or not is_seen:
            found.add(account.name)
    return sorted(found)


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
