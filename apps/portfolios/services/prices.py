"""Prices that files give of what the securities master lacks: kept where they fit, else put to a second person.

A price values every household of the firm that holds the security, whoever brought it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import ApprovalRequest, ApprovalState, FirmProfile
from apps.accounts.services.approvals import approval_for, drop_approval, request_approval
from apps.clients.models import ImportBatch
from apps.clients.ports import LeftOpen
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.templatetags.formats import date_text, number_text
from apps.kernel.errors import DomainError, gettext_noop
from apps.portfolios.models import Instrument, InstrumentPrice, PriceProposal, ProposalState
from apps.portfolios.policies import jumps, rounds_to_the_same
from apps.portfolios.selectors.price_proposals import households_valued_by, price_left_open

APPROVAL_KIND = "portfolios.price_correction"


class PriceMovedError(DomainError):
    """The firm holds another price now than when the correction was asked for."""

    code = "price_moved"


@dataclass(frozen=True, slots=True)
class FilePrice:
    """A price that a file gave on a line. One of a trade is what was paid in the course of a day, not its close."""

    instrument: Instrument
    day: dt.date
    close: Decimal
    line: int = 0
    of_trade: bool = False


@dataclass(frozen=True, slots=True)
class KeptPrices:
    """How many prices were kept, and what waits for a second person or was declined by one."""

    kept: int
    put_off: tuple[PriceProposal, ...] = ()


@service
def keep_prices(*, prices: Iterable[FilePrice], source: str, by: Actor, batch: ImportBatch | None = None) -> KeptPrices:
    """Keep the prices of instruments that the master lacks, as far as they fit what the firm holds.

    One that contradicts the price of its day, or that jumps further from the days beside it than the firm's band
    allows, becomes a proposal that a second person approves; one that was declined stays so.
    """
    own = [price for price in prices if price.instrument.master_id is None]
    books = _books({price.instrument.pk for price in own})
    band, kept, put_off = FirmProfile.current().price_band, 0, []
    # closes first: what was paid in the course of a day only fills in
    for price in sorted(own, key=lambda each: (each.instrument.pk, each.day, each.of_trade)):
        book = books[price.instrument.pk]
        held = book.get(price.day)
        against = _in_the_way(price, book, band)
        if against is not None:
            put_off.append(_propose(price, against, source=source, by=by, batch=batch))
        elif held is None or (held.of_trade and not price.of_trade):
            book[price.day] = _keep(price, held, source=source, by=by)
            kept += 1
    return KeptPrices(kept, tuple(put_off))


@service
def hear_price_decision(*, request: ApprovalRequest, by: Actor) -> None:
    """Take up how the review of a price ended: it is the firm's price now, or it never will be.

    Raises PriceMovedError, which undoes an approval, when the firm holds another price now than was shown.
    """
    proposal = (
        PriceProposal.objects.select_for_update(of=("self",))
        .select_related("instrument")
        .filter(public_id=request.target_id, state=ProposalState.WAITING)
        .first()
    )
    if proposal is None:
        return
    if request.state == ApprovalState.APPROVED:
        _apply(proposal, request, by)
        _end(proposal, ProposalState.APPLIED, "portfolios.approve_price", by)
    elif request.state == ApprovalState.DECLINED:
        _end(proposal, ProposalState.DECLINED, "portfolios.decline_price", by)
    else:
        _end(proposal, ProposalState.WITHDRAWN, "portfolios.withdraw_price", by)


@service
def withdraw_prices(*, batch: ImportBatch, by: Actor) -> int:
    """Take back the proposals that wait by this import alone; return how many."""
    n = 0
    waiting = PriceProposal.objects.select_for_update().filter(batches=batch, state=ProposalState.WAITING)
    for proposal in waiting.order_by("pk"):
        if proposal.batches.exclude(pk=batch.pk).exclude(state="undone").exists():
            continue
        request = approval_for(kind=APPROVAL_KIND, target=proposal)
        if request is not None and request.is_pending:
            # the decision is heard here as well, and ends the proposal
            drop_approval(request=request, reason=gettext_noop("The import was undone."), by=by)
        else:
            _end(proposal, ProposalState.WITHDRAWN, "portfolios.withdraw_price", by)
        n += 1
    return n


class PricesOfImport:
    """What an import of a custodian's file leaves to others: prices that wait (clients.ports.ImportFollower)."""

    def left_open(self, batch: uuid.UUID) -> LeftOpen | None:
        """Say which prices of the import were not kept."""
        return price_left_open(batch)

    def take_back(self, batch: uuid.UUID, by: Actor) -> None:
        """Withdraw what waits."""
        withdraw_prices(batch=ImportBatch.objects.get(public_id=batch), by=by)


def _books(instruments: set[int]) -> dict[int, dict[dt.date, InstrumentPrice]]:
    """Return the prices held by day, the securities locked: files that price the same one follow each other."""
    list(Instrument.objects.select_for_update().filter(pk__in=instruments).order_by("pk").values_list("pk"))
    books: dict[int, dict[dt.date, InstrumentPrice]] = {pk: {} for pk in instruments}
    for row in InstrumentPrice.objects.filter(instrument__in=instruments).order_by("day"):
        books[row.instrument_id][row.day] = row
    return books


def _in_the_way(price: FilePrice, book: Mapping[dt.date, InstrumentPrice], band: Decimal) -> InstrumentPrice | None:
    """Return the price held that this one contradicts, None when it fits."""
    held = book.get(price.day)
    if held is not None:
        if rounds_to_the_same(held.close, price.close):
            return None
        # prices paid in the course of a day differ among each other and from the close
        loose = held.of_trade or price.of_trade
        return None if loose and not jumps(held.close, price.close, 0, band) else held
    before = max((day for day in book if day < price.day), default=None)
    after = min((day for day in book if day > price.day), default=None)
    beside = [book[day] for day in (before, after) if day is not None]
    far = (row for row in beside if jumps(row.close, price.close, abs((row.day - price.day).days), band))
    return next(far, None)


def _keep(price: FilePrice, held: InstrumentPrice | None, *, source: str, by: Actor) -> InstrumentPrice:
    row = held or InstrumentPrice(instrument=price.instrument, day=price.day)
    before = _image(held) if held else None
    row.close, row.source, row.of_trade = price.close, source, price.of_trade
    row.save()
    if before is not None:
        _tell(price.instrument, price.day, before, _image(row), by)
    return row


def _image(row: InstrumentPrice) -> dict[str, object]:
    return {"price": row.close, "source": row.source}


def _tell(
    instrument: Instrument,
    day: dt.date,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    by: Actor,
) -> None:
    audit.record(
        "portfolios.change_price",
        by=by,
        target=instrument,
        before=before,
        after=after,
        facts={"source": after["source"]},  # told even where both came from files of one name
        reason=day.isoformat(),
    )


def _propose(
    price: FilePrice, against: InstrumentPrice, *, source: str, by: Actor, batch: ImportBatch | None
) -> PriceProposal:
    """Return the proposal of this price: the one that waits or was declined, else a new one, put to others."""
    same = {"instrument": price.instrument, "day": price.day, "close": price.close}
    standing = PriceProposal.objects.filter(**same, state__in=[ProposalState.WAITING, ProposalState.DECLINED]).first()
    proposal = standing or PriceProposal(
        **same,
        held_close=against.close,
        held_day=against.day,
        held_source=against.source,
        source=source,
        line=price.line,
        household=batch.household if batch is not None else None,
        proposed_by=by.label[:200],
    )
    if standing is None:
        proposal.full_clean()
        proposal.save()
    if batch is not None:
        proposal.batches.add(batch)
    if standing is None:
        audit.record("portfolios.propose_price", by=by, target=proposal, after=audit.snapshot(proposal))
        _ask(proposal, by)
    return proposal


def _ask(proposal: PriceProposal, by: Actor) -> None:
    title = _("Price of %(security)s on %(day)s: %(told)s instead of %(held)s") % {
        "security": str(proposal.instrument)[:60],
        "day": date_text(proposal.day),
        "told": number_text(proposal.close),
        "held": number_text(proposal.held_close),
    }
    n = households_valued_by(proposal.instrument)
    held = {
        "held": number_text(proposal.held_close),
        "day": date_text(proposal.held_day),
        "source": proposal.held_source,
    }
    told = {"told": number_text(proposal.close), "source": proposal.source, "line": proposal.line}
    reasons = [
        _("The firm holds %(held)s for %(day)s, from %(source)s.") % held,
        _("%(source)s says %(told)s on line %(line)s.") % told,
        ngettext(
            "The price values the holdings of %(n)s household.", "The price values the holdings of %(n)s households.", n
        )
        % {"n": n},
    ]
    if proposal.household is not None:
        reasons.append(_("The file was brought for %(household)s.") % {"household": proposal.household.name})
    suggestion = _("Compare both prices with the custodian's or the fund's own statement.")
    request_approval(kind=APPROVAL_KIND, target=proposal, title=title, suggestion=suggestion, reasons=reasons, by=by)


def _apply(proposal: PriceProposal, request: ApprovalRequest, by: Actor) -> None:
    Instrument.objects.select_for_update().get(pk=proposal.instrument_id)
    row = InstrumentPrice.objects.filter(instrument=proposal.instrument, day=proposal.day).first()
    shown = proposal.held_close if proposal.held_day == proposal.day else None
    if (row.close if row else None) != shown:
        raise PriceMovedError(
            gettext_noop("The firm holds another price for %(day)s now than when this was asked."),
            mend=gettext_noop("Decline it; a file brought again asks anew where it differs."),
            day=proposal.day.isoformat(),
        )
    before = _image(row) if row else None
    row = row or InstrumentPrice(instrument=proposal.instrument, day=proposal.day)
    row.close, row.source, row.of_trade = proposal.close, proposal.source, False
    row.save()
    after = {"price": row.close, "source": row.source, "approval": str(request.public_id)}
    _tell(proposal.instrument, proposal.day, before or {}, after, by)


def _end(proposal: PriceProposal, state: ProposalState, action: str, by: Actor) -> None:
    before = {"state": proposal.state}
    proposal.state = state
    proposal.save(update_fields=["state", "updated_at"])
    audit.record(action, by=by, target=proposal, before=before, after={"state": state})
